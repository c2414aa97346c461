"""The year of each project, for a Gantt chart: its class, and the windows before and after it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from states.facts import Facts, Standing
from states.terms import Kind, State
from workflow.people import Actor
from workflow.tables import DEADLINE, LARGEST_ID, PROJECT
from workflow.workplace.statistics import within

PAGE = 60
NEVER = date(9999, 12, 31)  # where a project without dates stands in the order


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last day. `settled`: the days are known or what is asked is done."""

    begins: date
    ends: date
    settled: bool


@dataclass(frozen=True, slots=True)
class Course:
    """One project. `filing` ends on the last day for filing, `reporting` begins after the class;
    `meeting` is the class itself, or the window in which it may open."""

    project_id: int
    number: int | None
    name: str
    host: str
    department: str
    state: State
    filing: Span | None
    meeting: Span | None
    provisional: bool
    reporting: Span | None
    complete_by: date | None


@dataclass(frozen=True, slots=True)
class Cut:
    """Which projects of the year."""

    category: str = ""
    department: str = ""


def courses(
    connection: Connection, actor: Actor, year: int, cut: Cut, after: str = ""
) -> tuple[list[Course], str]:
    """A page of projects by their opening, and the key of the next page (empty: there is none)."""
    query = select(PROJECT).where(within(actor, year))
    for column in ("category", "department"):
        if value := getattr(cut, column):
            query = query.where(PROJECT.c[column] == value)
    if key := read_key(after):
        query = query.where(_later(*key))
    query = query.order_by(PROJECT.c.opens.is_(None), PROJECT.c.opens, PROJECT.c.id)
    rows = connection.execute(query.limit(PAGE + 1)).all()
    page = rows[:PAGE]
    due = _deadlines(connection, [row.id for row in page])
    more = len(rows) > PAGE
    then = f"{(page[-1].opens or NEVER).isoformat()}_{page[-1].id}" if more else ""
    return [_course(row, due.get(row.id, {})) for row in page], then


def read_key(after: str) -> tuple[date, int] | None:
    """The key of a page as `courses` gave it; None for anything else."""
    day, _, number = after.partition("_")
    known = number.isascii() and number.isdecimal() and int(number[:11]) <= LARGEST_ID
    try:
        return (date.fromisoformat(day), int(number)) if known else None
    except ValueError:
        return None


def _later(day: date, project_id: int) -> Any:
    undated = PROJECT.c.opens.is_(None)
    if day == NEVER:
        return and_(undated, PROJECT.c.id > project_id)
    same = and_(PROJECT.c.opens == day, PROJECT.c.id > project_id)
    return or_(undated, PROJECT.c.opens > day, same)


def _deadlines(connection: Connection, ids: Iterable[int]) -> dict[int, dict[Kind, Any]]:
    """By project and kind: the round that stands."""
    rows = connection.execute(
        select(DEADLINE)
        .where(DEADLINE.c.project_id.in_(list(ids)))
        .where(DEADLINE.c.standing != Standing.SUPERSEDED.value)
        .order_by(DEADLINE.c.round)
    )
    found: dict[int, dict[Kind, Any]] = {}
    for row in rows:
        found.setdefault(row.project_id, {})[Kind(row.kind)] = row
    return found


def _course(row: Any, due: dict[Kind, Any]) -> Course:
    facts = Facts.read(json.loads(row.facts))
    begins = facts.actual_opens or facts.opens_earliest
    ends = facts.actual_ends or facts.planned_ends or facts.opens_latest or begins
    meeting = (
        Span(begins, max(begins, ends), facts.actual_ends is not None) if begins and ends else None
    )
    report, complete = due.get(Kind.REIMBURSEMENT), due.get(Kind.COMPLETION)
    return Course(
        project_id=row.id,
        number=row.number,
        name=row.name,
        host=row.host,
        department=row.department,
        state=facts.state,
        filing=_filing(facts, due.get(Kind.FILING)),
        meeting=meeting,
        provisional=facts.dates.open_window,
        reporting=_after(ends, report) if report and ends else None,
        complete_by=complete.late_after if complete else None,
    )


def _filing(facts: Facts, row: Any) -> Span | None:
    """From the day on which the project was known to be in the plan."""
    if row is None or row.standing == Standing.LIFTED.value:
        return None
    since = facts.planned_on or facts.known_on or row.due_on
    return Span(min(since, row.due_on), row.due_on, row.met_on is not None)


def _after(ends: date, row: Any) -> Span | None:
    if row.standing == Standing.LIFTED.value:
        return None
    begins = ends + timedelta(days=1)
    return Span(begins, max(begins, row.due_on), row.met_on is not None)
