"""Holding what no row stands for until a transaction ends: a fund, a name that is to be unique.

SQLite has one writer, who holds everything. On PostgreSQL several write beside each other; each
holds the rows that it reads and writes from, and by these names what has no row (or not yet one).
Within a transaction they are taken in the order of this list, so that two never wait for each
other: the project's row, its fund or its name, the plan's numbers, people, the gathering of
reminders, the rate limit of mail.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select


def hold(connection: Connection, what: str) -> None:
    """Wait until nobody else holds `what`, and hold it until the transaction ends."""
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock(func.hashtextextended(what, 0))
        connection.execute(select(lock))


def hold_if_free(connection: Connection, what: str) -> bool:
    """Hold `what` until the transaction ends; False, at once, if somebody else holds it."""
    if connection.dialect.name != "postgresql":
        return True  # who else would, waits for this transaction
    lock = func.pg_try_advisory_xact_lock(func.hashtextextended(what, 0))
    return bool(connection.execute(select(lock)).scalar_one())
