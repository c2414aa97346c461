"""What pages say is what the notices say: no more, no harder, in the words of officials."""

from __future__ import annotations

from datetime import date

import pytest
from rooms import Room, check_html
from stories import CLERK, RECEIPT, REPORT
from visits import House, words

from states.terms import Act, Action

ENDS = {"opens_earliest": "2025-05-12", "opens_latest": "2025-05-12", "planned_ends": "2025-05-15"}


@pytest.fixture
def room(house: House) -> Room:
    house.day = date(2025, 6, 1)
    return Room(house)


def part(said: str, first: str, then: str) -> str:
    """What a page says from one heading to another."""
    return said[said.index(first) : said.index(then)]


def move(room: Room, project: int, login: str = "wang") -> str:
    answer = room.visit(login).get(f"/projects/{project}")
    check_html(answer)
    return part(words(answer), "现在该谁做什么", "其他办理事项")


@pytest.mark.parametrize("category", ["engineering", "ordinary"])
def test_nobody_is_late_with_what_no_notice_asks_for(room: Room, category: str) -> None:
    """R25-06a, R25-07: filing is asked of national and demonstration projects only."""
    project = room.project(state="planned", category=category, known_on="2025-01-06")
    said = words(room.visit("lin").get(f"/projects/{project}"))
    assert "逾期" not in said
    assert "登记办班情况 计划结束日 2025-05-15 已过17天" in said


def test_an_advised_filing_says_that_it_is_advised_and_assumed(room: Room) -> None:
    room.house.day = date(2025, 4, 20)
    project = room.project(state="planned", category="engineering", known_on="2025-01-06")
    said = move(room, project)
    assert "报送实施方案 建议日期 2025-04-12 已过8天 建议报送日 2025-04-11" in said
    rows = part(words(room.visit("wang").get(f"/projects/{project}")), "期限 事项", "办理经过")
    assert "开班前报送 建议（通知未作要求） 系统推定（无文件依据） 建议日期 2025-04-12" in rows
    assert "系统参照示范项目，建议于开班一个月前报送" in rows


def test_until_the_class_is_over_its_host_is_told_to_hold_it_not_to_record_it(room: Room) -> None:
    """R25-04: 30 November is the last day of the class, not a day to hand anything in."""
    room.house.day = date(2025, 4, 20)
    said = move(room, room.project(state="planned", category="ordinary"))
    assert "承办单位 ：按计划办班，结束后登记办班情况 截止日 2025-11-30 还有224天" in said
    assert "建议报送日" not in said


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2025-05-15", "按计划办班，结束后登记办班情况 截止日 2025-11-30"),
        ("2025-05-16", "登记办班情况 计划结束日 2025-05-15 已过1天"),
        ("2025-11-30", "登记办班情况 计划结束日 2025-05-15 已过199天"),
        ("2025-12-01", "登记办班情况 截止日 2025-11-30 已逾期1天"),
    ],
)
def test_the_last_day_of_the_class_and_of_the_year_decide_what_is_asked(
    room: Room, today: str, said: str
) -> None:
    """R25-04: the day itself still counts."""
    room.house.day = date.fromisoformat(today)
    assert said in move(room, room.project(state="planned", category="ordinary"))


def test_a_class_without_dates_is_asked_for_its_dates(room: Room) -> None:
    open_dates = {"opens_earliest": None, "opens_latest": None, "planned_ends": None}
    said = move(room, room.project(state="planned", category="ordinary", **open_dates))
    assert "确认办班时间" in said
    assert "登记办班" not in said.split("之后")[0]


def test_a_class_that_is_not_recorded_is_called_about_but_not_late(room: Room) -> None:
    room.project(state="planned", category="ordinary", known_on="2025-01-06")
    said = words(room.visit("chen").get("/calls"))
    assert "办班登记" in said
    assert "2025-05-15 计划结束日，已过17天" in said
    assert "已逾期" not in said


def test_a_plan_that_came_late_is_never_counted_in_days_late(room: Room) -> None:
    room.house.day = date(2025, 5, 1)
    project = room.project(state="planned", known_on="2025-04-20")
    for path in (f"/projects/{project}", "/"):
        said = words(room.visit("lin").get(path))
        assert "已逾期" not in said
        assert "不归责于" in said
    report = words(room.visit("wang").get("/pictures/report"))
    assert "开班前报送 2025-04-12 计划下达晚，不归责" in report


def test_a_report_that_has_not_come_would_be_late_and_is_late_once_it_came(room: Room) -> None:
    room.house.day = date(2025, 6, 20)
    project = room.project("held")
    said = move(room, project)
    assert "应于2025年6月16日（周一）前报送，如今天报送，将逾期4天，可能影响补助" in said
    assert "实际" not in said
    done = room.house.desk.do(
        project, Action.REPORT, CLERK, "2025-06-20", papers=(*REPORT, RECEIPT)
    )
    assert "实际2025年6月20日（周五），逾期4天" in done.findings[0].message.zh


def test_a_project_that_came_with_the_plan_lacks_no_application(room: Room) -> None:
    """R24-13 asked for the form on paper, in another year's notice: assumed, and behind it."""
    project = room.project(state="held", category="demonstration", actual_ends="2025-05-15")
    papers = part(words(room.visit("lin").get(f"/projects/{project}")), "材料 申报", "办理经过")
    form, filing = papers.split("报送实施方案")[:2]
    assert "未经本系统报送 申报表 R24-13 系统推定（无文件依据） 未存" in form
    assert "缺2件" in filing  # it was never filed, here or elsewhere: R25-07
    assert "系统推定" not in filing.split("报送办班材料")[0]


def test_milestones_and_reasons_that_no_document_names_say_so(room: Room) -> None:
    said = words(room.visit("wang").get(f"/projects/{room.project('reported')}"))
    assert "经费已拨付 R25-17 系统推定（无文件依据）" in said
    assert "省厅已备案 R25-07 2025-04-15" in said
    page = words(room.visit("wang").get("/projects/1/do/reject"))
    assert "存在违规行为【系统推定】" in page
    assert "办班材料不齐 存在违规行为" in page


@pytest.mark.parametrize(
    ("category", "state", "deed", "asked"),
    [
        ("ordinary", "planned", "file", False),
        ("engineering", "planned", "file", False),
        ("demonstration", "planned", "file", True),
        ("national_self_funded", "planned", "file", True),
        ("ordinary", "held", "report", False),
        ("national_self_funded", "held", "report", False),
        ("engineering", "held", "report", True),
        ("national_funded", "held", "report", True),
    ],
)
def test_what_no_notice_asks_for_is_offered_as_such(
    room: Room, category: str, state: str, deed: str, asked: bool
) -> None:
    """R25-06a, R25-07, R25-15b, R25-20: who files before, and who reports after."""
    project = room.project(state=state, category=category, actual_ends="2025-05-15")
    form = room.visit("lin").get(f"/projects/{project}/do/{deed}")
    check_html(form)
    assert ("通知未要求该类项目办理此事项" not in words(form)) is asked
    may_follow = deed == "report" and category == "engineering"
    assert ('name="promised"' in form.text) is may_follow


def test_a_change_can_name_whom_the_class_is_for(room: Room) -> None:
    """R25-02 fixes topic, content, trainees, time and place; their number is not among them."""
    project = room.project(state="planned", category="ordinary")
    form = room.visit("lin").get(f"/projects/{project}/do/change")
    for label in ("项目名称（选题）", "研修内容变更", "研修对象变更", "开班日期", "办班地点"):
        assert label in words(form)
    room.house.desk.do(
        project, Act.CHANGE, CLERK, "2025-04-01", papers=("change_notice",),
        reason="上级要求", audience="扩大至县级医院",
    )  # fmt: skip
    said = words(room.visit("wang").get(f"/projects/{project}/history"))
    assert "研修对象变更 扩大至县级医院" in said


def test_the_list_of_what_is_late_says_that_a_class_is_over_not_closed(room: Room) -> None:
    room.project(state="planned", category="demonstration", known_on="2025-01-06")
    assert "计划办班时间已过，请先登记办班情况" in words(room.visit("wang").get("/"))
