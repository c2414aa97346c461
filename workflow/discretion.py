"""What a host is not told of its own project: what officials say and prepare among themselves.

Decisions reach a host by mail and stand in its history; opinions, proposals that wait for a second
person, and who in the office did what do not.
"""

from __future__ import annotations

import json
from typing import Any

from states.discretion import among_officials
from states.facts import Facts, Json
from states.terms import Act, Action, Role
from workflow.people import Actor

Row = dict[str, Any]
OFFICIALS = frozenset({Role.COORDINATOR, Role.PROVINCE, Role.ADMIN, Role.AUDITOR})
# Deeds whose forms hold words among officials, with what of them a host may read.
TOLD: dict[str, frozenset[str]] = {
    Action.REVIEW.value: frozenset(),
    Act.DISPOSE.value: frozenset({"flag", "outcome", "mend_by"}),
}


def is_official(actor: Actor, facts: Facts) -> bool:
    """Whether somebody may read everything about this project."""
    return not OFFICIALS.isdisjoint(actor.roles_over(facts))


def told_history(history: list[Row], *, official: bool) -> list[Row]:
    """The events as they may be read, `given`, `changes` and `findings` as values."""
    read = [
        row | {name: json.loads(row[name]) for name in ("given", "changes", "findings")}
        for row in history
    ]
    if official:
        return read
    return [_for_host(row) for row in read if not _is_internal(row)]


def _is_internal(row: Row) -> bool:
    """A proposal, or its end without a decision; notes and inspections among officials."""
    settling = bool(row["changes"].get("pending")) or row["deed"] == Act.CANCEL.value
    return settling or among_officials(row["deed"], row["role"], row["given"])


def _for_host(row: Row) -> Row:
    told = TOLD.get(row["deed"])
    given = {k: v for k, v in row["given"].items() if told is None or k in told}
    return row | {"given": given, "person": row["person"] if row["role"] == Role.HOST else ""}


def told_facts(stored: Json, *, official: bool) -> Json:
    """The facts as they may be read: without what officials prepare or note."""
    return stored if official else {k: v for k, v in stored.items() if k not in OFFICIALS_FACTS}


OFFICIALS_FACTS = frozenset({"pending", "follow_up", "inspections"})


def told_mail(mails: list[Row], *, official: bool) -> list[Row]:
    """The mails as they may be known of."""
    return mails if official else [m for m in mails if m["to_role"] == Role.HOST.value]
