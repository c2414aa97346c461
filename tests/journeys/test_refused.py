"""No: at each stage it means something else, names a reason and its clause, and can be taken back."""

from __future__ import annotations

import pytest
from stories import CLERK, COORDINATOR, WANG, Desk

from states.terms import Action
from workflow.people import Actor


@pytest.mark.parametrize(
    ("state", "by", "code", "clause", "means"),
    [
        ("submitted", COORDINATOR, "not_recommended", "R24-09", "不予推荐"),
        ("reviewed", WANG, "not_selected", "R24-09", "未列入年度计划"),
        ("planned", WANG, "not_carried_out", "R25-21", "未按计划完成"),
        ("filed", WANG, "third_party", "R25-03", "未按计划完成"),
        ("held", WANG, "late_completion", "R25-21", "不予补助"),
        ("reported", WANG, "missing_papers", "R25-21", "不予补助"),
    ],
)
def test_refused_and_reinstated(
    desk: Desk, state: str, by: Actor, code: str, clause: str, means: str
) -> None:
    one = desk.admit()
    desk.live(one, state)
    standing, told = desk.standing(one), len(desk.show(one)["mail"])
    reject = (Action.REJECT, by, "2025-07-01")
    assert desk.refused(one, *reject, code="nonsense", text="x") == ["reason_known"]
    assert desk.refused(one, *reject, code=code) == ["form_complete"]
    assert desk.refused(one, Action.REJECT, CLERK, "2025-07-01", code=code, text="x") == [
        "right_role"
    ]

    desk.do(one, *reject, code=code, text="详见函告")
    shown = desk.show(one)
    assert (shown["state"], shown["state_label"].zh) == ("rejected", means)
    assert shown["rejected"] == {"state": state, "code": code, "clause": clause, "text": "详见函告"}
    assert {stands for _, _, stands in desk.standing(one).values()} <= {"met", "lifted"}
    assert len(shown["mail"]) == told + 1

    desk.do(one, Action.REINSTATE, WANG, "2025-07-05", reason="申诉成立")
    assert desk.show(one)["state"] == state
    now = desk.standing(one)
    assert {k: s for k, (_, _, s) in now.items()} == {k: s for k, (_, _, s) in standing.items()}
    assert {k: d for k, (_, d, _) in now.items()} == {k: d for k, (_, d, _) in standing.items()}
    assert desk.complaints() == []
