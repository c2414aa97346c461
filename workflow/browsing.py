"""Lists for programs: the projects and mails that somebody may see, a page at a time.

Every list goes along a primary key: the next page begins after the last id, whatever the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, or_, select

from config.rulebook import Rulebook
from states.terms import State
from workflow.judging import TABLE as PROJECT
from workflow.lateness import has, is_late
from workflow.mail_finding import along
from workflow.mail_log import SHOWN, public
from workflow.mail_room import Reader, Search, known_to, sought
from workflow.people import Actor
from workflow.queries import summary
from workflow.scopes import visible

LARGEST_NUMBER = 9  # digits; more overflow the column

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of their ids; `next_after`: the id after which the next page begins."""

    rows: list[Row]
    next_after: int | str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What narrows a list of projects; what is empty does not."""

    words: str = ""  # in the name or the host; or the plan's number
    state: State | None = None
    year: int | None = None
    category: str = ""
    department: str = ""
    overdue: bool = False


def projects_page(
    connection: Connection,
    book: Rulebook,
    actor: Actor,
    wanted: Wanted,
    *,
    after: int,
    limit: int,
    as_of: date,
) -> Page:
    """The projects of somebody's scope, as queries.summary shows them."""
    late = has(PROJECT.c.id, is_late(as_of))
    query = select(PROJECT, late.label("late")).where(visible(actor), *_narrowing(wanted))
    if wanted.overdue:
        query = query.where(late)
    rows = _along(connection, query, PROJECT.c.id, after, limit)
    return _page([summary(row, book) | {"year": row.year} for row in rows], limit)


def _narrowing(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = {"year": wanted.year, "category": wanted.category, "department": wanted.department}
    found: list[ColumnElement[bool]] = [PROJECT.c[k] == v for k, v in columns.items() if v]
    if wanted.state:
        found.append(PROJECT.c.state == wanted.state.value)
    for word in wanted.words.split():
        of_text = [c.contains(word, autoescape=True) for c in (PROJECT.c.name, PROJECT.c.host)]
        is_number = word.isascii() and word.isdecimal() and len(word) <= LARGEST_NUMBER
        found.append(or_(*of_text, *([PROJECT.c.number == int(word)] if is_number else [])))
    return found


def mails_page(
    connection: Connection, reader: Reader, search: Search, *, after: int, limit: int
) -> Page:
    """The mails that somebody may know of, without their bytes."""
    query = select(*SHOWN).where(known_to(reader), *sought(search))
    rows = _along(connection, query, along(search.state), after, limit)
    return _page([public(row) for row in rows], limit)


def _along(
    connection: Connection, query: Select[Any], key: Any, after: int, limit: int
) -> Sequence[Any]:
    """One row more than a page, which tells whether there is another."""
    return connection.execute(query.where(key > after).order_by(key).limit(limit + 1)).all()


def _page(rows: list[Row], limit: int) -> Page:
    more = len(rows) > limit
    return Page(rows[:limit], rows[limit - 1]["id"] if more else None)
