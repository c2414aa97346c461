"""Plan numbers: no two projects of a year's list carry one by a decision made here.

A list is the plan of a policy's year; where the published plan begins anew with 1 in each
category, a category of it. What a published file repeats is taken as it is, with a remark.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select

from states.facts import Facts
from states.terms import Text
from workflow.statements import Statement
from workflow.tables import PROJECT


@dataclass(frozen=True, slots=True)
class PlanList:
    """The projects that are numbered in one row. `category` empty: all of the year."""

    policy: str
    year: int
    category: str = ""

    @property
    def members(self) -> ColumnElement[bool]:
        its = and_(PROJECT.c.policy == self.policy, PROJECT.c.year == self.year)
        return and_(its, PROJECT.c.category == self.category) if self.category else its


# By the number alone, which an index finds at once; the few of other years are left out here.
_CARRIERS = Statement(
    select(
        *(PROJECT.c.id, PROJECT.c.name, PROJECT.c.host),
        *(PROJECT.c.policy, PROJECT.c.year, PROJECT.c.category),
    )
    .where(PROJECT.c.number == bindparam("number"))
    .order_by(PROJECT.c.id)
)


class Carrier(NamedTuple):
    """A project that carries a number."""

    id: int
    name: str
    host: str
    policy: str
    year: int
    category: str


def _carriers(connection: Connection, facts: Facts, number: int) -> list[Carrier]:
    """The projects of the same policy and year with this number."""
    rows = (Carrier(*row) for row in _CARRIERS.run(connection, {"number": number}))
    return [row for row in rows if (row.policy, row.year) == (facts.policy, facts.year)]


def list_of(connection: Connection, facts: Facts, category: str = "") -> PlanList:
    """The list in which a project of these facts is numbered, in this category if one is named."""
    apart = len({row.category for row in _carriers(connection, facts, FIRST)}) > 1
    return PlanList(facts.policy, facts.year, (category or facts.category) if apart else "")


FIRST = 1


def holder(
    connection: Connection, facts: Facts, category: str, number: int, but: int
) -> Carrier | None:
    """The project other than `but` that carries a number in the list of a project of these facts,
    once it is in this category; None if the number is free, which is found in one quick look."""
    found = [row for row in _carriers(connection, facts, number) if row.id != but]
    if found and list_of(connection, facts, category).category:
        found = [row for row in found if row.category == category]
    return found[0] if found else None


def next_free(connection: Connection, within: PlanList) -> int:
    """The number after the highest of a list."""
    highest = select(func.max(PROJECT.c.number)).where(within.members)
    return (connection.execute(highest).scalar() or 0) + 1


def proposal(connection: Connection, projects: Iterable[Facts]) -> int | None:
    """The next free number for projects of one list; None where they are of several, or of none."""
    lists = {list_of(connection, facts) for facts in projects}
    return next_free(connection, lists.pop()) if len(lists) == 1 else None


def number_in_order(
    connection: Connection, projects: Iterable[tuple[int, Facts, str]], start: int | None
) -> Iterator[int]:
    """A number for each project (id, facts, category that it is put in), in their order: from
    `start`, or after the highest of its list, passing over what others carry."""
    projects = list(projects)
    own = [project_id for project_id, _, _ in projects]
    taken: dict[PlanList, set[int]] = {}
    last: dict[PlanList, int] = defaultdict(int)
    for _, facts, category in projects:
        within = list_of(connection, facts, category)
        if within not in taken:
            others = select(PROJECT.c.number).where(within.members, PROJECT.c.id.not_in(own))
            taken[within] = set(connection.execute(others).scalars())
            last[within] = (next_free(connection, within) if start is None else start) - 1
        number = last[within] + 1
        while number in taken[within]:
            number += 1
        last[within] = number
        yield number


NUMBER_TAKEN = Text(
    "序号{number}已由项目{id}“{name}”（{host}）使用，请另编序号；现有序号之后的下一个是{free}。",
    "Number {number} is that of project {id} “{name}” ({host}); take another. The next one is {free}.",
)
