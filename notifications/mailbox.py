"""A mailbox of one's own: an SMTP server on loopback that keeps every mail in a Maildir.

A mail is acknowledged only when its bytes are on disk, just as they came, under two header
lines of ours. File names count up, so the order of arrival needs no clock.
"""

from __future__ import annotations

import os
import re
import socket
import tempfile
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from workflow.whole_files import sync_folder

KEY = re.compile(r"\d{10}")
FOLD = re.compile(r"\s*\n\s*")


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One line of the mailbox. `to`: whom the mail was delivered to, by the SMTP envelope."""

    key: str
    to: str
    subject: str
    date: datetime | None
    message_id: str


class Mailbox:
    """The running server; `port` 0 takes a free one. Raises ValueError beyond loopback."""

    def __init__(self, folder: Path, port: int = 0, *, host: str = "127.0.0.1") -> None:
        if not ip_address(host).is_loopback:
            raise ValueError(f"the local mailbox listens on loopback only, not on {host}")
        self.folder, self.host, self.port = folder, host, port
        self._controller: _Controller | None = None

    def start(self) -> None:
        """Bind and serve in a thread. Raises OSError if the port is taken."""
        for part in ("tmp", "new", "cur"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.create_server((self.host, self.port), family=family)
        self.port = listener.getsockname()[1]
        self._controller = _Controller(_Handler(self.folder), listener)
        self._controller.start()

    def stop(self) -> None:
        """Stop serving; harmless if not started."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> Mailbox:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def read_mailbox(folder: Path) -> list[StoredMail]:
    """What has arrived, oldest first."""
    return [_listed(key, path) for key, path in sorted(_paths(folder).items())]


def read_mail(folder: Path, key: str) -> str:
    """One mail for a person to read: decoded headers, an empty line, the text.

    Raises KeyError if there is no such mail.
    """
    return readable_mail(_paths(folder)[key].read_bytes())


def readable_mail(raw: bytes) -> str:
    """The bytes of a mail of ours for a person to read."""
    mail = message_from_bytes(raw, policy=policy.default)
    headers = [f"{name}: {_decoded(value)}" for name, value in mail.raw_items()]
    text, attached = text_of(raw)
    headers += [f"Attachment: {name}" for name in attached]
    return "\n".join([*headers, "", text])


def text_of(raw: bytes) -> tuple[str, list[str]]:
    """What a mail of ours says, without its headers, and the names of what is attached."""
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain", "html"))
    text = body.get_content().replace("\r\n", "\n") if body is not None else ""
    return text, [part.get_filename() or "" for part in mail.iter_attachments()]


class _Handler:
    """What aiosmtpd calls for each mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last = max(map(int, _paths(folder)), default=0)

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Refuse what can never exist (RFC 6761), as any server would."""
        if address.lower().endswith(".invalid"):
            return "550 5.1.2 There is no such domain"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        head = (
            f"Return-Path: <{envelope.mail_from}>\r\nDelivered-To: {', '.join(envelope.rcpt_tos)}"
        )
        try:
            self._store(head.encode() + b"\r\n" + envelope.content)
        except OSError:
            return "451 4.3.0 The message could not be stored; try again later"
        return "250 2.0.0 Stored"

    def _store(self, raw: bytes) -> None:
        """Whole and on disk before it has a name; a name is never taken twice."""
        descriptor, written = tempfile.mkstemp(dir=self.folder / "tmp")
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        self.last += 1
        while not _linked(Path(written), self.folder / "new" / f"{self.last:010d}"):
            self.last += 1
        Path(written).unlink()
        sync_folder(self.folder / "new")


class _Controller(Controller):
    """aiosmtpd's threaded server on a socket that is already bound."""

    def __init__(self, handler: _Handler, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        # A name of its own, or aiosmtpd asks the resolver for one, which may take seconds.
        super().__init__(handler, hostname=host, port=port, server_hostname="localhost")
        self.listener = listener

    def _create_server(self) -> Awaitable[Any]:
        created: Awaitable[Any] = self.loop.create_server(self._factory_invoker, sock=self.listener)
        return created


def _paths(folder: Path) -> dict[str, Path]:
    """Key to file. Mail programs move a mail from new to cur and append their flags."""
    found = (path for part in ("new", "cur") for path in (folder / part).glob("*"))
    keyed = ((path.name.partition(":")[0], path) for path in found)
    return {key: path for key, path in keyed if KEY.fullmatch(key)}


def _linked(written: Path, target: Path) -> bool:
    try:
        target.hardlink_to(written)
    except FileExistsError:
        return False
    return True


def _listed(key: str, path: Path) -> StoredMail:
    with path.open("rb") as file:
        mail = BytesHeaderParser(policy=policy.default).parse(file)
    headers: dict[str, str] = {}
    for name, value in mail.raw_items():
        headers.setdefault(name.lower(), _decoded(value))
    return StoredMail(
        key,
        headers.get("delivered-to", ""),
        headers.get("subject", ""),
        _date(headers.get("date", "")),
        headers.get("message-id", ""),
    )


def _decoded(raw: str) -> str:
    """A header for a person. The modern parser of Python 3.11 puts spaces into long names."""
    value = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    with suppress(HeaderParseError, LookupError, UnicodeError):  # malformed: shown as it came
        value = str(make_header(decode_header(value)))
    return FOLD.sub(" ", value)


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None
