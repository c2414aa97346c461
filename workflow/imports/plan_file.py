"""Reads the annual plan from an Excel file: rows, warnings, and what is rejected and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from states.policy import Category, Policy
from states.terms import Text
from workflow.identity import identity, squeeze, tidy
from workflow.imports.checks import check_row, check_totals
from workflow.imports.headings import SYNONYMS, Field
from workflow.imports.layout import Layout, find_layout, project_rows
from workflow.imports.row_cells import read_row
from workflow.imports.rows import PlanRow, Reading, Remark
from workflow.imports.sheet_cells import column_letter
from workflow.imports.unseen import about_sheet, look_at_row
from workflow.imports.words import CellError, short
from workflow.imports.workbook import Sheet, read_sheet


@dataclass(frozen=True, slots=True)
class Named:
    """What a row calls its project, whatever else may be wrong with it."""

    row: int
    number: int | None
    name: str
    host: str


YEAR = re.compile(r"(20[0-9]{2})(?:\.0)?年?度?")


@dataclass(slots=True)
class PlanFile:
    """What was read. A row named in `rejected` is not among `rows`; what its project is called, if
    that can be read and no row before it says the same, is in `faulty`."""

    rows: list[PlanRow] = field(default_factory=list)
    faulty: list[Named] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    rejected: list[Remark] = field(default_factory=list)

    @property
    def named(self) -> list[Named]:
        """Every project that the file names, in the order of the rows."""
        taken = [Named(row.row, row.number, row.name, row.host) for row in self.rows]
        return sorted([*taken, *self.faulty], key=lambda one: one.row)


class Said(NamedTuple):
    """The row in which a project stands first, and its time."""

    row: int
    time: str


@dataclass(slots=True)
class Seen:
    """What earlier rows said already: identity -> first row and its time, number -> first row."""

    identities: dict[str, Said] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    categories: list[Category | None] = field(default_factory=list)


def read_plan(path: Path, policy: Policy) -> PlanFile:
    """Read the plan of `policy`'s year; linear in the number of rows.

    Raises WorkbookError if the file cannot be opened. What concerns the whole file has row None,
    such as a missing obligatory column, which rejects it all; a row has a remark for each fault.
    """
    sheet, plan = read_sheet(path), PlanFile()
    try:
        layout = find_layout(sheet, policy)
    except CellError as error:
        plan.rejected.append(Remark(None, None, error.text))
        return plan
    seen = Seen()
    for found in project_rows(layout, policy):
        if isinstance(found, Reading):
            _read(plan, found, seen)
        else:
            plan.warnings.append(found)
    about = [*_about_file(sheet, layout), *check_totals(policy, seen.categories)]
    plan.warnings[:0] = about
    if not seen.categories:
        plan.rejected.append(Remark(None, None, NO_ROWS.format(row=layout.columns.row)))
    return plan


def _read(plan: PlanFile, reading: Reading, seen: Seen) -> None:
    look_at_row(reading)
    found = read_row(reading)
    seen.categories.append(reading.category)
    _check_year(reading)
    row, number = reading.row.number, reading.number
    name, host = reading.value(Field.NAME), reading.value(Field.HOST)
    named = None
    if name is not None and host is not None:
        named = Named(row, number, tidy(str(name)), tidy(str(host)))
    repeated = named is not None and _is_repeat(reading, named, _time(reading, found), seen)
    if number is not None and not repeated:
        first = seen.numbers.setdefault(number, row)
        if first != row:
            reading.warn(Field.NUMBER, NUMBER_TWICE.format(number=number, first=first))
    if found is not None and reading.category is not None and not reading.faults:
        check_row(reading, found, reading.category)
        plan.rows.append(found)
    elif named is not None and not repeated:
        plan.faulty.append(named)
    plan.warnings.extend(reading.warnings)
    plan.rejected.extend(reading.faults)


def _check_year(reading: Reading) -> None:
    """A list of several years is no plan of one."""
    written = YEAR.fullmatch(squeeze(str(reading.value(Field.YEAR) or "")))
    year = reading.policy.year
    if written and int(written[1]) != year:
        reading.fault(Field.YEAR, OTHER_YEAR.format(written=written[1], year=year))


def _is_repeat(reading: Reading, named: Named, time: str, seen: Seen) -> bool:
    """A project stands once in a file. Two times under one name are two sessions, not a repeat by
    mistake: each needs a name of its own."""
    first = seen.identities.setdefault(identity(named.name, named.host), Said(named.row, time))
    if first.row == named.row:
        return False
    said = REPEATED if first.time == time else SESSIONS
    values = {"first": first.row, "times": f"{first.time}、{time}", "name": short(named.name)}
    reading.fault(Field.NAME, said.format(**values))
    return True


def _time(reading: Reading, found: PlanRow | None) -> str:
    """When the class is, for comparing and for quoting: by its days, else as it is written."""
    if found is not None and found.opens_earliest and found.opens_latest:
        last = found.planned_ends or found.opens_latest
        first = found.opens_earliest
        span = f"{first.month}月{first.day}日至{last.month}月{last.day}日"
        return span if last != first else span.partition("至")[0]
    written = (reading.value(name) for name in (Field.SCHEDULE, Field.STARTS, Field.ENDS))
    return "至".join(squeeze(str(value)) for value in written if value is not None)


def _about_file(sheet: Sheet, layout: Layout) -> Iterator[Remark]:
    """Other sheets, columns that are not taken, no addresses at all."""
    columns = layout.columns
    used = {column for row in layout.body if not row.alone for column in row.cells}
    untitled = [column_letter(column) for column in sorted(used - set(columns.titles))]
    unknown = [columns.titles[column] for column in columns.unknown]
    passed = [columns.titles[column] for column in columns.passed_over]
    if sheet.others:
        values = {"title": sheet.title, "others": "、".join(sheet.others)}
        yield Remark(None, None, OTHER_SHEETS.format(**values))
    if layout.from_title:
        values = {"title": short(layout.section)}
        yield Remark(None, None, CATEGORY_FROM_TITLE.format(**values))
    alike = [f"{columns.title(name)}（{SYNONYMS[name][0]}）" for name in columns.alike]
    if alike:
        yield Remark(None, None, ALIKE.format(columns="、".join(alike)))
    yield from about_sheet(sheet, columns, layout.body)
    if unknown:
        yield Remark(None, None, UNKNOWN_COLUMNS.format(columns="、".join(unknown)))
    if untitled:
        yield Remark(None, None, UNTITLED_COLUMNS.format(columns="、".join(untitled)))
    if passed:
        yield Remark(None, None, PASSED_OVER.format(columns="、".join(passed)))
    if Field.EMAIL not in columns.places:
        yield Remark(None, None, NO_EMAIL_COLUMN)


SESSIONS = Text(
    "与第{first}行的项目名称和承办单位相同，但时间不同（{times}）；如为两期，请在项目名称后分别写明期次，"
    "例如“{name}（第一期）”“{name}（第二期）”，如为一期，请只保留正确的一行，再重新导入",
    "Same project and host as row {first} but another time ({times}); if there are two sessions, "
    "name them, for example “{name}（第一期）” and “{name}（第二期）”, else keep the right row, and "
    "import again",
)
OTHER_YEAR = Text(
    "本行属于{written}年度，本计划为{year}年度，请删除本行，或选用该年度的政策另行导入",
    "This row belongs to {written}, and the plan is of {year}; delete it or import it by its policy",
)
CATEGORY_FROM_TITLE = Text(
    "表中没有项目类别列，各项目类别均取自标题“{title}”，请核对",
    "There is no column of categories; the title “{title}” gave the category of all, check it",
)
ALIKE = Text(
    "以下列按列名含义采用，请核对：{columns}",
    "These columns were taken by what their headings seem to mean; check them: {columns}",
)
REPEATED = Text(
    "与第{first}行的项目名称和承办单位相同，已保留第{first}行，请删除重复行",
    "Same project and host as row {first}, which was kept; delete the repeated row",
)
NUMBER_TWICE = Text(
    "序号{number}在第{first}行已经使用，请核对",
    "Number {number} is already used in row {first}; check it",
)
NO_ROWS = Text(
    "第{row}行的表头之下没有项目，请填写后重新导入",
    "There is no project below the heading in row {row}; add them and import again",
)
OTHER_SHEETS = Text(
    "只读取了工作表“{title}”；{others}也有表头，其中的项目请另存为单独文件导入",
    "Only the sheet “{title}” was read; {others} also has a heading, import it from its own file",
)
UNKNOWN_COLUMNS = Text(
    "以下列未识别，内容没有导入：{columns}",
    "These columns are not known and were not taken: {columns}",
)
UNTITLED_COLUMNS = Text(
    "以下列没有表头，内容没有导入：{columns}",
    "These columns have no heading and were not taken: {columns}",
)
PASSED_OVER = Text(
    "以下列与已采用的列含义相同，内容没有导入：{columns}",
    "These columns mean the same as one already taken and were not taken: {columns}",
)
NO_EMAIL_COLUMN = Text(
    "没有联系邮箱列，无法向这些项目发送邮件提醒，请补充",
    "There is no column of e-mail addresses: no reminder can be mailed to these projects; add one",
)
