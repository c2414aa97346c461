"""Rows of `setting`: what the programs remember between two runs."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select, text

from workflow.statements import Statement
from workflow.tables import SETTING


def get(connection: Connection, key: str) -> str | None:
    found = _READ.run(connection, {"row_key": key})
    return str(found[0][0]) if found else None


def put(connection: Connection, key: str, value: str) -> None:
    """Set, whether or not it was there; two processes may do so at once."""
    _PUT.change(connection, {"row_key": key, "new_value": value})


def drop(connection: Connection, key: str) -> None:
    _DROP.change(connection, {"row_key": key})


def swap(connection: Connection, key: str, old: str, new: str) -> bool:
    """Set what nobody has changed since it was read (`old`: empty if it was not there); False if
    somebody has."""
    values = {"row_key": key, "old_value": old, "new_value": new}
    return _SWAP.change(connection, values) == 1


_ROW = SETTING.c.key == bindparam("row_key")
_READ = Statement(select(SETTING.c.value).where(_ROW))
_DROP = Statement(delete(SETTING).where(_ROW))
_PUT = Statement(  # both databases know this clause, the toolkit only as a dialect's own
    text(
        "INSERT INTO setting (key, value) VALUES (:row_key, :new_value)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    )
)
_SWAP = Statement(
    text(
        "INSERT INTO setting (key, value) VALUES (:row_key, :new_value)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE setting.value = :old_value"
    )
)
