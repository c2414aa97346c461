"""Flags, corrections, reinstatement, papers that follow: what stays on record and what is lifted."""

from __future__ import annotations

from datetime import date

from stories import CLASS, CLERK, FORM, HEADS, RECEIPT, REPORT, WANG, Desk

from states.terms import Act, Action, State


def project_in(desk: Desk, state: str) -> int:
    one = desk.admit()
    desk.live(one, state)
    return one


def held_with(desk: Desk, trainees: int) -> int:
    one = project_in(desk, "filed")
    desk.do(one, Act.MILESTONE, WANG, "2025-04-15", name="filing_confirmed")
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **{**HEADS, "trainees": trainees})
    return one


def test_a_corrected_number_clears_its_flag(desk: Desk) -> None:
    one = held_with(desk, 28)
    assert desk.flags(one) == {"enough_trainees"}
    desk.do(one, Act.CORRECT, WANG, "2025-05-20", reason="漏计", trainees=32)
    assert (desk.flags(one), desk.show(one)["trainees"]) == (set(), 32)
    assert desk.complaints() == []


def test_a_flag_is_kept_until_it_is_disposed_of_and_then_stays_so(desk: Desk) -> None:
    one = held_with(desk, 28)
    desk.do(one, Action.REPORT, CLERK, "2025-06-10", papers=(*REPORT, RECEIPT))
    assert desk.flags(one) == {"enough_trainees"}
    accepted = {"flag": "enough_trainees", "outcome": "accepted", "reason": "疫情"}
    desk.do(one, Act.DISPOSE, WANG, "2025-06-12", **accepted)
    assert desk.flags(one) == set()
    again = desk.refused(one, Act.DISPOSE, WANG, "2025-06-12", **accepted)
    assert again == ["flag_known"]
    # A correction of something else does not open it again; a worse number does.
    desk.do(one, Act.CORRECT, WANG, "2025-06-13", reason="x", place="厦门")
    assert desk.flags(one) == set()
    desk.do(one, Act.CORRECT, WANG, "2025-06-13", reason="x", trainees=27)
    assert desk.flags(one) == {"enough_trainees"}


def test_undoing_goes_back_a_step_and_clears_what_the_step_had_set(desk: Desk) -> None:
    one = held_with(desk, 28)
    desk.do(one, Act.CORRECT, WANG, "2025-05-20", reason="x", staff=3)
    done = desk.do(one, Act.CORRECT, WANG, "2025-05-20", reason="误登", undo=True)
    assert done.state == State.FILED
    shown = desk.show(one)
    stamps = {"held_on", "actual_opens", "actual_ends", "trainees", "online_trainees", "staff"}
    assert (stamps & set(shown), desk.flags(one)) == (set(), set())
    assert desk.standing(one) == {
        "filing": (1, "2025-04-12", "met"),
        "completion": (2, "2025-11-30", "open"),
        "recording": (2, "2025-05-15", "open"),
        "reimbursement": (2, "2025-06-16", "ahead"),
    }
    assert desk.refused(one, Act.CORRECT, WANG, "2025-05-21", reason="x", undo=True) == [
        "right_order"
    ]
    desk.do(one, Action.HOLD, CLERK, "2025-05-22", **CLASS, **HEADS)
    # It comes up anew: a round of its own, so that no step of its ladder is swallowed.
    assert desk.standing(one)["reimbursement"] == (2, "2025-06-16", "open")
    assert desk.complaints() == []


def test_undoing_a_mended_report_leaves_the_first_one_standing(desk: Desk) -> None:
    one = project_in(desk, "reported")
    desk.do(one, Action.SEND_BACK, WANG, "2025-06-12", items="签到表", mend_by=date(2025, 6, 30))
    undo = {"reason": "x", "undo": True}
    assert desk.refused(one, Act.CORRECT, WANG, "2025-06-13", **undo) == ["correction_says_what"]
    desk.do(one, Action.REPORT, CLERK, "2025-06-20")
    desk.do(one, Act.CORRECT, WANG, "2025-06-21", **undo)
    assert desk.show(one)["reported_on"] == "2025-06-10"
    assert desk.standing(one)["mending"] == (2, "2025-06-30", "open")
    assert desk.standing(one)["reimbursement"] == (1, "2025-06-16", "met")
    assert desk.complaints() == []


def test_reinstating_opens_the_deadlines_again(desk: Desk) -> None:
    one = project_in(desk, "planned")
    reject = {"code": "not_carried_out", "text": "未开班"}
    desk.do(one, Action.REJECT, WANG, "2025-03-03", **reject)
    assert desk.show(one)["state_label"].zh == "未按计划完成"
    assert desk.standing(one)["filing"] == (1, "2025-04-12", "lifted")
    assert desk.do(one, Action.REINSTATE, WANG, "2025-03-04", reason="核实").state == "planned"
    assert desk.standing(one)["filing"] == (2, "2025-04-12", "open")
    assert "rejected" not in desk.show(one)
    assert desk.complaints() == []


def test_a_promised_paper_is_supplied(desk: Desk) -> None:
    one = project_in(desk, "held")
    promise = {"papers": REPORT, "promised": date(2025, 7, 1)}
    desk.do(one, Action.REPORT, CLERK, "2025-06-10", **promise)
    assert desk.show(one)["promised"] == {RECEIPT: "2025-07-01"}
    assert desk.flags(one) == {f"papers_present.{RECEIPT}"}
    assert desk.refused(one, Act.SUPPLY, CLERK, "2025-06-20") == ["something_supplied"]
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-20", papers=(RECEIPT,))
    kept = desk.show(one)["papers"][RECEIPT]
    assert (kept["on"], kept["version"]) == ("2025-06-20", 1)
    desk.do(one, Act.SUPPLY, CLERK, "2025-06-21", papers=(RECEIPT,))
    assert desk.show(one)["papers"][RECEIPT]["version"] == 2
    assert desk.complaints() == []


def test_a_milestone_is_recorded_by_whom_the_policy_names(desk: Desk) -> None:
    one = project_in(desk, "filed")
    confirm = {"name": "filing_confirmed"}
    assert desk.refused(one, Act.MILESTONE, CLERK, "2025-04-15", **confirm) == ["milestone_known"]
    desk.do(one, Act.MILESTONE, WANG, "2025-04-15", **confirm, evidence="闽人社函〔2025〕3号")
    said = desk.show(one)["milestones"]["filing_confirmed"]
    assert said == {"on": "2025-04-15", "evidence": "闽人社函〔2025〕3号"}


def test_a_class_taken_over_at_its_end_is_not_reinstated_to_nowhere(desk: Desk) -> None:
    one = desk.admit(state="closed", category="ordinary")
    assert desk.refused(one, Action.REINSTATE, WANG, "2025-03-03", reason="x") == ["origin_known"]
    assert desk.refused(one, Action.SUBMIT, CLERK, "2025-03-03", papers=FORM) == ["right_order"]
