"""Gathers reminders into mails: of one person and day one mail, while each keeps its own row."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text, update

from states.facts import Facts
from states.mailing import sort_of_step
from states.terms import Force, Role
from workflow.holding import hold
from workflow.mail.outbox import INSERT, draft
from workflow.mail.recipients import addressed
from workflow.mail_tables import MAIL, REMINDER, MailStatus, Purpose
from workflow.tables import PROJECT

BATCH = 500
# The named jobs sweep at the same minute; mail waits a little so that theirs become one.
GATHER = timedelta(seconds=30)
ADDRESSING = "gathering"  # who holds it puts reminders into mails


# Queued, and in no mail yet; literally as the index has it.
LOOSE = text("reminder.status = 'queued' AND reminder.mail_id IS NULL")


def anything_loose(connection: Connection) -> bool:
    """Whether there is anything to gather."""
    return connection.execute(select(REMINDER.c.id).where(LOOSE).limit(1)).first() is not None


def gather(connection: Connection, *, on: date, at: datetime) -> tuple[int, int]:
    """Put a batch of queued reminders that have no mail into their recipients' mails of the day,
    one mail a person; how many reminders, and how many of the mails are new."""
    hold(connection, ADDRESSING)
    loose = connection.execute(
        select(REMINDER.c.id, REMINDER.c.recipient, REMINDER.c.role, PROJECT.c.facts)
        .join_from(REMINDER, PROJECT, REMINDER.c.project_id == PROJECT.c.id)
        .where(LOOSE)
        .order_by(REMINDER.c.id)
        .limit(BATCH)
    ).all()
    mails: dict[str, int] = {}
    new = 0
    names: dict[tuple[str, str], str] = {}
    for row in loose:
        if row.recipient not in mails:
            facts = Facts.read(json.loads(row.facts))
            role = Role(row.role)
            sort = sort_of_step(Force.STATED, role)
            found = addressed(connection, role, facts, sort, on=on)
            names |= {(role, one.email): one.name for one in found}
            to = (names.get((role, row.recipient), ""), row.recipient)
            mails[row.recipient], fresh = _mail_of_the_day(connection, to, role, on, at)
            new += fresh
        connection.execute(
            update(REMINDER).where(REMINDER.c.id == row.id).values(mail_id=mails[row.recipient])
        )
    return len(loose), new


def _mail_of_the_day(
    connection: Connection, to: tuple[str, str], role: Role, on: date, at: datetime
) -> tuple[int, bool]:
    """The day's mail to this address that has not been written yet, else a new one.

    Found by its whole key, which is indexed, and locked: the dispatcher writes a mail once, and
    a reminder that joined it at that moment would never be told.
    """
    key, last = _free_key(connection, to[1], on)
    if last and last.status == MailStatus.PENDING.value and last.unwritten:
        return last.id, False
    return _new_mail(connection, key, to, role, on=on, at=at), True


def waiting_mail(
    connection: Connection, to: tuple[str, str], role: Role, reason: str, *, on: date, at: datetime
) -> int:
    """A further mail of the day to an address, which nothing joins until a person lets it go."""
    key, _ = _free_key(connection, to[1], on)
    waits = {"status": MailStatus.AWAITING.value, "reason": reason}
    return _new_mail(connection, key, to, role, on=on, at=at, **waits)


def _free_key(connection: Connection, email: str, on: date) -> tuple[str, Any]:
    """The next key of a day's mails to an address, and the last mail there is."""
    number, last = 1, None
    while found := _mail(connection, key := f"remind:{on.isoformat()}:{email}:{number}"):
        number, last = number + 1, found
    return key, last


def _new_mail(
    connection: Connection,
    key: str,
    to: tuple[str, str],
    role: Role,
    *,
    on: date,
    at: datetime,
    **more: Any,
) -> int:
    row = draft(key, Purpose.REMINDER, to, role, on=on, at=at, due_at=at + GATHER, **more)
    INSERT.run(connection, row)
    return int(_mail(connection, key).id)


def _mail(connection: Connection, key: str) -> Any:
    unwritten = MAIL.c.content.is_(None).label("unwritten")
    query = select(MAIL.c.id, MAIL.c.status, unwritten).where(MAIL.c.key == key)
    return connection.execute(query.with_for_update()).one_or_none()
