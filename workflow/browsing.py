"""The mails that somebody may see, for programs: a page at a time along the primary key, so that the
next one begins after the last id, whatever the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from workflow.mail_finding import along
from workflow.mail_log import SHOWN, public
from workflow.mail_room import Reader, Search, known_to, sought

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
    key = along(search.state)
    query = select(*SHOWN).where(known_to(reader), *sought(search), key > after)
    # One row more than a page tells whether there is another.
    found = [public(row) for row in connection.execute(query.order_by(key).limit(limit + 1))]
    return Page(found[:limit], found[limit - 1]["id"] if len(found) > limit else None)
