"""Batches of the demonstration that are being prepared: somebody's desk is never quite empty."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from states.terms import Action
from workflow.batches.edits import begin, put_in
from workflow.batches.prepared import listed, sources
from workflow.people import find_actor
from workflow.tables import PROJECT

if TYPE_CHECKING:
    from sqlalchemy import Connection

BATCHES = {
    Action.SUBSIDISE: "第三批补助审定（示例）",
    Action.PLAN: "增补计划（示例）",
}
PREPARES = "province1"


def prepare_batches(connection: Connection, *, at: datetime) -> int:
    """A batch of each sort for which there are projects and none is being prepared; how many."""
    actor = find_actor(connection, PREPARES)
    assert actor is not None, PREPARES
    known = {batch.deed for batch, _ in listed(connection, actor) if batch.can_change}
    made = 0
    for deed, title in BATCHES.items():
        states = [state.value for state in sources(deed)]
        query = select(PROJECT.c.id).where(PROJECT.c.state.in_(states)).order_by(PROJECT.c.id)
        waiting = list(connection.execute(query).scalars())
        if deed not in known and waiting:
            put_in(connection, actor, begin(connection, actor, deed, title, at=at), waiting)
            made += 1
    return made
