"""Files in shapes that offices really produce, each with its right result (made-up data)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.policy_files import load_policy
from workflow.imports.plan_file import PlanFile, read_plan
from workflow.imports.rows import PlanRow

FIELD = Path(__file__).parent / "field"
Said = list[tuple[int | None, str | None, str]]


def read(name: str) -> PlanFile:
    return read_plan(FIELD / f"{name}.xlsx", load_policy("fujian-2025"))


def warned(plan: PlanFile) -> Said:
    """All but the announced numbers, which no small file meets: row, column, the first words."""
    return [
        (r.row, r.column, r.message.zh.partition("，")[0])
        for r in plan.warnings
        if not ("公布" in r.message.zh and "本文件" in r.message.zh)
    ]


def rows(plan: PlanFile) -> list[PlanRow]:
    assert plan.rejected == []
    return plan.rows


def days(plan: PlanFile) -> list[tuple[str | None, str | None, str | None]]:
    found = ((r.opens_earliest, r.opens_latest, r.planned_ends) for r in rows(plan))
    return [(_short(first), _short(last), _short(ends)) for first, last, ends in found]


def _short(day: date | None) -> str | None:
    return day.isoformat()[5:] if day else None


def test_01_a_number_in_a_column_of_dates_is_refused_by_row_and_column() -> None:
    plan = read("01-month-day-numbers")
    assert plan.rows == []
    assert [(r.row, r.column) for r in plan.rejected] == [
        *((2, "开始日期"), (2, "结束日期"), (3, "开始日期"), (3, "结束日期")),
        *((4, "开始日期"), (4, "结束日期"), (5, "开始日期"), (6, "开始日期"), (6, "结束日期")),
    ]
    assert plan.rejected[0].message.zh.startswith("“9.1”是数字而不是日期，无法判断是几日")


def test_05_what_is_hidden_is_named() -> None:
    plan = read("05-hidden-row")
    assert [row.row for row in rows(plan)] == [3, 4, 5]
    assert warned(plan) == [
        (None, None, "以下列在Excel中被隐藏"),
        (None, None, "隐藏的工作表“旧稿”也有表头"),
        (4, None, "本行在Excel中被隐藏或筛选掉"),
    ]
    assert "联系电话（K列）" in "".join(r.message.zh for r in plan.warnings)


def test_06_a_time_in_words_is_a_window_or_open() -> None:
    plan = read("06-time-words")
    assert days(plan) == [
        (None, None, None),
        ("01-01", "05-31", None),
        ("07-11", "07-20", None),
        ("09-01", "09-30", None),
        ("04-21", "05-10", None),
        ("09-15", "09-15", "09-19"),
        ("09-11", "09-20", None),
        ("09-15", "09-15", "09-19"),
        ("05-01", "06-30", None),
        ("09-01", "09-30", None),
        ("09-15", "09-15", None),
        ("07-01", "08-31", None),
    ]
    assert [row for row, _, _ in warned(plan)] == [3, 4, 10, 11, 14]


def test_07_a_bracket_that_contradicts_the_dates_is_named() -> None:
    plan = read("07-contradicting-notes")
    assert days(plan) == [("09-15", "09-15", "09-19")] * 2
    assert warned(plan) == [
        (3, "举办时间", "9月15日至9月19日首尾共5天"),
        (4, "举办时间", "9月15日是周一"),
    ]


@pytest.mark.parametrize("name", ["08a-empty-fill", "08b-core-date"])
def test_08_a_style_or_a_property_stops_nothing(name: str) -> None:
    plan = read(name)
    assert days(plan) == [("09-15", "09-15", "09-19"), ("10-11", "10-20", None)]
    assert warned(plan) == []


def test_09_lines_under_the_table_are_passed_over() -> None:
    plan = read("09-footers")
    assert [(row.row, row.category) for row in rows(plan)] == [
        (4, "national_funded"),
        (5, "national_self_funded"),
        (7, "demonstration"),
        (10, "engineering"),
        (12, "ordinary"),
    ]
    assert [row for row, _, _ in warned(plan)] == [4, 5]  # the number of trainees


def test_10_two_dates_of_one_project_are_two_sessions() -> None:
    plan = read("10-two-sessions-merged")
    assert [(row.row, row.planned_ends) for row in plan.rows] == [(2, date(2025, 5, 16))]
    ((row, column, message),) = [(r.row, r.column, r.message.zh) for r in plan.rejected]
    assert (row, column) == (3, "项目名称")
    assert "5月12日至5月16日、9月8日至9月12日" in message
    assert "（第一期）" in message and "（第二期）" in message and "重复" not in message
    assert warned(plan) == []


def test_11_the_first_address_counts_and_the_others_are_named() -> None:
    plan = read("11-addresses")
    taken = "a@example.cn"
    assert [row.contact_email for row in rows(plan)] == [taken, taken, taken, None, taken]
    assert [row.office_email for row in plan.rows] == [None] * 5
    assert warned(plan) == [
        (3, "联系邮箱", "只采用了“a@example.cn”"),
        (4, "联系邮箱", "只采用了“a@example.cn”"),
        (6, "联系邮箱", "没有联系邮箱"),
    ]
    assert sum("b@example.cn" in r.message.zh for r in plan.warnings) == 2


def test_12_a_head_count_in_words_stops_nothing() -> None:
    plan = read("12-head-counts")
    assert [row.planned_trainees for row in rows(plan)] == [40, 40, 30, None, 50]
    assert [(row, column) for row, column, _ in warned(plan)] == [
        (number, "计划人数") for number in range(3, 8)
    ]


def test_13a_a_day_as_excel_counts_is_that_day() -> None:
    plan = read("13a-serial-days")
    assert days(plan) == [("09-15", "09-15", None)] * 3
    assert [row.schedule_text for row in plan.rows] == ["2025年9月15日"] * 3
    assert [row for row, _, _ in warned(plan)] == [3, 4, 5]


@pytest.mark.parametrize(
    ("name", "ends"), [("14a", "09-19"), ("14b", "09-19"), ("14c", "09-19"), ("14d", "09-18")]
)
def test_14_headings_that_offices_use(name: str, ends: str) -> None:
    plan = read(f"{name}-heading")
    assert days(plan) == [("09-15", "09-15", ends)]
    (row,) = plan.rows
    assert (row.category, row.host, row.place) == ("demonstration", "样例学会", "福州市")
    assert (row.planned_trainees, row.contact_email) == (40, "u1@example.cn")
    title = "表中没有项目类别列"
    assert warned(plan) == ([(None, None, title)] if name == "14d" else [])
