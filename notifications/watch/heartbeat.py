"""The worker's sign of life, and the latest time that its clock ever showed, in `setting`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from sqlalchemy import Connection

from notifications import kept
from notifications.sending.persist import STORAGE
from notifications.watch.clock_guard import HIGH_WATER
from workflow.database import Database

BEAT = "worker.beat"
STORE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Beat:
    """When the worker was last seen at work, and which process it is."""

    at: datetime
    pid: int


@dataclass
class Heartbeat:
    """Stores the beat now and then; whoever asks finds it with `last_beat`."""

    db: Database
    clock: Callable[[], datetime]
    steady: Callable[[], float]
    pid: int
    stored: float = field(default=-inf, init=False)

    def store(self) -> None:
        if self.steady() - self.stored < STORE_SECONDS:
            return
        now = self.clock()
        try:
            with self.db.write() as connection:
                kept.put(connection, BEAT, json.dumps({"at": now.isoformat(), "pid": self.pid}))
                high = high_water(connection)
                if high is None or now > high:
                    kept.put(connection, HIGH_WATER, now.isoformat())
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


def high_water(connection: Connection) -> datetime | None:
    """The latest time that a worker's clock has shown."""
    found = kept.get(connection, HIGH_WATER)
    return datetime.fromisoformat(found) if found else None
