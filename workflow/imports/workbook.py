"""Reads the sheet that holds the plan, sparsely, with what an eye on it would not see."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from zipfile import ZipFile

from workflow.imports.archive import BROKEN, WorkbookError, read_archive, refuse
from workflow.imports.headings import HEADING_WITHIN, is_like_heading
from workflow.imports.looks import Look, read_looks
from workflow.imports.parts import Contents, Listed, Written, find_contents, read_texts
from workflow.imports.sheet_cells import Area, Mark, Parsed, SheetCells, TextsMissing

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_PARSED = 200_000  # empty rows included
MAX_FILLED = 1_000_000


class Row(NamedTuple):
    """One row. `alone`: it holds a single value of its own, as titles and sections do."""

    number: int  # as Excel shows it
    cells: dict[int, Any]  # column (A = 1) -> str, int, float, bool, datetime
    alone: bool
    hidden: bool = False  # or filtered away
    marks: Mapping[int, Mark] = {}  # what is odd about its own cells


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet with the plan: its rows with values, in order."""

    title: str
    rows: tuple[Row, ...]
    others: tuple[str, ...] = ()  # titles of further sheets that also have a heading row
    hidden: tuple[str, ...] = ()  # and of those that are hidden
    hidden_columns: frozenset[int] = frozenset()
    without_looks: bool = False  # the part with number formats and fonts is damaged


@dataclass(frozen=True, slots=True)
class _Book:
    path: Path
    contents: Contents
    texts: Sequence[Written] | None
    looks: Sequence[Look] | None  # None: damaged

    def cells(self) -> SheetCells:
        return SheetCells(self.contents, self.texts, self.looks or ())


def read_sheet(path: Path) -> Sheet:
    """The first visible sheet with a heading row, or the first at all if none has one.

    A cell merged over several rows counts for each of them; one merged sideways stays in its
    first column. A formula counts by the result that the file keeps, and is its own text without
    one. WorkbookError, with one sentence, for anything that cannot be read.
    """
    content = read_archive(path)
    try:
        with ZipFile(content) as archive:
            contents = find_contents(archive)
            return _read(_Book(path, contents, read_texts(contents), _looks(contents)))
    except WorkbookError:
        raise
    except TextsMissing as error:
        raise refuse(path, *NO_TEXTS) from error
    except Exception as error:  # zipfile and expat raise whatever a broken part happens to cause
        raise refuse(path, *BROKEN) from error


def _looks(contents: Contents) -> list[Look] | None:
    """Excel repairs a damaged part of styles by doing without it."""
    try:
        return read_looks(contents)
    except ParseError:
        return None


def _read(book: _Book) -> Sheet:
    sheets = [sheet for sheet in book.contents.sheets if sheet.part is not None]
    visible = [sheet for sheet in sheets if sheet.visible]
    if not visible:
        raise refuse(book.path, *NO_SHEET)
    headed = [sheet for sheet in sheets if _has_heading(book, sheet)]
    hidden = tuple(sheet.title for sheet in headed if not sheet.visible)
    shown = [sheet for sheet in headed if sheet.visible]
    if hidden and not shown:
        zh, en = ONLY_HIDDEN
        raise refuse(book.path, zh.format(sheet=hidden[0]), en.format(sheet=hidden[0]))
    chosen = (shown or visible)[0]
    others = tuple(sheet.title for sheet in shown[1:])
    cells = book.cells()
    rows = _rows(book, cells, chosen)
    columns = frozenset(cells.hidden_columns)
    return Sheet(chosen.title, rows, others, hidden, columns, book.looks is None)


def _has_heading(book: _Book, sheet: Listed) -> bool:
    for row in book.cells().parse(sheet, book.contents):
        if row.number > HEADING_WITHIN:
            break
        if is_like_heading(row.cells):
            return True
    return False


def _rows(book: _Book, cells: SheetCells, sheet: Listed) -> tuple[Row, ...]:
    rows: dict[int, Parsed] = {}
    columns: set[int] = set()
    for row in _counted(book, cells, sheet):
        if row.cells:
            before = rows.setdefault(row.number, row)
            before.cells.update(row.cells)
            before.marks.update(row.marks)
            columns.update(row.cells)
        if len(rows) > MAX_ROWS or len(columns) > MAX_COLUMNS:
            raise refuse(book.path, *TOO_MANY)
    alone = {number for number, row in rows.items() if len(row.cells) == 1}
    numbers = sorted(rows)
    _fill_down(book.path, rows, numbers, cells.merged)
    found = ((rows[number], number in alone) for number in numbers)
    return tuple(Row(row.number, row.cells, one, row.hidden, row.marks) for row, one in found)


def _counted(book: _Book, cells: SheetCells, sheet: Listed) -> Iterator[Parsed]:
    for count, row in enumerate(cells.parse(sheet, book.contents)):
        if count > MAX_PARSED:
            raise refuse(book.path, *TOO_MANY)
        yield row


def _fill_down(
    path: Path, rows: Mapping[int, Parsed], numbers: list[int], merged: Sequence[Area]
) -> None:
    """Repeat a vertical merge's value in the rows that hold something of their own."""
    filled = 0
    for area in merged:
        first = rows.get(area.min_row)
        value = first.cells.get(area.min_col) if first else None
        if value is None or area.min_row == area.max_row:
            continue
        start, end = bisect_right(numbers, area.min_row), bisect_right(numbers, area.max_row)
        filled += end - start
        if filled > MAX_FILLED:
            raise refuse(path, *TOO_MANY)
        for number in numbers[start:end]:
            rows[number].cells.setdefault(area.min_col, value)


NO_SHEET = (
    "中没有可见的工作表（可能只有图表），请指定含计划表的文件",
    "has no visible worksheet (charts only perhaps); name the file that holds the plan",
)
ONLY_HIDDEN = (
    "中可见的工作表都没有表头，只有隐藏的工作表“{sheet}”有，如需导入请先取消隐藏",
    "has a heading row only in the hidden sheet “{sheet}”; unhide it if it is to be imported",
)
NO_TEXTS = (
    "缺少存放文字的部分（sharedStrings.xml），无法读出内容，请用Excel或WPS打开原文件后另存再导入",
    "lacks the part that holds its texts (sharedStrings.xml); open the original in Excel or WPS, "
    "save it again and import that",
)
TOO_MANY = (
    f"超过{MAX_ROWS}行或{MAX_COLUMNS}列，请删除计划表以外的内容后再导入",
    f"has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns in use; "
    "remove what is not the plan, then import it",
)
