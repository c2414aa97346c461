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
from workflow.mail.recipients import FOR, addressed, readers
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
    mails: dict[tuple[str, str], int] = {}  # by the mailbox and who of it is written to
    people: dict[str, int] = {}  # how many read a mailbox
    new = 0
    for row in loose:
        shared = people.setdefault(row.recipient, readers(connection, row.recipient)) > 1
        whose, role = (row.recipient, ""), Role(row.role)
        if shared or whose not in mails:
            facts = Facts.read(json.loads(row.facts))
            sort = sort_of_step(Force.STATED, role)
            found = addressed(connection, role, facts, sort, on=on)
            name = next((one.name for one in found if one.email == row.recipient), "")
            whose = (row.recipient, name.partition(FOR)[0]) if shared else whose
            if whose not in mails:
                to = (name, row.recipient)
                mails[whose], fresh = _mail_of_the_day(connection, to, role, shared, on, at)
                new += fresh
        connection.execute(
            update(REMINDER).where(REMINDER.c.id == row.id).values(mail_id=mails[whose])
        )
    return len(loose), new


def _mail_of_the_day(
    connection: Connection, to: tuple[str, str], role: Role, shared: bool, on: date, at: datetime
) -> tuple[int, bool]:
    """The day's mail to this address that has not been written yet, else a new one; where several
    read the mailbox (`shared`), that of the same person.

    Found by its whole key, which is indexed, and locked: the dispatcher writes a mail once, and
    a reminder that joined it at that moment would never be told.
    """
    key, there = _free_key(connection, to[1], on)
    for mail in reversed(there if shared else there[-1:]):
        theirs = not shared or mail.to_name.partition(FOR)[0] == to[0].partition(FOR)[0]
        if theirs and mail.status == MailStatus.PENDING.value and mail.unwritten:
            return mail.id, False
    return _new_mail(connection, key, to, role, on=on, at=at), True


def waiting_mail(
    connection: Connection, to: tuple[str, str], role: Role, reason: str, *, on: date, at: datetime
) -> int:
    """A further mail of the day to an address, which nothing joins until a person lets it go."""
    key, _ = _free_key(connection, to[1], on)
    waits = {"status": MailStatus.AWAITING.value, "reason": reason}
    return _new_mail(connection, key, to, role, on=on, at=at, **waits)


def _free_key(connection: Connection, email: str, on: date) -> tuple[str, list[Any]]:
    """The next key of a day's mails to an address, and the mails there are."""
    there: list[Any] = []
    while found := _mail(connection, key := f"remind:{on.isoformat()}:{email}:{len(there) + 1}"):
        there.append(found)
    return key, there


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
    columns = (MAIL.c.id, MAIL.c.status, MAIL.c.to_name, unwritten)
    query = select(*columns).where(MAIL.c.key == key)
    return connection.execute(query.with_for_update()).one_or_none()
