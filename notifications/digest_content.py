"""What stands in a digest: what is late, due, waiting, new or undelivered in a reader's scope."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true

from config.rulebook import Rulebook
from notifications.letters.digest_letter import Digest, DigestRow
from states.facts import Facts
from states.lateness import last_day, look
from states.mailing import hushed, is_past
from states.terms import PROVISIONAL, Act, Action, Force, Kind, Role, State, Text, day_label
from states.waiting import waiting
from workflow.lateness import is_due, is_late
from workflow.mail_tables import MAIL, REMINDER, MailStatus, Purpose
from workflow.queries import deed_label
from workflow.tables import DEADLINE, EVENT, PROJECT

MOST = 500  # rows gathered of one section; the letter shows fewer and counts the rest


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets a digest. `departments`: the scope, None for the whole province."""

    name: str
    email: str
    role: Role
    departments: tuple[str, ...] | None


def is_empty(digest: Digest) -> bool:
    """Openings alone are no reason to write: they are planned, and nothing is to be done."""
    return not (
        digest.overdue or digest.due_this_week or digest.waiting or digest.new or digest.died
    )


def named(digest: Digest) -> list[int]:
    """The projects that a digest speaks of."""
    sections = (digest.overdue, digest.due_this_week, digest.waiting, digest.new, digest.died)
    rows = (row for section in (*sections, digest.openings) for row in section)
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
    until = today + timedelta(days=6 - today.weekday())  # this week's Sunday
    due = _due(connection, scope, reader.role, today, until)
    late = [row for row, when in due if when is _When.LATE]
    soon = [row for row, when in due if when is _When.SOON]
    return Digest(
        to_name=reader.name,
        to_email=reader.email,
        role=reader.role,
        today=today,
        overdue=tuple(late),
        due_this_week=tuple(soon),
        waiting=tuple(_waiting(connection, book, scope, reader.role)),
        new=tuple(_new(connection, scope, reader.role)),
        died=tuple(_died(connection, scope)),
        openings=tuple(_openings(connection, scope, today, until)),
    )


class _When(Enum):
    LATE = "late"
    SOON = "soon"


def _due(
    connection: Connection, scope: Scope, role: Role, today: date, until: date
) -> list[tuple[DigestRow, _When]]:
    """What a notice asks for and is late or due this week, as the reminders see it. What a late
    plan has overtaken is asked for, but nobody's delay."""
    rows = connection.execute(
        select(PROJECT, *(DEADLINE.c[name] for name in ASKED))
        .join_from(DEADLINE, PROJECT, DEADLINE.c.project_id == PROJECT.c.id)
        .where(scope.projects(), or_(is_late(today), is_due(today, until)))
        .order_by(DEADLINE.c.late_after, PROJECT.c.id)
        .limit(MOST)
    )
    return [found for row in rows if (found := _shown(row, role, today))]


ASKED = ("kind", "due_on", "late_after", "known_on", "provisional", "force")


def _shown(row: Any, role: Role, today: date) -> tuple[DigestRow, _When] | None:
    facts, kind = Facts.read(json.loads(row.facts)), Kind(row.kind)
    why = hushed(kind, facts, role, late_after=row.late_after, known_on=row.known_on, on=today)
    blameless = why == "before_known" and not is_past(facts, today)
    if why and not blameless:
        return None
    note, when = Text("", ""), _When.SOON
    by: date | None = last_day(facts, row.due_on, row.late_after, today)
    seen = look(kind, Force(row.force), facts, row.late_after, today)
    if blameless:
        note, by = PLAN_CAME_LATE, None
    elif seen.late:
        note, when = LATE.format(n=seen.late), _When.LATE
    elif row.provisional:
        note = PROVISIONAL
    return _row(row, kind.label, by=by, note=note), when


def _waiting(
    connection: Connection, book: Rulebook, scope: Scope, role: Role
) -> Iterator[DigestRow]:
    proposed = PROJECT.c.facts.contains('"pending":{"', autoescape=True)
    rows = connection.execute(
        select(PROJECT)
        .where(scope.projects(), or_(PROJECT.c.state.in_(TO_DO), proposed))
        .order_by(PROJECT.c.id)
        .limit(MOST)
    )
    for row in rows:
        facts = Facts.read(json.loads(row.facts))
        category = book.policy(facts.policy).categories[facts.category]
        for one in waiting(facts, category):
            if one.role is role:
                yield replace(_row(row, one.what), deed=one.deed)


TO_DO = [s.value for s in (State.SUBMITTED, State.REVIEWED, State.FILED, State.REPORTED)]


def _new(connection: Connection, scope: Scope, role: Role) -> Iterator[DigestRow]:
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
        note = Text(f"{row.on_date}", f"{row.on_date}")
        yield _row(row, deed_label(row.deed), note=note)


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
        what = NOT_DELIVERED.format(to=row.to_email, subject=row.subject or "—")
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
        facts = Facts.read(json.loads(row.facts))
        told = OPENS.format(day=day_label(row.opens))
        where = facts.place or "—"
        called = "，".join(
            part for part in (where, facts.contact_name, facts.contact_phone) if part
        )
        yield _row(row, told, by=row.opens, note=Text(called, called))


def _row(row: Any, what: Text, *, by: date | None = None, note: Text | None = None) -> DigestRow:
    return DigestRow(
        project_id=row.id,
        number=row.number,
        name=row.name or "",
        host=row.host or "",
        what=what,
        by=by,
        note=note or Text("", ""),
    )


LATE = Text("已逾期{n}天", "{n} day(s) late")
NOT_DELIVERED = Text("发往{to}的邮件“{subject}”未送达", "mail to {to}, “{subject}”, did not arrive")
OPENS = Text("{day}开班", "opens on {day}")
PLAN_CAME_LATE = Text(
    "计划下达晚于备案期限，不归责于承办单位，请尽快报送",
    "the plan came after the filing date, which is not the host's fault; to be filed soon",
)
