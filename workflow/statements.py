"""Statements of the hot path: written in SQLAlchemy, compiled once, run on the driver's cursor.

The toolkit's per-execution work costs as much as the database here (docs/decisions/0003); types
are still converted by the toolkit's own processors, so both databases see the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Date, Dialect
from sqlalchemy.sql import ClauseElement
from sqlalchemy.types import TypeEngine

Processor = Any  # a one-argument callable of SQLAlchemy, or None


class Statement:
    """One statement with named parameters; `keys` are the columns that an insert sets."""

    def __init__(self, clause: ClauseElement, keys: Iterable[str] | None = None) -> None:
        self.clause = clause
        self.keys = list(keys) if keys is not None else None
        self._ready: dict[str, _Ready] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute with one set of values; the rows that it returns, if it returns any."""
        ready = self._for(connection)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, ready.bind(values))
            return [ready.convert(row) for row in cursor.fetchall()] if cursor.description else []
        finally:
            cursor.close()

    def change(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute an update; how many rows it met."""
        ready = self._for(connection)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, ready.bind(values))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def many(self, connection: Connection, rows: list[dict[str, Any]]) -> None:
        """Execute once per set of values."""
        if rows:
            ready = self._for(connection)
            cursor = connection.connection.cursor()
            try:
                cursor.executemany(ready.sql, [ready.bind(values) for values in rows])
            finally:
                cursor.close()

    def _for(self, connection: Connection) -> _Ready:
        name = connection.dialect.name
        if name not in self._ready:
            self._ready[name] = _Ready(self.clause, self.keys, connection)
        return self._ready[name]


def _binder(kind: TypeEngine[Any], dialect: Dialect) -> Processor:
    """How a value is handed to the driver; None: as it is."""
    if dialect.name == "sqlite" and isinstance(kind, Date):
        return date.isoformat  # the toolkit's text, which it formats piece by piece
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _few(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What itemgetter does for several names, for one or none."""
    return lambda values: tuple(values[name] for name in names)


class _Ready:
    """A statement for one dialect."""

    def __init__(
        self, clause: ClauseElement, keys: list[str] | None, connection: Connection
    ) -> None:
        dialect = connection.dialect
        compiled: Any = clause.compile(dialect=dialect, column_keys=keys)
        self.sql = str(compiled)
        self.positional = compiled.positional
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        self.fixed = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        self.names = names
        self.pick = itemgetter(*names) if len(names) > 1 else _few(names)
        processors = [_binder(compiled.binds[name].type, dialect) for name in names]
        self.converted = [(n, process) for n, process in enumerate(processors) if process]
        results = [
            column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in getattr(clause, "selected_columns", ())
        ]
        self.results = [(n, process) for n, process in enumerate(results) if process]

    def bind(self, values: Mapping[str, Any]) -> Any:
        found = list(self.pick({**self.fixed, **values} if self.fixed else values))
        for n, process in self.converted:
            if found[n] is not None:
                found[n] = process(found[n])
        return found if self.positional else dict(zip(self.names, found, strict=True))

    def convert(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        found = list(row)
        for n, process in self.results:
            if found[n] is not None:
                found[n] = process(found[n])
        return tuple(found)
