"""Which deadlines of open projects another calendar would move, before anybody puts it in force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.calendar import WorkCalendar
from states.facts import Facts, Standing
from states.terms import Kind
from states.wanted import Wanted, wanted
from workflow.tables import DEADLINE, PROJECT

REACH = timedelta(days=120)  # further from its due day no deadline is counted in working days
LIVE = (Standing.OPEN, Standing.AHEAD)


@dataclass(frozen=True, slots=True)
class Shift:
    """A deadline of a project as it stands and as it would be."""

    project_id: int
    project: str
    host: str
    kind: Kind
    old: Wanted
    new: Wanted


def changed_days(old: WorkCalendar, new: WorkCalendar) -> tuple[date, date] | None:
    """The first and the last day that the two see differently; None if there is none."""
    days = set(old.holidays) ^ set(new.holidays) | old.make_up_days ^ new.make_up_days
    for year in old.years ^ new.years:
        days |= {date(year, 1, 1), date(year, 12, 31)}
    return (min(days), max(days)) if days else None


def shifts(connection: Connection, book: Rulebook, new: WorkCalendar) -> list[Shift]:
    """What would move, by project. Only projects with a live deadline near a changed day are
    looked at, in one query."""
    span = changed_days(book.calendar, new)
    if span is None:
        return []
    near = DEADLINE.c.due_on.between(span[0] - REACH, span[1] + REACH)
    live = DEADLINE.c.standing.in_([one.value for one in LIVE])
    its = select(DEADLINE.c.id).where(DEADLINE.c.project_id == PROJECT.c.id, live, near)
    columns = (PROJECT.c.id, PROJECT.c.name, PROJECT.c.host, PROJECT.c.facts)
    query = select(*columns).where(its.exists()).order_by(PROJECT.c.id)
    return [
        shift
        for row in connection.execute(query)
        for shift in _of(row.id, Facts.read(json.loads(row.facts)), book, new)
    ]


def _of(number: int, facts: Facts, book: Rulebook, new: WorkCalendar) -> Iterator[Shift]:
    category = book.policy(facts.policy).categories[facts.category]
    then = {want.kind: want for want in wanted(facts, category, new)}
    for old in wanted(facts, category, book.calendar):
        want = then.get(old.kind)
        if want is None or old.standing not in LIVE:
            continue
        if _seen(old) != _seen(want):
            yield Shift(number, facts.name, facts.host, old.kind, old, want)


def _seen(want: Wanted) -> tuple[date, date, bool]:
    return want.due_on, want.advised_on, want.provisional
