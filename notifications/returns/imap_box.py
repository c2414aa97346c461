"""The mailbox of returned mail, read by IMAP: everything unread in it is looked at."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from imaplib import IMAP4
from ssl import create_default_context
from time import monotonic
from typing import Any, Literal, ParamSpec, TypeVar

from notifications.returns.bounce_sources import Arrival, BounceProblem, never
from notifications.returns.bounces import LARGEST
from notifications.returns.bounded_imap import Bounded, BoundedTls
from notifications.returns.foreign_mail import printable
from states.terms import Text

P = ParamSpec("P")
T = TypeVar("T")
BUDGET = 10 * LARGEST  # bytes of a session; what is left over waits for the next
OVERHEAD = 100_000  # bytes of an answer besides the mail
MOST_LOST = 3  # mails over which the connection may be lost
FAULTS = (IMAP4.error, OSError, ValueError, OverflowError, MemoryError)


@dataclass(frozen=True, slots=True)
class ImapBox:
    """A mailbox of its own for returned mail. One reading of it lasts no longer than `session`
    seconds, and ends soon after `stop` says so; what is left over waits for the next."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Literal["tls", "starttls", "none"] = "tls"
    mailbox: str = "INBOX"
    timeout: float = 30  # seconds for each answer
    session: float = 240
    stop: Callable[[], bool] = never

    def __iter__(self) -> Iterator[Arrival]:
        """The unread mails, oldest first; a mail is marked as read only when it has been handled.

        One that cannot be fetched stays unread; it is told after the others, by BounceProblem.
        """
        end = monotonic() + self.session
        client, skipped = self._opened(end), []
        try:
            for uid in self._ask(self._unread, client):
                if monotonic() > end - self.timeout or client.left < LARGEST + OVERHEAD:
                    break
                try:
                    raw = self._fetch(client, uid)
                except FAULTS as error:
                    skipped.append(self._said(error))
                    client = self._after(error, client, end, len(skipped))
                    continue
                if raw is not None:
                    yield raw, partial(self._ask, self._mark, client, uid)
        finally:
            client.leave()
        if skipped:
            raise BounceProblem(SKIPPED.format(n=len(skipped), said=skipped[0], **self._where()))

    def check(self) -> None:
        """Open the mailbox and leave it as it is; BounceProblem if that fails."""
        self._opened(monotonic() + self.timeout).leave()

    def _after(self, error: Exception, client: Bounded, end: float, skipped: int) -> Bounded:
        """A connection for the next mail: the same, unless it was lost over the last one."""
        if not isinstance(error, (IMAP4.abort, OSError)):
            return client
        client.leave()
        if client.late or skipped > MOST_LOST:
            raise self._problem(error) from error
        return self._opened(end)

    def _opened(self, end: float) -> Bounded:
        client = self._ask(self._connect, lambda: self.stop() or monotonic() > end)
        try:
            self._ask(self._open, client)
        except BounceProblem:
            client.leave()
            raise
        return client

    def _connect(self, enough: Callable[[], bool]) -> Bounded:
        bounds: Any = {"enough": enough, "budget": BUDGET, "largest": LARGEST + OVERHEAD}
        if self.security == "tls":
            context = create_default_context()
            return BoundedTls(
                self.host, self.port, ssl_context=context, timeout=self.timeout, **bounds
            )
        return Bounded(self.host, self.port, timeout=self.timeout, **bounds)

    def _open(self, client: IMAP4) -> None:
        if self.security == "starttls":
            client.starttls(create_default_context())
        client.login(self.username, self.password)
        if "ID" in client.capabilities:  # NetEase opens no mailbox to a program without a name
            client.xatom("ID", '("name" "yanxiu")')
        _ok(client.select(_mailbox(self.mailbox)))

    @staticmethod
    def _unread(client: IMAP4) -> list[str]:
        (found, *_) = _ok(client.uid("SEARCH", "UNSEEN"))
        return found.decode("ascii").split() if isinstance(found, bytes) else []

    @staticmethod
    def _fetch(client: IMAP4, uid: str) -> bytes | None:
        """Without marking it as read; of a mail that is too large only so much as shows it."""
        found = _ok(client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST + 1}>)"))
        return next((bytes(part[1]) for part in found if isinstance(part, tuple)), None)

    @staticmethod
    def _mark(client: IMAP4, uid: str) -> None:
        _ok(client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))

    def _ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except FAULTS as error:
            raise self._problem(error) from error

    def _problem(self, error: Exception) -> BounceProblem:
        return BounceProblem(NO_BOX.format(said=self._said(error), **self._where()))

    def _said(self, error: Exception) -> str:
        said = str(error)
        if self.password:  # a server may repeat what it did not understand
            said = said.replace(self.password, "…")
        return printable(said)

    def _where(self) -> dict[str, object]:
        return {"user": self.username, "host": self.host, "port": self.port}


NO_BOX = Text(
    "退信邮箱{user}（{host}:{port}）无法读取，请核对服务器、账号、授权码和加密方式：{said}",
    "The mailbox of returned mail, {user} at {host}:{port}, fails; check server, account, "
    "password and encryption: {said}",
)
SKIPPED = Text(
    "退信邮箱{user}（{host}:{port}）有{n}封邮件无法取回，已跳过，请人工查看：{said}",
    "Of the mailbox of returned mail, {user} at {host}:{port}, {n} mails cannot be fetched and "
    "were left out; look at them by hand: {said}",
)


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, found = answer
    if kind != "OK":
        raise IMAP4.error(
            b" ".join(one for one in found if isinstance(one, bytes)).decode("utf-8", "replace")
        )
    return found


def _mailbox(name: str) -> str:
    """Quoted, and in the UTF-7 of RFC 3501, 5.1.3."""

    def coded(run: re.Match[str]) -> str:
        base64 = b64encode(run[0].encode("utf-16-be")).decode("ascii").rstrip("=")
        return f"&{base64.replace('/', ',')}-"

    name = re.sub(r"[^ -~]+", coded, name.replace("&", "&-"))
    return '"' + name.replace("\\", r"\\").replace('"', r"\"") + '"'
