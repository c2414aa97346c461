"""Values that read as they should and are not stored as we write them.

SQLite keeps a value of any type in any column, and the toolkit reads a few spellings as the same:
`machine = 'x'` reads as true, `2025-1-2` as a date. A hash over what was read cannot see that, so
each column is held against the one form in which this program writes it. PostgreSQL refuses such
values itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Integer, LargeBinary
from sqlalchemy.types import TypeDecorator

from states.terms import Text
from workflow.schema import metadata

DAY = "____-__-__"
MOMENT = f"{DAY} __:__:__.______"  # always with six digits of a second


def misspelt(connection: Connection) -> Iterator[Text]:
    """Each such value of each table, a sentence each."""
    if connection.dialect.name != "sqlite":
        return
    for table in metadata.sorted_tables:
        wrong = {column.name: _otherwise(column) for column in table.columns}
        whose = "id" if table.name == "project" else "project_id"
        project = f'"{whose}"' if whose in table.columns else "NULL"
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
        flags = ", ".join(wrong.values())
        either = " OR ".join(wrong.values())
        query = f'SELECT {project}, {flags}, {keys} FROM "{table.name}" WHERE {either}'  # noqa: S608 - our names
        for number, *found in connection.exec_driver_sql(query):
            key = ", ".join(map(str, found[len(wrong) :]))[:100]
            for name in (name for name, bad in zip(wrong, found, strict=False) if bad):
                yield _said(number, f"{table.name}（{key}）", f"{table.name} ({key})", name)


def _otherwise(column: Column[Any]) -> str:
    """SQL that is true where a column holds what we would not have written."""
    name, kind = f'"{column.name}"', column.type
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, Boolean):
        right = f"typeof({name}) = 'integer' AND {name} IN (0, 1)"
    elif isinstance(kind, Integer):
        right = f"typeof({name}) = 'integer'"
    elif isinstance(kind, DateTime):
        right = (
            f"typeof({name}) = 'text' AND {name} LIKE '{MOMENT}'"
            f" AND strftime('%Y-%m-%d %H:%M:%S', {name}) IS substr({name}, 1, 19)"
            f" AND substr({name}, 21) NOT GLOB '*[^0-9]*'"
        )
    elif isinstance(kind, Date):
        right = f"typeof({name}) = 'text' AND date({name}) IS {name}"
    else:
        stored = "blob" if isinstance(kind, LargeBinary) else "text"
        right = f"typeof({name}) = '{stored}'"
    missing = f"{name} IS NULL OR " if column.nullable else ""
    return f"NOT ({missing}({right}))"


def _said(project: Any, zh: str, en: str, column: str) -> Text:
    whose = Text("", "") if project is None else Text(f"项目{project}：", f"Project {project} has ")
    return Text(
        f"{whose.zh}{zh}的 {column} 不是本程序存储的写法，可能被直接改动过。",
        f"{whose.en}a value in {en}, column {column}, that this program does not write so.",
    )
