"""Who can be late, and with what: only what a notice asks for has a day that can be missed."""

from __future__ import annotations

import pytest
from cases import day, facts

from states.lateness import is_handed_in, look
from states.terms import ASKED_BY_SYSTEM, Force, Kind, State

DUE = day("2025-04-12")


@pytest.mark.parametrize(
    ("today", "late"), [("2025-04-11", 0), ("2025-04-12", 0), ("2025-04-13", 1), ("2025-05-12", 30)]
)
def test_the_last_day_itself_still_counts(today: str, late: int) -> None:
    """R25-07: the corresponding day is on time, the day after is one day late."""
    found = look(Kind.FILING, Force.STATED, facts(State.PLANNED), DUE, day(today))
    assert (found.late, found.day.zh) == (late, "截止日")


@pytest.mark.parametrize("kind", [Kind.FILING, *ASKED_BY_SYSTEM])
def test_what_no_notice_asks_for_is_never_late(kind: Kind) -> None:
    """R25-21 names no filing of engineering projects; a record or a confirmation no notice asks."""
    found = look(kind, Force.ADVISORY, facts(State.PLANNED), DUE, day("2025-09-01"))
    assert (found.late, found.blameless) == (0, False)
    assert found.day.zh == {
        Kind.FILING: "建议日期",
        Kind.OPENING: "计划开班日",
        Kind.RECORDING: "计划结束日",
    }.get(kind)


@pytest.mark.parametrize(
    ("known", "blameless"), [("2025-04-11", False), ("2025-04-12", False), ("2025-04-13", True)]
)
def test_a_plan_that_comes_after_the_day_puts_nobody_in_the_wrong(
    known: str, blameless: bool
) -> None:
    planned = facts(State.PLANNED, known_on=day(known))
    assert look(Kind.FILING, Force.STATED, planned, DUE, day("2025-04-20")).blameless is blameless


def test_nobody_has_to_apply() -> None:
    """R24-13 closes a window; a draft that stays in the drawer is nobody's delay."""
    for state, late in ((State.DRAFTED, 0), (State.SUBMITTED, 8)):
        found = look(Kind.APPLICATION, Force.STATED, facts(state), DUE, day("2025-04-20"))
        assert found.late == late


def test_an_earlier_day_is_advised_only_where_something_is_handed_in() -> None:
    assert {kind for kind in Kind if not is_handed_in(kind)} == {
        Kind.OPENING,
        Kind.RECORDING,
        Kind.COMPLETION,
    }
