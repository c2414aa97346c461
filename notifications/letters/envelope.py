"""From content to the bytes that go over the wire: RFC 5322, built by hand.

The library's EmailMessage takes milliseconds to lay out Chinese headers; the few shapes that
we send are simple enough to write directly. Bodies are base64, so the boundary, which is not,
can never occur in them, and no relay has a reason to touch them.
"""

from __future__ import annotations

import re
from base64 import b64encode, encodebytes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from config.zone import SHANGHAI
from notifications.letters.printing import one_line
from notifications.letters.values import Rendered

BOUNDARY, MIXED = "=_yanxiu", "=_mixed_yanxiu"  # neither begins with the other
WORD_BYTES = 39  # 52 base64 characters: an encoded word fits beside any field name in 76 columns
PLAIN = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+){0,4}")  # needs neither quotes nor encoding
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,240}>")  # printable ASCII without angle brackets
CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(?:; ?[a-z-]+=[A-Za-z0-9-]+)*")
LIST_NAME = "研修提醒"
SENDER = re.compile(r"(?P<name>.*?)\s*<(?P<email>[^<>]*)>")


@dataclass(frozen=True)
class Attachment:
    """A file that goes along. `content_type` may carry parameters: text/calendar; method=REQUEST."""

    name: str
    content_type: str
    content: bytes


def compose(
    rendered: Rendered,
    *,
    sender: str,
    to_name: str,
    to_email: str,
    message_id: str,
    sent_at: datetime,
    reply_to: str | None = None,
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """The mail as ASCII bytes with CRLF, ready for SMTP DATA. `sender` and `reply_to` may be
    "Name <address>"; `message_id` includes its angle brackets.

    Raises ValueError for a malformed address, Message-ID or content type and for a naive
    `sent_at`. Names and subject never fail: whatever is not printable becomes a space.
    """
    if sent_at.tzinfo is None:
        raise ValueError("sent_at needs a time zone")
    if not MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    lines = [
        f"From: {_mailbox_of(sender)}",
        f"To: {_mailbox(to_name, to_email)}",
        *([f"Reply-To: {_mailbox_of(reply_to)}"] if reply_to is not None else ()),
        f"Subject: {_encoded(rendered.subject)}",
        f"Date: {format_datetime(sent_at.astimezone(SHANGHAI))}",
        f"Message-ID: {message_id}",
        f"List-Id: {_list_of(sender)}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",  # the same for Exchange, which does not know the standard
        "MIME-Version: 1.0",
        *(_with(attachments, rendered) if attachments else _alternative(rendered)),
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _alternative(rendered: Rendered) -> tuple[str, ...]:
    """The same said as text and as HTML."""
    return (
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
        "",
        *_part("plain", rendered.text),
        *_part("html", rendered.html),
        f"--{BOUNDARY}--",
    )


def _with(attachments: Sequence[Attachment], rendered: Rendered) -> Iterator[str]:
    """multipart/mixed: both texts, then the files."""
    yield f'Content-Type: multipart/mixed; boundary="{MIXED}"'
    yield ""
    yield f"--{MIXED}"
    yield from _alternative(rendered)
    for attachment in attachments:
        yield f"--{MIXED}"
        yield from _file(attachment)
    yield f"--{MIXED}--"


def _file(attachment: Attachment) -> tuple[str, ...]:
    kind = attachment.content_type
    if not CONTENT_TYPE.fullmatch(kind):
        raise ValueError(f"not a content type: {kind!r}")
    parameters = kind.replace("; ", ";").replace(";", ";\r\n ")
    if kind.startswith("text/") and "charset=" not in kind:
        parameters += ";\r\n charset=utf-8"
    name = one_line(attachment.name).replace("/", "_").replace("\\", "_") or "attachment"
    coded = encodebytes(attachment.content).decode("ascii").rstrip("\n")
    return (
        f'Content-Type: {parameters};\r\n name="{_quoted(name)}"',
        f"Content-Disposition: attachment;\r\n {_filename(name)}",
        "Content-Transfer-Encoding: base64",
        "",
        coded.replace("\n", "\r\n"),
    )


def _quoted(name: str) -> str:
    """A file's name for programs that know only name=: RFC 2047 where it is not ASCII."""
    if name.isascii():
        return name.replace('"', "'")
    return _encoded(name)


def _filename(name: str) -> str:
    """RFC 2231: in pieces of at most 60 columns, each of whole characters."""
    if name.isascii():
        safe = name.replace('"', "'")
        if len(safe) <= 60:
            return f'filename="{safe}"'
    pieces, piece = [], ""
    for character in name:
        coded = quote(character, safe="")
        if len(piece) + len(coded) > 48:
            pieces.append(piece)
            piece = ""
        piece += coded
    pieces.append(piece)
    if len(pieces) == 1:
        return f"filename*=utf-8''{pieces[0]}"
    head = [f"filename*0*=utf-8''{pieces[0]}"]
    return ";\r\n ".join(head + [f"filename*{n}*={p}" for n, p in enumerate(pieces[1:], 1)])


@lru_cache(maxsize=8)
def _list_of(sender: str) -> str:
    """RFC 2919: what mail programs sort by; a name for people, an identifier under our domain."""
    domain = sender.rpartition("@")[2].rstrip("> ").lower()
    if not re.fullmatch(r"[a-z0-9.-]{1,200}", domain):
        domain = "localhost"
    return f"{_encoded(LIST_NAME)}\r\n <reminders.yanxiu.{domain}>"


def _part(subtype: str, body: str) -> tuple[str, ...]:
    text = "\r\n".join(body.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    coded = encodebytes(text.encode("utf-8", "replace")).decode("ascii").rstrip("\n")
    return (
        f"--{BOUNDARY}",
        f'Content-Type: text/{subtype}; charset="utf-8"',
        "Content-Transfer-Encoding: base64",
        "",
        coded.replace("\n", "\r\n"),
    )


@lru_cache(maxsize=64)
def _mailbox_of(written: str) -> str:
    return _mailbox(*mailbox(written))


def mailbox(written: str) -> tuple[str, str]:
    """Name and address of "Name <address>". Raises ValueError for what is no address."""
    parts = SENDER.fullmatch(one_line(written))
    name, email = (parts["name"].strip('"'), parts["email"]) if parts else ("", written)
    if not ADDRESS.fullmatch(email):
        raise ValueError(f"not an address: {email!r}")
    return one_line(name), email


def _mailbox(name: str, email: str) -> str:
    if not ADDRESS.fullmatch(email):
        raise ValueError(f"not an address: {email!r}")
    name = one_line(name)
    return f"{_encoded(name)}\r\n <{email}>" if name else email


def _encoded(text: str) -> str:
    """RFC 2047 on the text alone, folded; plain where nothing needs encoding."""
    text = one_line(text)
    if PLAIN.fullmatch(text) and len(text) <= WORD_BYTES:
        return text
    words = (b64encode(chunk).decode("ascii") for chunk in _chunks(text))
    return "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)


def _chunks(text: str) -> Iterator[bytes]:
    """UTF-8 in pieces that never split a character, which RFC 2047 forbids."""
    raw = text.encode()
    start = 0
    while start < len(raw):
        end = min(start + WORD_BYTES, len(raw))
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[start:end]
        start = end
