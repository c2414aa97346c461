"""Which projects somebody may see: as a condition for queries, and for one project."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from states.facts import Facts
from states.terms import Role
from workflow.people import Actor
from workflow.tables import PROJECT

EVERYTHING = frozenset({Role.PROVINCE, Role.ADMIN, Role.AUDITOR})


def sees_all(actor: Actor) -> bool:
    return not EVERYTHING.isdisjoint(actor.roles)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The projects of somebody's hosts and departments, or all."""
    if sees_all(actor):
        return true()
    return within_units(actor, PROJECT.c)


def within_units(actor: Actor, columns: Any) -> ColumnElement[bool]:
    """The same of whoever does not see all, over any columns with these names."""
    named = {Role.HOST: columns.host, Role.COORDINATOR: columns.department}
    conditions = [
        column.in_(actor.units(role)) for role, column in named.items() if actor.units(role)
    ]
    return or_(*conditions) if conditions else false()


def may_see(actor: Actor, facts: Facts) -> bool:
    """Whether one project is theirs to see; to anybody else it does not exist."""
    return bool(actor.roles_over(facts))
