"""What a host finds on its workplace: its projects, and what to do next with each."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.facts import Facts, Standing
from states.labels import deed_name, state_label
from states.lateness import is_handed_in, last_day, look
from states.lifecycle import UNDER_WAY
from states.mending import items
from states.next_step import Next, next_step
from states.terms import ASKED_BY_SYSTEM, Force, Kind, Role, Text
from workflow.lists.rows import NOT_KNOWN, WAITS
from workflow.people import Actor
from workflow.tables import DEADLINE, PROJECT

MOST = 30  # projects of one host that are shown; a unit has a few a year


@dataclass(frozen=True, slots=True)
class Mine:
    """A project of the reader's unit. `by`: the last day that counts for the next step."""

    project_id: int
    name: str
    host: str
    year: int
    state: str
    state_label: Text
    category: Text
    opens: date | None
    ends: date | None
    next: Next
    button: Text
    by: date | None
    by_label: Text
    advised: date | None
    provisional: bool
    gentle: bool
    late: bool
    blameless: bool
    mend_items: str
    addressee: Text
    unreadable: Text | None = None  # why its policy cannot be read: what is next is not known


def my_projects(connection: Connection, book: Rulebook, actor: Actor, *, today: date) -> list[Mine]:
    """The projects of somebody's units, what is under way and due first."""
    rows = connection.execute(
        select(PROJECT)
        .where(PROJECT.c.host.in_(actor.units(Role.HOST)))
        .order_by(PROJECT.c.id.desc())
        .limit(MOST)
    ).all()
    due = _due(connection, [row.id for row in rows])
    found = [_mine(row, due[row.id], book, today) for row in rows]
    return sorted(found, key=lambda one: (one.next.deed is None, _over(one), one.by or date.max))


def _over(mine: Mine) -> bool:
    return mine.state not in UNDER_WAY


def _due(connection: Connection, projects: list[int]) -> dict[int, dict[Kind, Any]]:
    found: dict[int, dict[Kind, Any]] = defaultdict(dict)
    query = select(DEADLINE).where(
        DEADLINE.c.project_id.in_(projects), DEADLINE.c.standing == Standing.OPEN.value
    )
    for row in connection.execute(query):
        found[row.project_id][Kind(row.kind)] = row
    return found


def _mine(row: Any, due: dict[Kind, Any], book: Rulebook, today: date) -> Mine:
    facts = Facts.read(json.loads(row.facts))
    category = book.category(facts.policy, facts.category)
    if isinstance(category, Text):
        return _as_stored(row, facts, category)
    step = next_step(facts, category, {kind: one.due_on for kind, one in due.items()}, today)
    one = due.get(step.kind) if step.kind else None
    seen = one and look(Kind(one.kind), Force(one.force), facts, one.late_after, today)
    return Mine(
        project_id=row.id,
        name=row.name,
        host=row.host,
        year=row.year,
        state=row.state,
        state_label=state_label(facts, category),
        category=category.label,
        opens=row.opens,
        ends=row.ends,
        next=step,
        button=deed_name(step.deed, facts.state, category) if step.deed else NOTHING,
        by=last_day(facts, one.due_on, one.late_after, today) if one else None,
        by_label=seen.day if seen else NOTHING,
        advised=one.advised_on if one and is_handed_in(Kind(one.kind)) else None,
        provisional=bool(one and one.provisional),
        gentle=bool(seen and seen.advisory and step.kind not in ASKED_BY_SYSTEM),
        late=bool(seen and seen.late and not seen.blameless),
        blameless=bool(seen and seen.blameless),
        mend_items=items(facts).zh if step.kind is Kind.MENDING else "",
        addressee=category.addressee,
    )


def _as_stored(row: Any, facts: Facts, unreadable: Text) -> Mine:
    return Mine(
        project_id=row.id,
        name=row.name,
        host=row.host,
        year=row.year,
        state=row.state,
        state_label=facts.state.label,
        category=NOT_KNOWN,
        opens=row.opens,
        ends=row.ends,
        next=Next(WAITS),
        button=NOTHING,
        by=None,
        by_label=NOTHING,
        advised=None,
        provisional=False,
        gentle=False,
        late=False,
        blameless=False,
        mend_items="",
        addressee=NOTHING,
        unreadable=unreadable,
    )


NOTHING = Text("", "")
