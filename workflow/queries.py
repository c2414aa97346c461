"""What is read: the list of projects, one project in full, the mail log."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.calculus import Deadline as Computed
from states.facts import Facts, Json, Standing
from states.labels import state_label
from states.lateness import MET_LATE, late_when_met
from states.terms import Act, Amendment, Entry, Force, Kind, State, Text, known_deed
from states.wanted import deadlines_for
from workflow.deeds import NoSuchProject
from workflow.engine import situation
from workflow.lateness import has, is_late
from workflow.lists.filters import with_words
from workflow.mail.log import mail_log
from workflow.mail_tables import REMINDER
from workflow.tables import DEADLINE, EVENT, LARGEST_ID, PROJECT


def projects(
    connection: Connection,
    book: Rulebook,
    *,
    as_of: date,
    state: State | None = None,
    overdue: bool = False,
    words: str = "",
) -> list[dict[str, Any]]:
    """All projects in plan order; `overdue`: those with something late (lateness.py); `words`:
    those that a search of the list finds."""
    late = has(PROJECT.c.id, is_late(as_of))
    query = select(PROJECT, late.label("late")).order_by(
        PROJECT.c.year, PROJECT.c.number.is_(None), PROJECT.c.number, PROJECT.c.id
    )
    if state:
        query = query.where(PROJECT.c.state == state.value)
    if overdue:
        query = query.where(late)
    if words.strip():
        query = query.where(with_words(words).test(PROJECT.c))
    return [summary(row, book) for row in connection.execute(query)]


def summary(row: Any, book: Rulebook) -> dict[str, Any]:
    """A project as lists show it: of its row, with `late`: whether something is overdue."""
    facts = json.loads(row.facts)
    known = Facts.read(facts)
    category = book.category(known.policy, known.category)
    unreadable = category if isinstance(category, Text) else None
    return {
        "id": row.id,
        "number": row.number,
        "name": row.name,
        "category": row.category,
        "state": row.state,
        "state_label": known.state.label
        if isinstance(category, Text)
        else state_label(known, category),
        "host": row.host,
        "department": row.department,
        "opens": row.opens,
        "ends": row.ends,
        "schedule": facts.get("schedule_text", ""),
        "provisional": known.dates.open_window,
        "overdue": bool(row.late),
        "policy": row.policy,
        "version": row.version,
        "unreadable": unreadable,
    }


def project(connection: Connection, book: Rulebook, project_id: int) -> dict[str, Any]:
    """One project in full: facts, deadlines with trace, flags, papers, history, reminders, mail."""
    facts, stored, version, policy = situation(connection, book, project_id)
    category = policy.categories[facts.category]
    computed = {d.kind.value: d for d in deadlines_for(facts, category, book.calendar)}
    return {
        "id": project_id,
        "version": version,
        "state_label": state_label(facts, category),
        "category_label": category.label,
        **stored,
        "findings": _findings(stored),
        "deadlines": _deadlines(connection, project_id, computed, facts),
        "history": [
            row | {"deed_label": deed_label(row["deed"], machine=row["machine"])}
            for row in _rows(
                connection, select(EVENT).where(EVENT.c.project_id == project_id), EVENT.c.seq
            )
        ],
        "reminders": _rows(
            connection, select(REMINDER).where(REMINDER.c.project_id == project_id), REMINDER.c.id
        ),
        "mail": mail_log(connection, project_id=project_id),
    }


def known_project(connection: Connection, project_id: int) -> None:
    """NoSuchProject where there is none of that number."""
    known = 0 < project_id <= LARGEST_ID
    found = select(PROJECT.c.id).where(PROJECT.c.id == project_id)
    if not (known and connection.execute(found).first()):
        raise NoSuchProject(project_id)


def _findings(stored: Json) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "clause": flag["clause"],
            "consequence": flag.get("consequence", ""),
            "message": Text(flag["zh"], flag["en"]),
            "on": flag["on"],
            "disposed": flag.get("disposed"),
        }
        for key, flag in stored.get("flags", {}).items()
    ]


def deed_label(deed: str, *, machine: bool = False) -> Text:
    """How a step, an act, an entry or a plan's own content is shown."""
    if machine and deed == Act.CHANGE:  # as an earlier version recorded what a plan file said
        return Amendment.REISSUED.label
    if machine and deed == Act.CANCEL:
        return OVERTAKEN
    found = known_deed(deed) or next((e for e in (*Entry, *Amendment) if e == deed), None)
    return found.label if found else Text(deed, deed)


OVERTAKEN = Text("拟办因另有办理而终止", "Proposal overtaken by another step")


def _rows(connection: Connection, query: Any, order: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in connection.execute(query.order_by(order))]


def _deadlines(
    connection: Connection, project_id: int, computed: dict[str, Computed], facts: Facts
) -> list[dict[str, Any]]:
    query = select(DEADLINE).where(DEADLINE.c.project_id == project_id)
    found = []
    for row in _rows(connection, query, DEADLINE.c.id):
        current = computed.get(row["kind"])
        trace = current.due.trace if current and current.due.due_on == row["due_on"] else ()
        stated, known_on = row["force"] == Force.STATED, facts.known_on
        late_plan = bool(stated and known_on and known_on > row["late_after"])
        late = late_when_met(
            Kind(row["kind"]), Force(row["force"]), facts, row["late_after"], row["met_on"]
        )
        label = MET_LATE.format(n=late) if late else Standing(row["standing"]).label
        more = {"trace": trace, "plan_came_late": late_plan, "late_days": late}
        found.append(row | more | {"standing_label": label})
    return found
