"""When nobody is urged, whichever step a ladder has come to, at the boundary."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cases import day, facts

from states.mailing import FIRST_DAYS, hushed
from states.terms import Kind, Role, State

ENDS = day("2025-11-30")


@pytest.mark.parametrize(("days", "reason"), [(1, "class_over"), (6, "class_over"), (7, "")])
def test_a_class_that_should_be_over_is_urged_after_a_week(days: int, reason: str) -> None:
    """In the first seven days after its planned end it is asked for its record only."""
    assert FIRST_DAYS == 7
    known = facts(State.FILED, planned_ends=ENDS)
    said = hushed(
        Kind.COMPLETION,
        known,
        Role.HOST,
        late_after=ENDS,
        known_on=None,
        on=ENDS + timedelta(days=days),
    )
    assert said == reason


@pytest.mark.parametrize("ends", ["2025-12-01", "2025-12-20"])
def test_a_class_planned_too_late_is_urged_from_the_first_day(ends: str) -> None:
    """It is not only unrecorded: it misses the day itself."""
    known = facts(State.FILED, planned_ends=day(ends))
    late = {"late_after": ENDS, "known_on": None, "on": day("2025-12-01")}
    assert hushed(Kind.COMPLETION, known, Role.HOST, **late) == ""  # type: ignore[arg-type]
