"""What officials find on their workplace: what is late, due, waiting, opening, and what happened.

Every question here is bounded and answered from an index, so that the page costs the same with a
thousand projects and with a hundred thousand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, text

from config.rulebook import Rulebook
from states.facts import Facts
from states.lateness import last_day, look
from states.lifecycle import UNDER_WAY
from states.mailing import hushed
from states.terms import PROVISIONAL, Act, Force, Kind, Role, State, Text
from states.waiting import waiting
from workflow.lateness import GENTLE, is_due, is_late, is_unrecorded
from workflow.lateness import PROVISIONAL as IS_PROVISIONAL
from workflow.lists.rows import WAITS
from workflow.mail.recipients import Owner, meant
from workflow.people import nameless_label
from workflow.queries import deed_label
from workflow.tables import DEADLINE, EVENT, PERSON, PROJECT
from workflow.workplace.watching import (
    BY_PEOPLE,
    FLAGGED,
    ITS_APPLICATION,
    Scope,
    due_rows,
    waits_for,
    week_end,
)

MOST = 8  # lines of a list
FEW = 5  # of a list at the side

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Task:
    """One line. `deed`: whose form it leads to, empty: the project itself."""

    project_id: int
    number: int | None
    name: str
    host: str
    what: Text
    by: date | None = None
    note: Text = NOTHING
    deed: str = ""
    late: bool = False
    place: str = ""
    contact: str = ""
    phone: str = ""


# -- What is late or due ----------------------------------------------------------------------


def late(connection: Connection, scope: Scope, today: date) -> list[Task]:
    """What is overdue, the latest first: what became so long ago has been seen before."""
    query = due_rows().where(scope.deadlines, is_late(today)).order_by(DEADLINE.c.due_on.desc())
    return _tasks(connection, query, scope.role, today)


def due_this_week(connection: Connection, scope: Scope, today: date) -> list[Task]:
    which = is_due(today, week_end(today))
    query = due_rows().where(scope.deadlines, which).order_by(DEADLINE.c.due_on)
    return _tasks(connection, query, scope.role, today)


def _tasks(connection: Connection, query: Select[Any], role: Role, today: date) -> list[Task]:
    return [_task(row, role, today) for row in connection.execute(query.limit(MOST))]


def _task(row: Any, role: Role, today: date) -> Task:
    """A line of a table that hides nothing: what no mail urges is said to be so."""
    facts, kind = Facts.read(json.loads(row.facts)), Kind(row.kind)
    why = hushed(kind, facts, role, late_after=row.late_after, known_on=row.known_on, on=today)
    late = look(kind, Force(row.force), facts, row.late_after, today).late > 0
    note = PROVISIONAL if row.provisional else NOTHING
    if kind is Kind.APPLICATION:
        note = TO_RECOMMEND
    note = NOT_URGED.get(why, note)
    by = last_day(facts, row.due_on, row.late_after, today)
    more = {"contact": facts.contact_name, "phone": facts.contact_phone}
    return _line(row, kind.label, by=by, note=note, late=late and why not in BLAMELESS, **more)


def _line(row: Any, what: Text, **more: Any) -> Task:
    return Task(row.id, row.number, row.name, row.host, what, **more)


# -- What waits for the reader ----------------------------------------------------------------


def to_do(connection: Connection, book: Rulebook, scope: Scope) -> list[Task]:
    """What waits for somebody in the reader's role, the next class first."""
    rows = connection.execute(
        select(PROJECT, DEADLINE.c.due_on)
        .join_from(
            PROJECT,
            DEADLINE,
            ITS_APPLICATION,
            isouter=True,
        )
        .where(scope.projects, *waits_for(scope.role))
        .order_by(PROJECT.c.opens)
        .limit(MOST)
    )
    return [task for row in rows for task in _moves(row, book, scope)][:MOST]


def _moves(row: Any, book: Rulebook, scope: Scope) -> Iterator[Task]:
    facts = Facts.read(json.loads(row.facts))
    category = book.category(facts.policy, facts.category)
    if isinstance(category, Text):  # which the workplace says above
        yield _line(row, WAITS, by=row.due_on)
        return
    for one in waiting(facts, category):
        if one.role is not scope.role:
            continue
        own = facts.pending.get("by") == scope.actor.login
        before_opening = facts.state is State.FILED and not facts.pending
        by = row.due_on or (facts.opens_earliest if before_opening else None)
        note = YOURS if own else BEFORE_OPENING if before_opening and by else NOTHING
        yield _line(row, one.what, by=by, note=note, deed="" if own else one.deed.value)


# -- What the system asks ---------------------------------------------------------------------


def openings(connection: Connection, scope: Scope, today: date) -> list[Task]:
    """Classes that open this week, with place and telephone."""
    which = (DEADLINE.c.due_on.between(today, week_end(today)),)
    return _gentle(connection, scope, Kind.OPENING, which, OPENS)


def unrecorded(connection: Connection, scope: Scope, today: date) -> list[Task]:
    """Classes that are over by their plan, and of which nothing is recorded."""
    which = (is_unrecorded(today),)
    return _gentle(connection, scope, Kind.RECORDING, which, NOT_RECORDED, deed="hold")


def to_confirm(connection: Connection, scope: Scope, today: date) -> list[Task]:
    """Dates that are still provisional, the nearest first."""
    which = (DEADLINE.c.due_on >= today, IS_PROVISIONAL)
    found = _gentle(connection, scope, Kind.OPENING, which, TO_CONFIRM, deed="confirm_dates")
    return found


def _gentle(
    connection: Connection,
    scope: Scope,
    kind: Kind,
    which: tuple[ColumnElement[bool], ...],
    what: Text,
    deed: str = "",
) -> list[Task]:
    query = (
        due_rows()
        .where(scope.deadlines, GENTLE, DEADLINE.c.kind == kind.value, *which)
        .order_by(DEADLINE.c.due_on)
        .limit(FEW if what is TO_CONFIRM else MOST)
    )
    found = []
    for row in connection.execute(query):
        facts = Facts.read(json.loads(row.facts))
        note = Text(facts.schedule_text, facts.schedule_text) if row.provisional else NOTHING
        whom = {"contact": facts.contact_name, "phone": facts.contact_phone}
        more = {"by": row.due_on, "note": note, "deed": deed, "place": facts.place}
        found.append(_line(row, what, **more, **whom))
    return found


def flagged(connection: Connection, scope: Scope) -> list[Task]:
    """Projects with flags that nobody has disposed of."""
    query = select(PROJECT).where(scope.projects, FLAGGED)
    rows = connection.execute(query.order_by(PROJECT.c.department, PROJECT.c.id).limit(MOST))
    found = []
    for row in rows:
        facts = Facts.read(json.loads(row.facts))
        first, *others = facts.open_flags
        said = Text(facts.flags[first]["zh"], facts.flags[first]["en"])
        note = MORE_FLAGS.format(n=len(others)) if others else NOTHING
        deed = "dispose" if scope.role is Role.PROVINCE else ""
        found.append(_line(row, said, note=note, deed=deed))
    return found


def unreachable(connection: Connection, scope: Scope) -> list[Task]:
    """Projects under way whose contact has been disabled: what is due reaches nobody there."""
    query = (
        select(PROJECT)
        .join_from(PERSON, PROJECT, PROJECT.c.contact_email == PERSON.c.email)
        .where(LEFT, PROJECT.c.state.in_([state.value for state in UNDER_WAY]), scope.projects)
        .distinct()
        .order_by(PROJECT.c.opens, PROJECT.c.id)
        .limit(MOST)
    )
    rows = connection.execute(query).all()
    people = _people_of(connection, [row.contact_email for row in rows]) if rows else {}
    found = []
    for row in rows:
        facts = Facts.read(json.loads(row.facts))
        owner = meant(people[row.contact_email], facts.contact_name or facts.host)
        if owner and not owner.active:
            said = CONTACT_LEFT.format(name=facts.contact_name or facts.host)
            found.append(_line(row, said, deed=Act.HAND_OVER.value, phone=facts.contact_phone))
    return found


def _people_of(connection: Connection, emails: list[str]) -> dict[str, list[Owner]]:
    """Who reads these mailboxes."""
    columns = (PERSON.c.email, PERSON.c.id, PERSON.c.name, PERSON.c.active)
    found: dict[str, list[Owner]] = {}
    for email, *one in connection.execute(select(*columns).where(PERSON.c.email.in_(emails))):
        found.setdefault(email, []).append(Owner(*one))
    return found


LEFT: ColumnElement[bool] = text("NOT person.active AND person.email <> ''")  # type: ignore[assignment]
CONTACT_LEFT = Text(
    "联系人{name}的账号已停用，请更换联系人", "the contact {name} is disabled; name another"
)


# -- What happened ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happened:
    """A deed of somebody's."""

    at: datetime
    deed: Text
    who: Text
    role: Text
    on_behalf: bool
    let_in_by: str  # who made the way in by which it was done, if somebody else
    project_id: int
    name: str


def recent(connection: Connection, scope: Scope) -> list[Happened]:
    """The last deeds of people, the latest first, with project and person."""
    columns = (
        EVENT.c[n] for n in ("recorded_at", "deed", "person", "role", "on_behalf", "let_in_by")
    )
    query = (
        select(*columns, PROJECT.c.id, PROJECT.c.name, PERSON.c.name.label("who"))
        .join_from(EVENT, PROJECT, EVENT.c.project_id == PROJECT.c.id)
        .join(PERSON, PERSON.c.login == EVENT.c.person, isouter=True)
        .where(BY_PEOPLE, scope.happened)
        .order_by(EVENT.c.recorded_at.desc())
        .limit(MOST)
    )
    return [
        Happened(
            at=row.recorded_at,
            deed=deed_label(row.deed),
            who=_who(row.who or row.person, role),
            role=role.label if role else NOTHING,
            on_behalf=bool(row.on_behalf),
            let_in_by=row.let_in_by,
            project_id=row.id,
            name=row.name,
        )
        for row in connection.execute(query)
        for role in [Role(row.role) if row.role else None]
    ]


def _who(name: str, role: Role | None) -> Text:
    return Text(name, name) if name else nameless_label(role)


OPENS = Text("开班", "Opens")
NOT_RECORDED = Text("计划结束日已过，尚未登记办班", "Over by its plan, not recorded")
TO_CONFIRM = Text("办班时间暂定，待确认", "Dates to be confirmed")
BEFORE_OPENING = Text("开班前", "before the opening")
YOURS = Text("由您拟办，须另一人复核", "proposed by you: somebody else completes it")
MORE_FLAGS = Text("另有{n}项", "{n} more")
TO_RECOMMEND = Text("待主管部门审核推荐", "for the department to recommend")
# Why nobody is urged by mail, by the reason that states/mailing.py gives.
BLAMELESS = ("before_known", "past_class")
NOT_URGED = {
    "before_known": Text(
        "计划下达晚于截止日，不归责于承办单位",
        "the plan came later than this date: not the host's fault",
    ),
    "past_class": Text(
        "日期变更登记时已过此日，不归责于承办单位",
        "this date had passed when the change was recorded: not the host's fault",
    ),
    "province_only": Text(
        "逾期申报，只能由省厅注明事由后受理", "came after the window: for the province alone"
    ),
    "class_over": Text(
        "计划办班时间已过，请先登记办班情况", "over by its plan: record the class first"
    ),
}
