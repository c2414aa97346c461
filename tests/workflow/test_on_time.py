"""On time is judged by the due date that was in force when the paper came, and a host's own step
counts on the day it arrives (line 23; R25-06a, R25-07, R25-15b)."""

from __future__ import annotations

from datetime import date

import pytest
from stories import CLASS, CLERK, COORDINATOR, FILING, HEADS, REPORT, WANG, Desk

from states.terms import Act, Action

pytestmark = pytest.mark.one_database

# The class opens on 12 May, so its papers are due on 12 April.
IN_TIME, LATE = "2025-04-12", "2025-04-14"
EARLIER = {"opens": date(2025, 5, 5), "ends": date(2025, 5, 8)}  # due on 5 April
LATER = {"opens": date(2025, 5, 26), "ends": date(2025, 5, 29)}  # due on 26 April


def planned(desk: Desk) -> int:
    one = desk.admit()
    desk.live(one, "planned")
    return one


def moved(desk: Desk, one: int, on: str, dates: dict[str, date], by: Act = Act.CHANGE) -> None:
    given = {"topic": "日期", "content": "改期", "reason": "讲师时间冲突"}
    desk.do(one, by, CLERK, on, **(given if by is Act.CHANGE else {}), **dates)


def late(desk: Desk, one: int) -> set[str]:
    return desk.flags(one) & {"filed_in_time", "reported_in_time"}


def filed(desk: Desk, one: int, on: str, today: str | None = None) -> None:
    by = COORDINATOR if today else CLERK
    desk.do(one, Action.FILE, by, on, papers=FILING, today=today, on_behalf=bool(today))


@pytest.mark.parametrize(("on", "flags"), [(IN_TIME, set()), (LATE, {"filed_in_time"})])
def test_a_hosts_own_step_counts_on_the_day_it_arrives(
    desk: Desk, on: str, flags: set[str]
) -> None:
    """Whatever date it gives; who enters its paper gives the day of receipt."""
    own, entered = planned(desk), desk.admit(name="另一班")
    desk.live(entered, "planned")
    done = desk.do(own, Action.FILE, CLERK, "2025-04-01", papers=FILING, today=on)
    assert (done.on, desk.show(own)["filed_on"]) == (date.fromisoformat(on), on)
    assert desk.flags(own) == flags
    assert desk.show(own)["papers"]["opening_notice"]["on"] == on
    filed(desk, entered, "2025-04-01", today=on)
    assert (desk.show(entered)["filed_on"], desk.flags(entered)) == ("2025-04-01", set())
    assert desk.complaints() == []


def test_progress_keeps_the_day_on_which_it_was(desk: Desk) -> None:
    one = desk.admit(category="national_self_funded")
    desk.live(one, "planned")
    given = {"name": "consulted"}
    done = desk.do(one, Act.MILESTONE, CLERK, "2025-03-01", today="2025-03-10", **given)
    assert done.on == date(2025, 3, 1)


def test_a_claim_lodged_elsewhere_keeps_its_day_with_the_flag(desk: Desk) -> None:
    """It did not arrive here: the ministry's centre has it."""
    known = {"category": "national_funded", "state": "held", "actual_opens": "2025-05-12"}
    one = desk.admit(**known, actual_ends="2025-05-16", filed_on="2025-04-10", held_on="2025-05-17")
    papers = ("reimbursement_papers",)
    done = desk.do(one, Action.REPORT, CLERK, "2025-06-10", papers=papers, today="2025-06-20")
    assert done.on == date(2025, 6, 10)
    assert "dated_by_receipt" in desk.flags(one) and late(desk, one) == set()


def test_a_date_that_moves_afterwards_makes_nobody_late(desk: Desk) -> None:
    one = planned(desk)
    filed(desk, one, "2025-04-10")
    moved(desk, one, "2025-04-11", EARLIER)
    assert desk.standing(one)["filing"][1:] == ("2025-04-12", "met")
    desk.do(one, Action.SEND_BACK, WANG, "2025-04-14", items="课表", mend_by=date(2025, 4, 20))
    filed(desk, one, "2025-04-18")
    assert "filed_in_time" not in desk.flags(one)
    assert desk.complaints() == []


def test_what_came_before_a_move_counts_as_the_date_then_stood(desk: Desk) -> None:
    """Entered after the move: the paper lay there before it."""
    one = planned(desk)
    moved(desk, one, "2025-04-11", EARLIER)
    filed(desk, one, "2025-04-10", today="2025-04-14")
    assert late(desk, one) == set()
    assert desk.standing(one)["filing"][1:] == ("2025-04-12", "met")
    assert desk.complaints() == []


def test_a_move_to_a_later_day_does_not_excuse_what_was_late(desk: Desk) -> None:
    one = planned(desk)
    moved(desk, one, "2025-04-16", LATER)
    filed(desk, one, LATE, today="2025-04-17")
    assert late(desk, one) == {"filed_in_time"}
    [said] = [flag for key, flag in desk.show(one)["flags"].items() if key == "filed_in_time"]
    assert "4月12日" in said["zh"] and "逾期2天" in said["zh"]


@pytest.mark.parametrize(
    ("on", "flags"), [("2025-04-26", set()), ("2025-04-27", {"filed_in_time"})]
)
def test_a_date_that_had_moved_before_counts_as_it_then_stood(
    desk: Desk, on: str, flags: set[str]
) -> None:
    one = planned(desk)
    moved(desk, one, "2025-04-07", LATER)
    filed(desk, one, on)
    assert late(desk, one) == flags


def test_on_the_day_of_the_move_the_host_has_the_later_day(desk: Desk) -> None:
    one = planned(desk)
    moved(desk, one, IN_TIME, EARLIER)
    filed(desk, one, IN_TIME)
    assert late(desk, one) == set()


def test_each_of_several_moves_counts_in_its_time(desk: Desk) -> None:
    one = planned(desk)
    moved(desk, one, "2025-04-02", LATER)
    moved(desk, one, "2025-04-20", EARLIER)
    filed(desk, one, "2025-04-19", today="2025-04-21")  # due on the 26th then
    assert late(desk, one) == set()
    assert desk.standing(one)["filing"][1:] == ("2025-04-26", "met")
    assert desk.complaints() == []


def test_a_class_that_was_held_on_other_days_makes_no_filing_late(desk: Desk) -> None:
    one = planned(desk)
    filed(desk, one, IN_TIME)
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **EARLIER, **HEADS)
    assert desk.standing(one)["filing"][1:] == ("2025-04-12", "met")
    assert desk.complaints() == []


def test_a_report_is_judged_by_the_last_day_as_it_was_known(desk: Desk) -> None:
    """A correction to an earlier end makes nobody late, one to a later end spares who seemed so."""
    one, two = planned(desk), desk.admit(name="另一班")
    desk.live(two, "planned")
    for project in (one, two):
        filed(desk, project, IN_TIME)
        desk.do(project, Action.HOLD, CLERK, "2025-05-16", **CLASS, **HEADS)
    desk.do(one, Action.REPORT, CLERK, "2025-06-13", papers=REPORT, promised=date(2025, 7, 1))
    desk.do(one, Act.CORRECT, WANG, "2025-06-14", reason="x", ends=date(2025, 5, 12))
    assert desk.standing(one)["reimbursement"][1:] == ("2025-06-16", "met")
    desk.do(two, Act.CORRECT, WANG, "2025-06-20", reason="x", ends=date(2025, 5, 16))
    entered = {"papers": REPORT, "today": "2025-06-21", "on_behalf": True}
    desk.do(two, Action.REPORT, COORDINATOR, "2025-06-16", promised=date(2025, 7, 1), **entered)
    assert "reported_in_time" not in desk.flags(one) | desk.flags(two)
    assert desk.complaints() == []
