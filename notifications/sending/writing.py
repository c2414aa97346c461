"""One attempt to write a mail: what is at fault if it fails, this mail or the installation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.errors import ConfigError
from notifications.letters.drafts import Writer, Written
from notifications.sending.answers import readable
from workflow.storage import STORAGE

EVERYBODYS: tuple[type[Exception], ...] = (ConfigError, *STORAGE)


class Unwritable(Exception):
    """This mail cannot be written; the others can. Says why."""


def attempt(
    writer: Writer, connection: Connection, row: Any, *, today: date, at: datetime
) -> Written | None:
    """The mail of this row as things stand; None if it says nothing any more.

    Raises Unwritable for a fault of this mail, which must not stop the others. What concerns every
    mail, a setting or the database, is raised as it is: they can wait until it is mended.
    """
    try:
        return writer.write(connection, row, today=today, at=at)
    except EVERYBODYS:
        raise
    except Exception as error:
        raise Unwritable(readable(f"{type(error).__name__}: {error}")[:200]) from error
