"""Batches of the demonstration that are being prepared: somebody's desk is never quite empty."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from states.facts import Facts
from states.terms import Action
from workflow.batches.edits import Edit, begin, put_in, save
from workflow.batches.prepared import listed, sources
from workflow.people import find_actor
from workflow.tables import PROJECT

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from config.rulebook import Rulebook

BATCHES = {
    Action.SUBSIDISE: "第三批补助审定（示例）",
    Action.PLAN: "增补计划（示例）",
}
PREPARES = "province1"


def prepare_batches(connection: Connection, book: Rulebook, *, at: datetime) -> int:
    """Ready to be published: a batch of each sort for which there are projects and none is being prepared; how many."""
    actor = find_actor(connection, PREPARES)
    assert actor is not None, PREPARES
    known = {batch.deed for batch, _ in listed(connection, actor) if batch.can_change}
    made = 0
    for deed, title in BATCHES.items():
        waiting = _waiting(connection, book, deed)
        if deed not in known and waiting:
            batch = begin(connection, actor, deed, title, at=at)
            put_in(connection, actor, batch, list(waiting))
            number = DOCUMENTS[deed]
            filled = Edit(title, {"document_number": number}, waiting, number=deed is Action.PLAN)
            save(connection, actor, batch, filled)
            made += 1
    return made


DOCUMENTS = {Action.SUBSIDISE: "闽人社示例〔2025〕3号", Action.PLAN: "闽人社示例〔2025〕2号"}


def _waiting(connection: Connection, book: Rulebook, deed: Action) -> dict[int, dict[str, str]]:
    """The projects that wait for this and what is filled in for each: of money what its category
    may have. Nothing that has been proposed already, or that asks for no decision."""
    states = [state.value for state in sources(deed)]
    query = select(PROJECT.c.id, PROJECT.c.facts).where(PROJECT.c.state.in_(states))
    found: dict[int, dict[str, str]] = {}
    for project_id, stored in connection.execute(query.order_by(PROJECT.c.id)):
        facts = Facts.read(json.loads(stored))
        category = book.policy(facts.policy).categories[facts.category]
        if facts.pending or (deed is Action.SUBSIDISE and not category.cap.value):
            continue
        found[project_id] = (
            {"amount": str((category.cap.value or 0) // 100)} if deed is Action.SUBSIDISE else {}
        )
    return found
