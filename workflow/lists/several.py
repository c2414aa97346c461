"""One deed on several projects: which deeds, which projects, and what stands against each.

Every project is judged as if it were alone; workflow/lists/runs.py does them one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from config.rulebook import Rulebook
from states.actions import ACTIONS
from states.actions.fields import Field
from states.decide import blocks, who_may
from states.findings import Finding
from states.outlook import ending
from states.terms import STAFF, Act, Action, Kind, Severity, State, Text
from workflow.deeds import Deed
from workflow.judging import judged
from workflow.lists.arrivals import ARRIVING, BY_PAPERS, Arrival
from workflow.lists.rows import ProjectRow, project_rows
from workflow.people import Actor
from workflow.scopes import may_see

MOST = 100  # projects at a time

# Deeds whose form says the same for every project. What differs from project to project (a plan
# number, an amount) is prepared in a batch.
DEEDS: tuple[Action | Act, ...] = tuple(deed for deed in (*Action, *Act) if ACTIONS[deed].several)


def possible(actor: Actor) -> tuple[Action | Act, ...]:
    """The deeds that somebody with these roles may do to several projects in some state, and what
    may be entered for hosts by those who carry their projects on."""
    own = (d for d in DEEDS if any(actor.roles & {*who_may(d, state)} for state in State))
    return (*own, *(ARRIVING if actor.roles & STAFF else ()))


def called(deed: Action | Act) -> Text:
    """What the choice of the deed is called."""
    if deed not in ARRIVING:
        return deed.label
    return (ENTERED if deed in BY_PAPERS else TAKEN_DOWN).format(deed=deed.label)


TAKEN_DOWN = Text("代录：{deed}", "Entered for hosts: {deed}")
ENTERED = Text("代录收到的材料：{deed}", "Papers that came: {deed}")


def form_of(deed: Action | Act) -> tuple[Field, ...]:
    """What is filled in once for all."""
    if deed not in ARRIVING:
        return ACTIONS[deed].form
    return tuple(one for one in ACTIONS[deed].form if one.name in ARRIVING[deed])


@dataclass(frozen=True, slots=True)
class Line:
    """One project, and what the engine finds against the deed: blocks first."""

    row: ProjectRow
    blocks: tuple[Finding, ...]
    flags: tuple[Finding, ...]
    ends: Text | None = None  # what is proposed and would end by it

    @property
    def is_open(self) -> bool:
        return not self.blocks


def seen_rows(
    connection: Connection, book: Rulebook, actor: Actor, ids: Sequence[int], *, today: date
) -> list[ProjectRow]:
    """The projects of these ids that are this person's to see, each once."""
    wanted = list(dict.fromkeys(ids))[:MOST]
    rows = project_rows(connection, book, wanted, today=today)
    return [row for row in rows if may_see(actor, row.facts)]


NOTHING_OWN: Mapping[int, Mapping[str, Any]] = MappingProxyType({})


def judged_lines(
    connection: Connection,
    book: Rulebook,
    rows: Sequence[ProjectRow],
    deed: Deed,
    *,
    today: date,
    arrival: Arrival | None = None,
    own: Mapping[int, Mapping[str, Any]] = NOTHING_OWN,
    form_open: bool = False,
) -> list[Line]:
    """What stands against the deed for each. `own`: what is filled in for a project alone, by its
    id. `form_open`: nothing is filled in yet, so what the form will ask for does not count."""
    lines = []
    for row in rows:
        if row.unreadable is not None:
            lines.append(Line(row, (_cannot_be_judged(row.unreadable),), ()))
            continue
        policy, facts = book.policy(row.facts.policy), row.facts
        if arrival:
            papers = arrival.attached(deed.what, policy.categories[facts.category])
            deed = replace(deed, papers=papers)
        here = replace(deed, given={**deed.given, **own.get(row.id, {})})
        _, found = judged(connection, book, policy, row.id, facts, here, today, looking=True)
        against = [f for f in blocks(found) if not (form_open and f.rule in OF_THE_FORM)]
        flags = [] if form_open else [f for f in found if f not in blocks(found)]
        category = policy.categories[facts.category]
        ends = ending(deed.what, facts, category, official=True)
        lines.append(Line(row, tuple(against), tuple(flags), ends))
    return lines


def _cannot_be_judged(why: Text) -> Finding:
    return Finding("policy_readable", "", Severity.BLOCK, "", why)


OF_THE_FORM = frozenset(
    {"form_complete", "milestone_known", "handed_to_somebody", "papers_present"}
)


def fitting(
    deed: Action | Act, rows: Sequence[ProjectRow], book: Rulebook, actor: Actor
) -> dict[str, list[tuple[str, Text]]]:
    """What may be chosen in the fields of the form that have a list: field -> (value, label)."""
    if deed is Act.EXTEND:
        return {"kind": [(kind.value, kind.label) for kind in EXTENDED]}
    if deed is not Act.MILESTONE:
        return {}
    found: dict[str, Text] = {}
    for row in rows:
        category = book.category(row.facts.policy, row.facts.category)
        if not isinstance(category, Text):
            found |= {m.key: m.label for m in category.milestones if m.by in actor.roles}
    return {"name": list(found.items())}


EXTENDED = (Kind.APPLICATION, Kind.FILING, Kind.COMPLETION, Kind.REIMBURSEMENT, Kind.MENDING)
