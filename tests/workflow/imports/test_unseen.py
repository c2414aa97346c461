"""What the eye does not see in a plan is read and named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font
from test_workbook import refusal

from states.policy import Policy
from workflow.imports.plan_file import PlanFile, read_plan

Write = Callable[..., Path]
Change = Callable[[Any], None]


@pytest.fixture
def changed(table: Write, policy: Policy) -> Callable[[Change], PlanFile]:
    """A plan of two projects, after somebody worked on its sheet."""

    def build(change: Change) -> PlanFile:
        path = table({}, {"项目名称": "乙班", "序号": 2})
        book = load_workbook(path)
        change(book.active)
        book.save(path)
        return read_plan(path, policy)

    return build


def said(plan: PlanFile) -> list[tuple[int | None, str | None, str]]:
    assert plan.rejected == []
    assert [row.row for row in plan.rows] == [2, 3]  # all are read
    return [(r.row, r.column, r.message.zh.partition("，")[0]) for r in plan.warnings]


def test_a_row_that_is_filtered_away(changed: Callable[[Change], PlanFile]) -> None:
    def change(sheet: Any) -> None:
        sheet.auto_filter.ref = "A1:G3"
        sheet.auto_filter.add_filter_column(1, ["甲班"])
        sheet.row_dimensions[3].hidden = True

    assert said(changed(change)) == [(3, None, "本行在Excel中被隐藏或筛选掉")]


def test_a_hidden_section(write: Write, policy: Policy) -> None:
    head = ["序号", "项目名称", "承办单位", "举办时间", "联系邮箱"]
    path = write(head, ["一、普通项目"], [1, "甲班", "甲单位", "6月", "a@example.cn"])
    book = load_workbook(path)
    book["Sheet"].row_dimensions[2].hidden = True
    book.save(path)
    plan = read_plan(path, policy)
    assert [(r.row, r.message.zh.partition("，")[0]) for r in plan.warnings] == [
        (2, "类别标题“一、普通项目”所在行在Excel中被隐藏或筛选掉")
    ]


def test_a_project_that_is_struck_through(changed: Callable[[Change], PlanFile]) -> None:
    def change(sheet: Any) -> None:
        for cell in sheet[2]:
            cell.font = Font(strike=True)

    assert said(changed(change)) == [(2, None, "本行项目名称带有删除线")]


def test_a_cell_that_is_struck_through_or_white(changed: Callable[[Change], PlanFile]) -> None:
    def change(sheet: Any) -> None:
        sheet["E2"].font = Font(strike=True)
        sheet["G3"].font = Font(color="FFFFFFFF")

    assert said(changed(change)) == [
        (2, "举办时间", "“5月12日-16日”带有删除线"),
        (3, "联系邮箱", "“a@example.cn”在Excel中看不见（白色字或隐藏格式）"),
    ]


def test_a_hidden_column_is_named_where_it_is_read(changed: Callable[[Change], PlanFile]) -> None:
    def change(sheet: Any) -> None:
        sheet["H1"] = None
        sheet.column_dimensions["G"].hidden = True
        sheet.column_dimensions["K"].hidden = True

    plan = changed(change)
    assert [r.message.zh for r in plan.warnings] == [
        "以下列在Excel中被隐藏，仍已读入，请核对：联系邮箱（G列）"
    ]


def test_a_plan_only_on_a_hidden_sheet_is_told(table: Write) -> None:
    path = table({})
    book = load_workbook(path)
    book["Sheet"].sheet_state = "veryHidden"
    book.create_sheet("封面").append(["2025年计划"])
    book.active = 1
    book.save(path)
    assert "只有隐藏的工作表“Sheet”有" in refusal(path)


def test_a_date_that_is_shown_without_its_year(changed: Callable[[Change], PlanFile]) -> None:
    """Excel makes 9月15日 a date of the year in which it is typed."""

    def change(sheet: Any) -> None:
        sheet["E2"].value, sheet["E2"].number_format = 45550, 'm"月"d"日"'
        sheet["E3"].value, sheet["E3"].number_format = 45915, 'm"月"d"日"'

    plan = changed(change)
    assert said(plan) == [(2, "举办时间", "本格显示为“9月15日”")]
    assert [str(row.opens_earliest) for row in plan.rows] == ["2025-09-15"] * 2


def test_a_month_is_no_first_day(changed: Callable[[Change], PlanFile]) -> None:
    """Typed 2025年9月, Excel keeps 2025-09-01 and shows no day."""

    def change(sheet: Any) -> None:
        sheet["E2"].value, sheet["E2"].number_format = 45901, 'yyyy"年"m"月"'

    row = changed(change).rows[0]
    assert (str(row.opens_earliest), str(row.opens_latest)) == ("2025-09-01", "2025-09-30")
    assert row.schedule_text == "2025年9月"
