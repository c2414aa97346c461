"""What an official watches, and the conditions by which it is found through an index (as in
workflow/lateness.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, select, text, true

from states.terms import Kind, Role
from workflow.lateness import IS_OPEN
from workflow.people import Actor
from workflow.tables import DEADLINE, PROJECT

ITS_APPLICATION = and_(
    DEADLINE.c.project_id == PROJECT.c.id, DEADLINE.c.kind == Kind.APPLICATION.value, IS_OPEN
)
WAITS = PROJECT.c.waits_for != literal_column("''")
FLAGGED = PROJECT.c.open_flags > literal_column("0")
NEWS = PROJECT.c.news != literal_column("''")
TO_CALL = PROJECT.c.follow_up.is_not(None)
BY_PEOPLE: ColumnElement[bool] = text("NOT event.machine")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose workplace it is: the projects that they watch, and as what."""

    actor: Actor
    role: Role
    projects: ColumnElement[bool]
    deadlines: ColumnElement[bool]
    happened: ColumnElement[bool]  # as `projects`, where another index is the quick way

    @property
    def is_whole(self) -> bool:
        return self.role is not Role.COORDINATOR


def scope_of(actor: Actor) -> Scope | None:
    """The scope in which somebody works, before one in which they only look on; None for hosts
    and administrators."""
    if Role.PROVINCE in actor.roles:
        return _everything(actor, Role.PROVINCE)
    if Role.COORDINATOR in actor.roles:
        names = actor.units(Role.COORDINATOR)
        columns = (
            PROJECT.c.department,
            DEADLINE.c.department,
            func.coalesce(PROJECT.c.department, ""),
        )
        which = [one.in_(names) if names else false() for one in columns]
        return Scope(actor, Role.COORDINATOR, *which)
    return _everything(actor, Role.AUDITOR) if Role.AUDITOR in actor.roles else None


def _everything(actor: Actor, role: Role) -> Scope:
    return Scope(actor, role, true(), true(), true())


def week_end(today: date) -> date:
    """This week's Sunday."""
    return today + timedelta(days=6 - today.weekday())


def waits_for(role: Role) -> tuple[ColumnElement[bool], ...]:
    return WAITS, PROJECT.c.waits_for == role.value


def due_rows() -> Select[Any]:
    """Projects with one deadline each, to be narrowed."""
    columns = (DEADLINE.c[name] for name in ("kind", "due_on", "late_after", "known_on", "force"))
    its = DEADLINE.c.project_id == PROJECT.c.id
    return select(PROJECT, *columns, DEADLINE.c.provisional).join_from(DEADLINE, PROJECT, its)
