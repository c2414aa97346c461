"""One page of the list of projects, at a cost that does not grow with the projects there are.

Either some condition leaves few projects: those are looked up by its index and put in order here,
which also says how many there are. Or every condition leaves many: then a walk along the order
meets a page's worth of them soon. A walk reads an index that holds all that is filtered by, never
the wide rows, and ends after WALK entries: what is common each by itself and hardly ever together
is found in several stretches (`Found.unfinished`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, literal, or_, select, tuple_

from workflow.lateness import ASKED, asked
from workflow.lists.filters import Condition
from workflow.lists.search import Cursor, Order, Place
from workflow.shelving import LAST_YEAR, year_begins
from workflow.tables import DEADLINE, FILTERED, PROJECT

FEW = 500
DUE_FEW = 4  # times as many, where a walk would cost more
WALK = 20_000
DUE_WALK = 5_000  # a walk along deadlines reads the projects' own rows
KEYS = {
    Order.PLAN: PROJECT.c.plan_order,
    Order.OPENING: PROJECT.c.opening_order,
    Order.NAME: PROJECT.c.name_order,
}


@dataclass(frozen=True, slots=True)
class Found:
    """The places of a page in their order. `total` only where it is known; `unfinished`: the walk
    ended here before the page was full."""

    places: tuple[Place, ...]
    before: bool  # there are more before these
    after: bool
    total: int | None = None
    unfinished: Place | None = None

    @property
    def then(self) -> Place | None:
        """After which the next page begins; None where there is none."""
        return self.unfinished or (self.places[-1] if self.after else None)


def find(
    connection: Connection,
    conditions: Sequence[Condition],
    order: Order,
    cursor: Cursor | None,
    *,
    limit: int,
    year: int | None = None,
) -> Found:
    """The places of at most `limit` projects that meet all conditions. `year`: that of the
    conditions, where there is one, so that a walk begins there."""
    few = _few(connection, conditions, FEW * (DUE_FEW if order is Order.DUE else 1))
    if few is not None:
        return _cut(_sorted(connection, few, conditions, order), cursor, limit)
    return _walk(connection, conditions, _along(order, cursor, year), cursor, limit)


def _few(connection: Connection, conditions: Sequence[Condition], most: int) -> list[int] | None:
    """The ids that the first narrow condition leaves; None if all of them leave many."""
    seeks = [one.seek for one in conditions] or [select(PROJECT.c.id)]
    for seek in seeks:
        ids = list(connection.execute(seek.limit(max(0, most + 1))).scalars())
        if len(ids) <= most:
            return ids
    return None


def _sorted(
    connection: Connection, ids: list[int], conditions: Sequence[Condition], order: Order
) -> list[Place]:
    key: Any = KEYS.get(order)
    if key is None:
        key = (
            select(func.min(DEADLINE.c.due_on))
            .where(ASKED, DEADLINE.c.project_id == PROJECT.c.id)
            .scalar_subquery()
        )
    query = select(key, PROJECT.c.id).where(PROJECT.c.id.in_(ids))
    rows = connection.execute(query.where(*(one.test(PROJECT.c) for one in conditions))).all()
    return sorted(_place(*row) for row in rows if row[0] is not None)


def _place(key: Any, number: int) -> Place:
    """Keys as text that sorts as the keys do, so that an address can carry them."""
    if isinstance(key, int):
        return Place(f"{key:012d}", number)
    return Place(key.isoformat() if isinstance(key, date) else key, number)


def _cut(places: list[Place], cursor: Cursor | None, limit: int) -> Found:
    """A page out of all places, which stand in their order."""
    if cursor is not None and cursor.back:
        end = bisect_left(places, cursor.place)
        start = max(0, end - limit)
    else:
        start = bisect_right(places, cursor.place) if cursor else 0
    end = min(len(places), start + limit)
    return Found(tuple(places[start:end]), start > 0, end < len(places), len(places))


@dataclass(frozen=True, slots=True)
class _Way:
    """Every project from a place on, in order: key and id, then what is filtered by.

    Nothing but the order stands in the query, so that no other index tempts into sorting.
    """

    query: Select[Any]
    filtered: bool  # whether the columns that are filtered by stand beside the key
    longest: int


def _walk(
    connection: Connection,
    conditions: Sequence[Condition],
    way: _Way,
    cursor: Cursor | None,
    limit: int,
) -> Found:
    stretch = way.query.limit(way.longest).subquery()
    query = select(stretch.c.key, stretch.c.id).limit(limit + 1)
    if way.filtered:
        query = query.where(*(one.test(stretch.c) for one in conditions))
    elif conditions:
        tests = [one.test(PROJECT.c) for one in conditions]
        query = query.where(exists().where(PROJECT.c.id == stretch.c.id, *tests))
    back = cursor is not None and cursor.back
    if connection.dialect.name == "postgresql":  # SQLite keeps the stretch's order, and would sort
        sort = (stretch.c.key, stretch.c.id)
        query = query.order_by(*(column.desc() if back else column for column in sort))
    places = [_place(*row) for row in connection.execute(query)]
    more, unfinished = len(places) > limit, None
    if not more:
        keys = way.query.with_only_columns(*way.query.selected_columns[:2])
        row = connection.execute(keys.offset(way.longest - 1).limit(1)).first()
        unfinished = _place(*row) if row else None
    further = more or unfinished is not None
    before, after = (further, True) if back else (cursor is not None, further)
    return Found(tuple(sorted(places[:limit])), before, after, unfinished=unfinished)


def _along(order: Order, cursor: Cursor | None, year: int | None) -> _Way:
    key: Any = KEYS.get(order)
    if key is None:
        return _along_deadlines(cursor)
    query = select(key.label("key"), PROJECT.c.id, *(PROJECT.c[name] for name in FILTERED))
    if year is not None:
        first: int | str = year_begins(year)
        last: int | str = year_begins(year - 1)
        if order is Order.NAME:
            first, last = f"{LAST_YEAR - year:04d}", f"{LAST_YEAR - year + 1:04d}"
        query = query.where(key >= first, key < last)
    return _Way(_from(query, key, PROJECT.c.id, order, cursor), True, WALK)


def _along_deadlines(cursor: Cursor | None) -> _Way:
    """Each project once, where its first deadline stands."""
    day, number, other = DEADLINE.c.due_on, DEADLINE.c.project_id, DEADLINE.alias("other")
    same_day = and_(other.c.due_on == day, other.c.id < DEADLINE.c.id)
    sooner = or_(other.c.due_on < day, same_day)
    earlier = exists().where(asked(other), other.c.project_id == number, sooner)
    query = select(day.label("key"), number.label("id")).where(ASKED, ~earlier)
    return _Way(_from(query, day, number, Order.DUE, cursor), False, DUE_WALK)


def _from(
    query: Select[Any], key: Any, number: Any, order: Order, cursor: Cursor | None
) -> Select[Any]:
    if cursor is None:
        return query.order_by(key, number)
    here = tuple_(key, number)
    place = tuple_(literal(_value(order, cursor.place.key), key.type), literal(cursor.place.id))
    if cursor.back:
        return query.where(here < place).order_by(key.desc(), number.desc())
    return query.where(here > place).order_by(key, number)


def _value(order: Order, key: str) -> Any:
    """A key as its column holds it. ValueError: no key of this order."""
    if order is Order.NAME:
        return key
    return date.fromisoformat(key) if order is Order.DUE else int(key)


STRETCH = 500  # projects looked up at a time


def everything(
    connection: Connection, conditions: Sequence[Condition], *, most: int, year: int | None
) -> Iterator[list[int]]:
    """The ids of all projects that meet the conditions, in plan order, a stretch at a time."""
    cursor, had = None, 0
    while had < most:
        limit = min(STRETCH, most - had)
        found = find(connection, conditions, Order.PLAN, cursor, limit=limit, year=year)
        yield [place.id for place in found.places]
        had += len(found.places)
        if found.then is None:
            return
        cursor = Cursor(found.then)
