"""Reads the sheet that holds the plan, sparsely: only cells with a value, formulas as text.

Worksheets are parsed row by row with openpyxl's own parser and not through its cell grid,
because a grid is filled up to the last styled cell, which may be XFD1048576.
"""

from __future__ import annotations

import warnings
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.worksheet._reader import WorkSheetParser

from workflow.identity import tidy
from workflow.imports.archive import BROKEN, WorkbookError, read_archive, refuse
from workflow.imports.headings import HEADING_WITHIN, is_heading

MAX_ROWS = 50_000
MAX_COLUMNS = 200
MAX_PARSED = 200_000  # empty rows included
MAX_LENGTH = 32_767  # Excel's own limit for the text of a cell
MAX_FILLED = 1_000_000

# What openpyxl cannot show (data validation and the like) does not concern a reader.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


class Row(NamedTuple):
    """One row. `alone`: it holds a single value of its own, as titles and sections do."""

    number: int  # as Excel shows it
    cells: dict[int, Any]  # column (A = 1) -> str, int, float, bool, date, time, timedelta
    alone: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The sheet with the plan: its rows with values, in order."""

    title: str
    rows: tuple[Row, ...]
    others: tuple[str, ...] = ()  # titles of further sheets that also have a heading row


def read_sheet(path: Path) -> Sheet:
    """The first visible sheet with a heading row, or the first at all if none has one.

    A cell merged over several rows counts for each of them; one merged sideways stays in its
    first column. WorkbookError, with one sentence, for anything that cannot be read.
    """
    archive = read_archive(path)
    try:
        book = load_workbook(archive, read_only=True, keep_links=False)
        sheets: list[Any] = [s for s in book.worksheets if s.sheet_state == "visible"]
        if not sheets:
            raise refuse(path, *NO_SHEET)
        headed = [sheet for sheet in sheets if _has_heading(sheet)] or sheets[:1]
        rows = _rows(path, headed[0])
    except WorkbookError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part happens to cause
        raise refuse(path, *BROKEN) from error
    return Sheet(headed[0].title, rows, tuple(sheet.title for sheet in headed[1:]))


def _parser(sheet: Any, source: Any) -> WorkSheetParser:
    book = sheet.parent
    return WorkSheetParser(
        source,
        sheet._shared_strings,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _parsed(parser: WorkSheetParser) -> Iterator[tuple[int, dict[int, Any]]]:
    for number, cells in parser.parse():
        valued = {cell["column"]: _value(cell["value"]) for cell in cells}
        yield number, {column: v for column, v in valued.items() if v is not None}


def _value(value: Any) -> Any:
    """None for nothing or blanks; array and table formulas as their text."""
    if value is None or isinstance(value, (int, float)):
        return value
    if hasattr(value, "ref"):
        return getattr(value, "text", None) or "="
    if isinstance(value, str) and len(value) > MAX_LENGTH:
        raise ValueError("a cell longer than Excel allows")
    return None if isinstance(value, str) and not tidy(value) else value


def _has_heading(sheet: Any) -> bool:
    with sheet._get_source() as source:
        for number, cells in _parsed(_parser(sheet, source)):
            if number > HEADING_WITHIN:
                break
            if is_heading(cells):
                return True
    return False


def _rows(path: Path, sheet: Any) -> tuple[Row, ...]:
    rows: dict[int, dict[int, Any]] = {}
    columns: set[int] = set()
    with sheet._get_source() as source:
        parser = _parser(sheet, source)
        for parsed, (number, cells) in enumerate(_parsed(parser)):
            if parsed > MAX_PARSED:
                raise refuse(path, *TOO_MANY)
            if cells:
                rows.setdefault(number, {}).update(cells)
                columns.update(cells)
            if len(rows) > MAX_ROWS or len(columns) > MAX_COLUMNS:
                raise refuse(path, *TOO_MANY)
    alone = {number for number, cells in rows.items() if len(cells) == 1}
    merged = parser.merged_cells.mergeCell if parser.merged_cells else []
    numbers = sorted(rows)
    _fill_down(path, rows, numbers, merged)
    return tuple(Row(number, rows[number], number in alone) for number in numbers)


def _fill_down(
    path: Path, rows: dict[int, dict[int, Any]], numbers: list[int], merged: Any
) -> None:
    """Repeat a vertical merge's value in the rows that hold something of their own."""
    filled = 0
    for area in merged:
        value = rows.get(area.min_row, {}).get(area.min_col)
        if value is None or area.min_row == area.max_row:
            continue
        start, end = bisect_right(numbers, area.min_row), bisect_right(numbers, area.max_row)
        filled += end - start
        if filled > MAX_FILLED:
            raise refuse(path, *TOO_MANY)
        for number in numbers[start:end]:
            rows[number].setdefault(area.min_col, value)


NO_SHEET = (
    "中没有可见的工作表（可能只有图表），请指定含计划表的文件",
    "has no visible worksheet (charts only perhaps); name the file that holds the plan",
)
TOO_MANY = (
    f"超过{MAX_ROWS}行或{MAX_COLUMNS}列，请删除计划表以外的内容后再导入",
    f"has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns in use; "
    "remove what is not the plan, then import it",
)
