"""The filters of the list of projects as conditions, each with a quick way to the rows it leaves.

A condition is written once and used twice: over the table's columns, and over those of an index
that a walk goes along (workflow/project_list.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal_column, or_, select, true

from config.policy_files import policy_ids
from config.rulebook import Rulebook
from states.terms import Action, Kind, Role, State
from workflow.deadlines import TABLE as DEADLINE
from workflow.identity import squeeze
from workflow.judging import TABLE as PROJECT
from workflow.people import Actor
from workflow.project_search import Search
from workflow.scopes import sees_all
from workflow.shelving import PENDING
from workflow.tables import ASKED

Columns = Any  # a collection of columns with the names of tables.FILTERED and `id`
Test = Callable[[Columns], ColumnElement[bool]]
IS_ASKED: ColumnElement[bool] = literal_column(ASKED)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a project must meet. `seek` finds all that do (more would do no harm), by an index."""

    test: Test
    seek: Select[Any]


def conditions(search: Search, actor: Actor, book: Rulebook, *, today: date) -> Iterator[Condition]:
    """The cheapest to look up first; the words last, for which a whole index is read."""
    if not sees_all(actor):
        yield _plain(lambda c: in_scope(actor, c))
    if search.overdue:
        yield _by_deadline(DEADLINE.c.late_after < today)
    if search.due_within is not None:
        until = today + timedelta(days=search.due_within)
        yield _by_deadline(DEADLINE.c.due_on.between(today, until))
    if search.mine:
        yield _mine(actor, book)
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
        yield _words(search.words, search.year)


def _plain(test: Test) -> Condition:
    return Condition(test, select(PROJECT.c.id).where(test(PROJECT.c)))


def in_scope(actor: Actor, columns: Columns) -> ColumnElement[bool]:
    """As scopes.visible, over any columns."""
    units = {
        role: [scope for held, scope in actor.grants if held is role and scope]
        for role in (Role.HOST, Role.COORDINATOR)
    }
    return or_(columns.host.in_(units[Role.HOST]), columns.department.in_(units[Role.COORDINATOR]))


def _by_deadline(when: ColumnElement[bool]) -> Condition:
    """Projects with a deadline that a notice asks for. Nobody has to apply, so an application
    that was never made is not late."""
    due = DEADLINE.c

    def test(columns: Columns) -> ColumnElement[bool]:
        owed = or_(due.kind != Kind.APPLICATION.value, columns.state != State.DRAFTED.value)
        return exists().where(IS_ASKED, due.project_id == columns.id, when, owed)

    return Condition(test, select(due.project_id.label("id")).where(IS_ASKED, when).distinct())


def _mine(actor: Actor, book: Rulebook) -> Condition:
    """What waits for somebody in one of the roles that the person has (states/waiting.py)."""
    roles = {role for role, _ in actor.grants}
    tests: list[Test] = []
    if Role.COORDINATOR in roles:
        tests.append(lambda c: and_(c.desk == Role.COORDINATOR.value, _within(actor, c)))
    if Role.PROVINCE in roles:
        tests.append(lambda c: and_(c.desk == Role.PROVINCE.value, _of_the_province(c, book)))
    if Role.HOST in roles:
        tests.append(lambda c: and_(c.desk == "", _of_the_host(actor, c)))
    desks = [role.value for role in (Role.COORDINATOR, Role.PROVINCE) if role in roles]
    seek = select(PROJECT.c.id).where(
        or_(PROJECT.c.desk.in_(desks), PROJECT.c.host.in_(_units(actor, Role.HOST)))
    )
    return Condition(lambda c: or_(*(test(c) for test in tests)) if tests else c.id < 0, seek)


def _units(actor: Actor, role: Role) -> list[str]:
    return [scope for held, scope in actor.grants if held is role and scope]


def _within(actor: Actor, columns: Columns) -> ColumnElement[bool]:
    found: ColumnElement[bool] = columns.department.in_(_units(actor, Role.COORDINATOR))
    return found


def _of_the_province(columns: Columns, book: Rulebook) -> ColumnElement[bool]:
    pending = columns.marks.contains(f" {PENDING} ")
    found = [pending, columns.state == State.REVIEWED.value]
    for name in policy_ids(book.own_policies):
        for category in book.policy(name).categories.values():
            own = and_(columns.policy == name, columns.category == category.key)
            answers = [
                ~columns.marks.contains(f" {milestone.key} ")
                for milestone in category.milestones
                if milestone.by is Role.PROVINCE and milestone.flag_at is Action.HOLD
            ]
            if answers:
                found.append(and_(own, columns.state == State.FILED.value, or_(*answers)))
            if category.ends_in is State.SUBSIDISED:
                found.append(and_(own, columns.state == State.REPORTED.value))
    return or_(*found)


def _of_the_host(actor: Actor, columns: Columns) -> ColumnElement[bool]:
    """A host is waited for where something is asked of it that it has not handed in."""
    asked = exists().where(IS_ASKED, DEADLINE.c.project_id == columns.id)
    return and_(columns.host.in_(_units(actor, Role.HOST)), asked)


def _words(words: str, year: int | None) -> Condition:
    """Each word stands in the name or the host; a number may be the plan's number or the id."""
    wanted = [squeeze(word.casefold()) for word in words.split()]

    def test(columns: Columns) -> ColumnElement[bool]:
        return and_(true(), *(_word(word, columns) for word in wanted if word))

    seek = select(PROJECT.c.id).where(test(PROJECT.c))
    if year is not None:  # a year's part of the index is enough
        seek = seek.where(PROJECT.c.year == year)
    return Condition(test, seek)


def _word(word: str, columns: Columns) -> ColumnElement[bool]:
    found: ColumnElement[bool] = columns.identity.contains(word, autoescape=True)
    if word.isascii() and word.isdecimal() and len(word) <= LONGEST_NUMBER:
        return or_(found, columns.id == int(word), columns.number == int(word))
    return found


LONGEST_NUMBER = 9  # digits; more overflow the column
