"""The rate limit: so many mails a second to one server, over all workers on all machines.

One row of `setting` says when the next mail may go; whoever sends takes that moment and moves
the row on, in a transaction that it needs anyway. Nobody takes a moment that is far away, however
many workers there are: then enough of them wait already.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from workflow import kept
from workflow.holding import hold

KEY = "smtp.next_at"
PATIENCE = timedelta(seconds=20)  # well within any lease
SLACK = timedelta(seconds=5)  # by which the clocks of two machines differ at the most


def next_slot(connection: Connection, rate: float, now: datetime) -> datetime | None:
    """When the next mail may go, at `rate` mails a second; None if that is too far away. Nothing is
    taken."""
    gap = timedelta(seconds=1 / rate)
    patience = max(PATIENCE, 2 * gap)  # a worker that is alone always gets the next one
    found = kept.get(connection, KEY)
    free = datetime.fromisoformat(found) if found else now
    if free > now + patience + gap + SLACK:  # nobody can have gone so far: a clock's error
        free = now
    return max(free, now) if free <= now + patience else None


def take_slot(connection: Connection, rate: float, now: datetime) -> datetime | None:
    """Take it, so that nobody else gets it."""
    hold(connection, KEY)
    slot = next_slot(connection, rate, now)
    if slot is not None:
        kept.put(connection, KEY, (slot + timedelta(seconds=1 / rate)).isoformat())
    return slot
