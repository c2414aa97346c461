"""What the filters of the list offer: what there is, not what there could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, String, cast, func, literal, select, union_all

from config.rulebook import Rulebook
from states.policy import Policy
from states.terms import Role, State, Text
from workflow.office.policy_desk import known_policies
from workflow.people import Actor
from workflow.scopes import sees_all
from workflow.tables import PROJECT

MOST = 300  # of one kind


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen, in order. A reader with a scope is offered its own departments only."""

    years: tuple[int, ...]
    departments: tuple[str, ...]
    cities: tuple[str, ...]
    categories: tuple[tuple[str, Text], ...]
    states: tuple[State, ...] = tuple(State)


def choices(connection: Connection, book: Rulebook, actor: Actor) -> Choices:
    """In one query that leaps through the indexes, however many projects there are."""
    found: dict[str, list[str]] = {name: [] for name in LEAPT}
    for name, value in connection.execute(LEAPS):
        found[name].append(value)
    departments = sorted(value for value in found["department"] if value)
    if not sees_all(actor):
        departments = sorted(set(actor.units(Role.COORDINATOR)))
    return Choices(
        years=tuple(sorted((int(year) for year in found["year"]), reverse=True)),
        departments=tuple(departments),
        cities=tuple(sorted(value for value in found["city"] if value)),
        categories=_categories(book, set(found["category"])),
    )


def _leap(column: Column[Any]) -> Any:
    """The different values of an indexed column, each found by one leap from the one before."""
    first = select(func.min(column).label("value"), literal(1).label("place"))
    steps = first.cte(f"{column.name}_values", recursive=True)
    following = select(func.min(column)).where(column > steps.c.value).scalar_subquery()
    further = select(following, steps.c.place + 1)
    steps = steps.union_all(further.where(steps.c.value.is_not(None), steps.c.place < MOST))
    found = select(literal(column.name).label("name"), cast(steps.c.value, String))
    return found.where(steps.c.value.is_not(None))


LEAPT = ("year", "department", "city", "category")
LEAPS = union_all(*(_leap(PROJECT.c[name]) for name in LEAPT))


def _categories(book: Rulebook, used: set[str]) -> tuple[tuple[str, Text], ...]:
    """Those that projects belong to, in the policies' order, named as in the newest."""
    known = [found for _, found in known_policies(book) if isinstance(found, Policy)]
    policies = sorted(known, key=_newest)
    labels = {key: c.label for policy in policies for key, c in policy.categories.items()}
    return tuple((key, label) for key, label in labels.items() if key in used)


def _newest(policy: Any) -> int:
    return int(policy.year)
