"""Previews of wordings: for readers who get the mail, by their names, on a day when it would go."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from desk import Desk, day

from notifications.letters.imagined_letter import NoPreview
from notifications.letters.links import NO_LINKS
from notifications.letters.notices import NOTICES, Family
from notifications.letters.preview import preview
from notifications.letters.results import Reader
from notifications.letters.values import Rendered
from states.terms import Role

READERS = (Role.HOST, Role.COORDINATOR, Role.PROVINCE)
SUNDAY = "2025-10-05"  # within the National Day holidays


def shown(
    desk: Desk, notice: str, project_id: int, role: Role, *, today: str = SUNDAY, name: str = ""
) -> Rendered:
    reader = Reader(name, "x@example.cn", role, "zh", day(today), NO_LINKS)
    with desk.db.read() as connection:
        return preview(connection, desk.book, notice, project_id, reader)


def sent_on(text: str) -> date:
    found = re.search(r"本邮件由系统于(\d+)年(\d+)月(\d+)日", text)
    assert found
    return date(*map(int, found.groups()))


def november(desk: Desk, **changes: Any) -> int:
    """Opens on 2025-11-10, so that a week before its filing is due lies in the holidays."""
    days = {"opens_earliest": "2025-11-10", "opens_latest": "2025-11-10"}
    [one] = desk.plan(days | {"planned_ends": "2025-11-13"} | changes)
    return one


def test_every_preview_falls_on_a_working_day(quick_desk: Desk) -> None:
    quick_desk.staff()
    projects = [november(quick_desk)]
    for n, category in enumerate(("engineering", "national_funded"), start=2):
        projects.append(november(quick_desk, category=category, number=n, name=category))
    previewed = set()
    for notice in NOTICES:
        for project_id in projects:
            for role in READERS:
                try:
                    text = shown(quick_desk, notice, project_id, role).text
                except NoPreview:
                    continue
                previewed.add(notice)
                assert quick_desk.book.calendar.is_working(sent_on(text)), (notice, role, text)
    of_a_window = {"application", "application.submitted", "overdue.application"}
    assert previewed == set(NOTICES) - of_a_window  # the call of 2025 is not at hand


def test_a_week_before_a_holiday_is_the_working_day_before_it(quick_desk: Desk) -> None:
    text = shown(quick_desk, "filing", november(quick_desk), Role.HOST).text
    assert sent_on(text) == date(2025, 9, 30)
    assert "还有10天" in text


@pytest.mark.parametrize("notice", ["overdue", "digest.coordinator", "digest.province", "extend"])
def test_a_watcher_is_greeted_by_his_own_name(quick_desk: Desk, notice: str) -> None:
    quick_desk.staff()
    one = november(quick_desk)
    names = {Role.HOST: "张三", Role.COORDINATOR: "王五", Role.PROVINCE: "赵六"}
    for role, name in names.items():
        if notice == "extend" and role is Role.PROVINCE:
            continue
        greeted = {"digest.coordinator": "王五", "digest.province": "赵六"}.get(notice, name)
        assert shown(quick_desk, notice, one, role).text.startswith(f"{greeted}：\n")
    assert shown(quick_desk, notice, one, Role.HOST, name="钱七").text.startswith("钱七：\n")


def test_a_role_that_nobody_holds_is_greeted_as_such(quick_desk: Desk) -> None:
    one = november(quick_desk)
    assert shown(quick_desk, "overdue", one, Role.PROVINCE).text.startswith("省厅：\n")


@pytest.mark.parametrize(
    ("notice", "role", "said"),
    [
        ("plan", Role.PROVINCE, "“列入计划”不发给省厅，只发给承办单位，请换一个收件人身份预览。"),
        (
            "extend",
            Role.PROVINCE,
            "“延长期限”不发给省厅，只发给承办单位、主管（推荐）单位联系人，请换一个收件人身份预览。",
        ),
        (
            "filing",
            Role.COORDINATOR,
            "“开班前报送提醒”不发给主管（推荐）单位联系人，只发给承办单位，请换一个收件人身份预览。",
        ),
        (
            "alarm.marked",
            Role.HOST,
            "“邮箱停发”不发给承办单位，只发给主管（推荐）单位联系人、省厅，请换一个收件人身份预览。",
        ),
    ],
)
def test_what_a_role_never_gets_is_not_previewed_for_it(
    quick_desk: Desk, notice: str, role: Role, said: str
) -> None:
    with pytest.raises(NoPreview) as refused:
        shown(quick_desk, notice, november(quick_desk), role)
    assert refused.value.text.zh == said


def test_a_receipt_that_is_imagined_lacks_nothing(quick_desk: Desk) -> None:
    text = shown(quick_desk, "file", november(quick_desk), Role.HOST).text
    assert "已收材料：开班通知、实施方案\n" in text
    assert "尚缺材料" not in text


@pytest.mark.parametrize(
    ("notice", "said"),
    [
        ("ministry_decision", "不登记“人社部中心审核经费”"),
        ("reimbursement.national", "没有“经费报销材料提醒”所说的期限"),
    ],
)
def test_what_a_category_does_not_know_is_not_previewed(
    quick_desk: Desk, notice: str, said: str
) -> None:
    with pytest.raises(NoPreview) as refused:
        shown(quick_desk, notice, november(quick_desk), Role.HOST)
    assert said in refused.value.text.zh


def test_milestones_in_general_are_shown_by_one_of_the_category(quick_desk: Desk) -> None:
    one = november(quick_desk, category="national_funded")
    assert shown(quick_desk, "milestone", one, Role.HOST).subject.endswith("”已与省厅沟通")


def test_the_province_is_shown_the_last_step_of_the_ladder(quick_desk: Desk) -> None:
    """config/ladders.toml: it is told a week after."""
    text = shown(quick_desk, "overdue", november(quick_desk), Role.PROVINCE).text
    assert sent_on(text) == date(2025, 10, 17) and "已逾期7天" in text


TO_WATCHERS = {
    *("transfer", "extend", "change", "postpone", "confirm_dates", "submit", "withdraw"),
    "reclassify",
}


@pytest.mark.parametrize("notice", NOTICES)
def test_each_is_previewed_for_those_it_is_sent_to_and_nobody_else(
    quick_desk: Desk, notice: str
) -> None:
    quick_desk.staff()
    category = "engineering" if notice == "past_advice" else "national_funded"
    project, told = november(quick_desk, category=category), set()
    for role in READERS:
        try:
            assert shown(quick_desk, notice, project, role).subject
        except NoPreview as refused:
            if "不发给" not in refused.text.zh:  # it has no such deadline or milestone
                assert notice in NOT_OF_THIS_ONE
                return
        else:
            told.add(role)
    if notice in TO_WATCHERS:
        assert told == {Role.HOST, Role.COORDINATOR}
    elif notice == "transfer.left":
        assert told == {Role.COORDINATOR}
    elif NOTICES[notice].family is Family.ALARM:
        assert told == {Role.COORDINATOR, Role.PROVINCE}
    elif notice.startswith(("digest.", "overdue", "summary")):
        assert told == set(READERS)
    elif notice == "cancel":  # of a proposal: both sides of it
        assert told == {Role.HOST, Role.PROVINCE}
    elif notice == "recording":
        assert told == {Role.HOST, Role.COORDINATOR}
    elif notice != "reject":
        assert told == {Role.HOST}


NOT_OF_THIS_ONE = {
    *("application", "application.submitted", "overdue.application"),
    "filing_confirmed",
}
