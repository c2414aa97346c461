"""The filters of the list of projects as conditions, each with a quick way to the rows it leaves.

A condition is written once and used twice: over the table's columns, and over those of an index
that a walk goes along (workflow/lists/finding.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, union_all

from states.terms import Role
from workflow.identity import alike
from workflow.lateness import ASKED, has, is_due, is_late
from workflow.lists.search import Search
from workflow.people import Actor
from workflow.scopes import sees_all, within_units
from workflow.tables import DEADLINE, PROJECT
from workflow.workplace.watching import WAITS

Columns = Any  # a collection of columns with the names of tables.FILTERED and `id`
Test = Callable[[Columns], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a project must meet. `seek` finds all that do (more would do no harm), by an index."""

    test: Test
    seek: Select[Any]


def conditions(search: Search, actor: Actor, *, today: date) -> Iterator[Condition]:
    """The cheapest to look up first; the words last, for which a whole index is read."""
    if not sees_all(actor):
        yield _plain(lambda c: within_units(actor, c))
    if search.overdue:
        yield _by_deadline(is_late(today))
    if search.due_within is not None:
        yield _by_deadline(is_due(today, today + timedelta(days=search.due_within)))
    if search.mine:
        yield _mine(actor)
    if search.flagged:
        yield _plain(lambda c: c.open_flags > 0)
    if search.city:
        yield _plain(lambda c: c.city == search.city)
    if search.department:
        yield _plain(lambda c: c.department == search.department)
    if search.states:
        yield _plain(lambda c: c.state.in_([state.value for state in search.states]))
    if search.category:
        yield _plain(lambda c: c.category == search.category)
    if search.year is not None:
        yield _plain(lambda c: c.year == search.year)
    if search.words.strip():
        yield with_words(search.words, search.year)


def _plain(test: Test) -> Condition:
    return Condition(test, select(PROJECT.c.id).where(test(PROJECT.c)))


def _by_deadline(when: ColumnElement[bool]) -> Condition:
    """Projects with such a deadline."""
    seek = select(DEADLINE.c.project_id.label("id")).where(when).distinct()
    return Condition(lambda c: has(c.id, when), seek)


def _mine(actor: Actor) -> Condition:
    """What waits for somebody in one of the roles that the person has (states/waiting.py)."""
    tests: list[Test] = []
    if Role.COORDINATOR in actor.roles:
        tests.append(lambda c: and_(c.waits_for == Role.COORDINATOR.value, _within(actor, c)))
    if Role.PROVINCE in actor.roles:
        tests.append(lambda c: c.waits_for == Role.PROVINCE.value)
    if Role.HOST in actor.roles:
        tests.append(lambda c: and_(c.waits_for == "", _of_the_host(actor, c)))
    officials = [role.value for role in (Role.COORDINATOR, Role.PROVINCE) if role in actor.roles]
    seek = select(PROJECT.c.id).where(
        or_(
            and_(WAITS, PROJECT.c.waits_for.in_(officials)),
            PROJECT.c.host.in_(actor.units(Role.HOST)),
        )
    )
    return Condition(lambda c: or_(*(test(c) for test in tests)) if tests else c.id < 0, seek)


def _within(actor: Actor, columns: Columns) -> ColumnElement[bool]:
    found: ColumnElement[bool] = columns.department.in_(actor.units(Role.COORDINATOR))
    return found


def _of_the_host(actor: Actor, columns: Columns) -> ColumnElement[bool]:
    """A host is waited for where something is asked of it that it has not handed in."""
    return and_(columns.host.in_(actor.units(Role.HOST)), has(columns.id, ASKED))


def with_words(words: str, year: int | None = None) -> Condition:
    """Each word stands in the name or the host, however it is typed; a number may be the plan's
    number or the id."""
    wanted = [word for word in map(alike, words.split()) if word]

    def test(columns: Columns) -> ColumnElement[bool]:
        return and_(true(), *(_word(word, columns) for word in wanted))

    written = select(PROJECT.c.id).where(*(_written(word, PROJECT.c) for word in wanted))
    if year is not None:  # a year's part of the index is enough
        written = written.where(PROJECT.c.year == year)
    numbers = [int(word) for word in wanted if _is_number(word)]
    if not numbers:
        return Condition(test, written)
    by = (select(PROJECT.c.id).where(column.in_(numbers)) for column in NUMBERED)
    # Each by its own index; in one condition they would be looked for in every row.
    return Condition(test, select(union_all(written, *by).subquery().c.id))


def _word(word: str, columns: Columns) -> ColumnElement[bool]:
    found = _written(word, columns)
    if _is_number(word):
        return or_(found, columns.id == int(word), columns.number == int(word))
    return found


def _written(word: str, columns: Columns) -> ColumnElement[bool]:
    found: ColumnElement[bool] = columns.identity.contains(word, autoescape=True)
    return found


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= LONGEST_NUMBER


NUMBERED = (PROJECT.c.id, PROJECT.c.number)
LONGEST_NUMBER = 9  # digits; more overflow the column
