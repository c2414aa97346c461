"""How a plan's sheet is laid out: its heading, its sections, and which rows are projects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from states.policy import Policy
from states.terms import Text
from workflow.identity import squeeze, tidy
from workflow.imports.categories import names_category, names_one
from workflow.imports.cells import is_blank
from workflow.imports.headings import (
    HEADING_WITHIN,
    OBLIGATORY,
    SYNONYMS,
    Columns,
    Field,
    is_below_heading,
    is_heading,
    is_like_heading,
    join_headings,
    known_fields,
    read_columns,
)
from workflow.imports.rows import Reading, Remark
from workflow.imports.under_table import is_note, is_under_the_table
from workflow.imports.words import CellError, short
from workflow.imports.workbook import Row, Sheet

FOOTNOTE = re.compile("[*※★]")
TOP_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)")
ORDINAL = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?|\(?共?[0-9]{1,4}[期个项班次]*\)?")
LONE_ORDINAL = re.compile("[一二三四五六七八九十]{1,3}")
LONGEST_SECTION = 40
LOOKED_AT = 50  # rows, to say which column may be meant
MONTH_AND_DAY = re.compile(r"(?:[0-9]{4}[年./-])?[0-9]{1,2}[月./-][0-9上中下初底份]")
EVIDENCE = frozenset({Field.NAME, Field.HOST})  # a row with one of them may be a project
MORE_EVIDENCE = frozenset({Field.SCHEDULE, Field.STARTS, Field.PLACE, Field.EMAIL, Field.CONTACT})


@dataclass(frozen=True, slots=True)
class Layout:
    """The heading's columns and the rows below it. `section`: the category that stands above it;
    `from_title`: in the title of the whole table."""

    columns: Columns
    body: tuple[Row, ...]
    section: str | None = None
    from_title: bool = False
    heading: tuple[Mapping[int, object], ...] = ()  # the heading's rows as they stand


class _Heading(NamedTuple):
    at: int  # index of its last row
    cells: Mapping[int, object]
    rows: int = 1


def find_layout(sheet: Sheet, policy: Policy) -> Layout:
    """Heading and body. CellError with one sentence: no heading, or columns missing or doubled."""
    head = _heading(sheet)
    if head is None:
        raise CellError(NO_HEADING)
    row, body = sheet.rows[head.at].number, sheet.rows[head.at + 1 :]
    columns = read_columns(row, head.cells)
    missing = _missing(columns)
    section, from_title = _section_above(sheet, head.at, policy), False
    if Field.CATEGORY not in columns.places and not any(_section(r, policy) for r in body):
        from_title = section is None
        section = section or _category_in_title(sheet, head.at, policy)
        if section is None:
            missing.append(Field.CATEGORY)
    if missing:
        raise CellError(_say_missing(columns, missing, body, policy))
    if columns.twice:
        twice = "、".join(columns.title(name) or "" for name in columns.twice)
        raise CellError(HEADING_TWICE.format(row=row, columns=twice))
    heading = tuple(row.cells for row in sheet.rows[head.at + 1 - head.rows : head.at + 1])
    return Layout(columns, body, section, from_title, heading)


def _heading(sheet: Sheet) -> _Heading | None:
    """The heading, of one row or two; without a complete one the row that knows most headings, to
    say what it lacks."""
    top = [row for row in sheet.rows if row.number <= HEADING_WITHIN]
    for is_one in (is_heading, is_like_heading):
        for index, row in enumerate(top):
            if is_one(row.cells):
                return _with_the_row_below(sheet, index)
    known = [len(known_fields(row.cells)) for row in top]
    if not known or max(known) < 2:
        return None
    index = known.index(max(known))
    return _Heading(index, top[index].cells)


def _with_the_row_below(sheet: Sheet, index: int) -> _Heading:
    """Merged headings have a second row, which is more exact; it may be the one that was found."""
    cells = sheet.rows[index].cells
    for above in sheet.rows[max(index - 1, 0) : index]:
        if _share_a_heading(above.cells, cells):
            return _Heading(index, join_headings(above.cells, cells), 2)
    for below in sheet.rows[index + 1 : index + 2]:
        if is_heading(below.cells) or is_below_heading(below.cells):
            return _Heading(index + 1, join_headings(cells, below.cells), 2)
    return _Heading(index, cells)


def _share_a_heading(upper: Mapping[int, object], lower: Mapping[int, object]) -> bool:
    """Whether a heading is merged over both rows."""
    both = {column: title for column, title in upper.items() if lower.get(column) == title}
    return bool(known_fields(both))


def _missing(columns: Columns) -> list[Field]:
    places = columns.places
    missing = [name for name in OBLIGATORY if name not in places]
    if Field.STARTS in places and Field.SCHEDULE in missing:
        missing.remove(Field.SCHEDULE)
    return missing


def _section_above(sheet: Sheet, start: int, policy: Policy) -> str | None:
    """A numbered section that begins above its own heading."""
    for row in sheet.rows[max(start - 1, 0) : start]:
        first = squeeze(str(_first(row)))
        if TOP_SECTION.match(first) or LONE_ORDINAL.fullmatch(first):
            return _section(row, policy)
    return None


def _category_in_title(sheet: Sheet, start: int, policy: Policy) -> str | None:
    """The only category of the file, which stands above the heading or on the sheet's tab."""
    above = [str(value) for row in sheet.rows[:start] for value in row.cells.values()]
    return next((text for text in (*above, sheet.title) if names_one(text, policy)), None)


def _say_missing(
    columns: Columns, missing: list[Field], body: tuple[Row, ...], policy: Policy
) -> Text:
    """What lacks, and which column of the file may be meant."""
    said = MISSING_COLUMNS.format(
        row=columns.row, columns="、".join(SYNONYMS[name][0] for name in missing)
    )
    for name in missing:
        guess = _guess(name, columns, body, policy)
        if guess is not None:
            hint = LOOKS_LIKE.format(title=short(guess), column=SYNONYMS[name][0])
            said = Text(f"{said.zh}；{hint.zh}", f"{said.en}; {hint.en}")
    return said


def _guess(name: Field, columns: Columns, body: tuple[Row, ...], policy: Policy) -> str | None:
    """The heading of the column that may be meant, by what it holds or else by its words."""
    for holds in (_holds, _is_called):
        for column in columns.unknown:
            if holds(name, columns.titles[column], [row.cells.get(column) for row in body], policy):
                return columns.titles[column]
    return None


def _holds(name: Field, _: str, values: list[object], policy: Policy) -> bool:
    texts = [squeeze(str(value)) for value in values[:LOOKED_AT] if value is not None]
    if name is Field.CATEGORY:
        return any(len(t) <= LONGEST_SECTION and names_category(t, policy) for t in texts)
    return name is Field.SCHEDULE and any(MONTH_AND_DAY.match(text) for text in texts)


def _is_called(name: Field, title: str, *_: object) -> bool:
    return any(word in squeeze(title) for word in HINTS[name])


def project_rows(layout: Layout, policy: Policy) -> Iterator[Reading | Remark]:
    """The rows that hold projects, under their section; a Remark for each row passed over.

    Sections, headings, totals, notes and blanks are passed over in silence. A further heading
    holds for the rows below it.
    """
    section = layout.section
    columns, before = layout.columns, None
    for row in layout.body:
        if row.cells in layout.heading:  # printed again on each page
            columns = layout.columns
        elif _is_all_text(row) and is_heading(row.cells):
            columns = read_columns(row.number, row.cells)
        elif found := _section(row, policy):
            section = found
            if row.hidden:
                yield Remark(row.number, None, HIDDEN_SECTION.format(value=short(found)))
        elif _is_example(row, columns):
            yield Remark(row.number, None, EXAMPLE)
        elif _is_project(row, columns):
            row = _with_ditto(row, before)
            before = row
            yield Reading(row, columns, policy, section)
        elif not _is_aside(row, columns):
            if TOP_SECTION.match(squeeze(str(_first(row)))):
                section = None  # better no category than that of the section before
            yield Remark(row.number, None, NOT_A_PROJECT.format(value=short(_first(row))))


def _is_example(row: Row, columns: Columns) -> bool:
    """A line that only shows how to fill in the form."""
    first = squeeze(str(row.cells.get(columns.places.get(Field.NUMBER, 0), "")))
    return first.strip("()[]【】:") in EXAMPLES


def _with_ditto(row: Row, before: Row | None) -> Row:
    """同上 stands for what the row above says in that column."""
    if before is None:
        return row
    above = {c: before.cells.get(c) for c, v in row.cells.items() if _is_ditto(v)}
    return row._replace(cells=row.cells | above) if above else row


def _is_ditto(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_DITTO and squeeze(value) in DITTO


def _is_all_text(row: Row) -> bool:
    return all(isinstance(value, str) for value in row.cells.values())


def _first(row: Row) -> object:
    return row.cells[min(row.cells)]


def _section(row: Row, policy: Policy) -> str | None:
    """The title of a section: alone in its row, or beside its own number and count."""
    first = squeeze(str(_first(row)))
    if not row.alone and not TOP_SECTION.match(first) and not LONE_ORDINAL.fullmatch(first):
        return None
    texts = [tidy(str(value)) for _, value in sorted(row.cells.items())]
    if not row.alone:
        texts = [text for text in texts if not ORDINAL.fullmatch(squeeze(text))]
    text = squeeze(texts[0]) if len(texts) == 1 else ""
    if not text or len(text) > LONGEST_SECTION or is_note(text) or FOOTNOTE.match(text):
        return None
    return texts[0] if names_category(text, policy) else None


def _is_project(row: Row, columns: Columns) -> bool:
    """Whether a project's own columns hold something other than what stands under a table."""

    def own(names: frozenset[Field]) -> set[Field]:
        found = {name: row.cells.get(columns.places.get(name, 0)) for name in names}
        return {n for n, v in found.items() if not is_blank(v) and not is_under_the_table(v)}

    evidence = own(EVIDENCE)
    if evidence == EVIDENCE:
        return not is_under_the_table(row.cells.get(columns.places.get(Field.NUMBER, 0), ""))
    if row.alone or is_under_the_table(_first(row)):
        return False
    return bool(evidence) or len(own(MORE_EVIDENCE)) > 1


def _is_aside(row: Row, columns: Columns) -> bool:
    """Totals, notes, what stands under the table, and lines with nothing but a prepared number."""
    if any(is_under_the_table(value) for value in row.cells.values()):
        return True
    numbered = columns.places.get(Field.NUMBER)
    first = squeeze(str(_first(row)))
    return set(row.cells) == {numbered} and first.replace(".", "").isdecimal()


EXAMPLES = frozenset({"例", "示例", "例如", "样例", "填写示例", "填表示例", "举例"})
LONGEST_DITTO = 4
DITTO = frozenset({*("同上", "同前", "〃"), *(sign * n for sign in "\"'′“”＂" for n in (1, 2))})
HINTS = {
    Field.NAME: ("名", "班", "题"),
    Field.HOST: ("单位", "承办", "主办"),
    Field.SCHEDULE: ("时", "日", "期", "月份"),
    Field.CATEGORY: ("类", "级", "层次", "属性", "性质"),
}
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
LOOKS_LIKE = Text(
    "列“{title}”看起来是“{column}”，如果是，请把列名改为“{column}”",
    "the column “{title}” looks like {column}; if it is, name it so",
)
EXAMPLE = Text(
    "本行是填写示例，未导入",
    "This row shows how to fill in the form and was not imported",
)
HIDDEN_SECTION = Text(
    "类别标题“{value}”所在行在Excel中被隐藏或筛选掉，仍按它确定以下项目的类别，请核对",
    "The section “{value}” stands in a hidden or filtered row and was still used; check it",
)
