"""Rules at their boundary, named by clause: sending back, rejecting, acts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from cases import day, facts, findings, said

from states.terms import Act, Action, Role, State

FLAG, BLOCK = "flag", "block"


# -- Sending back, rejecting ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mend_by", "expected"),
    [("2025-06-19", [(BLOCK, "", "mend_by")]), ("2025-06-20", []), ("2025-06-21", [])],
)
def test_a_date_to_mend_by_can_still_be_met(mend_by: str, expected: list[Any]) -> None:
    given = {"items": "签到表", "mend_by": day(mend_by), "today": day("2025-06-20")}
    on = {"on": day("2025-06-18")}
    assert said("mending_date_ahead", Action.SEND_BACK, facts(State.REPORTED), **on, **given) == (
        expected
    )


# By hand from the policy: which reason fits where.
REASONS = {
    State.SUBMITTED: {"not_recommended", "out_of_scope", "poor_record", "unqualified_enterprise"},
    State.REVIEWED: {"out_of_scope", "poor_record", "unqualified_enterprise", "not_selected"},
    State.PLANNED: {"not_carried_out", "completion_date_passed", "third_party", "misconduct"},
    State.FILED: {"not_carried_out", "completion_date_passed", "third_party", "misconduct"},
}
REASONS[State.HELD] = REASONS[State.REPORTED] = {
    "third_party",
    "late_filing",
    "late_report",
    "late_completion",
    "missing_papers",
    "misconduct",
}


@pytest.mark.parametrize("state", REASONS)
def test_a_reason_fits_where_the_project_stands(state: State) -> None:
    for code in {"nonsense", ""}.union(*REASONS.values()):
        found = said("reason_known", Action.REJECT, facts(state), code=code, text="x")
        assert found == ([] if code in REASONS[state] else [(BLOCK, "", "code")]), code


@pytest.mark.parametrize(
    ("category", "code", "fits"),
    [
        ("national_funded", "budget_exhausted", True),
        ("national_funded", "late_completion_national", True),
        ("national_funded", "late_report", False),
        ("engineering", "late_report", True),
        ("engineering", "late_filing", False),
        ("ordinary", "late_report", False),
        ("ordinary", "budget_exhausted", False),
        ("ordinary", "misconduct", True),
    ],
)
def test_a_reason_fits_the_category(category: str, code: str, fits: bool) -> None:
    held = facts(State.HELD, category=category)
    found = said("reason_known", Action.REJECT, held, code=code, text="x")
    assert found == ([] if fits else [(BLOCK, "", "code")])


def test_a_project_that_came_from_nowhere_is_not_reinstated() -> None:
    taken_over = facts(State.CLOSED)
    found = said("origin_known", Action.REINSTATE, taken_over, reason="x")
    assert found == [(BLOCK, "", "came_from")]
    closed = facts(State.CLOSED, came_from=State.HELD)
    assert said("origin_known", Action.REINSTATE, closed, reason="x") == []


# -- Acts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected"), [("2025-05-11", []), ("2025-05-12", [(FLAG, "R25-05", "on")])]
)
def test_r25_05_changes_are_announced_before_the_opening(on: str, expected: list[Any]) -> None:
    given = {"reason": "x", "place": "厦门", "role": Role.HOST, "on": day(on)}
    assert said("change_in_advance", Act.CHANGE, facts(State.PLANNED), **given) == expected
    in_writing = {**given, "papers": ("change_notice",)}
    unwritten = [(FLAG, "R25-05", "change_notice")]
    assert said("change_in_writing", Act.CHANGE, facts(State.PLANNED), **given) == unwritten
    assert said("change_in_writing", Act.CHANGE, facts(State.PLANNED), **in_writing) == []


def test_r25_05_a_change_says_what_changes() -> None:
    planned = facts(State.PLANNED)
    given = {"reason": "x", "role": Role.HOST}
    assert said("change_says_what", Act.CHANGE, planned, **given) == [(BLOCK, "R25-05", "given")]
    assert said("change_says_what", Act.CHANGE, planned, **given, content="y") == []


def test_r25_07_who_records_a_milestone_is_the_policys() -> None:
    def of(name: str, role: Role, **known: Any) -> list[tuple[str, str, str]]:
        return said(
            "milestone_known", Act.MILESTONE, facts(State.FILED, **known), role=role, name=name
        )

    national = {"category": "national_funded"}
    assert of("filing_confirmed", Role.PROVINCE) == []
    assert of("filing_confirmed", Role.HOST) == [(BLOCK, "R25-07", "role")]
    assert of("consulted", Role.HOST, **national) == []
    assert of("consulted", Role.PROVINCE, **national) == [(BLOCK, "R25-06a", "role")]
    assert of("consulted", Role.HOST) == [(BLOCK, "", "name")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, ["given"]),
        ({"trainees": 32}, []),
        ({"undo": True}, []),
        ({"undo": False}, ["given"]),
        ({"undo": True, "trainees": 32}, ["given"]),
        ({"amount": 1}, ["amount"]),
    ],
)
def test_a_correction_amends_or_undoes(given: dict[str, Any], expected: list[str]) -> None:
    held = facts(came_from=State.FILED)
    found = said("correction_says_what", Act.CORRECT, held, reason="x", **given)
    assert found == [(BLOCK, "", fact) for fact in expected]


@pytest.mark.parametrize(
    ("state", "came_from", "possible"),
    [
        (State.HELD, State.PLANNED, True),
        (State.HELD, State.FILED, True),
        (State.REPORTED, State.HELD, True),
        (State.SUBSIDISED, State.REPORTED, True),
        (State.CLOSED, State.HELD, True),
        (State.HELD, State.REPORTED, False),  # sent back
        (State.HELD, State.CLOSED, False),  # reinstated
        (State.REPORTED, State.REJECTED, False),
        (State.CLOSED, None, False),
    ],
)
def test_only_a_step_onwards_can_be_undone(
    state: State, came_from: State | None, possible: bool
) -> None:
    known = facts(state, came_from=came_from)
    found = said("correction_says_what", Act.CORRECT, known, reason="x", undo=True)
    assert found == ([] if possible else [(BLOCK, "", "undo")])


def test_only_an_open_flag_is_disposed_of_with_a_known_outcome() -> None:
    flags = {"a": {"disposed": {"outcome": "accepted"}}, "b": {}}

    def of(flag: str, outcome: str) -> list[tuple[str, str, str]]:
        known = facts(State.HELD, flags=flags)
        by = {"mend_by": date(2025, 7, 1)} if outcome == "mend" else {}
        return said("flag_known", Act.DISPOSE, known, flag=flag, outcome=outcome, reason="x", **by)

    assert of("b", "accepted") == of("b", "mend") == of("b", "reduced") == of("b", "refused") == []
    assert of("a", "accepted") == of("c", "accepted") == [(BLOCK, "", "flag")]
    assert of("b", "forgotten") == [(BLOCK, "", "outcome")]


def test_supply_and_cancel_need_something_to_work_on() -> None:
    host = {"role": Role.HOST}
    assert said("something_supplied", Act.SUPPLY, facts(), **host) == [(BLOCK, "", "papers")]
    assert said("something_supplied", Act.SUPPLY, facts(), **host, papers=("news_items",)) == []
    assert said("proposal_waits", Act.CANCEL, facts(), reason="x") == [(BLOCK, "", "pending")]


@pytest.mark.parametrize(("role", "expected"), [(Role.HOST, ["right_role"]), (Role.PROVINCE, [])])
def test_only_those_whom_a_proposal_concerns_cancel_it(role: Role, expected: list[str]) -> None:
    money = {"deed": "subsidise", "by": "wang", "given": {"amount": 1}, "on": "2025-07-01"}
    waiting = facts(State.REPORTED, pending=money)
    found = findings(Act.CANCEL, waiting, role=role, reason="x")
    assert [f.rule for f in found] == expected


def test_what_the_form_asks_for_is_named_together() -> None:
    found = findings(Action.HOLD, facts(State.FILED), opens=day("2025-05-12"))
    [missing] = [f for f in found if f.rule == "form_complete"]
    assert [
        name in missing.message.en for name in ("(ends)", "(trainees)", "(staff)", "(opens)")
    ] == [
        True,
        True,
        True,
        False,
    ]
