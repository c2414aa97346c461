"""The rate limit: so many mails a second to one server, over all processes and machines.

One row of `setting` says when the next mail may go; whoever sends takes that moment and moves
the row on, in a transaction that it needs anyway.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from workflow import kept
from workflow.holding import hold

KEY = "smtp.next_at"
SLACK = timedelta(seconds=5)


def slot(connection: Connection, rate: float, takers: int, now: datetime) -> datetime:
    """When the next mail may go: `rate` mails a second, at the most `takers` waiting at once."""
    hold(connection, KEY)
    found = kept.get(connection, KEY)
    free = datetime.fromisoformat(found) if found else now
    step = timedelta(seconds=1 / rate)
    if free > now + step * takers + SLACK:  # further than anybody can be waiting: a clock's error
        free = now
    mine = max(free, now)
    kept.put(connection, KEY, (mine + step).isoformat())
    return mine
