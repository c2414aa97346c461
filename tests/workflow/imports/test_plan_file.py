"""Whole plans: layout, columns, faults with row and column, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from config.policy_files import load_policy
from states.policy import Policy
from states.terms import State, Text
from workflow.imports.archive import WorkbookError
from workflow.imports.plan_file import PlanFile, read_plan
from workflow.imports.rows import PlanRow, Remark

Write = Callable[..., Path]
HEAD = ["序号", "项目名称", "项目类别", "承办单位", "举办时间", "计划人数", "联系邮箱"]
A = [1, "甲班", "工程领域专项", "甲单位", "5月12日-16日", 30, "a@example.cn"]
B = [2, "乙班", "普通项目", "乙单位", "6月", "35人", "b@example.cn"]
SAMPLE = Path(__file__).parents[3] / "config" / "samples" / "plan-2025.xlsx"


def said(remarks: list[Remark]) -> list[tuple[int | None, str | None, str]]:
    """Row, column and the sentence's first part."""
    return [(r.row, r.column, r.message.zh.partition("，")[0]) for r in remarks]


def names(plan: PlanFile) -> list[tuple[int, str, str]]:
    return [(row.row, row.name, row.category) for row in plan.rows]


def clean(plan: PlanFile) -> PlanFile:
    assert said(plan.warnings) + said(plan.rejected) == []
    return plan


def test_a_row_with_everything(write: Write, policy: Policy) -> None:
    head = [*HEAD, "主管（推荐）\n单位", "举办地点", "联系人", "联系电话", "状态", "实际日期"]
    row = [*A, "省科技厅", "福州市", "张三", 13800000000, "已完成办班", "5月13日-16日"]
    more = ["闽人社〔2025〕1号", 4.85, "office@example.cn"]
    plan = read_plan(write([*head, "文号", "金额（万元）", "单位邮箱"], [*row, *more]), policy)
    assert clean(plan).rows == [
        PlanRow(
            row=2,
            number=1,
            name="甲班",
            category="engineering",
            host="甲单位",
            department="省科技厅",
            place="福州市",
            schedule_text="5月12日-16日",
            opens_earliest=date(2025, 5, 12),
            opens_latest=date(2025, 5, 12),
            planned_ends=date(2025, 5, 16),
            planned_trainees=30,
            contact_name="张三",
            contact_phone="13800000000",
            contact_email="a@example.cn",
            state=State.HELD,
            actual_opens=date(2025, 5, 13),
            actual_ends=date(2025, 5, 16),
            document_number="闽人社〔2025〕1号",
            amount=4_850_000,
            office_email="office@example.cn",
        )
    ]


def test_columns_not_taken_are_named(write: Write, policy: Policy) -> None:
    head = [*HEAD, "预算", "经费\n备注", "申报单位", None]
    plan = read_plan(write(head, [*A, 1, 2, "丙单位", "x"]), policy)
    assert plan.rows[0].host == "甲单位"
    assert [r.message.zh for r in plan.warnings] == [
        "以下列未识别，内容没有导入：预算、经费 备注",
        "以下列没有表头，内容没有导入：K",
        "以下列与已采用的列含义相同，内容没有导入：申报单位",
    ]


def test_no_column_of_addresses(write: Write, policy: Policy) -> None:
    plan = read_plan(write(HEAD[:6], A[:6]), policy)
    assert said(plan.warnings) == [(None, None, "没有联系邮箱列")]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("项目名称", None, "“项目名称”没有填写"),
        ("项目名称", "班" * 201, "“" + "班" * 39 + "…”共201字"),
        ("承办单位", " ", "“承办单位”没有填写"),
        ("承办单位", "#REF!", "“#REF!”是Excel的公式错误"),
        ("项目类别", "市级", "没有“市级”这一项目类别"),
        ("项目类别", "=A1", "没有“=A1”这一项目类别"),
        ("项目类别", None, "没有项目类别"),
        ("举办时间", "=TODAY()", "“=TODAY()”是公式"),
        ("举办时间", 9.1, "“9.1”是数字而不是日期"),
        ("实际日期", 9.1, "“9.1”是数字而不是日期"),
        ("实际日期", "5月40日", "“5月40日”中有日历上不存在的日期"),
    ],
)
def test_a_faulty_cell_is_named(
    table: Write, policy: Policy, column: str, value: object, reason: str
) -> None:
    plan = read_plan(table({}, {"项目名称": "乙班", "序号": 2, column: value}), policy)
    assert said(plan.rejected) == [(3, column, reason)]
    assert names(plan) == [(2, "甲班", "engineering")]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("举办时间", None, "没有填写时间"),
        ("举办时间", "待定", "时间“待定”尚未确定"),
        ("举办时间", "等领导定", "无法识别时间“等领导定”"),
        ("状态", "结束了", "没有“结束了”这一状态"),
        ("实际日期", "5月", "实际日期“5月”不是确切日期"),
        ("实际日期", "尚未举办", "实际日期“尚未举办”不是确切日期"),
        ("计划人数", 30.5, "“30.5”不是1至10000的整数"),
        ("计划人数", "待定", "“待定”"),
        ("计划人数", "约40人", "“约40人”不是确切人数"),
        ("计划人数", "=15+15", "“=15+15”是公式"),
        ("序号", "甲1", "“甲1”不是1至10000的整数"),
        ("联系邮箱", "a@", "“a@”不是有效的邮箱地址"),
        ("联系邮箱", "=A1", "“=A1”是公式"),
        ("联系邮箱", "待补", "没有联系邮箱"),
        ("单位邮箱", "a b@example.cn", "“a b@example.cn”不是有效的邮箱地址"),
        ("联系电话", 1234567890123456, "“1234567890123456”以数字存放且超过15位"),
        ("举办地点", "#REF!", "“#REF!”是Excel的公式错误"),
        ("主管部门", "厅" * 201, "“" + "厅" * 39 + "…”共201字"),
        ("金额", "五万", "“五万”不是金额"),
    ],
)
def test_an_optional_cell_never_stops_a_plan(
    table: Write, policy: Policy, column: str, value: object, reason: str
) -> None:
    """The row becomes a project; the cell is named, and nothing of it is kept by guess."""
    plan = read_plan(table({}, {"项目名称": "乙班", "序号": 2, column: value}), policy)
    assert plan.rejected == []
    assert [one for one in said(plan.warnings) if one[1] == column] == [(3, column, reason)]
    assert names(plan) == [(2, "甲班", "engineering"), (3, "乙班", "engineering")]


def test_nothing_of_a_malformed_address_is_kept(table: Write, policy: Policy) -> None:
    plan = read_plan(table({"联系邮箱": "a b@example.cn"}), policy)
    assert plan.rows[0].contact_email is None


@pytest.mark.parametrize("year", [2024, "2024年", "2024年度"])
def test_a_row_of_another_year_is_refused(table: Write, policy: Policy, year: object) -> None:
    plan = read_plan(
        table({"年度": "2025年度"}, {"年度": year, "项目名称": "乙班", "序号": 2}), policy
    )
    assert said(plan.rejected) == [(3, "年度", "本行属于2024年度")]
    assert names(plan) == [(2, "甲班", "engineering")]


@pytest.mark.parametrize(
    ("column", "value", "remark"),
    [
        ("天数", 5, None),
        ("天数", "5天", None),
        ("天数", 4, "5月12日至5月16日首尾共5天"),
        ("期数", "1期", None),
        ("期数", 2, "写明共2期"),
        ("期数", "第二期", None),
    ],
)
def test_columns_that_are_compared(
    table: Write, policy: Policy, column: str, value: object, remark: str | None
) -> None:
    plan = read_plan(table({column: value}), policy)
    assert said(plan.warnings) == ([(2, column, remark)] if remark else [])
    assert len(plan.rows) == 1


def test_every_fault_of_a_row_is_told(table: Write, policy: Policy) -> None:
    row = {
        "项目名称": None,
        "项目类别": "市级",
        "举办时间": "2月30日",
        "计划人数": 0,
        "联系邮箱": "a",
    }
    plan = read_plan(table({}, row), policy)
    assert [r.column for r in plan.rejected] == [*("项目名称", "项目类别", "举办时间")]
    assert [r.column for r in plan.warnings if r.row == 3 and r.column != "序号"] == [
        *("计划人数", "联系邮箱")
    ]


def test_national_needs_to_know_who_pays(table: Write, policy: Policy) -> None:
    national = {"项目名称": "国班", "项目类别": "国家级"}
    plan = read_plan(table(national, {"资助方式": "自筹"}), policy)
    assert said(plan.rejected) == [
        (2, "项目类别", "仅凭“国家级”无法区分国家级（财政资助）、国家级（自筹）")
    ]
    assert said(plan.warnings) == [
        (3, "资助方式", "资助方式写的是自筹经费"),
        (3, "序号", "序号1在第2行已经使用"),
    ]


def test_unclear_funding_is_told(table: Write, policy: Policy) -> None:
    plan = read_plan(table({"资助方式": "其他"}), policy)
    assert said(plan.warnings) == [(2, "资助方式", "资助方式“其他”无法识别为财政资助或自筹")]


def test_formulas_in_text_stay_text(table: Write, policy: Policy) -> None:
    plan = read_plan(table({"举办地点": "=1+1"}), policy)
    assert plan.rows[0].place == "=1+1"
    assert said(plan.warnings) == [(2, "举办地点", "“=1+1”是公式")]


@pytest.mark.parametrize("nothing", [None, "无", "/", "—"])
def test_nothing_is_none_and_no_address_is_told(
    table: Write, policy: Policy, nothing: str | None
) -> None:
    plan = read_plan(table({"联系邮箱": nothing, "联系人": nothing, "计划人数": nothing}), policy)
    row = plan.rows[0]
    assert (row.contact_email, row.contact_name, row.planned_trainees) == (None, None, None)
    assert said(plan.warnings) == [(2, "联系邮箱", "没有联系邮箱")]


def test_a_repeat_is_rejected_and_the_first_kept(table: Write, policy: Policy) -> None:
    plan = read_plan(table({}, {"项目名称": "甲 班", "承办单位": "甲单位 ", "序号": 2}), policy)
    assert names(plan) == [(2, "甲班", "engineering")]
    assert plan.rejected == [
        Remark(
            3,
            "项目名称",
            Text(
                "与第2行的项目名称和承办单位相同，已保留第2行，请删除重复行",
                "Same project and host as row 2, which was kept; delete the repeated row",
            ),
        )
    ]


@pytest.mark.parametrize(
    ("time", "warned"),
    [
        ("11月27日-30日", []),
        ("11月28日-12月1日", [(2, "举办时间", "办班至2025年12月1日（周一）结束")]),
        ("11月中旬", []),
        ("11月", [(2, "举办时间", "如在所填时段最后一天开班")]),
        ("11月27日", []),
        ("11月28日", [(2, "举办时间", "如在所填时段最后一天开班")]),
    ],
)
def test_a_class_that_cannot_end_in_time(
    table: Write, policy: Policy, time: str, warned: list[object]
) -> None:
    plan = read_plan(table({"举办时间": time}), policy)
    assert said(plan.warnings) == warned
    assert len(plan.rows) == 1


@pytest.mark.parametrize(("planned", "warned"), [(29, 1), (30, 0), (31, 0)])
def test_too_few_trainees(table: Write, policy: Policy, planned: int, warned: int) -> None:
    plan = read_plan(table({"计划人数": planned}), policy)
    assert said(plan.warnings) == [(2, "计划人数", "计划人数29人")] * warned


@pytest.mark.parametrize(
    ("total", "engineering", "ordinary", "warned"),
    [
        (2, 1, 1, []),
        (3, 1, 1, ["公布合计3期，分项合计2期，相差1期；本文件2期"]),
        (
            3,
            1,
            2,
            [
                "公布合计3期，本文件2期，相差1期，请核对",
                "“普通项目”公布2期，本文件1期，相差1期，请核对",
            ],
        ),
    ],
)
def test_announced_totals(
    write: Write, announcing: Any, total: int, engineering: int, ordinary: int, warned: list[str]
) -> None:
    policy = announcing(total, 工程领域专项=engineering, 普通项目=ordinary)
    plan = read_plan(write(HEAD, A, B), policy)
    assert [(r.row, r.column, r.message.zh) for r in plan.warnings] == [
        (None, None, text) for text in warned
    ]
    assert len(plan.rows) == 2


def test_other_sheets_with_a_heading_are_named(write: Write, policy: Policy) -> None:
    from openpyxl import load_workbook

    path = write(HEAD, A)
    book = load_workbook(path)
    book.create_sheet("去年").append(HEAD)
    book.save(path)
    plan = read_plan(path, policy)
    assert [r.message.zh for r in plan.warnings] == [
        "只读取了工作表“Sheet”；去年也有表头，其中的项目请另存为单独文件导入"
    ]


def test_what_is_no_workbook_is_an_error(tmp_path: Path, policy: Policy) -> None:
    with pytest.raises(WorkbookError):
        read_plan(tmp_path / "no.xlsx", policy)


def test_ten_thousand_rows_take_seconds(write: Write, policy: Policy) -> None:
    path = write(HEAD, *([n, f"第{n}班", *A[2:]] for n in range(1, 10_001)))
    start = perf_counter()
    plan = read_plan(path, policy)
    assert perf_counter() - start < 20  # linear: seconds; quadratic would be minutes
    assert len(plan.rows) == 10_000


def test_the_sample_of_2025() -> None:
    plan = read_plan(SAMPLE, load_policy("fujian-2025"))
    assert plan.rejected == []
    assert Counter(row.category for row in plan.rows) == {
        "national_funded": 3,
        "national_self_funded": 1,
        "demonstration": 5,
        "engineering": 5,
        "ordinary": 71,
    }
    assert said(plan.warnings) == [
        (None, None, "公布合计83期"),
        (22, "举办时间", "办班至2025年12月1日（周一）结束"),
        (48, "举办时间", "如在所填时段最后一天开班"),
        (57, "举办时间", "如在所填时段最后一天开班"),
    ]
