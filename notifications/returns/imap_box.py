"""The mailbox of returned mail, read by IMAP: everything that has come since is looked at.

What was looked at is remembered by its number, not by the mark of having been read, which belongs
to people: a report that somebody has opened is read all the same, and mail that is left to people
stays unread.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
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


@dataclass
class Bookmark:
    """How far a mailbox has been read: up to the mail number `last`, but for those in `left`. A
    mailbox with another `validity` has been numbered anew. None: it has never been read."""

    validity: int | None = None
    last: int = 0
    left: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ImapBox:
    """A mailbox of its own for returned mail. One reading of it lasts no longer than `session`
    seconds, and ends soon after `stop` says so; what is left over waits for the next. The first
    reading looks at what is unread, and at all that came since `since`."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Literal["tls", "starttls", "none"] = "tls"
    mailbox: str = "INBOX"
    since: date | None = None
    bookmark: Bookmark = field(default_factory=Bookmark)
    timeout: float = 30  # seconds for each answer
    session: float = 240
    stop: Callable[[], bool] = never

    def __iter__(self) -> Iterator[Arrival]:
        """What has not been looked at, oldest first; what was taken in is marked as read.

        One that cannot be fetched is tried again the next time; it is told after the others, by
        BounceProblem.
        """
        end = monotonic() + self.session
        client, skipped = self._opened(end), []
        try:
            self._ask(self._look, client)
            for uid in sorted(self.bookmark.left):
                if monotonic() > end - self.timeout or client.left < LARGEST + OVERHEAD:
                    break
                try:
                    raw = self._fetch(client, uid)
                except FAULTS as error:
                    skipped.append(self._said(error))
                    client = self._after(error, client, end, len(skipped))
                    continue
                if raw is None:  # it is gone
                    self.bookmark.left.remove(uid)
                else:
                    yield raw, partial(self._looked_at, client, uid)
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

    def _look(self, client: IMAP4) -> None:
        """Add to what is left what has come since."""
        mark, validity = self.bookmark, _number(client, "UIDVALIDITY")
        if mark.validity != validity:
            mark.validity, mark.left = validity, self._search(client, *self._at_first())
            mark.last = max([_number(client, "UIDNEXT") - 1, *mark.left])
            return
        found = self._search(client, "UID", f"{mark.last + 1}:*")  # the last one in any case
        mark.left += [uid for uid in found if uid > mark.last and uid not in mark.left]
        mark.last = max([mark.last, *mark.left])

    def _at_first(self) -> tuple[str, ...]:
        if self.since is None:
            return ("UNSEEN",)
        return (
            "OR",
            "UNSEEN",
            "SINCE",
            f"{self.since.day}-{MONTHS[self.since.month - 1]}-{self.since.year}",
        )

    @staticmethod
    def _search(client: IMAP4, *asked: str) -> list[int]:
        (found, *_) = _ok(client.uid("SEARCH", *asked))
        return (
            [int(uid) for uid in found.decode("ascii").split()] if isinstance(found, bytes) else []
        )

    def _looked_at(self, client: IMAP4, uid: int, taken_in: bool) -> None:
        if taken_in:
            self._ask(self._mark, client, uid)
        self.bookmark.left.remove(uid)

    @property
    def place(self) -> str:
        return self.username

    @staticmethod
    def _fetch(client: IMAP4, uid: int) -> bytes | None:
        """Without marking it as read; of a mail that is too large only so much as shows it."""
        found = _ok(client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST + 1}>)"))
        return next((bytes(part[1]) for part in found if isinstance(part, tuple)), None)

    @staticmethod
    def _mark(client: IMAP4, uid: int) -> None:
        _ok(client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))

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


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _number(client: IMAP4, code: str) -> int:
    """What the server said of the mailbox when it was opened; 0 if it did not."""
    found = client.response(code)[1]
    said = found[-1] if found else None
    return int(said) if isinstance(said, bytes) and said.isdigit() else 0


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
