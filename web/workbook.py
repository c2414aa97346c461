"""A list of projects as a workbook, written row by row so that its size does not matter.

What people have typed is written as text and never as a formula. The file can be imported as a
plan, and then changes nothing (tests/web/test_export_and_import.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter import Workbook

from states.facts import Facts
from states.terms import PROVISIONAL, Text
from workflow.lists.rows import ProjectRow


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, width in characters, and how its cells are written."""

    head: Text
    width: int
    kind: str = "text"  # text, number, day, yuan


COLUMNS = (
    Column(Text("年度", "Year"), 7, "number"),
    Column(Text("计划序号", "Number"), 9, "number"),
    Column(Text("项目名称", "Name"), 44),
    Column(Text("承办单位", "Host unit"), 28),
    Column(Text("主管（推荐）单位", "Department"), 22),
    Column(Text("项目类别", "Category"), 20),
    Column(Text("办理状态", "State"), 20),
    Column(Text("办班地点", "Place"), 18),
    Column(Text("开班日期", "First day"), 12, "day"),
    Column(Text("结束日期", "Last day"), 12, "day"),
    Column(Text("计划办班时间", "Planned time"), 24),
    Column(Text("时间是否确定", "Certain"), 12),
    Column(Text("计划人数", "Planned trainees"), 9, "number"),
    Column(Text("实际人数", "Trainees"), 9, "number"),
    Column(Text("最近截止日", "Next due date"), 12, "day"),
    Column(Text("截止事项", "What is due"), 14),
    Column(Text("逾期天数", "Days late"), 9, "number"),
    Column(Text("待核定提示", "Open flags"), 10, "number"),
    Column(Text("补助金额（元）", "Subsidy (yuan)"), 14, "yuan"),
    Column(Text("联系人", "Contact"), 10),
    Column(Text("联系电话", "Telephone"), 16),
    Column(Text("联系邮箱", "Address"), 24),
    Column(Text("单位邮箱", "Office's address"), 24),
    Column(Text("系统编号", "Id"), 9, "number"),
)


def _cells(row: ProjectRow, language: str) -> tuple[Any, ...]:
    facts, due = row.facts, row.due
    unsure = PROVISIONAL.in_(language) if row.provisional else ""
    return (
        row.year,
        row.number,
        row.name,
        row.host,
        row.department,
        row.category.in_(language),
        row.state_label.in_(language),
        row.place,
        row.opens,
        row.ends,
        _planned_time(facts),
        unsure,
        facts.planned_trainees,
        facts.trainees,
        due.on if due else None,
        due.kind.label.in_(language) if due else "",
        due.late or None if due else None,
        row.flags or None,
        facts.amount,
        facts.contact_name,
        facts.contact_phone,
        facts.contact_email,
        facts.office_email,
        row.id,
    )


def _planned_time(facts: Facts) -> str:
    """Exact days as they now hold; a window, or no time at all, as it was written."""
    opens, ends = facts.opens_earliest, facts.planned_ends
    if opens is None or facts.dates.open_window:
        return facts.schedule_text
    return f"{opens}至{ends}" if ends else f"{opens}"


def write_workbook(
    path: str, rows: Iterable[ProjectRow], language: str, *, most: int, today: date
) -> int:
    """Write the file; how many rows it holds, `most` at most. A last line says if some are left."""
    book = Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("项目" if language != "en" else "Projects")
    head = book.add_format({"bold": True, "bg_color": "#E8F1FA", "border": 1, "valign": "vcenter"})
    formats = {
        "day": book.add_format({"num_format": "yyyy-mm-dd", "align": "center"}),
        "yuan": book.add_format({"num_format": "#,##0.00"}),
    }
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.head.in_(language), head)
    sheet.freeze_panes(1, 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    count = 0
    for row in rows:
        count += 1
        if count > most:
            said = CAPPED.format(most=f"{most:,}", today=today).in_(language)
            sheet.write_string(count, 0, said)
            break
        for place, value in enumerate(_cells(row, language)):
            _write(sheet, count, place, value, formats)
    sheet.autofilter(0, 0, max(1, min(count, most)), len(COLUMNS) - 1)
    book.close()
    return min(count, most)


def _write(sheet: Any, line: int, place: int, value: Any, formats: dict[str, Any]) -> None:
    kind = COLUMNS[place].kind
    if value is None or value == "":
        return
    if kind == "day":
        sheet.write_datetime(line, place, value, formats["day"])
    elif kind == "yuan":
        sheet.write_number(line, place, value / 100, formats["yuan"])
    elif kind == "number":
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, value)


CAPPED = Text(
    "一次最多导出{most}行，其余未列出（{today}导出）。请缩小筛选范围后分次导出。",
    "{most} rows are the most; the rest is left out ({today}). Narrow the filter and export again.",
)
