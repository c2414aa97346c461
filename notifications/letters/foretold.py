"""The subject of a mail that would be queued: for whoever is about to cause it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection

from config.rulebook import Rulebook
from notifications.letters.drafts import language_of
from notifications.letters.links import NO_LINKS
from notifications.letters.notice_letter import render_notice
from notifications.letters.office_wording import Shelf
from notifications.letters.results import Reader, notice_of
from states.terms import Role


def subjects(book: Rulebook, today: date) -> Callable[[Connection, Any], str]:
    """A function from a result mail's row to the subject that it would go out with; to be asked
    inside the transaction that holds the row."""
    shelf = Shelf()

    def subject(connection: Connection, mail: Any) -> str:
        language = language_of(connection, mail.to_email)
        reader = Reader(mail.to_name, mail.to_email, Role(mail.to_role), language, today, NO_LINKS)
        notice, _ = notice_of(connection, book, mail, reader)
        return render_notice(notice, shelf.wordings(connection)).subject

    return subject
