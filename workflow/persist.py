"""A transaction that must not be given up: it is tried again until it is through."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from workflow.database import Database, DatabaseProblem, sqlite_module

Result = TypeVar("Result")
FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0  # seconds; each attempt waits for the lock besides


def storage_errors() -> tuple[type[Exception], ...]:
    """What a database raises that is full, locked, gone or starting again: its driver's errors
    too, for the hot path runs on the driver (docs/decisions/0003)."""
    found: list[type[Exception]] = [SQLAlchemyError, DatabaseProblem, sqlite_module().Error]
    try:
        import psycopg
    except ImportError:
        return tuple(found)
    return (*found, psycopg.Error)


STORAGE = storage_errors()


def persist(db: Database, work: Callable[[Connection, bool], Result], *, seconds: float) -> Result:
    """`work` in a transaction, for at least `seconds`. It is told whether an earlier try ended in
    an error: the commit may have come through all the same. At the end the error is raised."""
    again, wait, end = False, FIRST_WAIT, monotonic() + seconds
    while True:
        try:
            with db.write() as connection:
                return work(connection, again)
        except STORAGE:
            if monotonic() > end:
                raise
        again = True
        sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)
