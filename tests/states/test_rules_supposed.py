"""What is only looked at is said to be so: a step that nobody has done yet is not late, it would be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cases import case, day, facts

from states.decide import judge
from states.findings import Case
from states.terms import Act, Action, Role, State

THEN = "可能影响补助，由省厅核定。"


def says(rule: str, one: Case) -> str:
    [finding] = [found for found in judge(one) if found.rule == rule]
    return finding.message.zh


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2025-04-13", f"如今天报送，将逾期1天，{THEN}"),
        ("2025-04-20", f"如今天报送，将逾期8天，{THEN}"),
    ],
)
def test_a_filing_that_is_only_supposed_would_be_late(today: str, said: str) -> None:
    """R25-07, from the day after on; what has been filed late is late."""
    known = facts(State.PLANNED, known_on=day("2025-01-06"))
    filing = case(Action.FILE, known, role=Role.HOST, on=day(today), today=day(today))
    due = "应于2025年4月12日（周六）前报送，"
    assert says("filed_in_time", replace(filing, supposed=True)) == due + said
    assert f"{due}实际{today[:4]}年4月" in says("filed_in_time", filing)


def test_a_supposed_paper_of_an_earlier_day_names_that_day() -> None:
    known = facts(State.PLANNED, known_on=day("2025-01-06"))
    filing = case(Action.FILE, known, role=Role.HOST, on=day("2025-04-14"), today=day("2025-04-20"))
    assert "如于2025年4月14日（周一）报送，将逾期2天" in says(
        "filed_in_time", replace(filing, supposed=True)
    )


def test_what_was_reported_late_stays_late_however_it_is_looked_at() -> None:
    """R25-20: the first report counts; mending it makes it neither earlier nor only supposed."""
    known = facts(
        State.HELD, actual_ends=day("2025-05-15"), held_on=day("2025-05-16"),
        reported_on=day("2025-06-20"), mend_in=State.HELD, mend_from=day("2025-07-01"),
        mend_by=day("2025-07-10"),
    )  # fmt: skip
    again = replace(
        case(Action.REPORT, known, role=Role.HOST, on=day("2025-07-20"), today=day("2025-07-20")),
        supposed=True,
    )
    assert "实际2025年6月20日（周五），逾期4天" in says("reported_in_time", again)
    assert says("mended_in_time", again) == (
        "应于2025年7月10日（周四）前报送，如今天报送，将逾期10天。"
    )


def test_a_class_that_is_planned_too_late_has_not_ended_too_late() -> None:
    """R25-04: 1 December is after the limit, as a plan and as a fact."""
    days = {"opens": day("2025-11-28"), "ends": day("2025-12-01")}
    known = facts(State.FILED, category="ordinary")
    holding = case(Action.HOLD, known, trainees=30, online_trainees=0, staff=2, **days)
    said = says("completed_in_time", replace(holding, supposed=True))
    assert said.startswith("如于2025年12月1日（周一）结束，即晚于办班时限2025年11月30日（周日）")
    assert says("completed_in_time", holding).startswith("实际结束日2025年12月1日")
    held = facts(actual_opens=day("2025-11-28"), actual_ends=day("2025-12-01"), place="福州")
    correcting = replace(case(Act.CORRECT, held, reason="笔误", place="厦门"), supposed=True)
    assert says("completed_in_time", correcting).startswith("实际结束日")


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2025-05-11", "如开班前仍未报送开班通知和实施方案，将记入提示"),
        ("2025-05-12", "开班前未报送开班通知和实施方案"),
    ],
)
def test_a_filing_is_not_missed_before_the_class_has_opened(today: str, said: str) -> None:
    """R25-07 asks for the opening notice and the plan; both are named."""
    known = facts(State.PLANNED, known_on=day("2025-01-06"))
    holding = case(
        Action.HOLD, known, on=day(today), today=day(today), opens=day("2025-05-12"),
        ends=day("2025-05-15"), trainees=30, online_trainees=0, staff=2,
    )  # fmt: skip
    found = says("filed_before_holding", replace(holding, supposed=True))
    assert found == f"{said}，{THEN}"
