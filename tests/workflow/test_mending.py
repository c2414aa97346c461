"""What is sent back has its own date; dates that move begin a new round and keep the old."""

from __future__ import annotations

from datetime import date

from stories import CLASS, CLERK, FILING, HEADS, WANG, Desk

from states.terms import Act, Action

BACK = {"items": "补课程表", "mend_by": date(2025, 4, 25)}


def project_in(desk: Desk, state: str) -> int:
    one = desk.admit()
    desk.live(one, state)
    return one


# -- Sending back ---------------------------------------------------------------------------------


def test_what_is_sent_back_has_a_date_of_its_own_and_refiling_meets_it(desk: Desk) -> None:
    one = project_in(desk, "filed")
    assert desk.do(one, Action.SEND_BACK, WANG, "2025-04-15", **BACK).state == "planned"
    assert desk.standing(one)["mending"] == (1, "2025-04-25", "open")
    assert desk.standing(one)["filing"] == (1, "2025-04-12", "met")
    assert desk.do(one, Action.FILE, CLERK, "2025-04-25").findings == ()
    shown = desk.show(one)
    assert (shown["filed_on"], shown["mended_on"]) == ("2025-04-10", "2025-04-25")
    assert desk.standing(one)["mending"] == (1, "2025-04-25", "met")
    assert desk.complaints() == []


def test_a_second_sending_back_is_a_new_round_even_with_the_same_date(desk: Desk) -> None:
    one = project_in(desk, "filed")
    desk.do(one, Action.SEND_BACK, WANG, "2025-04-15", **BACK)
    desk.do(one, Action.FILE, CLERK, "2025-04-16")
    desk.do(one, Action.SEND_BACK, WANG, "2025-04-17", **BACK)
    assert desk.standing(one)["mending"] == (2, "2025-04-25", "open")
    assert desk.show(one)["mend_round"] == 2
    assert desk.complaints() == []


def test_mending_too_late_is_a_flag(desk: Desk) -> None:
    one = project_in(desk, "filed")
    desk.do(one, Action.SEND_BACK, WANG, "2025-04-15", **BACK)
    desk.do(one, Action.FILE, CLERK, "2025-04-26")
    assert desk.flags(one) == {"mended_in_time"}


def test_holding_without_mending_lifts_the_date_and_leaves_a_flag(desk: Desk) -> None:
    one = project_in(desk, "filed")
    desk.do(one, Action.SEND_BACK, WANG, "2025-04-15", **BACK)
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **HEADS)
    assert desk.standing(one)["mending"] == (1, "2025-04-25", "lifted")
    assert desk.flags(one) == {"filed_before_holding", "milestones_recorded.filing_confirmed"}


def test_an_application_that_is_sent_back_keeps_its_first_day(desk: Desk) -> None:
    one = project_in(desk, "submitted")
    again = {"items": "盖章", "mend_by": date(2025, 1, 20)}
    assert desk.do(one, Action.SEND_BACK, WANG, "2025-01-09", **again).state == "drafted"
    desk.do(one, Action.SUBMIT, CLERK, "2025-01-20")  # its form was handed in before
    assert desk.show(one)["submitted_on"] == "2025-01-08"
    assert desk.standing(one)["mending"] == (1, "2025-01-20", "met")


# -- Dates that move ------------------------------------------------------------------------------


def test_moved_dates_begin_a_new_round_and_keep_the_old_one(desk: Desk) -> None:
    one = project_in(desk, "planned")
    moved = {"reason": "师资", "opens": date(2025, 6, 16), "ends": date(2025, 6, 19)}
    desk.do(one, Act.CHANGE, CLERK, "2025-04-01", papers=("change_notice",), **moved)
    assert desk.standing(one) == {
        "filing": (2, "2025-05-16", "open"),
        "completion": (1, "2025-11-30", "open"),
        "recording": (2, "2025-06-19", "open"),
        "reimbursement": (2, "2025-07-21", "ahead"),
    }
    old = [r for r in desk.show(one)["deadlines"] if r["standing"] == "superseded"]
    assert {(r["kind"], r["round"], r["due_on"].isoformat()) for r in old} == {
        ("filing", 1, "2025-04-12"),
        ("recording", 1, "2025-05-15"),
        ("opening", 1, "2025-05-12"),
        ("reimbursement", 1, "2025-06-16"),
    }
    assert desk.complaints() == []


def test_a_change_back_begins_a_third_round(desk: Desk) -> None:
    one = project_in(desk, "planned")
    for opens in (date(2025, 6, 16), date(2025, 5, 12)):
        desk.do(one, Act.CHANGE, CLERK, "2025-04-01", reason="x", opens=opens)
    assert desk.standing(one)["filing"] == (3, "2025-04-12", "open")


def test_a_window_is_provisional_until_the_dates_are_confirmed(desk: Desk) -> None:
    one = desk.admit(opens_latest="2025-05-31", planned_ends=None)
    desk.live(one, "planned")
    assert [r["provisional"] for r in desk.show(one)["deadlines"] if r["kind"] == "filing"] == [
        True
    ]
    desk.do(one, Act.CONFIRM_DATES, CLERK, "2025-03-01", **CLASS)
    rows = {r["kind"]: r for r in desk.show(one)["deadlines"] if r["standing"] == "open"}
    assert (rows["filing"]["provisional"], rows["filing"]["round"]) == (False, 1)
    assert desk.complaints() == []


def test_the_plan_may_name_the_last_day_alone(desk: Desk) -> None:
    one = project_in(desk, "reviewed")
    desk.do(one, Action.PLAN, WANG, "2025-02-20", number=7, ends=date(2025, 5, 16))
    assert desk.show(one)["planned_ends"] == "2025-05-16"


def test_another_category_in_the_plan_brings_its_own_force_and_clause(desk: Desk) -> None:
    one = project_in(desk, "reviewed")
    desk.do(one, Action.PLAN, WANG, "2025-02-20", number=7, category="engineering")
    [filing] = [r for r in desk.show(one)["deadlines"] if r["kind"] == "filing"]
    assert (filing["round"], filing["force"], filing["standing"]) == (1, "advisory", "open")
    assert desk.complaints() == []


def test_a_plan_that_comes_late_says_since_when_the_host_could_know(desk: Desk) -> None:
    one = project_in(desk, "reviewed")
    desk.do(one, Action.PLAN, WANG, "2025-04-20", number=7)
    rows = {r["kind"]: r for r in desk.show(one)["deadlines"]}
    assert rows["filing"]["known_on"] == date(2025, 4, 20)
    assert rows["filing"]["plan_came_late"]
    late = desk.do(one, Action.FILE, CLERK, "2025-04-25", papers=FILING)
    assert [finding.rule for finding in late.findings] == ["plan_came_late"]


def test_a_name_that_the_host_has_already_given_is_refused(desk: Desk) -> None:
    one, two = desk.admit(), desk.admit(name="高端装备研修班")
    desk.live(one, "planned")
    taken = {"reason": "x", "name": "高端 装备研修班"}
    assert desk.refused(one, Act.CHANGE, CLERK, "2025-04-01", **taken) == ["name_taken"]
    desk.do(one, Act.CHANGE, CLERK, "2025-04-01", reason="x", name="智能装备研修班")
    assert desk.show(one)["name"] == "智能装备研修班"
    assert desk.show(two)["name"] == "高端装备研修班"
    assert desk.complaints() == []
