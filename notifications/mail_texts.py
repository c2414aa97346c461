"""What a mail says, for whoever reads the log: as it was written, or as it would be written now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from typing import Any

from config.errors import ConfigError
from notifications.by_hand import preview
from notifications.letters.drafts import Writer
from notifications.mailbox import text_of
from states.terms import Text
from workflow.database import Database

UNSENT = ("pending", "failed", "dead", "awaiting")


@dataclass(frozen=True, slots=True)
class Told:
    """`attached`: names of files. `draft`: it has not been written yet, so this may change; its
    text is empty where it will not be sent, or cannot be written; `waits`: for which file."""

    text: str
    attached: tuple[str, ...] = ()
    draft: bool = False
    waits: Text | None = None


def told(
    db: Database, writer: Writer, mail: Mapping[str, Any], *, today: date, at: datetime
) -> Told:
    """The text of a mail as workflow/mail/log.py gives it. Nothing is kept."""
    try:
        content, draft = bytes_of(db, writer, mail, today=today, at=at)
    except ConfigError as error:
        return Told("", draft=True, waits=error.text)
    text, attached = text_of(content) if content else ("", ())
    return Told(text, tuple(attached), draft)


def bytes_of(
    db: Database, writer: Writer, mail: Mapping[str, Any], *, today: date, at: datetime
) -> tuple[bytes, bool]:
    """A mail as it was written, or as it would be written now, and whether it is such a draft;
    empty where it will not be sent or cannot be written."""
    if mail["content"] or mail["status"] not in UNSENT:
        return bytes(mail["content"] or b""), False
    try:
        made = preview(db, writer, mail["id"], today=today, at=at)
    except (LookupError, ValueError):  # it will be told as a mail that cannot be written
        made = None
    return (made.content if made else b""), True


def html_of(mail: Mapping[str, Any]) -> str | None:
    """The mail as a mail program shows it; None where it has no such part, or is not written."""
    if not mail["content"]:
        return None
    part = message_from_bytes(bytes(mail["content"]), policy=policy.default).get_body(("html",))
    return None if part is None else str(part.get_content())
