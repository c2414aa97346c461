"""The one reminder after an import whose plan came later than a filing date.

An import mails nobody, and what lay behind when the plan came is silent. So the next sweep tells
the host once that the plan was late, which is not its fault, and asks for the filing. A plan made
in the system says so in its own mail; books opened in mid-season stay silent.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from states.mailing import is_past, plan_came_late
from states.terms import Action, Entry, Force, Kind
from workflow.mail_tables import REMINDER, ReminderStatus
from workflow.statements import Statement
from workflow.tables import EVENT


def late_plan_untold(connection: Connection, due: Any, as_of: date) -> bool:
    """Whether the host of a deadline that the sweep has found is still to hear of a late plan.

    Only of the round that the import began: a date that moved since had a mail of its own.
    """
    facts = due.facts
    if due.kind is not Kind.FILING or due.force is not Force.STATED:
        return False
    if not plan_came_late(facts, due.late_after) or is_past(facts, as_of):
        return False
    if facts.planned_on is None or due.known_on != facts.planned_on:
        return False
    values = {"project_id": due.project_id, "deadline_id": due.id}
    return bool(_IMPORTED.run(connection, values)) and not _TOLD.run(connection, values)


_IMPORTED = Statement(
    select(EVENT.c.seq)
    .where(EVENT.c.project_id == bindparam("project_id"), EVENT.c.machine)
    .where(or_(EVENT.c.deed == Entry.IMPORT.value, EVENT.c.deed == Action.PLAN.value))
    .limit(1)
)
_TOLD = Statement(
    select(REMINDER.c.id)
    .where(REMINDER.c.deadline_id == bindparam("deadline_id"))
    .where(REMINDER.c.status == ReminderStatus.QUEUED.value)
    .limit(1)
)
