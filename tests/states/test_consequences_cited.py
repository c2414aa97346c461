"""A consequence is cited to the clause that states it, beside the clause of the duty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cases import HELD_DAYS, case, day, facts, findings

from config.policy_files import load_policy
from states.decide import judge
from states.labels import state_label, states_as_shown
from states.terms import Act, Action, Role, Severity, State

HEADS = {"trainees": 60, "online_trainees": 0, "staff": 4}
LATE = {"opens": day("2025-12-01"), "ends": day("2025-12-05")}


@pytest.mark.parametrize(
    ("rule", "deed", "state", "category", "given", "cited"),
    [
        ("filed_in_time", Action.FILE, "planned", "demonstration", {}, ("R25-07", "R25-21")),
        # Two triggers are named for the ministry's money, and a late filing is none of them.
        ("filed_in_time", Action.FILE, "planned", "national_funded", {}, ("R25-06a",)),
        ("filed_before_holding", Action.HOLD, "planned", "demonstration", {}, ("R25-07", "R25-21")),
        ("completed_in_time", Action.HOLD, "filed", "demonstration", LATE, ("R25-04", "R25-21")),
        ("completed_in_time", Action.HOLD, "filed", "engineering", LATE, ("R25-04", "R25-21")),
        ("completed_in_time", Action.HOLD, "filed", "national_funded", LATE, ("R25-04", "R25-15c")),
        ("completed_in_time", Action.HOLD, "filed", "ordinary", LATE, ("R25-04",)),
        (
            "can_end_in_time",
            Act.CONFIRM_DATES,
            "planned",
            "engineering",
            LATE,
            ("R25-04", "R25-21"),
        ),
    ],
)
def test_r25_21_r25_15c_duty_and_consequence_are_both_cited(
    rule: str,
    deed: Action | Act,
    state: str,
    category: str,
    given: dict[str, Any],
    cited: tuple[str, ...],
) -> None:
    more = {**HELD_DAYS, **HEADS, **given} if deed is Action.HOLD else given
    known = facts(State(state), category=category)
    role = Role.HOST if deed is Action.FILE else Role.PROVINCE
    found = [one for one in findings(deed, known, role=role, **more) if one.rule == rule]
    assert [one.clauses for one in found] == [cited]


def test_r25_20_r25_21_a_late_report() -> None:
    known = facts(State.HELD, actual_opens=day("2025-05-12"), actual_ends=day("2025-05-15"))
    [found] = [
        f for f in findings(Action.REPORT, known, role=Role.HOST) if f.rule == "reported_in_time"
    ]
    assert found.clauses == ("R25-20", "R25-21")


def test_r25_23_misconduct_is_no_plan_that_was_not_carried_out() -> None:
    """Before the class, and where no money is refused; else it is the money that is refused."""
    policy = load_policy("fujian-2025")
    for state, category, code, said in (
        ("planned", "demonstration", "misconduct", "因违规行为终止"),
        ("filed", "national_funded", "misconduct", "因违规行为终止"),
        ("held", "ordinary", "misconduct", "因违规行为终止"),
        ("held", "demonstration", "misconduct", "不予补助"),
        ("planned", "demonstration", "not_carried_out", "未按计划完成"),
        ("planned", "demonstration", "gone_from_the_policy", "未按计划完成"),
    ):
        rejected = {"state": state, "code": code, "clause": "R25-23", "text": "x"}
        known = facts(State.REJECTED, category=category, rejected=rejected)
        assert state_label(known, policy.categories[category]).zh == said


@pytest.mark.parametrize("name", ["fujian-2024", "fujian-2025"])
def test_what_a_reason_calls_the_end_is_read_in_again(name: str) -> None:
    """A list that was exported is imported: every label of a state is known."""
    for category in load_policy(name).categories.values():
        assert category.outcomes
        for said in category.outcomes.values():
            assert states_as_shown()[said.zh] is State.REJECTED


@pytest.mark.parametrize("name", ["fujian-2024", "fujian-2025", "xinjiang-2025"])
def test_r25_15a_r25_17_r25_18_the_cap_is_shown_as_what_it_does(name: str) -> None:
    """amount_within_cap blocks, whatever the line in the file says."""
    for category in load_policy(name).categories.values():
        assert category.cap.severity is Severity.BLOCK


@pytest.mark.parametrize(
    ("ends", "around", "flagged"),
    [
        ("2025-05-15", 1, False),
        ("2025-05-16", 1, False),
        ("2025-05-14", 1, False),
        ("2025-05-17", 1, True),
        ("2025-05-17", 2, False),
        ("2025-05-16", 0, True),
    ],
)
def test_r25_09_about_four_days_is_what_the_policy_says(
    ends: str, around: int, flagged: bool
) -> None:
    """左右 is a word of the notice; how far it goes is a value that the office can change."""
    category = load_policy("fujian-2025").categories["demonstration"]
    figure = category.figures["usual_days_around"]
    assert (figure.value, figure.basis.value, figure.clause) == (1, "assumed", "R25-09")
    figures = dict(category.figures)
    figures["usual_days_around"] = replace(figure, value=around)
    found = _hold(category, figures, ends)
    assert ("long_enough" in found) is flagged


def _hold(category: Any, figures: Any, ends: str) -> set[str]:
    known = facts(State.FILED, filed_on=day("2025-04-11"))
    given = {**HELD_DAYS, **HEADS, "ends": day(ends)}
    one = case(Action.HOLD, known, **given)
    changed = replace(category, figures=figures)
    policy = replace(one.policy, categories={**one.policy.categories, category.key: changed})
    return {found.rule for found in judge(replace(one, policy=policy))}
