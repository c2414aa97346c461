"""Where the plan stands in its sheet: headings, sections, and rows that are no projects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from states.policy import Policy
from workflow.imports.plan_file import PlanFile, read_plan
from workflow.imports.rows import Remark

Write = Callable[..., Path]
HEAD = ["序号", "项目名称", "项目类别", "承办单位", "举办时间", "计划人数", "联系邮箱"]
A = [1, "甲班", "工程领域专项", "甲单位", "5月12日-16日", 30, "a@example.cn"]
B = [2, "乙班", "普通项目", "乙单位", "6月", "35人", "b@example.cn"]


def said(remarks: list[Remark]) -> list[tuple[int | None, str | None, str]]:
    """Row, column and the sentence's first part."""
    return [(r.row, r.column, r.message.zh.partition("，")[0]) for r in remarks]


def names(plan: PlanFile) -> list[tuple[int, str, str]]:
    return [(row.row, row.name, row.category) for row in plan.rows]


def clean(plan: PlanFile) -> PlanFile:
    assert said(plan.warnings) + said(plan.rejected) == []
    return plan


def test_titles_sections_totals_and_notes_are_passed_over(write: Write, policy: Policy) -> None:
    head = [h for h in HEAD if h != "项目类别"]
    a, b = A[:2] + A[3:], B[:2] + B[3:]
    rows: tuple[list[Any], ...] = (
        *(["2025年高级研修项目计划"], ["单位：期"], head),
        *(["一、工程领域专项（1期）"], a, ["小计", "1期", None, None, 30], []),
        *(["二、省级高级研修普通项目（1期）"], head, b, [3], ["合计", None, None, None, 65]),
        *(["备注：以上为国家级高级研修项目"], ["注1：略"]),
    )
    plan = read_plan(write(*rows, merge=("A1:F1", "A4:F4", "A8:F8")), policy)
    assert names(clean(plan)) == [(5, "甲班", "engineering"), (10, "乙班", "ordinary")]


def test_a_section_serves_only_blank_category_cells(write: Write, policy: Policy) -> None:
    a = [*A[:2], None, *A[3:]]
    plan = read_plan(write(HEAD, ["一、示范项目"], a, B), policy)
    assert names(clean(plan)) == [(3, "甲班", "demonstration"), (4, "乙班", "ordinary")]


def test_an_unknown_section_ends_the_one_before(write: Write, policy: Policy) -> None:
    a = [*A[:2], None, *A[3:]]
    plan = read_plan(write(HEAD, B, ["一、示范项目"], ["二、市级班次"], a), policy)
    assert names(plan) == [(2, "乙班", "ordinary")]
    assert said(plan.warnings) == [(4, None, "本行“二、市级班次”不是项目")]
    assert said(plan.rejected) == [(5, "项目类别", "没有项目类别")]


def test_headings_as_offices_write_them(write: Write, policy: Policy) -> None:
    head = [
        "编号",
        "选题 名称",
        "类\n别*",
        "申报单位【盖章】",
        "办班时间（含报到）",
        "拟招人数（人）",
    ]
    plan = read_plan(write([*head, "Ｅ－ｍａｉｌ："], A), policy)
    assert names(clean(plan)) == [(2, "甲班", "engineering")]
    assert plan.rows[0].contact_email == "a@example.cn"


def test_two_heading_rows_with_merged_cells(write: Write, policy: Policy) -> None:
    upper = [*HEAD[:4], "举办时间", None, "联系邮箱"]
    lower = [None, None, None, None, "开始日期", "结束日期"]
    row = [*A[:4], datetime(2025, 5, 12), datetime(2025, 5, 16), A[6]]  # noqa: DTZ001
    merge = ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:G2")
    plan = clean(read_plan(write(upper, lower, row, merge=merge), policy))
    assert (plan.rows[0].opens_earliest, plan.rows[0].planned_ends) == (
        date(2025, 5, 12),
        date(2025, 5, 16),
    )
    assert plan.rows[0].schedule_text == "2025-05-12至2025-05-16"


def test_a_further_heading_holds_for_the_rows_below(write: Write, policy: Policy) -> None:
    order = [1, 0, *range(2, 7)]
    plan = read_plan(write(HEAD, A, [HEAD[i] for i in order], [B[i] for i in order]), policy)
    assert names(clean(plan)) == [(2, "甲班", "engineering"), (4, "乙班", "ordinary")]


def test_a_department_merged_over_rows_counts_for_each(write: Write, policy: Policy) -> None:
    rows = ([*HEAD, "主管部门"], [*A, "省科技厅"], [*B, None])
    plan = clean(read_plan(write(*rows, merge=("H2:H3",)), policy))
    assert [row.department for row in plan.rows] == ["省科技厅", "省科技厅"]


NO_HEADING = "前30行内没有表头，请在表头行写明“项目名称”“承办单位”“举办时间”等列名"


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], NO_HEADING),
        ([["说明"], ["请填写"]], NO_HEADING),
        ([*[["-"]] * 30, HEAD, A], NO_HEADING),
        (
            [[h for h in HEAD if h != "承办单位"], A],
            "第1行的表头缺少必需的列：承办单位，请补充后重新导入",
        ),
        (
            [["项目名称", "承办单位"], ["甲班", "甲单位"]],
            "第1行的表头缺少必需的列：举办时间、项目类别，请补充后重新导入",
        ),
        (
            [[*HEAD, "项目 名称"], A],
            "第1行的表头中“项目名称”出现不止一次，无法确定取哪一列，请只保留一列",
        ),
        ([["标题"], HEAD], "第2行的表头之下没有项目，请填写后重新导入"),
    ],
)
def test_the_whole_file_is_rejected(
    write: Write, policy: Policy, rows: list[Any], reason: str
) -> None:
    plan = read_plan(write(*rows), policy)
    assert [(r.row, r.column, r.message.zh) for r in plan.rejected] == [(None, None, reason)]
    assert plan.rows == []


def test_the_thirtieth_row_may_be_the_heading(write: Write, policy: Policy) -> None:
    assert names(read_plan(write(*[["-"]] * 29, HEAD, A), policy)) == [(31, "甲班", "engineering")]
