"""Copies a database as at one moment: a file of SQLite by its own means, PostgreSQL row by row.

The copy is always a SQLite database, so that a backup can be looked into without a server and
goes back into either kind.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Integer, delete, func, insert, select, text
from sqlalchemy.engine import URL

from workflow.database import Database
from workflow.migrations import upgrade
from workflow.schema import metadata
from workflow.storage import sqlite_module

AT_ONCE = 500


def database_at(path: Path) -> Database:
    return Database(URL.create("sqlite", database=str(path)).render_as_string())


def copy_out(db: Database, target: Path) -> None:
    """The database as it is now, into one new file; others go on writing meanwhile."""
    target.touch(mode=0o600, exist_ok=False)
    if db.is_sqlite:
        module = sqlite_module()
        copy = module.connect(str(target))
        try:
            with db.engine.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.backup(copy)  # in one piece: a writer does not make it begin anew
            copy.execute("PRAGMA journal_mode=DELETE")  # one file
        finally:
            copy.close()
        return
    made = database_at(target)
    try:
        upgrade(made)
        with db.read() as source, made.write() as into:
            _copy_rows(source, into)
    finally:
        made.close()
    whole(target)


def whole(path: Path) -> None:
    """Have all of a SQLite database in its one file."""
    connection = sqlite_module().connect(str(path))
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()


def copy_into(source: Database, target: Database) -> None:
    """Put all rows of a copy in the place of those of a database of the same revision, at once."""
    with source.read() as rows, target.write() as into:
        for table in reversed(metadata.sorted_tables):
            into.execute(delete(table))
        _copy_rows(rows, into)
        if not target.is_sqlite:
            _count_on(into)


def _copy_rows(source: Connection, into: Connection) -> None:
    for table in metadata.sorted_tables:
        found = source.execution_options(yield_per=AT_ONCE).execute(select(table))
        for rows in found.partitions(AT_ONCE):
            into.execute(insert(table), [dict(row._mapping) for row in rows])


def _count_on(connection: Connection) -> None:
    """New rows are numbered after those that are there."""
    for table in metadata.sorted_tables:
        column = table.columns.get("id")
        if column is None or not isinstance(column.type, Integer):
            continue
        last = connection.execute(select(func.max(column))).scalar()
        sequence = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last, :used)")
        values = {"name": table.name, "last": last or 1, "used": last is not None}
        connection.execute(sequence, values)
