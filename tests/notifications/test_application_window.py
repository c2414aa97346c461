"""Applications whose window is over (R24-13): each reader is told its own duty and place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from desk import WHOLE, Desk, day, morning
from test_what_mails_cite import texts
from test_writer import speak_english

from notifications.letters.links import NO_LINKS
from notifications.letters.preview import preview
from notifications.letters.results import Reader
from states.terms import Action, Role, State
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import PlanFile

DEPARTMENT = "省林业局"
OFFICE = "福建省人力资源和社会保障厅职业能力建设处"


def applied(desk: Desk, *names: str, **more: Any) -> list[int]:
    """Applications of 2024, which have to reach the province by 15 January 2024; in draft."""
    known = {"opens_earliest": day("2024-09-15"), "opens_latest": day("2024-09-15")}
    known |= {"planned_ends": day("2024-09-18"), "state": State.DRAFTED, "number": None}
    rows = [replace(WHOLE, row=n, name=name, **(known | more)) for n, name in enumerate(names, 2)]
    policy, today = desk.book.policy("fujian-2024"), day("2023-12-25")
    plan = PlanFile(rows=rows)
    apply_plan(desk.db, desk.book, policy, plan, today=today, at=morning(today))
    return list(desk.projects("id"))[-len(names) :]


def submit(desk: Desk, project: int, on: str) -> Any:
    return desk.do(project, Action.SUBMIT, on, by=Role.HOST, papers=("application_form",))


def mail_to(desk: Desk, role: Role, on: str) -> str:
    [said] = texts(desk, on, to_role=role.value)
    return said


def addressee(said: str) -> list[str]:
    return [line for line in said.splitlines() if line.startswith("材料报送至")]


def test_r24_13_the_department_reviews_and_sends_and_the_province_waits(desk: Desk) -> None:
    desk.staff()
    [project] = applied(desk, "甲班")
    submit(desk, project, "2024-01-08")
    desk.sweep_daily("2024-01-08", "2024-01-31")
    told = desk.ledger("step", "role", kind="application", status="queued")
    assert [one for one in told if one[0].startswith("D+")] == [
        *(("D+1", "coordinator"), ("D+3", "coordinator")),
        *(("D+7", "coordinator"), ("D+7", "province")),
    ]
    department = mail_to(desk, Role.COORDINATOR, "2024-01-18")
    assert department.splitlines()[0] == (
        "【催报】甲单位申报的“甲班”审核汇总已逾期3天，请尽快报省厅"
    )
    assert "由贵单位审核汇总并报省厅，已逾期3天" in department
    assert addressee(department) == [f"材料报送至：{OFFICE}"]
    province = mail_to(desk, Role.PROVINCE, "2024-01-22")
    assert f"前由{DEPARTMENT}审核汇总后报省厅，已逾期7天，省厅尚未收到" in province
    assert addressee(province) == []
    for said in (department, province):
        assert "督促" not in said
        assert "与福建省" not in said


def test_r24_13_before_the_day_the_department_sends_to_the_province(desk: Desk) -> None:
    desk.staff()
    [project] = applied(desk, "甲班")
    submit(desk, project, "2024-01-05")
    desk.sweep_daily("2024-01-05", "2024-01-08")
    said = mail_to(desk, Role.COORDINATOR, "2024-01-08")
    assert "请及时审核推荐" in said
    assert "督促" not in said
    assert addressee(said) == [f"材料报送至：{OFFICE}"]


def test_r24_13_a_draft_goes_to_the_department_which_is_not_told_to_send_to_itself(
    desk: Desk,
) -> None:
    desk.staff()
    applied(desk, "甲班")
    desk.sweep_daily("2024-01-02", "2024-01-08")
    assert addressee(mail_to(desk, Role.HOST, "2024-01-08")) == [f"材料报送至：{DEPARTMENT}"]
    said = mail_to(desk, Role.COORDINATOR, "2024-01-08")
    assert addressee(said) == [f"材料报送至：{OFFICE}"]
    assert "请督促申报单位按时报送，审核汇总后报省厅" in said


def test_r24_13_what_came_after_the_window_is_flagged_at_once_and_waits_for_the_province(
    desk: Desk,
) -> None:
    """Only the province may still take it: the department is not chased for a review."""
    desk.staff()
    [project] = applied(desk, "甲班")
    done = submit(desk, project, "2024-01-17")
    assert [(f.key, f.clause) for f in done.findings] == [("applied_in_time", "R24-13")]
    assert desk.facts(project).open_flags == ["applied_in_time"]
    assert desk.projects("waits_for") == ["province"]
    told = mail_to(desk, Role.COORDINATOR, "2024-01-17")
    assert "只能由省厅注明事由后受理" in told
    assert "请审核推荐" not in told
    desk.sweep_daily("2024-01-17", "2024-01-31")
    steps = desk.ledger("step", "status", "reason", kind="application", role="coordinator")
    after = [one for one in steps if one[0] in ("D+3", "D+7")]
    assert after == [("D+3", "suppressed", "province_only"), ("D+7", "suppressed", "province_only")]
    province = mail_to(desk, Role.PROVINCE, "2024-01-22")
    assert "逾期申报，待省厅决定是否受理" in province.splitlines()[0]
    assert "督促" not in province


def test_r24_13_the_last_day_of_the_window_raises_no_flag(desk: Desk) -> None:
    [project] = applied(desk, "甲班")
    assert submit(desk, project, "2024-01-15").findings == ()
    assert desk.projects("waits_for") == ["coordinator"]


def test_r24_13_what_was_sent_back_keeps_the_day_on_which_it_first_came(desk: Desk) -> None:
    [project] = applied(desk, "甲班")
    submit(desk, project, "2024-01-08")
    by = {"items": "缺附件", "mend_by": "2024-01-25"}
    desk.do(project, Action.SEND_BACK, "2024-01-12", **by)
    assert submit(desk, project, "2024-01-22").findings == ()


def test_several_items_ask_nobody_to_urge_about_what_is_his_own(desk: Desk) -> None:
    desk.staff()
    for project in applied(desk, "甲班", "乙班"):
        submit(desk, project, "2024-01-08")
    desk.sweep_daily("2024-01-08", "2024-01-18")
    said = mail_to(desk, Role.COORDINATOR, "2024-01-18")
    assert "督促" not in said
    assert "请及时办理" in said


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PROVINCE])
def test_r24_13_in_english(desk: Desk, role: Role) -> None:
    desk.staff()
    email = f"{role.value}@example.cn"
    speak_english(desk, email)
    [project] = applied(desk, "甲班")
    submit(desk, project, "2024-01-08")
    desk.sweep_daily("2024-01-08", "2024-01-22")
    said = mail_to(desk, role, "2024-01-22")
    assert "follow up" not in said
    assert ("Papers go to" in said) is (role is Role.COORDINATOR)
    own = {Role.COORDINATOR: "was to be reviewed by you", Role.PROVINCE: "has not arrived"}
    assert own[role] in said


@pytest.mark.parametrize("on", ["2025-08-25", "2025-10-28"])
def test_papers_never_go_to_the_reader(desk: Desk, on: str) -> None:
    """R25-07, R25-20: what a host owes the province is not told to it as an address of its own."""
    desk.staff()
    [project] = desk.plan({})
    if on > "2025-09":
        desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
        desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.sweep_daily("2025-08-08", on)
    days = {str(one) for one in desk.mails("on_date", to_role="province")}
    assert days
    for one in days:
        for said in texts(desk, one, to_role="province"):
            assert "材料报送至" not in said


def test_r24_13_what_is_overdue_at_the_department_can_be_previewed(desk: Desk) -> None:
    desk.staff()
    [project] = applied(desk, "甲班")
    for role, said in ((Role.COORDINATOR, "由贵单位审核汇总"), (Role.PROVINCE, "省厅尚未收到")):
        reader = Reader("", f"{role.value}@example.cn", role, "zh", day("2024-01-08"), NO_LINKS)
        with desk.db.read() as connection:
            found = preview(connection, desk.book, "overdue.application", project, reader)
        assert said in found.text
