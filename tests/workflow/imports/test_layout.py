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


UNDER_THE_TABLE: tuple[list[Any], ...] = (
    ["合  计", None, None, None, None, 80],
    ["共计：2期"],
    ["填报单位（盖章）：样例厅", None, None, "填报日期：    年  月  日"],
    ["单位负责人（签字）：", None, None, "经办人：张样", None, None, "联系电话：0591"],
    ["分管领导", None, None, "处长", None, None, "李样"],
    [None, None, None, "二〇二五年一月五日"],
    ["审核人", "李样", None, "王样"],
    ["注", "以上时间以通知为准", None, "以上"],
    [None, "填报人：张样", None, "审核人：李样"],
    ["主要负责人签字", None, None, "日期"],
    ["（盖章）", None, None, "（公章）"],
    ["附件：1.略", None, None, "略"],
    ["编制单位：省厅", None, None, None, "2025.1.5"],
)


@pytest.mark.parametrize("line", UNDER_THE_TABLE)
def test_a_line_under_the_table_stops_nothing(
    write: Write, policy: Policy, line: list[Any]
) -> None:
    assert names(clean(read_plan(write(HEAD, A, line), policy))) == [(2, "甲班", "engineering")]


@pytest.mark.parametrize(
    "line", [["★为重点项目"], [None, None, None, "样例厅"], [7, None, "普通项目"]]
)
def test_what_may_be_meant_is_named(write: Write, policy: Policy, line: list[Any]) -> None:
    plan = read_plan(write(HEAD, A, line), policy)
    assert names(plan) == [(2, "甲班", "engineering")]
    assert [(r.row, r.column) for r in plan.warnings] == [(3, None)]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ([2, None, "普通项目", "乙单位", "6月"], "项目名称"),
        ([2, "乙班", "普通项目", None, "6月"], "承办单位"),
        ([None, None, None, "乙单位", "6月"], "项目名称"),
    ],
)
def test_a_real_row_without_its_name_or_host_is_refused(
    write: Write, policy: Policy, line: list[Any], column: str
) -> None:
    plan = read_plan(write(HEAD, A, line), policy)
    assert (3, column) in [(r.row, r.column) for r in plan.rejected]


@pytest.mark.parametrize(
    "name",
    [
        "说明书编写班",
        "制表技术班",
        "合计算法班",
        "★重点班",
        "统计人员班",
        "审核业务班",
        "时间管理班",
    ],
)
def test_a_name_is_no_footer(write: Write, policy: Policy, name: str) -> None:
    row = [A[0], name, *A[2:]]
    assert names(clean(read_plan(write(HEAD, row), policy))) == [(2, name, "engineering")]


@pytest.mark.parametrize(
    ("head", "remark"),
    [
        (["序号", "班次名称（项目名称）", "类别", "承办单位（盖章）", "拟办班时间", "人数"], None),
        (["No.", "课题", "项目级别", "主办/承办单位", "培训时间", "拟招人数"], None),
        (["序\n号", "项 目 名 称", "类 别", "承 办 单 位", "起止时间", "规模"], None),
        (
            ["序号", "项目名称", "班次层次", "举办方", "拟办班起止日期安排", "拟培训人数"],
            "班次层次（项目类别）、举办方（承办单位）、拟办班起止日期安排（举办时间）、拟培训人数（计划人数）",
        ),
        (
            ["序号", "研修班主题", "项目等级", "承担单位", "时间安排", "计划学员（名）"],
            "研修班主题（项目名称）、项目等级（项目类别）、承担单位（承办单位）、时间安排（举办时间）、"
            "计划学员（名）（计划人数）",
        ),
        (
            ["序号", "高研班名称", "项目属性", "申请单位", "开班月份", "预计规模"],
            "高研班名称（项目名称）、项目属性（项目类别）、申请单位（承办单位）、开班月份（举办时间）、"
            "预计规模（计划人数）",
        ),
    ],
)
def test_headings_by_likeness_are_named(
    write: Write, policy: Policy, head: list[Any], remark: str | None
) -> None:
    plan = read_plan(write([*head, "电子邮件地址"], A), policy)
    (row,) = plan.rows
    assert (row.category, row.planned_trainees, row.contact_email) == (
        *("engineering", 30, "a@example.cn"),
    )
    said_so = [r.message.zh for r in plan.warnings]
    assert said_so == ([f"以下列按列名含义采用，请核对：{remark}"] if remark else [])


@pytest.mark.parametrize(
    "title",
    [
        *(
            "报名时间",
            "实际人数",
            "上年办班时间",
            "专家人数",
            "最近截止日",
            "项目负责人",
            "填报单位",
        ),
        *("通讯地址", "单位地址", "是否属于重点城市", "授课安排"),
    ],
)
def test_another_thing_is_not_taken_by_likeness(write: Write, policy: Policy, title: str) -> None:
    plan = read_plan(write([*HEAD, title], [*A, "x"]), policy)
    assert [r.message.zh for r in plan.warnings] == [f"以下列未识别，内容没有导入：{title}"]


@pytest.mark.parametrize("lower", [("起", "止"), ("开始时间", "结束时间")])
def test_a_second_row_of_headings(write: Write, policy: Policy, lower: tuple[str, str]) -> None:
    upper = [*HEAD[:4], "办班时间", None, "联系人信息", None, None]
    below = [None, None, None, None, *lower, "姓名", "电话", "邮箱"]
    row = [*A[:4], "5月12日", "5月16日", "张三", "0591-1234567", "a@example.cn"]
    for merge in ((), ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1", "G1:I1")):
        plan = read_plan(write(upper, below, row, merge=merge), policy)
        (found,) = plan.rows
        assert (found.opens_earliest, found.planned_ends) == (date(2025, 5, 12), date(2025, 5, 16))
        assert (found.contact_name, found.contact_phone) == ("张三", "0591-1234567")


def test_two_rows_of_headings_with_the_names_in_the_second(write: Write, policy: Policy) -> None:
    """项目信息 above, 项目名称 below it; and both rows again at the top of the next page."""
    upper = ["序号", "项目信息", None, "承办单位", "办班时间", None, "联系人", None]
    lower = [None, "项目名称", "项目类别", None, "开始", "结束", "姓名", "邮箱"]
    rows = [
        [n, f"{n}班", "省级普通", f"{n}单位", "5月12日", "5月16日", "张三", None] for n in "甲乙"
    ]
    across = ("B{0}:C{0}", "E{0}:F{0}", "G{0}:H{0}")
    merge = [
        *(one.format(top) for top in (1, 4) for one in across),
        *(f"{column}{top}:{column}{top + 1}" for top in (1, 4) for column in "AD"),
    ]
    plan = read_plan(write(upper, lower, rows[0], upper, lower, rows[1], merge=merge), policy)
    assert plan.rejected == []
    days = date(2025, 5, 12), date(2025, 5, 16)
    assert [
        (r.row, r.host, r.contact_name, r.opens_earliest, r.planned_ends) for r in plan.rows
    ] == [
        (3, "甲单位", "张三", *days),
        (6, "乙单位", "张三", *days),
    ]


@pytest.mark.parametrize("ditto", ["″", "''", "“", "”", '""', "〃"])
def test_any_two_strokes_say_the_same_as_above(write: Write, policy: Policy, ditto: str) -> None:
    plan = clean(read_plan(write(HEAD, A, [2, "乙班", A[2], ditto, *A[4:]]), policy))
    assert [row.host for row in plan.rows] == ["甲单位"] * 2


def test_the_same_as_above(write: Write, policy: Policy) -> None:
    """同上 is no host and no time of its own."""
    b = [2, "乙班", "同上", "同上", "〃", 35, "同上"]
    plan = clean(read_plan(write(HEAD, A, b, [3, "丙班", *b[2:]]), policy))
    assert [(r.category, r.host, r.schedule_text, r.contact_email) for r in plan.rows] == [
        ("engineering", "甲单位", "5月12日-16日", "a@example.cn")
    ] * 3


@pytest.mark.parametrize("number", ["例", "示例", "（例）"])
def test_a_line_that_shows_how_to_fill_in_is_no_project(
    write: Write, policy: Policy, number: str
) -> None:
    plan = read_plan(write(HEAD, [number, *A[1:]], [2, *A[1:]]), policy)
    assert [row.row for row in plan.rows] == [3]
    assert said(plan.warnings) == [(2, None, "本行是填写示例")]


@pytest.mark.parametrize(
    ("cell", "schedule", "place"),
    [
        ("5月12日-16日，福州市", "5月12日-16日", "福州市"),
        ("6月 厦门", "6月", "厦门"),
        ("5月12日-16日", "5月12日-16日", None),
    ],
)
def test_a_column_with_time_and_place(
    write: Write, policy: Policy, cell: str, schedule: str, place: str | None
) -> None:
    head = ["办班时间及地点" if title == "举办时间" else title for title in HEAD]
    (row,) = read_plan(write(head, [*A[:4], cell, *A[5:]]), policy).rows
    assert (row.schedule_text, row.place, row.opens_earliest is None) == (schedule, place, False)


def test_a_column_with_name_and_telephone(write: Write, policy: Policy) -> None:
    plan = read_plan(write([*HEAD, "联系人及电话"], [*A, "张三 0591-1234567"]), policy)
    assert (plan.rows[0].contact_name, plan.rows[0].contact_phone) == ("张三", "0591-1234567")


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("2025年工程领域专项计划表", "engineering"),
        ("2025年高级研修项目计划表", None),
        ("2025年国家级、省级高级研修项目计划表", None),  # more than one, and none by its name
        ("示范项目和普通项目计划表", None),
    ],
)
def test_a_title_may_name_the_only_category(
    write: Write, policy: Policy, title: str, category: str | None
) -> None:
    head, row = [*HEAD[:2], *HEAD[3:]], [*A[:2], *A[3:]]
    plan = read_plan(write([title], head, row), policy)
    assert [row.category for row in plan.rows] == ([category] if category else [])
    if category:
        assert said(plan.warnings) == [(None, None, "表中没有项目类别列")]
    else:
        assert said(plan.rejected) == [(None, None, "第2行的表头缺少必需的列：项目类别")]


@pytest.mark.parametrize(
    ("section", "category"),
    [
        (["一、", "工程领域专项", "（5期）"], "engineering"),
        (["（二）工程领域专项", None, None, None, "5期"], "engineering"),
        (["三", "普通项目"], "ordinary"),
    ],
)
def test_a_section_beside_its_number_and_count(
    write: Write, policy: Policy, section: list[Any], category: str
) -> None:
    row = [*A[:2], None, *A[3:]]
    for rows in ((HEAD, section, row), (section, HEAD, row)):
        plan = read_plan(write(*rows), policy)
        assert [one.category for one in clean(plan).rows] == [category]


@pytest.mark.parametrize(
    ("head", "row", "hint"),
    [
        ("安排", "5月12日-16日", "列“安排”看起来是“举办时间”"),  # by what it holds
        ("什么时候办", "未定", "列“什么时候办”看起来是“举办时间”"),
    ],
)
def test_the_column_that_may_be_meant_is_named(
    write: Write, policy: Policy, head: str, row: str, hint: str
) -> None:
    titles = [head if title == "举办时间" else title for title in HEAD]
    plan = read_plan(write(titles, [*A[:4], row, *A[5:]]), policy)
    (fault,) = plan.rejected
    assert fault.message.zh == (
        f"第1行的表头缺少必需的列：举办时间，请补充后重新导入；{hint}，如果是，请把列名改为“举办时间”"
    )


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


TWO_COLUMNS: tuple[tuple[str, str, tuple[str, str, str | None]], ...] = (
    ("2025-09-15", "2025-09-19", ("09-15", "09-15", "09-19")),
    ("2025-9-15", "9月19日", ("09-15", "09-15", "09-19")),
    ("9月15日", "19日", ("09-15", "09-15", "09-19")),
    ("2025-09-15-19", "2025-09-19", ("09-15", "09-15", "09-19")),
    ("9月15日", "9月下旬", ("09-15", "09-15", None)),
    ("9月15日", "待定", ("09-15", "09-15", None)),
    ("2025-09", "2025-10", ("09-01", "09-30", None)),
    ("9月上旬", "10月下旬", ("09-01", "09-10", None)),
    ("第三季度", "第四季度", ("07-01", "09-30", None)),
)


@pytest.mark.parametrize(("start", "end", "days"), TWO_COLUMNS)
def test_the_opening_is_what_the_column_of_starts_says(
    write: Write, policy: Policy, start: str, end: str, days: tuple[str, str, str | None]
) -> None:
    """An end that is no day neither widens the opening nor takes it away; it is named."""
    plan = read_plan(write([*HEAD[:4], "开始日期", "结束日期"], [*A[:4], start, end]), policy)
    [row] = plan.rows
    found = row.opens_earliest, row.opens_latest, row.planned_ends
    assert tuple(day and day.isoformat()[5:] for day in found) == days
    named = [r.column for r in plan.warnings if r.row is not None]
    assert named == ([] if days[2] and start.count("-") != 3 else ["结束日期"])
