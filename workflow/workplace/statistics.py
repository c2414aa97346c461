"""Figures of a year, each from one grouped question: states, deadlines by week, departments."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from states.facts import Facts
from states.lateness import look
from states.lifecycle import FINAL
from states.terms import Force, Kind, State
from workflow.lateness import ASKED, OWED, is_late
from workflow.people import Actor
from workflow.scopes import visible
from workflow.tables import DEADLINE, PROJECT

WEEK = timedelta(days=7)


def within(actor: Actor, year: int) -> ColumnElement[bool]:
    """The projects of a year that somebody may see."""
    return and_(PROJECT.c.year == year, visible(actor))


def years(connection: Connection, actor: Actor) -> list[int]:
    """The years of which there are projects, the newest first."""
    query = select(PROJECT.c.year).where(visible(actor)).distinct()
    return sorted(connection.execute(query).scalars(), reverse=True)


@dataclass(frozen=True, slots=True)
class Stand:
    """How many projects are in a state, and how many have gone on from it."""

    state: State
    here: int
    beyond: int


# The course that most take, and where projects leave it.
COURSE = (*(state for state in State if state not in FINAL), State.SUBSIDISED, State.CLOSED)
ASIDE = (State.REJECTED, State.WITHDRAWN)


def by_state(connection: Connection, actor: Actor, year: int) -> list[Stand]:
    """Every state in the order of the life. `beyond`: of those that were not turned away, how
    many stand later in it; both ends, by subsidy and by closing, count as the end."""
    rows = connection.execute(
        select(PROJECT.c.state, func.count()).where(within(actor, year)).group_by(PROJECT.c.state)
    )
    count = {State(state): int(n) for state, n in rows}
    ends = count.get(State.SUBSIDISED, 0) + count.get(State.CLOSED, 0)
    later, found = ends, []
    for state in reversed([state for state in COURSE if state not in FINAL]):
        found.append(Stand(state, count.get(state, 0), later))
        later += count.get(state, 0)
    found.reverse()
    return found + [Stand(s, count.get(s, 0), 0) for s in (*COURSE, *ASIDE) if s in FINAL]


@dataclass(frozen=True, slots=True)
class Week:
    """The open deadlines that fall due in a week. `late`: the week is over."""

    monday: date
    kinds: dict[Kind, int]

    @property
    def total(self) -> int:
        return sum(self.kinds.values())


def by_week(connection: Connection, actor: Actor, year: int) -> list[Week]:
    """What is asked for by the week of its last day, from the first week to the last, none left
    out. A provisional one counts by the latest day that it may have."""
    rows = connection.execute(
        select(DEADLINE.c.kind, DEADLINE.c.late_after, func.count())
        .join_from(DEADLINE, PROJECT, DEADLINE.c.project_id == PROJECT.c.id)
        .where(ASKED, OWED, within(actor, year))
        .group_by(DEADLINE.c.kind, DEADLINE.c.late_after)
    )
    weeks: dict[date, dict[Kind, int]] = {}
    for kind, day, n in rows:
        monday = day - timedelta(days=day.weekday())
        of = weeks.setdefault(monday, {})
        of[Kind(kind)] = of.get(Kind(kind), 0) + int(n)
    return list(_filled(weeks))


def _filled(weeks: dict[date, dict[Kind, int]]) -> Iterable[Week]:
    if not weeks:
        return
    monday = min(weeks)
    while monday <= max(weeks):
        yield Week(monday, weeks.get(monday, {}))
        monday += WEEK


@dataclass(frozen=True, slots=True)
class Load:
    """The projects of a department: all, under way, and those with something overdue."""

    department: str
    total: int
    under_way: int
    late: int
    ended: int


def by_department(connection: Connection, actor: Actor, year: int, today: date) -> list[Load]:
    """Those with most overdue first. Late is as in the list of projects: a project counts once."""
    rows = connection.execute(
        select(PROJECT.c.department, PROJECT.c.state, func.count())
        .where(within(actor, year))
        .group_by(PROJECT.c.department, PROJECT.c.state)
    )
    counts: dict[str, dict[State, int]] = {}
    for department, state, n in rows:
        counts.setdefault(department, {})[State(state)] = int(n)
    late = connection.execute(
        select(PROJECT.c.department, func.count(PROJECT.c.id.distinct()))
        .join_from(DEADLINE, PROJECT, DEADLINE.c.project_id == PROJECT.c.id)
        .where(is_late(today), within(actor, year))
        .group_by(PROJECT.c.department)
    )
    behind = {department: int(n) for department, n in late}
    found = [_load(name, of, behind.get(name, 0)) for name, of in counts.items()]
    return sorted(found, key=lambda one: (-one.late, -one.under_way, one.department))


def _load(department: str, states: dict[State, int], late: int) -> Load:
    ended = sum(n for state, n in states.items() if state in FINAL)
    total = sum(states.values())
    return Load(department, total, total - ended, late, ended)


@dataclass(frozen=True, slots=True)
class Late:
    """Something overdue. `blameless`: the plan itself came after the last day."""

    name: str
    host: str
    kind: Kind
    last_on: date
    days: int
    blameless: bool


def late_ones(
    connection: Connection, actor: Actor, year: int, today: date, most: int
) -> list[Late]:
    """What is overdue, the longest first: project and deadline, `most` rows at most."""
    columns = (DEADLINE.c.kind, DEADLINE.c.force, DEADLINE.c.late_after)
    rows = connection.execute(
        select(PROJECT.c.name, PROJECT.c.host, PROJECT.c.facts, *columns)
        .join_from(DEADLINE, PROJECT, DEADLINE.c.project_id == PROJECT.c.id)
        .where(is_late(today), within(actor, year))
        .order_by(DEADLINE.c.late_after, PROJECT.c.id, DEADLINE.c.id)
        .limit(most)
    )
    return [_late(row, today) for row in rows]


def _late(row: Any, today: date) -> Late:
    kind, facts = Kind(row.kind), Facts.read(json.loads(row.facts))
    seen = look(kind, Force(row.force), facts, row.late_after, today)
    return Late(row.name, row.host, kind, row.late_after, seen.late, seen.blameless)
