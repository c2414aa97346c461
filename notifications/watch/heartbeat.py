"""The worker's sign of life, and the latest time that its clock ever showed, in `setting`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from sqlalchemy import Connection

from notifications.watch.clock_guard import raise_high_water
from workflow import kept
from workflow.database import Database
from workflow.storage import STORAGE

BEAT = "worker.beat"
STORE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Beat:
    """When the worker was last seen at work, and which process it is."""

    at: datetime
    pid: int


@dataclass
class Heartbeat:
    """Stores the beat now and then; whoever asks finds it with `last_beat`. `moved`: the clock is
    a demonstration's, so that its time is no measure for others."""

    db: Database
    clock: Callable[[], datetime]
    steady: Callable[[], float]
    pid: int
    moved: bool = False
    stored: float = field(default=-inf, init=False)

    def store(self) -> None:
        if self.steady() - self.stored < STORE_SECONDS:
            return
        now = self.clock()
        try:
            with self.db.write() as connection:
                kept.put(connection, BEAT, json.dumps({"at": now.isoformat(), "pid": self.pid}))
                if not self.moved:
                    raise_high_water(connection, now)
        except STORAGE:  # the database is busy or away; the next beat is soon
            return
        self.stored = self.steady()


def last_beat(connection: Connection) -> Beat | None:
    """The worker's last sign of life, at the most half a minute late; None if it never ran."""
    found = kept.get(connection, BEAT)
    if found is None:
        return None
    row = json.loads(found)
    return Beat(datetime.fromisoformat(row["at"]), row["pid"])
