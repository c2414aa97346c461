"""Lists for programs: the projects and mails that somebody may see, a page at a time.

Every list goes along a primary key: the next page begins after the last id, whatever the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from workflow.mail_log import SHOWN, public
from workflow.mail_room import Reader, Search, known_to, sought
from workflow.outbox import TABLE as MAIL

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of their ids; `next_after`: the id after which the next page begins."""

    rows: list[Row]
    next_after: int | str | None


def mails_page(
    connection: Connection, reader: Reader, search: Search, *, after: int, limit: int
) -> Page:
    """The mails that somebody may know of, without their bytes."""
    query = select(*SHOWN).where(known_to(reader), *sought(search))
    rows = _along(connection, query, MAIL.c.id, after, limit)
    return _page([public(row) for row in rows], limit)


def _along(
    connection: Connection, query: Select[Any], key: Any, after: int, limit: int
) -> Sequence[Any]:
    """One row more than a page, which tells whether there is another."""
    return connection.execute(query.where(key > after).order_by(key).limit(limit + 1)).all()


def _page(rows: list[Row], limit: int) -> Page:
    more = len(rows) > limit
    return Page(rows[:limit], rows[limit - 1]["id"] if more else None)
