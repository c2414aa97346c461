"""Each category of 2025 to the end that the notice gives it, and to no other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from stories import CLERK, COORDINATOR, FILING, FORM, RECEIPT, REPORT, WANG, ZHOU, Desk

from states.terms import Act, Action

PLAN_ONLY = ("implementation_plan",)
ALL_NINE = (*REPORT, RECEIPT)
BEFORE = ("consulted", "notice_issued", "platform_declared", "platform_approved")
AFTER = ("assessed", "trainees_submitted")
DAYS = {"opens": date(2025, 5, 12), "ends": date(2025, 5, 16)}
HEADS = {"trainees": 60, "online_trainees": 10, "staff": 6}


@pytest.mark.parametrize(
    ("category", "filing", "report", "before", "after", "cap"),
    [
        ("national_funded", PLAN_ONLY, ("reimbursement_papers",), BEFORE, AFTER, 10_500_000),
        ("national_self_funded", PLAN_ONLY, (), BEFORE, AFTER, None),
        ("demonstration", FILING, ALL_NINE, ("filing_confirmed",), (), 5_000_000),
        ("engineering", None, ALL_NINE, (), (), 5_000_000),
        ("ordinary", None, None, (), (), None),
    ],
)
def test_to_its_end(
    desk: Desk,
    category: str,
    filing: tuple[str, ...] | None,
    report: tuple[str, ...] | None,
    before: tuple[str, ...],
    after: tuple[str, ...],
    cap: int | None,
) -> None:
    one = desk.admit(category=category, planned_ends="2025-05-16")
    steps: list[tuple[Any, ...]] = [
        (Action.SUBMIT, CLERK, "2025-01-08", FORM, {}),
        (Action.REVIEW, COORDINATOR, "2025-01-10", (), {"opinion": "同意"}),
        (Action.PLAN, WANG, "2025-02-20", (), {"number": 7}),
    ]
    if filing is not None:
        steps.append((Action.FILE, CLERK, "2025-04-11", filing, {}))
    steps += [milestone(name, "2025-04-20") for name in before]
    steps.append((Action.HOLD, CLERK, "2025-05-17", (), DAYS | HEADS))
    steps += [milestone(name, "2025-05-20") for name in after]
    if report is not None:
        steps.append((Action.REPORT, CLERK, "2025-06-10", report, {}))
    for what, by, on, papers, given in steps:
        assert desk.do(one, what, by, on, papers=papers, **given).findings == (), what

    close = (Action.CLOSE, CLERK, "2025-06-20")
    if cap is None:
        last = desk.show(one)["state"]
        money = desk.refused(one, Action.SUBSIDISE, WANG, "2025-06-20", amount=0)
        assert money == (["has_subsidy"] if last == "reported" else ["right_order"])
        desk.do(one, *close)
    else:
        assert desk.refused(one, *close) == ["ends_without_subsidy"]
        above = desk.refused(one, Action.SUBSIDISE, WANG, "2025-06-20", amount=cap + 1)
        assert above == ["amount_within_cap"]
        for person in (WANG, ZHOU):
            desk.do(one, Action.SUBSIDISE, person, "2025-06-20", amount=cap)
    assert desk.show(one)["state"] == ("closed" if cap is None else "subsidised")
    assert desk.flags(one) == set()
    assert {stands for _, _, stands in desk.standing(one).values()} <= {"met", "lifted"}
    assert desk.complaints() == []


def milestone(name: str, on: str) -> tuple[Any, ...]:
    by_province = name in ("notice_issued", "filing_confirmed")
    return (Act.MILESTONE, WANG if by_province else CLERK, on, (), {"name": name})


@pytest.mark.parametrize(
    ("category", "kinds"),
    [
        ("national_funded", {"filing", "completion", "recording", "reimbursement"}),
        ("national_self_funded", {"filing", "completion", "recording"}),
        ("demonstration", {"filing", "completion", "recording", "reimbursement"}),
        ("engineering", {"filing", "completion", "recording", "reimbursement"}),
        ("ordinary", {"completion", "recording"}),
    ],
)
def test_each_has_the_deadlines_of_its_notice(desk: Desk, category: str, kinds: set[str]) -> None:
    assert set(desk.standing(desk.admit(category=category))) == kinds
