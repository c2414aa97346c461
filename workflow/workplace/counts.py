"""How much there is on a workplace: counts that end at a cap, so that they cost the same however
much there is."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, or_, select, true

from states.facts import TO_TELL
from states.terms import Kind, State
from workflow.lateness import is_due, is_late
from workflow.mail.finding import FOR_A_PERSON
from workflow.mail_tables import MAIL, REMINDER
from workflow.tables import DEADLINE, PROJECT
from workflow.workplace.watching import FLAGGED, NEWS, TO_CALL, Scope, waits_for, week_end

CAP = 99  # what a count says at most: one more means “more”
CAP_STATES = 999


def counts(connection: Connection, scope: Scope, today: date) -> dict[str, int]:
    """late, week, waiting, flags, mail, untold, calls: each at most CAP + 1, in one query."""
    sought = {
        "late": _projects(is_late(today), scope),
        "week": _projects(is_due(today, week_end(today)), scope),
        "waiting": select(PROJECT.c.id).where(scope.projects, *waits_for(scope.role)),
        "flags": select(PROJECT.c.id).where(scope.projects, FLAGGED),
        "mail": select(MAIL.c.id).where(FOR_A_PERSON, _mail_within(scope)),
        "untold": select(PROJECT.c.id).where(scope.projects, NEWS, PROJECT.c.news.in_(TO_TELL)),
        "calls": select(PROJECT.c.id).where(scope.projects, TO_CALL, PROJECT.c.follow_up <= today),
    }
    return counted(connection, sought, CAP)


def _projects(which: ColumnElement[bool], scope: Scope) -> Select[Any]:
    """The projects with such deadlines, each once. No more rows are read than the cap can need: a
    project has one open deadline of each kind at most."""
    rows = select(DEADLINE.c.project_id).where(scope.deadlines, which)
    rows = rows.order_by(DEADLINE.c.due_on.desc()).limit((CAP + 1) * len(Kind))
    return select(rows.subquery().c.project_id).distinct()


def counts_by_state(connection: Connection, scope: Scope, year: int) -> dict[str, int]:
    """How many projects of a year stand in each state, at most CAP_STATES + 1."""
    its = select(PROJECT.c.id).where(PROJECT.c.year == year, scope.projects)
    sought = {state.value: its.where(PROJECT.c.state == state.value) for state in State}
    return counted(connection, sought, CAP_STATES)


def counted(connection: Connection, sought: dict[str, Select[Any]], cap: int) -> dict[str, int]:
    """How many rows each query has, at most `cap` + 1, all in one question."""
    columns = [
        select(func.count())
        .select_from(query.limit(cap + 1).subquery())
        .scalar_subquery()
        .label(name)
        for name, query in sought.items()
    ]
    return dict(connection.execute(select(*columns)).one()._mapping)


def latest_year(connection: Connection, today: date) -> int:
    """This year, or the last one with projects where this one has none yet."""
    query = select(func.max(PROJECT.c.year)).where(PROJECT.c.year <= today.year)
    found = connection.execute(query).scalar()
    return today.year if found is None else int(found)


def _mail_within(scope: Scope) -> ColumnElement[bool]:
    """Mail about a watched project, alone or among others."""
    if scope.is_whole:
        return true()
    about = exists().where(PROJECT.c.id == MAIL.c.project_id, scope.projects)
    carried = exists().where(
        REMINDER.c.mail_id == MAIL.c.id, REMINDER.c.project_id == PROJECT.c.id, scope.projects
    )
    return or_(about, carried)
