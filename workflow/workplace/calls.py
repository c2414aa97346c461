"""Whom to call today and why: the units behind what is late or nearly due, and calls promised."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, literal_column, select, union_all

from config.rulebook import Rulebook
from states.facts import UNANSWERED, Facts
from states.lateness import DUE, Look, last_day, look
from states.mailing import hushed, is_past, whose_turn
from states.terms import Channel, Force, Kind, Role, Text
from workflow.lateness import GENTLE, is_due, is_late
from workflow.mail_tables import MAIL, REMINDER
from workflow.tables import DEADLINE, EVENT, GRANT, PERSON, PROJECT, UNIT
from workflow.workplace.watching import ITS_APPLICATION, NEWS, TO_CALL, WAITS, Scope, due_rows

AHEAD = timedelta(days=14)
MOST = 30  # matters gathered of each sort; what is most urgent comes first
IS_NOTE = EVENT.c.deed == literal_column("'note'")


@dataclass(frozen=True, slots=True)
class Note:
    """What was said in a call. `promised_for`: a day, where one was named."""

    on: date
    person: str
    channel: Text
    promise: str
    promised_for: str
    by: str
    let_in_by: str = ""  # who made the way in by which it was noted, if somebody else


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that a call is about. `day`: what its day is called; `left`: working days; `late`:
    days, 0 for what only the system asks."""

    project_id: int
    number: int | None
    name: str
    what: Text
    due: date | None
    day: Text
    advisory: bool
    provisional: bool
    left: int
    late: int
    blameless: bool
    follow_up: date | None
    note: Note | None
    mailed_at: datetime | None
    subject: str


@dataclass(frozen=True, slots=True)
class Call:
    """A unit with all that it is to be called about."""

    unit: str
    role: Role
    person: str
    phone: str
    matters: tuple[Matter, ...]
    promised: bool  # somebody meant to call again today, or before
    called: bool  # somebody called today


@dataclass(frozen=True, slots=True)
class _Cause:
    """A row to call about. `kind` None: only the promised call."""

    row: Any
    facts: Facts
    kind: Kind | None
    due: date | None
    look: Look | None = None
    what: Text | None = None  # where it is not the deadline

    @property
    def to_department(self) -> bool:
        return self.kind is not None and not whose_turn(self.kind, self.facts, Role.HOST)


def calls(connection: Connection, book: Rulebook, scope: Scope, *, today: date) -> list[Call]:
    """Promised calls first, then by what is most urgent; who was called today comes last."""
    causes = _causes(connection, book, scope, today)
    numbers = sorted({cause.row.id for cause in causes})
    notes, mails = _notes(connection, numbers), _mails(connection, numbers)
    phones = _phones(connection, causes)
    units: dict[tuple[str, str], list[_Cause]] = defaultdict(list)
    for cause in causes:
        unit = cause.facts.department if cause.to_department else cause.facts.host
        units[unit, "" if cause.to_department else cause.facts.contact_name].append(cause)
    found = []
    for (unit, _), its in units.items():
        matters = tuple(
            _matter(cause, notes.get(cause.row.id), mails.get(cause.row.id), book, today)
            for cause in its
        )
        found.append(_call(unit, its[0], matters, phones, today))
    return sorted(found, key=_urgency)


def _urgency(call: Call) -> tuple[Any, ...]:
    first = min((m.due for m in call.matters if m.due), default=date.max)
    return call.called, not call.promised, first, call.unit


def _causes(connection: Connection, book: Rulebook, scope: Scope, today: date) -> list[_Cause]:
    past = (DEADLINE.c.due_on < today, DEADLINE.c.late_after < today)
    over = (GENTLE, DEADLINE.c.kind == Kind.RECORDING.value, *past)
    # Hosts are not called about applications; departments are, below.
    asked = due_rows().where(scope.deadlines, DEADLINE.c.kind != Kind.APPLICATION.value)
    found: list[_Cause] = []
    for query in (
        asked.where(is_late(today)).order_by(DEADLINE.c.due_on.desc()),
        asked.where(is_due(today, today + AHEAD)).order_by(DEADLINE.c.due_on),
        due_rows().where(scope.deadlines, *over).order_by(DEADLINE.c.due_on.desc()),
    ):
        rows = connection.execute(query.limit(MOST))
        found += [one for row in rows if (one := _cause(row, scope, today))]
    if scope.is_whole:  # nobody calls himself: what departments owe is the province's to ask for
        found += _owed_by_departments(connection, today)
    found += _unanswered(connection, book, scope, today)
    known = {cause.row.id for cause in found}
    return found + [one for one in _promised(connection, scope, today) if one.row.id not in known]


def _owed_by_departments(connection: Connection, today: date) -> Iterator[_Cause]:
    """Applications that their departments have not reviewed, with the window's end if it has
    one."""
    query = (
        select(PROJECT, DEADLINE.c.due_on, DEADLINE.c.provisional)
        .join_from(PROJECT, DEADLINE, ITS_APPLICATION, isouter=True)
        .where(WAITS, PROJECT.c.waits_for == Role.COORDINATOR.value)
        .order_by(PROJECT.c.opens)
        .limit(MOST)
    )
    for row in connection.execute(query):
        facts = Facts.read(json.loads(row.facts))
        seen = (
            look(Kind.APPLICATION, Force.STATED, facts, row.due_on, today) if row.due_on else None
        )
        yield _Cause(row, facts, Kind.APPLICATION, row.due_on, seen)


def _unanswered(
    connection: Connection, book: Rulebook, scope: Scope, today: date
) -> Iterator[_Cause]:
    """Hosts that were told of an imported plan and have not confirmed it in three working days."""
    query = select(PROJECT).where(scope.projects, NEWS, PROJECT.c.news == UNANSWERED)
    for row in connection.execute(query.order_by(PROJECT.c.id).limit(MOST)):
        facts = Facts.read(json.loads(row.facts))
        told = facts.announced_on
        if told and book.calendar.working_days(told, today) > PATIENCE:
            yield _Cause(row, facts, None, None, what=TO_CONFIRM)


def _promised(connection: Connection, scope: Scope, today: date) -> Iterator[_Cause]:
    query = (
        select(PROJECT)
        .where(scope.projects, TO_CALL, PROJECT.c.follow_up <= today)
        .order_by(PROJECT.c.follow_up)
        .limit(MOST)
    )
    for row in connection.execute(query):
        yield _Cause(row, Facts.read(json.loads(row.facts)), None, None)


def _cause(row: Any, scope: Scope, today: date) -> _Cause | None:
    facts, kind = Facts.read(json.loads(row.facts)), Kind(row.kind)
    why = hushed(
        kind, facts, scope.role, late_after=row.late_after, known_on=row.known_on, on=today
    )
    blameless = why == "before_known" and not is_past(facts, today)
    if why and not blameless:
        return None
    due = last_day(facts, row.due_on, row.late_after, today)
    return _Cause(row, facts, kind, due, look(kind, Force(row.force), facts, row.late_after, today))


def _matter(
    cause: _Cause, note: Note | None, mail: Any | None, book: Rulebook, today: date
) -> Matter:
    row, due, seen = cause.row, cause.due, cause.look
    return Matter(
        project_id=row.id,
        number=row.number,
        name=row.name,
        what=cause.what or (cause.kind.label if cause.kind else FOLLOW_UP),
        due=due,
        day=seen.day if seen else DUE,
        advisory=bool(seen and seen.advisory),
        provisional=bool(cause.kind and row.provisional),
        left=book.calendar.working_days(today, due) if due and due > today else 0,
        late=seen.late if seen and not seen.blameless else 0,
        blameless=bool(seen and seen.blameless),
        follow_up=row.follow_up,
        note=note,
        mailed_at=mail.sent_at if mail else None,
        subject=mail.subject if mail else "",
    )


def _call(
    unit: str,
    cause: _Cause,
    matters: tuple[Matter, ...],
    phones: dict[str, tuple[str, str]],
    today: date,
) -> Call:
    name, phone = phones.get(unit, ("", ""))
    if not cause.to_department:
        name, phone = cause.facts.contact_name, cause.facts.contact_phone or phone
    promised = any(one.follow_up and one.follow_up <= today for one in matters)
    called = all(one.note and one.note.on == today for one in matters)
    role = Role.COORDINATOR if cause.to_department else Role.HOST
    return Call(unit, role, name, phone, matters, promised, called)


def _notes(connection: Connection, projects: list[int]) -> dict[int, Note]:
    """The last note of each project."""
    its = (IS_NOTE, EVENT.c.project_id.in_(projects))
    last = (
        select(EVENT.c.project_id, func.max(EVENT.c.seq).label("seq"))
        .where(*its)
        .group_by(EVENT.c.project_id)
        .subquery()
    )
    query = (
        select(EVENT.c.project_id, EVENT.c.on_date, EVENT.c.given, EVENT.c.person)
        .add_columns(PERSON.c.name, EVENT.c.let_in_by)
        .join_from(
            last, EVENT, (EVENT.c.project_id == last.c.project_id) & (EVENT.c.seq == last.c.seq)
        )
        .join(PERSON, PERSON.c.login == EVENT.c.person, isouter=True)
    )
    found = {}
    for row in connection.execute(query):
        said = json.loads(row.given)
        found[row.project_id] = Note(
            on=row.on_date,
            person=said.get("person", ""),
            channel=Channel(said["channel"]).label,
            promise=said.get("promise", ""),
            promised_for=said.get("promised_for", ""),
            by=row.name or row.person,
            let_in_by=row.let_in_by,
        )
    return found


def _mails(connection: Connection, projects: list[int]) -> dict[int, Any]:
    """The last mail to the host about each project, alone or among others."""
    reminded = select(REMINDER.c.project_id, REMINDER.c.mail_id.label("mail_id")).where(
        REMINDER.c.project_id.in_(projects),
        REMINDER.c.role == Role.HOST.value,
        REMINDER.c.mail_id.is_not(None),
    )
    told = select(MAIL.c.project_id, MAIL.c.id.label("mail_id")).where(
        MAIL.c.project_id.in_(projects), MAIL.c.to_role == Role.HOST.value
    )
    every = union_all(reminded, told).subquery()
    query = (
        select(every.c.project_id, MAIL.c.sent_at, MAIL.c.subject, MAIL.c.id)
        .join_from(every, MAIL, every.c.mail_id == MAIL.c.id)
        .where(MAIL.c.sent_at.is_not(None))
        .order_by(MAIL.c.sent_at)
    )
    return {row.project_id: row for row in connection.execute(query)}  # the last one stays


def _phones(connection: Connection, causes: Iterable[_Cause]) -> dict[str, tuple[str, str]]:
    """Name and telephone by unit: of the department's people, and of the host's office."""
    hosts = {cause.facts.host for cause in causes}
    query = select(UNIT.c.name, UNIT.c.phone).where(UNIT.c.name.in_(hosts), UNIT.c.phone != "")
    found = {row.name: ("", row.phone) for row in connection.execute(query)}
    departments = {cause.facts.department for cause in causes if cause.to_department}
    people = (
        select(PERSON.c.name, PERSON.c.phone, GRANT.c.scope)
        .join_from(GRANT, PERSON, GRANT.c.person_id == PERSON.c.id)
        .where(GRANT.c.role == Role.COORDINATOR.value, GRANT.c.scope.in_(departments))
        .where(PERSON.c.active)
        .order_by(PERSON.c.id.desc())
    )
    for row in connection.execute(people):
        found[row.scope] = (row.name, row.phone)
    return found


PATIENCE = 3  # working days in which the news of the plan is confirmed
TO_CONFIRM = Text("确认收到年度计划的通知", "Confirming the news of the plan")
FOLLOW_UP = Text("按约定再次联系", "To call again, as agreed")
