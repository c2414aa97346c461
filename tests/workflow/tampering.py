"""Raw changes behind the engine's back, past every constraint, each put right afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    create_engine,
    text,
)
from sqlalchemy.types import TypeDecorator

from workflow.database import Database
from workflow.storage import sqlite_module


@contextmanager
def behind_its_back(db: Database) -> Iterator[Connection]:
    """A transaction that no foreign key and, on SQLite, no check stops."""
    module: dict[str, Any] = {"module": sqlite_module()} if db.is_sqlite else {}
    engine = create_engine(db.url, **module)
    with engine.begin() as connection:
        if db.is_sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection
    engine.dispose()


@contextmanager
def tampered(db: Database, table: Table, sql: str, **values: Any) -> Iterator[None]:
    """Run `sql` for as long as the block lasts, then give the table its rows back."""
    with behind_its_back(db) as connection:
        rows = connection.execute(text(f"SELECT * FROM {table.name}")).mappings().all()
        changed = connection.execute(text(sql), values).rowcount
        assert changed > 0, sql
    try:
        yield
    finally:
        with behind_its_back(db) as connection:
            connection.execute(text(f"DELETE FROM {table.name}"))
            names = list(rows[0])
            binds = ", ".join(f":{name}" for name in names)
            insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({binds})"
            connection.execute(text(insert), [dict(row) for row in rows])


def another(column: Column[Any]) -> str:
    """An SQL expression for a value of the column's type that differs from the one it holds."""
    name, kind = column.name, column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, Boolean):
        return f"NOT {name}"
    if isinstance(kind, Integer):
        return f"COALESCE({name}, 0) + 1000"
    if isinstance(kind, DateTime):
        return "'2019-01-01 00:00:00'"
    if isinstance(kind, Date):
        return "'2019-01-01'"
    if name == "state":
        return "'drafted'"
    if name == "standing":
        return f"CASE {name} WHEN 'met' THEN 'lifted' ELSE 'met' END"
    if name == "kind":
        return f"CASE {name} WHEN 'application' THEN 'mending' ELSE 'application' END"
    if name == "status":
        return "'suppressed'"
    return f"{name} || 'x'"


def misspelt(column: Column[Any]) -> list[str]:
    """SQL expressions for values that read as the one in the column, or as one of its type, and
    are not what this program would have written."""
    name, kind = column.name, column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, Boolean):
        return ["'x'", f"CAST({name} AS BLOB)", "2", "0.5"]
    if isinstance(kind, Integer):
        return [f"CAST({name} AS BLOB)", "'1,000'", f"{name} + 0.5"]
    if isinstance(kind, DateTime):
        return [
            *(f"substr({name}, 1, 19)", f"replace({name}, ' ', 'T')", f"{name} || ' '"),
            *(f"{name} || '+00:00'", f"CAST({name} AS BLOB)", "'2025-02-30 01:00:00.000000'"),
        ]
    if isinstance(kind, Date):
        return [
            *(f"{name} || ' '", f"{name} || ' 00:00:00'", "'2025-1-2'", "'20250102'"),
            *("'2025-02-30'", f"CAST({name} AS BLOB)"),
        ]
    if isinstance(kind, LargeBinary):
        return [f"CAST({name} AS TEXT)", "1"]
    return [f"CAST({name} AS BLOB)"]
