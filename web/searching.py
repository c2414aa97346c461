"""A search as an address says it, and back: what is unknown there narrows nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import QueryParams

from states.terms import State, Text
from web.numbers import number_of
from workflow.lists.choices import Choices
from workflow.lists.search import LATEST, MOST_WORDS, SOONEST, Cursor, Order, Place, Search

YES = "1"


def read_search(query: QueryParams) -> Search:
    """The search of a query string."""
    return Search(
        words=query.get("q", "").strip()[:MOST_WORDS],
        year=_number(query.get("year", ""), 1, 9998),
        category=query.get("category", "")[:MOST_WORDS],
        states=tuple(state for state in State if state.value in query.getlist("state")),
        department=query.get("department", "")[:MOST_WORDS],
        city=query.get("city", "")[:MOST_WORDS],
        overdue=query.get("overdue") == YES,
        due_within=_number(query.get("due", ""), SOONEST, LATEST),
        mine=query.get("mine") == YES,
        flagged=query.get("flagged") == YES,
        order=next((o for o in Order if o.value == query.get("order")), Order.PLAN),
    )


def _number(text: str, least: int, most: int) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        return None
    return int(text) if least <= int(text) <= most else None


def write_search(search: Search) -> str:
    """The query string of a search, without what does not narrow."""
    pairs = [
        ("q", search.words),
        ("year", search.year),
        ("category", search.category),
        *(("state", state.value) for state in search.states),
        ("department", search.department),
        ("city", search.city),
        ("overdue", YES if search.overdue else ""),
        ("due", search.due_within),
        ("mine", YES if search.mine else ""),
        ("flagged", YES if search.flagged else ""),
        ("order", "" if search.order is Order.PLAN else search.order.value),
    ]
    return urlencode([(name, value) for name, value in pairs if value not in ("", None)])


def tidied(text: str) -> str:
    """A query string, as we would write it."""
    return write_search(read_search(QueryParams(parse_qsl(text[:4000]))))


def read_cursor(query: QueryParams, order: Order) -> Cursor | None:
    """Where the page begins or ends; None for the first page, also when it is not one of ours."""
    for name, back in (("after", False), ("before", True)):
        if place := read_place(query.get(name, ""), order):
            return Cursor(place, back)
    return None


def read_place(text: str, order: Order) -> Place | None:
    """The place that `write_place` wrote; None for anything else."""
    key, _, given = text.partition("~")
    number = number_of(given)
    return Place(key, number) if number and _fits(key, order) else None


def write_place(place: Place) -> str:
    return f"{place.key}~{place.id}"


def _fits(key: str, order: Order) -> bool:
    if order in (Order.PLAN, Order.OPENING):
        return key.isascii() and key.isdecimal() and len(key) <= 15
    if order is Order.NAME:
        return 0 < len(key) <= 400 and all(c in "0123456789abcdef" for c in key)
    try:
        date.fromisoformat(key)
    except ValueError:
        return False
    return True


def write_cursor(search: Search, place: Place, *, back: bool = False) -> str:
    """The query string of the page after a place, or before it."""
    here = urlencode({"before" if back else "after": write_place(place)})
    known = write_search(search)
    return f"{known}&{here}" if known else here


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the search without it."""

    label: Text
    without: str


def chips(search: Search, known: Choices) -> Iterator[Chip]:
    labels = dict(known.categories)
    for name, given, label in _given(search, labels):
        if given:
            yield Chip(label, write_search(replace(search, **{name: _nothing(name)})))
    for state in search.states:
        rest = tuple(other for other in search.states if other is not state)
        yield Chip(state.label, write_search(replace(search, states=rest)))


def _nothing(name: str) -> Any:
    return getattr(Search(), name)


def _given(search: Search, labels: dict[str, Text]) -> Sequence[tuple[str, bool, Text]]:
    year, days = search.year, search.due_within
    words = search.words
    return (
        ("words", bool(words), Text(f"含“{words}”", f"with “{words}”")),
        ("year", year is not None, Text(f"{year}年度", f"{year}")),
        (
            "category",
            bool(search.category),
            labels.get(search.category, Text(search.category, search.category)),
        ),
        ("department", bool(search.department), Text(search.department, search.department)),
        ("city", bool(search.city), Text(search.city, search.city)),
        ("overdue", search.overdue, OVERDUE),
        ("due_within", days is not None, DUE_TODAY if days == 0 else DUE.format(n=days)),
        ("mine", search.mine, MINE),
        ("flagged", search.flagged, FLAGGED),
    )


OVERDUE = Text("已逾期", "overdue")
DUE_TODAY = Text("今天截止", "due today")
DUE = Text("{n}天内截止", "due within {n} days")
MINE = Text("待我办理", "waiting for me")
FLAGGED = Text("有提示待核定", "with open flags")
