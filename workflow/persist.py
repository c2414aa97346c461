"""A transaction that must not be given up: it is tried again until it is through."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import Connection

from workflow.database import Database
from workflow.storage import STORAGE

Result = TypeVar("Result")
FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0  # seconds; each attempt waits for the lock besides


def persist(db: Database, work: Callable[[Connection, bool], Result], *, seconds: float) -> Result:
    """`work` in a transaction beside others, for at least `seconds`. It is told whether an earlier
    try ended in an error: the commit may have come through all the same. At the end the error is
    raised."""
    again, wait, end = False, FIRST_WAIT, monotonic() + seconds
    while True:
        try:
            with db.write(alone=False) as connection:
                return work(connection, again)
        except STORAGE:
            if monotonic() > end:
                raise
        again = True
        sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)
