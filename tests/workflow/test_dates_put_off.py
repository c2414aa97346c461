"""Postponing, extending, and the gentle question before an opening."""

from __future__ import annotations

from datetime import date

import pytest
from stories import CLERK, COORDINATOR, HEADS, WANG, Desk

from states.terms import Act, Action

pytestmark = pytest.mark.one_database

JUNE = {"opens": date(2025, 6, 16), "ends": date(2025, 6, 19)}


def current(desk: Desk, project: int, kind: str) -> tuple[int, str, str]:
    """Round, due date and standing of the last round of a kind."""
    [*_, row] = [row for row in desk.show(project)["deadlines"] if row["kind"] == kind]
    return row["round"], row["due_on"].isoformat(), row["standing"]


# -- Postponing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["planned", "filed"])
def test_postponed_opening_and_filing_are_open_and_the_year_end_stays(
    desk: Desk, state: str
) -> None:
    one = desk.admit()
    desk.live(one, state)
    done = desk.do(one, Act.POSTPONE, CLERK, "2025-04-11", papers=("change_notice",), reason="台风")
    assert (done.state, done.findings) == (state, ())
    shown = desk.show(one)
    assert (shown["schedule_text"], shown.get("opens_earliest")) == ("延期，时间待定", None)
    assert desk.standing(one) == {"completion": (1, "2025-11-30", "open")}
    assert shown["postponed"] == {"on": "2025-04-11", "reason": "台风"}
    assert desk.complaints() == []


def test_new_dates_after_a_postponement_count_anew(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    desk.do(one, Act.POSTPONE, CLERK, "2025-04-11", papers=("change_notice",), reason="台风")
    confirmed = desk.do(one, Act.CONFIRM_DATES, CLERK, "2025-05-06", **JUNE)
    assert confirmed.findings == ()  # the old plan no longer stands, so nothing differs from it
    assert current(desk, one, "filing") == (2, "2025-05-16", "open")
    assert current(desk, one, "opening") == (2, "2025-06-16", "open")
    assert [mail["notice"] for mail in desk.show(one)["mail"]][-2:] == ["postpone", "confirm_dates"]
    assert desk.complaints() == []


def test_force_majeure_stands_on_record(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    given = {"reason": "台风", "force_majeure": True}
    desk.do(one, Act.POSTPONE, CLERK, "2025-04-11", papers=("change_notice",), **given)
    assert desk.show(one)["postponed"]["force_majeure"] is True


def test_postponing_after_the_opening_or_without_paper_is_a_flag(desk: Desk) -> None:
    """R25-05: in advance, in writing."""
    one = desk.admit()
    desk.live(one, "planned")
    done = desk.do(one, Act.POSTPONE, CLERK, "2025-05-12", reason="台风")
    assert [f.rule for f in done.findings] == ["change_in_advance", "change_in_writing"]


# -- Extending ------------------------------------------------------------------------------------


def extend(desk: Desk, project: int, kind: str, until: str, on: str) -> None:
    given = {"kind": kind, "due_on": date.fromisoformat(until), "reason": "经研究同意"}
    desk.do(project, Act.EXTEND, WANG, on, **given)


def test_an_extended_filing_is_on_time_until_the_new_day(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    extend(desk, one, "filing", "2025-04-20", "2025-04-02")
    assert current(desk, one, "filing") == (2, "2025-04-20", "open")
    assert desk.show(one)["deadlines"][-1]["trace"][-1].zh == "省厅同意延长至2025年4月20日（周日）"
    filed = desk.do(
        one, Action.FILE, CLERK, "2025-04-20", papers=("opening_notice", "implementation_plan")
    )
    assert filed.findings == ()
    assert desk.complaints() == []


def test_the_day_after_the_extension_is_late(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    extend(desk, one, "filing", "2025-04-20", "2025-04-02")
    filed = desk.do(
        one, Action.FILE, CLERK, "2025-04-21", papers=("opening_notice", "implementation_plan")
    )
    assert [f.rule for f in filed.findings] == ["filed_in_time"]
    assert "逾期1天" in filed.findings[0].message.zh


def test_a_deadline_that_has_passed_can_still_be_extended(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    extend(desk, one, "filing", "2025-05-01", "2025-04-28")  # due 04-12
    assert current(desk, one, "filing") == (2, "2025-05-01", "open")


def test_what_is_sent_back_can_be_given_more_time(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "filed")
    back = {"items": "缺预算", "mend_by": date(2025, 4, 20)}
    desk.do(one, Action.SEND_BACK, WANG, "2025-04-14", **back)
    extend(desk, one, "mending", "2025-04-25", "2025-04-21")
    assert current(desk, one, "mending") == (2, "2025-04-25", "open")
    again = {"items": "缺日程", "mend_by": date(2025, 5, 6)}
    desk.do(one, Action.FILE, CLERK, "2025-04-25", papers=("opening_notice", "implementation_plan"))
    desk.do(one, Action.SEND_BACK, WANG, "2025-04-28", **again)  # a date of its own
    assert current(desk, one, "mending") == (3, "2025-05-06", "open")


def test_a_later_computed_date_outlives_an_extension(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    extend(desk, one, "filing", "2025-04-20", "2025-04-02")
    desk.do(one, Act.CHANGE, CLERK, "2025-04-10", reason="改期", **JUNE)
    assert current(desk, one, "filing") == (3, "2025-05-16", "open")


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("filing", "2025-04-12"),  # no later than it is
        ("filing", "2025-03-01"),
        ("nonsense", "2025-04-20"),
        ("opening", "2025-05-20"),  # asked by the system only
        ("recording", "2025-06-20"),
        ("mending", "2025-04-20"),  # nothing was sent back
    ],
)
def test_what_cannot_be_extended(desk: Desk, kind: str, until: str) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    given = {"kind": kind, "due_on": date.fromisoformat(until), "reason": "x"}
    assert desk.refused(one, Act.EXTEND, WANG, "2025-04-02", **given) == ["extension_fits"]


def test_only_the_province_extends(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    given = {"kind": "filing", "due_on": date(2025, 4, 20), "reason": "x"}
    assert desk.refused(one, Act.EXTEND, COORDINATOR, "2025-04-02", **given) == ["right_role"]


@pytest.mark.parametrize(
    ("kind", "clause"), [("completion", "R25-15c"), ("reimbursement", "R25-15b")]
)
def test_what_the_centre_pays_keeps_its_dates(desk: Desk, kind: str, clause: str) -> None:
    one = desk.admit(category="national_funded")
    desk.live(one, "planned")
    given = {"kind": kind, "due_on": date(2025, 12, 31), "reason": "x"}
    done = desk.do(one, Act.EXTEND, WANG, "2025-04-02", **given)
    assert [(f.rule, f.clause) for f in done.findings] == [("extension_binds", clause)]


# -- The question before an opening ---------------------------------------------------------------


def test_before_the_opening_the_host_is_asked_and_afterwards_no_more(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    [row] = [row for row in desk.show(one)["deadlines"] if row["kind"] == "opening"]
    assert (row["due_on"], row["force"], row["clause"]) == (date(2025, 5, 12), "advisory", "")
    assert row["next_on"] == date(2025, 4, 30)  # ten days before is in the holiday
    held = {"opens": date(2025, 5, 12), "ends": date(2025, 5, 15)}
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **held, **HEADS)
    assert current(desk, one, "opening")[2] == "superseded"
    assert desk.complaints() == []
