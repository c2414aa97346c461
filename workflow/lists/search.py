"""What somebody looks for in the list of projects: words, filters, an order, a place in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from states.terms import Labelled, State

PAGE = 50  # rows of one page
MOST_WORDS = 100  # characters of a search
SOONEST, LATEST = 0, 366  # days ahead


class Order(Labelled):
    """In which order projects are listed."""

    PLAN = "plan", "计划顺序", "Plan order"
    OPENING = "opening", "开班日期", "Opening date"
    DUE = "due", "最近截止日", "Next due date"
    NAME = "name", "项目名称", "Name"


@dataclass(frozen=True, slots=True)
class Search:
    """All that is asked for; what is empty does not narrow."""

    words: str = ""
    year: int | None = None
    category: str = ""
    states: tuple[State, ...] = ()
    department: str = ""
    city: str = ""
    overdue: bool = False
    due_within: int | None = None  # days, today included
    mine: bool = False  # waits for the reader
    flagged: bool = False  # with flags that nobody has disposed of
    order: Order = Order.PLAN

    @property
    def narrows(self) -> bool:
        return self != Search(order=self.order)


class Place(NamedTuple):
    """A place in an order: the key of a project there, and its id."""

    key: str
    id: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: after a place, or (`back`) ends: before it."""

    place: Place
    back: bool = False
