"""Windows in the calculus: what is due by the earliest opening, and from when anybody is late."""

from __future__ import annotations

import pytest
from cases import CALENDAR, day, facts

from config.policy_files import load_policy
from states.calculus import Dates, deadlines_of
from states.lateness import last_day, look
from states.terms import Force, Kind, State

DEMONSTRATION = load_policy("fujian-2025").categories["demonstration"]


def filing(first: str, last: str | None) -> tuple[str, str]:
    dates = Dates(day(first), day(last) if last else None)
    found = deadlines_of(DEMONSTRATION, dates, CALENDAR)
    [one] = [deadline for deadline in found if deadline.kind is Kind.FILING]
    return one.due.due_on.isoformat(), one.late_after.isoformat()


@pytest.mark.parametrize(
    ("first", "last", "due", "late_after"),
    [
        ("2025-09-01", "2025-09-30", "2025-08-01", "2025-08-30"),  # 9月
        ("2025-11-01", "2025-11-30", "2025-10-01", "2025-10-30"),  # 11月
        ("2025-10-01", "2025-12-29", "2025-09-01", "2025-11-29"),
        ("2025-10-01", "2025-12-30", "2025-09-01", "2025-12-30"),  # a month before: 11-30
        ("2025-07-01", "2025-12-31", "2025-06-01", "2025-12-31"),  # 下半年
        ("2025-10-01", None, "2025-09-01", "2025-12-31"),  # 10月以后
    ],
)
def test_r25_07_a_window_is_late_by_its_latest_opening(
    first: str, last: str | None, due: str, late_after: str
) -> None:
    """R25-07 with R25-04: never by the day on which the class itself must be over."""
    assert filing(first, last) == (due, late_after)


def test_the_day_to_name_is_the_first_until_it_has_passed() -> None:
    september = facts(
        State.PLANNED, opens_earliest=day("2025-09-01"), opens_latest=day("2025-09-30")
    )
    due, last = day("2025-08-01"), day("2025-08-30")
    for today, named, late in (
        ("2025-08-01", due, 0),
        ("2025-08-02", last, 0),
        ("2025-08-30", last, 0),
        ("2025-08-31", last, 1),
    ):
        assert last_day(september, due, last, day(today)) == named
        assert look(Kind.FILING, Force.STATED, september, last, day(today)).late == late
    autumn = facts(State.PLANNED, opens_earliest=day("2025-10-01"), opens_latest=day("2025-12-31"))
    first, over = day("2025-09-01"), day("2025-12-31")
    assert last_day(autumn, first, over, day("2025-10-15")) == first  # it names no other
