"""Reads mail that strangers wrote, piece by piece: never raises for what is malformed, takes time
in proportion to its length, interprets nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime
from html import unescape

MOST_TEXT = 100_000  # characters of a free text that are looked at
MOST_HEADER = 4_000
MOST_SAID = 500
# A list of ours: some of Python's codecs take quadratic time.
CHARSETS = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5"}

# Every repetition is bounded: the text is a stranger's.
NAME = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}"
ADDRESS = re.compile(NAME + r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
CHARSET = re.compile(r'charset\s{0,9}=\s{0,9}"?([\w-]{1,40})', re.I)
TAG_OF_ITS_OWN_LINE = {"br", "p", "div", "tr", "table", "li", "ul", "ol", "h1", "h2", "h3", "pre"}


def parts_of(mail: Message) -> Iterator[Message]:
    """The report's own parts; an enclosed mail is one part and is not entered."""
    if mail.get_content_maintype() == "multipart" and mail.is_multipart():
        for part in inside(mail):
            yield from parts_of(part)
    else:
        yield mail


def inside(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def enclosed_mails(parts: Iterable[Message]) -> Iterator[Message]:
    """The mail that is returned, or its headers."""
    for part in parts:
        if part.get_content_type() == "message/rfc822":
            yield from inside(part)
        elif part.get_content_subtype() == "rfc822-headers":
            yield from inside(part) or [message_from_bytes(_payload(part))]


def sent_at(mail: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(header(mail, "Date"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def header(mail: Message, name: str) -> str:
    """The first field of this name, decoded; empty if there is none."""
    raw = next((value for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    value = _decoded(str(raw)[:MOST_HEADER].encode("utf-8", "surrogateescape"), "")
    with suppress(ValueError):  # malformed: as it came
        pieces = decode_header(value) if "=?" in value else []
        if pieces:
            return "".join(_piece(piece, charset) for piece, charset in pieces)
    return value


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    return _decoded(piece, charset) if charset else piece.decode("raw-unicode-escape")


def readable(parts: list[Message]) -> str:
    """What a person reads: the plain text, or the HTML without its tags where that names nobody."""
    plain = "\n\n".join(_body(part) for part in parts if part.get_content_type() == "text/plain")
    if not ADDRESS.search(plain):
        rich = (_body(part) for part in parts if part.get_content_type() == "text/html")
        plain += "\n\n" + "\n\n".join(_untagged(body) for body in rich)
    lines = (" ".join(line.split()) for line in plain.splitlines())
    return "\n".join(lines)[:MOST_TEXT]


def _body(part: Message) -> str:
    charset = CHARSET.search(header(part, "Content-Type"))
    return _decoded(_payload(part), charset[1] if charset else "")[:MOST_TEXT]


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(raw: bytes, charset: str) -> str:
    for encoding in (CHARSETS.get(charset.lower(), "utf-8"), "utf-8"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8" if charset.lower() == "utf-8" else "gb18030", "replace")


def _untagged(body: str) -> str:
    """HTML as text, in one pass: nothing of it is interpreted."""
    told, hidden = [], False
    for piece in (">" + " ".join(body.split())).split("<"):
        tag, _, text = piece.partition(">")
        name = tag.split(" ")[0].lower().rstrip("/")
        if name.lstrip("/") in ("style", "script", "title"):
            hidden = not name.startswith("/")
        told.append(
            "\n" if name.lstrip("/") in TAG_OF_ITS_OWN_LINE else " " * (name in ("td", "th"))
        )
        told.append("" if hidden else text)
    return unescape("".join(told))


def printable(text: str) -> str:
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * MOST_SAID])
    return " ".join(shown.split())[:MOST_SAID]
