"""Filed four days late: recorded, flagged, judged by a person, and still decided by people."""

from __future__ import annotations

from stories import CLASS, CLERK, FILING, HEADS, RECEIPT, REPORT, WANG, ZHOU, Desk

from states.terms import Act, Action


def test_late_filing_is_a_flag_that_a_person_disposes_of(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    late = desk.do(one, Action.FILE, CLERK, "2025-04-16", papers=FILING)
    [said] = late.findings
    assert (said.rule, said.clause, said.severity) == ("filed_in_time", "R25-07", "flag")
    assert said.message.zh == (
        "应于2025年4月12日（周六）前报送，实际2025年4月16日（周三），逾期4天，可能影响补助，由省厅核定。"
    )
    assert desk.standing(one)["filing"] == (1, "2025-04-12", "met")

    desk.do(one, Act.MILESTONE, WANG, "2025-04-18", name="filing_confirmed")
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **HEADS)
    desk.do(one, Action.REPORT, CLERK, "2025-06-10", papers=(*REPORT, RECEIPT))
    assert desk.flags(one) == {"filed_in_time"}

    money = (Action.SUBSIDISE, WANG, "2025-07-01")
    proposed = desk.do(one, *money, amount=4_000_000)
    assert [finding.rule for finding in proposed.findings] == ["flags_disposed"]  # a reminder only
    desk.do(one, Act.CANCEL, WANG, "2025-07-01", reason="先核定逾期")
    reduced = {"flag": "filed_in_time", "outcome": "reduced", "reason": "核减一成"}
    desk.do(one, Act.DISPOSE, ZHOU, "2025-07-02", **reduced)
    assert desk.show(one)["flags"]["filed_in_time"]["disposed"] == {
        "outcome": "reduced",
        "reason": "核减一成",
        "on": "2025-07-02",
    }
    for person in (WANG, ZHOU):
        assert desk.do(one, Action.SUBSIDISE, person, "2025-07-03", amount=4_000_000).findings == ()
    assert desk.show(one)["state"] == "subsidised"
    assert desk.complaints() == []


def test_never_filed_and_yet_held_is_recorded_too(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    held = desk.do(one, Action.HOLD, WANG, "2025-05-20", **CLASS, **HEADS)
    assert [(f.rule, f.fact, f.clause) for f in held.findings] == [
        ("filed_before_holding", "filed_on", "R25-07"),
        ("milestones_recorded", "filing_confirmed", "R25-07"),
    ]
    assert desk.standing(one)["filing"] == (1, "2025-04-12", "lifted")
    assert desk.complaints() == []
