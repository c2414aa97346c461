"""A writer of mails, and one attempt to write one: what is at fault if that fails."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.errors import ConfigError
from config.rulebook import Rulebook
from config.settings import Settings
from notifications.letters.drafts import Writer, Written
from notifications.sending.answers import readable
from states.terms import Text
from workflow.storage import STORAGE


def writer_for(book: Rulebook, settings: Settings) -> Writer:
    """A writer of mails as the installation wants them."""
    return Writer(
        book,
        settings.mail_from,
        settings.base_url,
        reply_to=settings.mail_reply_to,
        trial_to=settings.mail_trial_to,
        hosts_online=settings.hosts_online,
        enclose=settings.mail_attachments,
        approval=frozenset(settings.mail_approval),
    )


class Held(Exception):
    """This mail waits for a file of rules to be mended; `text` says which and why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


class Unwritable(Exception):
    """This mail cannot be written; the others can. Says why."""


def attempt(
    writer: Writer, connection: Connection, row: Any, *, today: date, at: datetime
) -> Written | None:
    """The mail of this row as things stand; None if it says nothing any more.

    Raises Unwritable for a fault of this mail, which must not stop the others, and Held where the
    rules cannot be read by which it would be written. What concerns every mail, the database, is
    raised as it is: they can wait until it is mended.
    """
    try:
        return writer.write(connection, row, today=today, at=at)
    except STORAGE:
        raise
    except ConfigError as error:
        raise Held(error.text) from error
    except Exception as error:
        raise Unwritable(readable(f"{type(error).__name__}: {error}")[:200]) from error
