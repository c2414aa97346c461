"""What stands in a digest: what is late, due, waiting, new or undelivered in a reader's scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true

from config.rulebook import Rulebook
from notifications.letters.digest_letter import NOTHING, Digest, DigestRow
from notifications.letters.printing import quotable
from notifications.letters.words import words_in
from states.facts import Facts
from states.lateness import last_day, look
from states.mailing import hushed, is_past
from states.terms import PROVISIONAL, Act, Action, Force, Kind, Role, State, Text
from states.waiting import waiting
from workflow.lateness import is_due, is_late, is_unrecorded
from workflow.mail_tables import MAIL, REMINDER, MailStatus, Purpose
from workflow.queries import deed_label
from workflow.tables import DEADLINE, EVENT, PROJECT
from workflow.workplace.tasks import NOT_URGED
from workflow.workplace.watching import due_rows, waits_for, week_end

MOST = 500  # rows gathered of one section; the letter shows fewer and counts the rest


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets a digest. `departments`: the scope, None for the whole province."""

    name: str
    email: str
    role: Role
    departments: tuple[str, ...] | None


def is_empty(digest: Digest) -> bool:
    """Whether there is nothing to do. Openings alone are no reason to write: they are planned; nor
    is what nobody is urged by."""
    return not any(not row.idle for _, row in _matters(digest))


def mark(digest: Digest) -> str:
    """A value that is the same for two digests of the same matters, however many days have gone by.
    What is new is left out: it is never said twice. Where something is overdue, a new week is worth
    a word."""
    said: list[Any] = []
    for section, row in _matters(replace(digest, new=())):
        days = "" if section == "overdue" else row.note.zh
        said.append((section, row.project_id, row.name, row.what.zh, row.by, days))
    if digest.overdue or digest.unrecorded:
        said += digest.today.isocalendar()[:2]
    return sha256(repr(said).encode()).hexdigest()


def _matters(digest: Digest) -> Iterator[tuple[str, DigestRow]]:
    """What a digest is written for."""
    for section in ("overdue", "unrecorded", "due_this_week", "waiting", "new", "died"):
        for row in getattr(digest, section):
            yield section, row


def named(digest: Digest) -> list[int]:
    """The projects that a digest speaks of."""
    rows = (*(row for _, row in _matters(digest)), *digest.openings)
    return sorted({row.project_id for row in rows if row.project_id is not None})


@dataclass(frozen=True, slots=True)
class Scope:
    """The projects of a digest, and since when what happened is new."""

    departments: tuple[str, ...] | None
    since: datetime

    @classmethod
    def of(cls, about: dict[str, Any]) -> Scope:
        named = about["departments"]
        since = datetime.fromisoformat(about["since"])
        return cls(None if named is None else tuple(named), since)

    def projects(self) -> ColumnElement[bool]:
        return true() if self.departments is None else PROJECT.c.department.in_(self.departments)


def gathered(
    connection: Connection, book: Rulebook, scope: Scope, reader: Reader, today: date
) -> Digest:
    """All sections as things stand."""
    until = week_end(today)
    return Digest(
        to_name=reader.name,
        to_email=reader.email,
        role=reader.role,
        today=today,
        overdue=_due(connection, scope, reader.role, today, is_late(today)),
        unrecorded=tuple(_unrecorded(connection, scope, today)),
        due_this_week=_due(connection, scope, reader.role, today, is_due(today, until)),
        waiting=tuple(_waiting(connection, book, scope, reader.role)),
        new=tuple(_new(connection, book, scope, reader.role)),
        died=tuple(_died(connection, scope)),
        openings=tuple(_openings(connection, scope, today, until)),
    )


def _due(
    connection: Connection, scope: Scope, role: Role, today: date, which: ColumnElement[bool]
) -> tuple[DigestRow, ...]:
    """The projects with such deadlines, as the workplace finds and counts them: each once. What
    nobody is urged by is said to be so."""
    query = due_rows().where(scope.projects(), which)
    rows = connection.execute(query.order_by(DEADLINE.c.late_after, PROJECT.c.id).limit(MOST))
    found: dict[int, list[DigestRow]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(_shown(row, role, today))
    return tuple(_joined(rows) for rows in found.values())


def _joined(rows: list[DigestRow]) -> DigestRow:
    """One line of a project: all that is asked for, by what is urged most."""
    rows.sort(key=lambda row: row.idle)
    whats = [row.what for row in rows]
    what = Text("、".join(one.zh for one in whats), ", ".join(one.en for one in whats))
    return replace(rows[0], what=what)


def _shown(row: Any, role: Role, today: date) -> DigestRow:
    facts, kind = Facts.read(json.loads(row.facts)), Kind(row.kind)
    why = hushed(kind, facts, role, late_after=row.late_after, known_on=row.known_on, on=today)
    seen = look(kind, Force(row.force), facts, row.late_after, today)
    note = PROVISIONAL if row.provisional else NOTHING
    if why:
        note = NOT_URGED.get(why, note)
    elif seen.late:
        note = LATE.format(n=seen.late)
    by = last_day(facts, row.due_on, row.late_after, today)
    idle = bool(why) and (why != "before_known" or is_past(facts, today))
    return _row(row, kind.label, by=by, note=note, idle=idle)


def _unrecorded(connection: Connection, scope: Scope, today: date) -> Iterator[DigestRow]:
    query = due_rows().where(scope.projects(), is_unrecorded(today))
    for row in connection.execute(query.order_by(DEADLINE.c.due_on, PROJECT.c.id).limit(MOST)):
        yield _row(row, PLANNED_END, by=row.due_on, note=_whom(row))


def _waiting(
    connection: Connection, book: Rulebook, scope: Scope, role: Role
) -> Iterator[DigestRow]:
    query = select(PROJECT).where(scope.projects(), *waits_for(role)).order_by(PROJECT.c.id)
    for row in connection.execute(query.limit(MOST)):
        facts = Facts.read(json.loads(row.facts))
        category = book.policy(facts.policy).categories[facts.category]
        own = [one for one in waiting(facts, category) if one.role is role]
        zh, en = ("；".join(one.what.zh for one in own), "; ".join(one.what.en for one in own))
        yield replace(_row(row, Text(zh, en)), deed=own[0].deed if own else None)


def _new(connection: Connection, book: Rulebook, scope: Scope, role: Role) -> Iterator[DigestRow]:
    """What was handed in, announced or, for coordinators, decided since the last digest.

    A step that leaves the state as it was is a proposal, which is told to nobody.
    """
    happened = or_(EVENT.c.source != EVENT.c.target, EVENT.c.deed.in_([a.value for a in Act]))
    rows = connection.execute(
        select(PROJECT, EVENT.c.deed, EVENT.c.on_date)
        .join_from(EVENT, PROJECT, EVENT.c.project_id == PROJECT.c.id)
        .where(EVENT.c.recorded_at > scope.since, EVENT.c.deed.in_(NEWS[role]), happened)
        .where(scope.projects(), ~EVENT.c.machine)
        .order_by(EVENT.c.recorded_at, EVENT.c.project_id, EVENT.c.seq)
        .limit(MOST)
    )
    for row in rows:
        yield _row(row, DONE.format(deed=_deed(row, book)), by=row.on_date)


DONE = Text("已办理：{deed}", "Done: {deed}")


def _deed(row: Any, book: Rulebook) -> Text:
    """What was done; a filing is called by the papers that its category asks for."""
    if row.deed != Action.FILE:
        return deed_label(row.deed)
    facts = Facts.read(json.loads(row.facts))
    category = book.policy(facts.policy).categories[facts.category]
    return words_in(Kind.FILING, facts, category).deed


HANDED_IN = [
    *(a.value for a in (Action.SUBMIT, Action.REVIEW, Action.FILE, Action.HOLD, Action.REPORT)),
    *(a.value for a in (Action.WITHDRAW, Act.CHANGE, Act.POSTPONE, Act.CONFIRM_DATES, Act.SUPPLY)),
]
DECIDED = [
    *(a.value for a in (Action.PLAN, Action.SEND_BACK, Action.REJECT, Action.SUBSIDISE)),
    *(a.value for a in (Action.CLOSE, Action.REINSTATE, Act.EXTEND, Act.TRANSFER, Act.HAND_OVER)),
]
NEWS = {Role.PROVINCE: HANDED_IN, Role.COORDINATOR: [*HANDED_IN, *DECIDED]}


def _died(connection: Connection, scope: Scope) -> Iterator[DigestRow]:
    """Mail that needs a person: it died, or came back since the last digest."""
    its = PROJECT.c.id == MAIL.c.project_id
    carried = select(REMINDER.c.project_id).where(REMINDER.c.mail_id == MAIL.c.id).limit(1)
    its = or_(its, PROJECT.c.id == carried.scalar_subquery())
    inside = true() if scope.departments is None else scope.projects()
    rows = connection.execute(
        select(
            MAIL.c.id.label("mail_id"),
            MAIL.c.to_email,
            MAIL.c.subject,
            MAIL.c.last_reply,
            MAIL.c.on_date,
            PROJECT,
        )
        .select_from(MAIL.outerjoin(PROJECT, its))
        .where(MAIL.c.status == MailStatus.DEAD.value, inside)
        .where(MAIL.c.purpose != Purpose.SIGN_IN.value)
        .order_by(MAIL.c.id.desc())
        .limit(MOST)
    )
    for row in rows:
        what = NOT_DELIVERED.format(to=row.to_email, subject=quotable(row.subject) or "—")
        shown = _row(row, what, by=row.on_date, note=Text(row.last_reply, row.last_reply))
        yield replace(shown, mail_id=row.mail_id)


def _openings(
    connection: Connection, scope: Scope, today: date, until: date
) -> Iterator[DigestRow]:
    rows = connection.execute(
        select(PROJECT)
        .where(PROJECT.c.opens.between(today, until), scope.projects())
        .where(PROJECT.c.state.in_([State.PLANNED.value, State.FILED.value]))
        .order_by(PROJECT.c.opens, PROJECT.c.id)
        .limit(MOST)
    )
    for row in rows:
        yield _row(row, OPENS, by=row.opens, note=_whom(row))


def _whom(row: Any) -> Text:
    """Where the class is, and whom to call."""
    facts = Facts.read(json.loads(row.facts))
    told = [one for one in (facts.place, facts.contact_name, facts.contact_phone) if one]
    return Text("，".join(told), ", ".join(told))


def _row(
    row: Any, what: Text, *, by: date | None = None, note: Text = NOTHING, idle: bool = False
) -> DigestRow:
    return DigestRow(
        project_id=row.id,
        number=row.number,
        name=row.name or "",
        host=row.host or "",
        what=what,
        by=by,
        note=note,
        idle=idle,
    )


LATE = Text("已逾期{n}天", "{n} day(s) late")
NOT_DELIVERED = Text("发往{to}的邮件“{subject}”未送达", "mail to {to}, “{subject}”, did not arrive")
OPENS = Text("开班", "opens")
PLANNED_END = Text("计划结束日", "planned end")
