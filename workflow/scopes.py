"""Which projects somebody may see: as a condition for queries, and for one project."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, or_, true

from states.facts import Facts
from states.terms import Role
from workflow.judging import TABLE as PROJECT
from workflow.people import Actor

EVERYTHING = frozenset({Role.PROVINCE, Role.ADMIN, Role.AUDITOR})


def sees_all(actor: Actor) -> bool:
    return any(role in EVERYTHING for role, _ in actor.grants)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The projects of somebody's hosts and departments, or all."""
    if sees_all(actor):
        return true()
    columns = {Role.HOST: PROJECT.c.host, Role.COORDINATOR: PROJECT.c.department}
    conditions = [
        column.in_([scope for role, scope in actor.grants if role is which and scope])
        for which, column in columns.items()
        if any(role is which for role, _ in actor.grants)
    ]
    return or_(*conditions) if conditions else false()


def may_see(actor: Actor, facts: Facts) -> bool:
    """Whether one project is theirs to see; to anybody else it does not exist."""
    return bool(actor.roles_over(facts))
