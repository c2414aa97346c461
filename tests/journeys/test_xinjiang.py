"""Another province is another file: 30 days before, 10 working days after, no code."""

from __future__ import annotations

from datetime import date

import pytest
from stories import CLERK, COORDINATOR, HEADS, WANG, Desk

from states.terms import Act, Action

PAPERS = ("summary_report", "trainee_list", "final_accounts", "satisfaction_survey")
SEPTEMBER = {"opens": date(2025, 9, 15), "ends": date(2025, 9, 19)}


def regional(desk: Desk) -> int:
    dates = {"opens_earliest": "2025-09-15", "opens_latest": "2025-09-15"}
    one = desk.admit(
        policy="xinjiang-2025", category="regional", **dates, planned_ends="2025-09-19"
    )
    desk.do(one, Action.SUBMIT, CLERK, "2025-01-08")
    desk.do(one, Action.REVIEW, COORDINATOR, "2025-01-10", opinion="同意")
    desk.do(one, Action.PLAN, WANG, "2025-02-20", number=3)
    return one


def test_from_plan_to_its_own_settlement(desk: Desk) -> None:
    one = regional(desk)
    assert desk.standing(one) == {
        "filing": (1, "2025-08-16", "open"),  # 30 days before, not a month
        "recording": (1, "2025-09-19", "open"),
        "reimbursement": (1, "2025-10-10", "ahead"),  # Sunday 28 September is worked
    }
    assert desk.do(one, Action.FILE, CLERK, "2025-08-16").findings == ()
    assert desk.do(one, Action.HOLD, CLERK, "2025-09-20", **SEPTEMBER, **HEADS).findings == ()
    desk.do(one, Act.MILESTONE, CLERK, "2025-09-22", name="assessed")
    assert desk.refused(one, Action.REPORT, CLERK, "2025-10-10") == ["papers_present"] * 4
    assert desk.do(one, Action.REPORT, CLERK, "2025-10-10", papers=PAPERS).findings == ()
    assert desk.refused(one, Action.SUBSIDISE, WANG, "2025-10-20", amount=1) == ["has_subsidy"]
    assert desk.do(one, Action.CLOSE, CLERK, "2025-10-20").state == "closed"
    assert desk.complaints() == []


@pytest.mark.parametrize(("on", "rules"), [("2025-08-16", []), ("2025-08-17", ["filed_in_time"])])
def test_x25_02_thirty_days(desk: Desk, on: str, rules: list[str]) -> None:
    found = desk.do(regional(desk), Action.FILE, CLERK, on).findings
    assert [(f.rule, f.clause) for f in found] == [(rule, "X25-02") for rule in rules]


@pytest.mark.parametrize(
    ("on", "rules"), [("2025-10-10", []), ("2025-10-11", ["reported_in_time"])]
)
def test_x25_03_ten_working_days_over_the_holiday(desk: Desk, on: str, rules: list[str]) -> None:
    one = regional(desk)
    desk.do(one, Action.FILE, CLERK, "2025-08-10")
    desk.do(one, Action.HOLD, CLERK, "2025-09-20", **SEPTEMBER, **HEADS)
    desk.do(one, Act.MILESTONE, CLERK, "2025-09-22", name="assessed")
    found = desk.do(one, Action.REPORT, CLERK, on, papers=PAPERS).findings
    assert [(f.rule, f.clause) for f in found] == [(rule, "X25-03") for rule in rules]
