"""What goes along with a mail: calendar files, and with the news of the plan its timetable."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from config.rulebook import Rulebook
from notifications.calendars.entries import duty_entries, duty_key, entry
from notifications.calendars.ics import Entry, reminder_ics
from notifications.calendars.timetable import TYPE as DOCX
from notifications.calendars.timetable import timetable
from notifications.letters.envelope import Attachment
from states.besides import duties
from states.facts import Facts, Standing
from states.mailing import PARTING_NOTICES
from states.terms import Act, Action, Kind, Role, Text
from states.wanted import wanted
from workflow.history import fold
from workflow.mail_tables import REMINDER, Purpose, ReminderStatus
from workflow.statements import Statement
from workflow.tables import DEADLINE, EVENT, PROJECT

LATER = DEADLINE.alias("later")
LATEST = ~exists().where(
    LATER.c.project_id == DEADLINE.c.project_id,
    LATER.c.kind == DEADLINE.c.kind,
    LATER.c.round > DEADLINE.c.round,
)
COLUMNS = (  # what an entry is made of
    *(DEADLINE.c.project_id, DEADLINE.c.kind, DEADLINE.c.round, DEADLINE.c.due_on),
    *(DEADLINE.c.advised_on, DEADLINE.c.force, DEADLINE.c.provisional, DEADLINE.c.clause),
    *(DEADLINE.c.standing, PROJECT.c.name, PROJECT.c.host, PROJECT.c.policy),
    *(PROJECT.c.category, PROJECT.c.version, PROJECT.c.facts),
)
ROWS = select(*COLUMNS).join_from(DEADLINE, PROJECT, DEADLINE.c.project_id == PROJECT.c.id)
Known = namedtuple("Known", [column.name for column in COLUMNS])  # type: ignore[misc]
TIMETABLE = Text("项目时间表.docx", "timetable.docx")
STANDS, OVER = Text("期限.ics", "deadlines.ics"), Text("期限取消.ics", "cancelled.ics")


def enclosures(
    connection: Connection,
    book: Rulebook,
    mail: Any,
    *,
    language: str,
    today: date,
    at: datetime,
    organizer: str,
) -> tuple[Attachment, ...]:
    """The files for one mail row; none for digests, alarms and tests.

    A reminder brings its open deadlines. News of a project brings all its open deadlines, and
    those that it ended as cancelled ones, in a file of their own, for mail programs take a
    cancellation from nothing else. `at` stamps the entries, `organizer` (the office) stands in them.
    """
    if mail.purpose == Purpose.REMINDER:
        rows = (Known(*row) for row in _CARRIED.run(connection, {"number": mail.id}))
        found = _entries(rows, book, Role(mail.to_role), language, at)
        stands = [one for one in found if one.status != "cancelled"]
        return tuple(_files(stands, language, organizer))
    if mail.purpose != Purpose.RESULT or mail.project_id is None:
        return ()
    if mail.notice in PARTING_NOTICES:
        ended = _ended(connection, book, mail, language, at)
        return tuple(_files(ended, language, organizer))
    deed, entries = _news(connection, book, mail, language, at)
    files = _files(entries, language, organizer)
    if deed not in (Action.PLAN, Act.ANNOUNCE):
        return tuple(files)
    page = timetable(connection, book, mail.project_id, language=language, today=today)
    return *files, Attachment(TIMETABLE.in_(language), DOCX, page)


def _news(
    connection: Connection, book: Rulebook, mail: Any, language: str, at: datetime
) -> tuple[str, list[Entry]]:
    """The deed that a result tells of, what stands after it, and what it ended."""
    theirs = DEADLINE.c.project_id == mail.project_id
    rows = connection.execute(ROWS.where(theirs, LATEST).order_by(DEADLINE.c.id))
    found = _entries(rows, book, Role(mail.to_role), language, at)
    found += _owed(connection, book, mail, language, at)
    deed, ended = _before(connection, book, mail.project_id, mail.event_seq)
    return deed, [one for one in found if one.status != "cancelled" or one.uid_key in ended]


def _owed(
    connection: Connection, book: Rulebook, mail: Any, language: str, at: datetime
) -> list[Entry]:
    """The host's duties beside its papers: what is left, and what is over."""
    if mail.to_role != Role.HOST:
        return []
    theirs = ROWS.where(DEADLINE.c.project_id == mail.project_id).limit(1)
    rows = connection.execute(theirs).all()
    return [one for row in rows for one in owed_entries(row, book, language, at)]


def owed_entries(row: Any, book: Rulebook, language: str, at: datetime) -> list[Entry]:
    facts = Facts.read(json.loads(row.facts))
    return duty_entries(row, book, facts, language=language, stamp=at)


def _ended(
    connection: Connection, book: Rulebook, mail: Any, language: str, at: datetime
) -> list[Entry]:
    """All that is open in the projects of a mail, over for its reader."""
    projects = {mail.project_id, *json.loads(mail.about).get("projects", ())}
    theirs = DEADLINE.c.project_id.in_(projects)
    open_ = DEADLINE.c.standing == Standing.OPEN.value
    rows = connection.execute(ROWS.where(theirs, LATEST, open_).order_by(DEADLINE.c.id))
    found = _entries(rows, book, Role(mail.to_role), language, at)
    return [replace(one, status="cancelled", alarm_days=None) for one in found]


_CARRIED = Statement(
    ROWS.where(
        DEADLINE.c.id.in_(  # found by the mail's reminders, not by looking through all deadlines
            select(REMINDER.c.deadline_id).where(
                REMINDER.c.mail_id == bindparam("number"),
                REMINDER.c.status == ReminderStatus.QUEUED.value,
            )
        ),
        DEADLINE.c.standing == Standing.OPEN.value,
    ).order_by(DEADLINE.c.id)
)


def _entries(
    rows: Iterable[Any], book: Rulebook, role: Role, language: str, at: datetime
) -> list[Entry]:
    return [
        entry(row, book, role, language=language, stamp=at, facts=facts_for(row)) for row in rows
    ]


def facts_for(row: Any) -> Facts | None:
    """The facts where an entry depends on them: whose turn an application is."""
    return Facts.read(json.loads(row.facts)) if row.kind == Kind.APPLICATION else None


def _files(entries: Sequence[Entry], language: str, organizer: str) -> Iterator[Attachment]:
    stands = [one for one in entries if one.status != "cancelled"]
    over = [one for one in entries if one.status == "cancelled"]
    for some, name, method in ((stands, STANDS, "PUBLISH"), (over, OVER, "CANCEL")):
        if some:
            kind = f"text/calendar; method={method}; charset=utf-8"
            yield Attachment(name.in_(language), kind, reminder_ics(some, organizer=organizer))


def _before(
    connection: Connection, book: Rulebook, project_id: int, seq: int | None
) -> tuple[str, set[str]]:
    """The deed of an event, and the keys of what was open when it came."""
    events = connection.execute(
        select(EVENT.c.seq, EVENT.c.deed, EVENT.c.changes)
        .where(EVENT.c.project_id == project_id, EVENT.c.seq <= (seq or 0))
        .order_by(EVENT.c.seq)
    ).all()
    if len(events) < 2:
        return (events[-1].deed if events else ""), set()
    facts = Facts.read(fold(one.changes for one in events[:-1]))
    category = book.policy(facts.policy).categories[facts.category]
    found = wanted(facts, category, book.calendar)
    ended = {f"project:{project_id}:{o.kind.value}" for o in found if o.standing is Standing.OPEN}
    left = {one.rule.key for one in duties(facts, category, book.calendar)}
    if events[-1].deed in set(Action):  # what a host records itself has no mail of its own
        left |= facts.milestones.keys()
    return events[-1].deed, ended | {duty_key(project_id, key) for key in left}
