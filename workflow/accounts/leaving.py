"""Disabling somebody: nothing opens the account and nothing more is sent; what was theirs is
withheld with that reason, and whoever watches their projects is told to find another contact."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from workflow.accounts.closing import shut_out
from workflow.mail.addresses import tell_of_leaver
from workflow.mail.readdress import NOT_WITH_A_SERVER
from workflow.mail.recipients import DISABLED, is_for
from workflow.mail_tables import MAIL, REMINDER, MailStatus, ReminderStatus
from workflow.tables import PERSON


def disable(connection: Connection, person: int, *, at: datetime) -> None:
    """End what opens the account, withhold what waits, tell whom it concerns. Whoever does it
    records it."""
    own = PERSON.c.id == person
    connection.execute(update(PERSON).where(own).values(active=False))
    shut_out(connection, person, at=at)
    found = connection.execute(select(PERSON).where(own)).one()
    if found.email:
        _withhold(connection, found.email, person)
        tell_of_leaver(connection, found, at=at)


def _withhold(connection: Connection, email: str, person: int) -> None:
    query = select(MAIL.c.id, MAIL.c.to_name)
    waits = query.where(MAIL.c.to_email == email, NOT_WITH_A_SERVER).with_for_update()
    rows = connection.execute(waits).all()
    theirs = [row.id for row in rows if is_for(connection, email, row.to_name, person)]
    silent = {"reason": DISABLED}
    for mail in theirs:
        _set_reminders(connection, REMINDER.c.mail_id == mail)
        gone = silent | {"status": MailStatus.SUPPRESSED.value}
        connection.execute(update(MAIL).where(MAIL.c.id == mail).values(gone))


def _set_reminders(connection: Connection, which: ColumnElement[bool]) -> None:
    gone = {"status": ReminderStatus.SUPPRESSED.value, "reason": DISABLED, "mail_id": None}
    queued = REMINDER.c.status == ReminderStatus.QUEUED.value
    connection.execute(update(REMINDER).where(which, queued).values(gone))
