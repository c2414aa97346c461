"""Parses a worksheet row by row, sparsely: only cells with a value, and what is odd about them.

A grid would be filled up to the last styled cell, which may be XFD1048576.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from workflow.identity import tidy
from workflow.imports.looks import PLAIN, Look
from workflow.imports.parts import (
    NO,
    Broken,
    Contents,
    Listed,
    Runs,
    Target,
    Written,
    attribute,
    feed,
)

MAX_LENGTH = 32_767  # Excel's own limit for the text of a cell
MAX_COLUMN = 16_384
LEAP_BUG = 60  # Excel counts a 29 February 1900
TO_1900, TO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 Excel has no zones


class TextsMissing(Broken):
    """The part with the texts is not there."""


class Mark(NamedTuple):
    """What is odd about a cell. `struck`: what of its text is struck through, all if that is the
    value; `day`: a date of which only month and day are shown; `computed`: a formula's result;
    `from_1904`: a bare number which, if it is a day, counts from there."""

    struck: str = ""
    unseen: bool = False
    computed: bool = False
    day: date | None = None
    from_1904: bool = False


NO_MARK = Mark()


class Parsed(NamedTuple):
    """A row as it stands in the file. `marks` only for cells that have one."""

    number: int
    cells: dict[int, Any]
    hidden: bool
    marks: dict[int, Mark]


class Area(NamedTuple):
    """Merged cells, from corner to corner."""

    min_row: int
    min_col: int
    max_row: int
    max_col: int


class SheetCells(Target):
    """Collects rows while a worksheet is parsed, and then what stands around them."""

    def __init__(self, contents: Contents, texts: Sequence[Written] | None, looks: Sequence[Look]):
        self.rows: deque[Parsed] = deque()
        self.merged: list[Area] = []
        self.hidden_columns: set[int] = set()
        self._first_day = TO_1904 if contents.from_1904 else TO_1900
        self._texts, self._looks = texts, looks
        self._number = self._column = 0
        self._among_rows = False  # extensions have rows of their own
        self._row: Parsed | None = None
        self._cell: Mapping[str, str] | None = None
        self._into: list[str] | None = None
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._runs = Runs()

    def parse(self, sheet: Listed, contents: Contents) -> Iterator[Parsed]:
        """Its rows in the file's order."""
        assert sheet.part is not None
        for _ in feed(contents.archive, sheet.part, self):
            while self.rows:
                yield self.rows.popleft()

    def open(self, name: str, given: Mapping[str, str]) -> None:
        if self._cell is not None:
            self._open_in_cell(name, given)
        elif self._row is not None:
            if name == "c":
                self._open_cell(given)
        elif name == "sheetData":
            self._among_rows = True
        elif name == "row" and self._among_rows:
            self._number = _whole(given["r"]) if "r" in given else self._number + 1
            self._column = 0
            self._row = Parsed(self._number, {}, _is_hidden(given), {})
        elif name == "mergeCell":
            self.merged.append(_area(given.get("ref", "")))
        elif name == "col" and (_on(given, "hidden") or _is_nought(given, "width")):
            first, last = attribute(given, "min"), min(attribute(given, "max"), MAX_COLUMN)
            self.hidden_columns.update(range(first, last + 1))

    def _open_cell(self, given: Mapping[str, str]) -> None:
        self._column = _place(given["r"])[1] if "r" in given else self._column + 1
        self._cell, self._value, self._formula, self._runs = given, [], None, Runs()

    def _open_in_cell(self, name: str, given: Mapping[str, str]) -> None:
        if name == "v":
            self._into = self._value
        elif name == "f":
            self._into = self._formula = []
        else:
            self._runs.open(name, given)

    def data(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)
        elif self._cell is not None:
            self._runs.data(text)

    def shut(self, name: str) -> None:
        if self._cell is not None:
            if name in ("v", "f"):
                self._into = None
            elif name == "c":
                self._shut_cell(self._cell)
                self._cell = None
            else:
                self._runs.shut(name)
        elif self._row is not None and name == "row":
            self.rows.append(self._row)
            self._row = None
        elif name == "sheetData":
            self._among_rows = False

    def _shut_cell(self, given: Mapping[str, str]) -> None:
        assert self._row is not None
        style = attribute(given, "s")
        look = self._looks[style] if style < len(self._looks) else PLAIN
        value, mark = self._read(given.get("t", "n"), "".join(self._value), look)
        if isinstance(value, str):
            if len(value) > MAX_LENGTH:
                raise Broken("a cell longer than Excel allows")
            value = value if tidy(value) else None
        if value is None:
            return
        if look.struck:
            mark = mark._replace(struck=str(value))
        if look.unseen:
            mark = mark._replace(unseen=True)
        self._row.cells[self._column] = value
        if mark != NO_MARK:
            self._row.marks[self._column] = mark

    def _read(self, kind: str, raw: str, look: Look) -> tuple[Any, Mark]:
        """The value and what is odd about it. A formula that nothing has computed is its text."""
        mark = NO_MARK
        if self._formula is not None:
            if not raw:
                return f"={''.join(self._formula)}", mark
            mark = mark._replace(computed=True)
        if kind == "inlineStr":
            return _seen(self._runs.text(), mark)
        if not raw:
            return None, mark
        if kind == "s":
            return _seen(self._shared(raw), mark)
        if kind in ("str", "e"):
            return raw, mark
        if kind == "b":
            return raw.strip() not in NO, mark
        try:
            if kind == "d":
                return datetime.fromisoformat(raw).replace(tzinfo=None), mark
            return self._day(_number(raw), look, mark)
        except (ValueError, OverflowError):  # no number, or a day that no calendar has
            return raw, mark

    def _shared(self, raw: str) -> Written:
        if self._texts is None:
            raise TextsMissing
        return self._texts[int(raw)]

    def _day(self, number: int | float, look: Look, mark: Mark) -> tuple[Any, Mark]:
        """A day as it is shown: without its year, or as a month, where the format leaves that out."""
        if not look.is_date:
            return number, mark._replace(from_1904=self._first_day is TO_1904)
        early = self._first_day is TO_1900 and number < LEAP_BUG
        day = self._first_day + timedelta(days=float(number) + early)
        if not look.day:
            year, month = f"{day.year}年" * look.year, f"{day.month}月" * look.month
            return f"{year}{month}", mark
        if not look.year:
            return f"{day.month}月{day.day}日", mark._replace(day=day.date())
        return day, mark


def _seen(text: Written, mark: Mark) -> tuple[str, Mark]:
    return text.seen, mark._replace(struck=tidy(text.struck))


def _number(raw: str) -> int | float:
    try:
        return int(raw)
    except ValueError:
        return float(raw)


def _whole(raw: str) -> int:
    return int(float(raw))


def _on(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "0").lower() not in NO


def _is_hidden(given: Mapping[str, str]) -> bool:
    return _on(given, "hidden") or _is_nought(given, "ht")


def _is_nought(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "1").strip("0.") == ""


def _place(ref: str) -> tuple[int, int]:
    """Row and column of A1."""
    letters = ref.rstrip("0123456789")
    digits = ref[len(letters) :]
    return int(digits or 0), _column(letters)


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    column = 0
    for letter in letters.replace("$", "").upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    if not 1 <= column <= MAX_COLUMN:
        raise Broken(letters)
    return column


def _area(ref: str) -> Area:
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    return Area(top, left, bottom, right)


def column_letter(column: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
