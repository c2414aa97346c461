"""Where delivery reports arrive: a folder of .eml files, or a mailbox read by IMAP."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from imaplib import IMAP4, IMAP4_SSL
from pathlib import Path
from ssl import create_default_context
from stat import S_ISREG
from typing import Any, Literal, ParamSpec, Protocol, TypeVar

from notifications.returns.bounces import LARGEST
from notifications.returns.foreign_mail import printable
from states.terms import Text


class BounceProblem(Exception):
    """Reports cannot be fetched; `text` says why in one sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


Arrival = tuple[bytes, Callable[[], None]]


class BounceSource(Protocol):
    """Where reports arrive: each with what is to be called once it has been handled."""

    def __iter__(self) -> Iterator[Arrival]: ...

    def check(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder into which a mail server or a person puts .eml files."""

    path: Path

    def __iter__(self) -> Iterator[Arrival]:
        """By name. A handled file goes to done/, one that cannot be read or is too large to failed/."""
        for file in self._waiting():
            try:
                found = file.lstat()  # a pipe or a device would hold us for ever
                readable = S_ISREG(found.st_mode) and found.st_size <= LARGEST
                raw = file.read_bytes() if readable else None
            except FileNotFoundError:  # another worker was quicker
                continue
            except OSError:
                raw = None
            if raw is None:
                self._move(file, "failed")
            else:
                yield raw, partial(self._move, file, "done")

    def check(self) -> None:
        """BounceProblem if the folder cannot be used."""
        self._waiting()

    def _waiting(self) -> list[Path]:
        try:
            for part in ("done", "failed"):
                (self.path / part).mkdir(exist_ok=True)
            return sorted(path for path in self.path.iterdir() if path.suffix.lower() == ".eml")
        except OSError as error:
            raise BounceProblem(NO_FOLDER.format(path=self.path, said=error.strerror)) from error

    def _move(self, file: Path, part: str) -> None:
        target, number = self.path / part / file.name, 1
        while target.exists():  # nothing is overwritten
            number += 1
            target = target.with_name(f"{file.stem}-{number}{file.suffix}")
        try:
            file.rename(target)
        except FileNotFoundError:
            return
        except OSError as error:
            raise BounceProblem(NO_FOLDER.format(path=self.path, said=error.strerror)) from error


@dataclass(frozen=True, slots=True)
class ImapBox:
    """A mailbox of its own for returned mail: everything unread in it is looked at."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Literal["tls", "starttls", "none"] = "tls"
    mailbox: str = "INBOX"
    timeout: float = 60  # seconds for each answer

    def __iter__(self) -> Iterator[Arrival]:
        """The unread mails, oldest first; a mail is marked as read only when it has been handled."""
        client = self._ask(self._connect)
        try:
            self._ask(self._open, client)
            for uid in self._ask(self._unread, client):
                raw = self._ask(self._fetch, client, uid)
                if raw is not None:
                    yield raw, partial(self._ask, self._mark, client, uid)
        finally:
            with suppress(IMAP4.error, OSError):
                client.logout()

    def check(self) -> None:
        """Open the mailbox and leave it as it is; BounceProblem if that fails."""
        client = self._ask(self._connect)
        try:
            self._ask(self._open, client)
        finally:
            with suppress(IMAP4.error, OSError):
                client.logout()

    def _connect(self) -> IMAP4:
        if self.security == "tls":
            return IMAP4_SSL(
                self.host, self.port, ssl_context=create_default_context(), timeout=self.timeout
            )
        return IMAP4(self.host, self.port, timeout=self.timeout)

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
        except (IMAP4.error, OSError, ValueError, OverflowError, MemoryError) as error:
            where = {"user": self.username, "host": self.host, "port": self.port}
            said = str(error)
            if self.password:  # a server may repeat what it did not understand
                said = said.replace(self.password, "…")
            raise BounceProblem(NO_BOX.format(said=printable(said), **where)) from error


P = ParamSpec("P")
T = TypeVar("T")
NO_FOLDER = Text(
    "退信文件夹{path}无法读写：{said}", "The folder of returned mail, {path}, fails: {said}"
)
NO_BOX = Text(
    "退信邮箱{user}（{host}:{port}）无法读取，请核对服务器、账号、授权码和加密方式：{said}",
    "The mailbox of returned mail, {user} at {host}:{port}, fails; check server, account, "
    "password and encryption: {said}",
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
