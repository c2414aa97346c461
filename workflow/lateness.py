"""What is asked for, due and overdue: one answer for lists, workplaces, pictures and commands.

Words of a condition that an index is cut by are written out, not bound: only then does a database
see that the partial index will do (workflow/tables.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    exists,
    literal_column,
    or_,
    select,
)

from states.terms import Kind
from workflow.tables import DEADLINE, PROJECT

ITS = PROJECT.alias("its")

IS_OPEN = DEADLINE.c.standing == literal_column("'open'")
GENTLE = and_(IS_OPEN, DEADLINE.c.force == literal_column("'advisory'"))  # only the system asks
PROVISIONAL: ColumnElement[bool] = literal_column("deadline.provisional")


def asked(deadline: FromClause) -> ColumnElement[bool]:
    """What a notice asks for and nobody has done, over the table or an alias of it."""
    is_open = deadline.c.standing == literal_column("'open'")
    return and_(is_open, deadline.c.force != literal_column("'advisory'"))


ASKED = asked(DEADLINE)

# Nobody has to apply: an application that was never made is not owed. One that was made is owed by
# the department, until it has recommended.
OWED = or_(
    DEADLINE.c.kind != literal_column(f"'{Kind.APPLICATION.value}'"),
    exists().where(ITS.c.id == DEADLINE.c.project_id, ITS.c.state != literal_column("'drafted'")),
)


def is_late(today: date) -> ColumnElement[bool]:
    """Of a deadline: a notice asks for it, nobody has done it, and its last day has passed."""
    return and_(ASKED, DEADLINE.c.due_on < today, DEADLINE.c.late_after < today, OWED)


def late_among(connection: Connection, projects: Sequence[int], today: date) -> set[int]:
    """Those of these projects with something late."""
    query = select(DEADLINE.c.project_id).where(DEADLINE.c.project_id.in_(projects), is_late(today))
    return set(connection.execute(query.distinct()).scalars())


def is_due(first: date, last: date) -> ColumnElement[bool]:
    """Of a deadline: a notice asks for it between these days, both included."""
    return and_(ASKED, DEADLINE.c.due_on.between(first, last), OWED)


def is_unrecorded(today: date) -> ColumnElement[bool]:
    """Of a deadline: a class is over by its plan, and nobody has recorded it."""
    its = DEADLINE.c.kind == Kind.RECORDING.value
    return and_(GENTLE, its, DEADLINE.c.due_on < today, DEADLINE.c.late_after < today)


def has(project_id: ColumnElement[int], which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of a project: it has such a deadline."""
    return exists().where(DEADLINE.c.project_id == project_id, which)
