"""R25-17: what a provincial fund has left, where somebody knows its budget. None that ships is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from stories import CLASS, CLERK, FILING, HEADS, OFFICE, RECEIPT, REPORT, WANG, ZHOU, Desk

from config.rulebook import Rulebook
from states.policy import Policy
from states.terms import Act, Action
from workflow.engine import situation
from workflow.funds import fund_left

BUDGET, ONE = 12_000_000, 4_800_000
PROPOSED, DECIDED = (Action.SUBSIDISE, WANG, "2025-07-01"), (Action.SUBSIDISE, ZHOU, "2025-07-02")


@dataclass(frozen=True)
class Budgeted(Rulebook):
    """The provincial funds have a budget for two subsidies and a half."""

    def policy(self, name: str) -> Policy:
        known = super().policy(name)
        funds = {
            key: replace(fund, budget=replace(fund.budget, value=BUDGET))
            for key, fund in known.funds.items()
        }
        return replace(known, funds=funds)


@pytest.fixture
def poor(desk: Desk) -> Desk:
    book = desk.book
    return Desk(desk.db, Budgeted(book.calendar, book.ladders, book.stepper, book.own_policies))


def left(desk: Desk, project: int) -> int | None:
    with desk.db.read() as connection:
        facts, _, _, policy = situation(connection, desk.book, project)
        return fund_left(connection, policy, facts, project, lock=False)


def reported(desk: Desk, name: str, **known: Any) -> int:
    one = desk.admit(name=name, **known)
    desk.live(one, "reported")
    return one


def test_a_fund_has_left_what_was_decided_and_not_undone(poor: Desk) -> None:
    """What is only proposed is not spent, nor what was decided and taken back."""
    one, other = reported(poor, "甲班"), reported(poor, "乙班")
    assert left(poor, other) == BUDGET
    poor.do(one, *PROPOSED, amount=ONE)
    assert left(poor, other) == BUDGET
    poor.do(one, *DECIDED, amount=ONE)
    assert left(poor, other) == BUDGET - ONE
    poor.do(one, Action.REINSTATE, WANG, "2025-07-03", reason="复核")
    poor.do(one, Action.REINSTATE, ZHOU, "2025-07-03")
    assert left(poor, other) == BUDGET


def test_only_its_own_projects_spend_from_a_fund(poor: Desk) -> None:
    """Not those of another fund, and not those of another year's policy."""
    here = reported(poor, "甲班")
    for name, known in {
        "乙班": {"category": "engineering"},
        "丙班": {"policy": "fujian-2024", "year": 2024},
    }.items():
        stored = {"state": "subsidised", "amount": ONE, "department": OFFICE} | known
        poor.admit(name=name, **stored)
    assert left(poor, here) == BUDGET
    poor.admit(name="丁班", state="subsidised", amount=ONE)
    assert left(poor, here) == BUDGET - ONE


@pytest.mark.parametrize(("above", "rules"), [(0, []), (1, ["fund_has_room"])])
def test_the_last_subsidy_may_use_up_a_fund_and_no_more(
    poor: Desk, above: int, rules: list[str]
) -> None:
    for name in ("甲班", "乙班"):
        poor.admit(name=name, state="subsidised", amount=ONE)
    one = reported(poor, "丙班")
    rest = {"amount": BUDGET - 2 * ONE + above}
    found = poor.refused(one, *PROPOSED, **rest) if rules else poor.do(one, *PROPOSED, **rest)
    assert (found if rules else []) == rules


def test_a_correction_does_not_overdraw_a_fund_either(poor: Desk) -> None:
    """What the project has already is its own: it may have that and what is left."""
    poor.admit(name="甲班", state="subsidised", amount=ONE)
    poor.admit(name="乙班", state="subsidised", amount=ONE)
    one = reported(poor, "丙班")
    rest = BUDGET - 2 * ONE
    for step in (PROPOSED, DECIDED):
        poor.do(one, *step, amount=rest - 100)
    fix = {"reason": "录入有误"}
    more = poor.refused(one, Act.CORRECT, WANG, "2025-07-03", amount=rest + 1, **fix)
    assert more == ["fund_has_room"]
    assert poor.do(one, Act.CORRECT, WANG, "2025-07-03", amount=rest, **fix).pending


def test_a_fund_whose_budget_nobody_knows_stops_nothing(desk: Desk) -> None:
    one = reported(desk, "甲班")
    assert left(desk, one) is None
    assert desk.do(one, *PROPOSED, amount=ONE).pending


def test_flags_that_stand_open_are_said_when_deciding_and_not_kept(desk: Desk) -> None:
    """Else each decision would add a flag that nobody can dispose of."""
    one = desk.admit()
    desk.live(one, "planned")
    desk.do(one, Action.FILE, CLERK, "2025-05-05", papers=FILING)
    desk.do(one, Action.HOLD, CLERK, "2025-05-16", **CLASS, **HEADS)
    desk.do(one, Action.REPORT, CLERK, "2025-06-10", papers=(*REPORT, RECEIPT))
    open_flags = desk.flags(one)
    assert open_flags
    for step in (PROPOSED, DECIDED):
        done = desk.do(one, *step, amount=ONE)
        assert "flags_disposed" in [found.rule for found in done.findings]
    assert desk.flags(one) == open_flags
