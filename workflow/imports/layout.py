"""How a plan's sheet is laid out: its heading, its sections, and which rows are projects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from states.policy import Policy
from states.terms import Text
from workflow.identity import squeeze
from workflow.imports.categories import names_category
from workflow.imports.cells import is_blank
from workflow.imports.headings import (
    HEADING_WITHIN,
    OBLIGATORY,
    SYNONYMS,
    Columns,
    Field,
    is_heading,
    known_fields,
    read_columns,
)
from workflow.imports.rows import Reading, Remark
from workflow.imports.words import CellError, short
from workflow.imports.workbook import Row, Sheet

TOTALS = ("合计", "小计", "总计", "共计")
NOTES = re.compile(r"备注|注[0-9一二三]*[:.、]|说明|填表|制表")
TOP_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}[、.]")
LONGEST_SECTION = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """The heading's columns and the rows below it."""

    columns: Columns
    body: tuple[Row, ...]


def find_layout(sheet: Sheet, policy: Policy) -> Layout:
    """Heading and body. CellError with one sentence: no heading, or columns missing or doubled."""
    start = _heading(sheet)
    if start is None:
        raise CellError(NO_HEADING)
    head, body = sheet.rows[start], sheet.rows[start + 1 :]
    columns = read_columns(head.number, head.cells)
    missing = _missing(columns, body, policy)
    if missing:
        raise CellError(MISSING_COLUMNS.format(row=head.number, columns="、".join(missing)))
    if columns.twice:
        twice = "、".join(columns.title(name) or "" for name in columns.twice)
        raise CellError(HEADING_TWICE.format(row=head.number, columns=twice))
    return Layout(columns, body)


def _heading(sheet: Sheet) -> int | None:
    """Index of the heading row; of two in a row (merged headings) the lower, more exact one.

    Without a complete one, the row that knows most headings, to say what it lacks.
    """
    top = [row for row in sheet.rows if row.number <= HEADING_WITHIN]
    for index, row in enumerate(top):
        if is_heading(row.cells):
            below = sheet.rows[index + 1 : index + 2]
            return index + 1 if below and is_heading(below[0].cells) else index
    known = [len(known_fields(row.cells)) for row in top]
    return known.index(max(known)) if known and max(known) > 1 else None


def _missing(columns: Columns, body: tuple[Row, ...], policy: Policy) -> list[str]:
    places = columns.places
    missing = [name for name in OBLIGATORY if name not in places]
    if Field.STARTS in places and Field.SCHEDULE in missing:
        missing.remove(Field.SCHEDULE)
    if Field.CATEGORY not in places and not any(_is_section(row, policy) for row in body):
        missing.append(Field.CATEGORY)
    return [SYNONYMS[name][0] for name in missing]


def project_rows(layout: Layout, policy: Policy) -> Iterator[Reading | Remark]:
    """The rows that hold projects, under their section; a Remark for each row passed over.

    Sections, headings, totals, notes and blanks are passed over in silence. A further heading
    holds for the rows below it.
    """
    section: str | None = None
    columns = layout.columns
    for row in layout.body:
        if is_heading(row.cells):
            columns = read_columns(row.number, row.cells)
        elif _is_section(row, policy):
            section = str(_first(row))
        elif _is_project(row, columns):
            yield Reading(row, columns, policy, section)
        elif not _is_aside(row, columns):
            if TOP_SECTION.match(squeeze(str(_first(row)))):
                section = None  # better no category than that of the section before
            yield Remark(row.number, None, NOT_A_PROJECT.format(value=short(_first(row))))


def _first(row: Row) -> object:
    return row.cells[min(row.cells)]


def _is_section(row: Row, policy: Policy) -> bool:
    text = squeeze(str(_first(row)))
    if not row.alone or len(text) > LONGEST_SECTION or _is_note(text):
        return False
    return names_category(text, policy)


def _is_note(text: str) -> bool:
    return text.startswith(TOTALS) or NOTES.match(text) is not None


def _is_project(row: Row, columns: Columns) -> bool:
    """More than one value, at least one besides number and place of the table, and no totals."""
    filled = {f for f, c in columns.places.items() if not is_blank(row.cells.get(c))}
    if Field.HOST in filled:
        return True
    return not row.alone and bool(filled - {Field.NUMBER}) and not _is_aside(row, columns)


def _is_aside(row: Row, columns: Columns) -> bool:
    """Totals, notes, and lines on which nothing but the number was prepared."""
    texts = [squeeze(str(value)) for value in row.cells.values()]
    if any(_is_note(text) for text in texts):
        return True
    numbered = columns.places.get(Field.NUMBER)
    return set(row.cells) == {numbered} and texts[0].replace(".", "").isdecimal()


NO_HEADING = Text(
    f"前{HEADING_WITHIN}行内没有表头，请在表头行写明“项目名称”“承办单位”“举办时间”等列名",
    f"No heading row in the first {HEADING_WITHIN} rows; add one with 项目名称, 承办单位, 举办时间",
)
MISSING_COLUMNS = Text(
    "第{row}行的表头缺少必需的列：{columns}，请补充后重新导入",
    "The heading in row {row} lacks: {columns}; add what is missing and import again",
)
HEADING_TWICE = Text(
    "第{row}行的表头中“{columns}”出现不止一次，无法确定取哪一列，请只保留一列",
    "In the heading of row {row}, “{columns}” stands more than once; keep one column only",
)
NOT_A_PROJECT = Text(
    "本行“{value}”不是项目，未导入，请核对",
    "This row, “{value}”, is no project and was not imported; check it",
)
