"""The deadline calculus: known dates at the boundary, and laws that hold for every date."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar_files import work_calendar
from config.policy_files import load_policy
from states.calculus import Dates, compute, deadlines_of, shift_months
from states.calendar import WorkCalendar
from states.policy import Anchor, DeadlineRule, OffsetUnit
from states.terms import Basis, Force, Kind

CALENDAR = work_calendar()
ONE_DAY = timedelta(days=1)


def rule(
    kind: Kind = Kind.FILING,
    anchor: Anchor = Anchor.OPENS,
    offset: int = -1,
    unit: OffsetUnit = OffsetUnit.MONTH,
    *,
    fixed_on: date | None = None,
    inclusive: bool = True,
    rolls: bool = False,
) -> DeadlineRule:
    return DeadlineRule(
        kind=kind,
        anchor=anchor,
        offset=offset,
        unit=unit,
        fixed_on=fixed_on,
        inclusive=inclusive,
        rolls=rolls,
        force=Force.STATED,
        basis=Basis.STATED,
        clause="T-01",
    )


BEFORE = rule()
AFTER = rule(Kind.REIMBURSEMENT, Anchor.ENDS, 1, rolls=True)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("which", "base", "plain", "due", "advised", "provisional"),
    [
        # Opening: one month back, clipped to the month's end, never rolled.
        (BEFORE, "2025-03-31", "2025-02-28", "2025-02-28", "2025-02-28", False),
        (BEFORE, "2024-03-31", "2024-02-29", "2024-02-29", "2024-02-29", False),
        (BEFORE, "2025-10-20", "2025-09-20", "2025-09-20", "2025-09-19", False),
        (BEFORE, "2025-11-03", "2025-10-03", "2025-10-03", "2025-09-30", False),
        # The latest openings that still end by 11-30: five days, four days.
        (BEFORE, "2025-11-26", "2025-10-26", "2025-10-26", "2025-10-24", False),
        (BEFORE, "2025-11-27", "2025-10-27", "2025-10-27", "2025-10-27", False),
        # Last day: one month on; a day off rolls, a make-up working day does not.
        (AFTER, "2025-01-31", "2025-02-28", "2025-02-28", "2025-02-28", False),
        (AFTER, "2025-02-28", "2025-03-28", "2025-03-28", "2025-03-28", False),
        (AFTER, "2025-08-28", "2025-09-28", "2025-09-28", "2025-09-28", False),
        (AFTER, "2025-09-01", "2025-10-01", "2025-10-09", "2025-09-30", False),
        (AFTER, "2025-10-31", "2025-11-30", "2025-12-01", "2025-11-28", False),
        (AFTER, "2025-11-30", "2025-12-30", "2025-12-30", "2025-12-30", False),
        # No calendar for 2028 and 2029: weekends only.
        (AFTER, "2028-11-30", "2028-12-30", "2029-01-01", "2028-12-29", True),
    ],
)
def test_vectors(
    which: DeadlineRule, base: str, plain: str, due: str, advised: str, provisional: bool
) -> None:
    found = compute(which, day(base), CALENDAR)
    assert found.plain_on == day(plain)
    assert (found.due_on, found.advised_on) == (day(due), day(advised))
    assert found.provisional is provisional


def test_one_month_back_and_forth_is_not_the_same_day() -> None:
    assert shift_months(shift_months(day("2025-03-31"), -1), 1) == day("2025-03-28")
    assert shift_months(day("2025-03-31"), -2) == day("2025-01-31")


@pytest.mark.parametrize(
    ("end", "due"),
    [
        ("2025-08-31", "2025-09-30"),  # the day before the holiday
        ("2025-09-08", "2025-10-09"),  # its last day
        ("2025-09-09", "2025-10-09"),  # the day after
        ("2025-09-11", "2025-10-11"),  # a worked Saturday
        ("2025-09-12", "2025-10-13"),  # a Sunday off
    ],
)
def test_forward_around_the_national_holiday(end: str, due: str) -> None:
    assert compute(AFTER, day(end), CALENDAR).due_on == day(due)


@pytest.mark.parametrize(
    ("anchor", "due"),
    [
        ("2024-01-31", "2024-02-29"),
        ("2024-02-29", "2024-03-29"),
        ("2025-02-28", "2025-03-28"),
        ("2024-01-30", "2024-02-29"),
        ("2023-12-31", "2024-01-31"),
        ("2100-01-31", "2100-02-28"),  # no leap year
    ],
)
def test_leap_years(anchor: str, due: str) -> None:
    assert shift_months(day(anchor), 1) == day(due)


@pytest.mark.parametrize("year", [2024, 2025])
def test_completion_is_fixed_and_never_rolls(year: int) -> None:
    # 2024-11-30 is a Saturday, 2025-11-30 a Sunday.
    fixed = date(year, 11, 30)
    found = compute(rule(Kind.COMPLETION, Anchor.FIXED, 0, fixed_on=fixed), fixed, CALENDAR)
    assert (found.plain_on, found.due_on, found.advised_on) == (fixed, fixed, fixed)
    assert not found.provisional


def test_a_limit_that_excludes_its_day_is_a_day_earlier() -> None:
    found = compute(rule(inclusive=False), day("2025-10-16"), CALENDAR)
    assert (found.due_on, found.advised_on) == (day("2025-09-15"), day("2025-09-15"))


def test_the_trace_tells_each_step_in_both_languages() -> None:
    trace = compute(AFTER, day("2025-09-01"), CALENDAR).trace
    assert [line.zh.split("：")[0] for line in trace] == [
        "起算日",
        "向后推1个月",
        "2025年10月1日（周三）为国庆节，顺延至下一工作日",
        "截止日2025年10月9日（周四）；建议报送日2025年9月30日（周二）",
    ]
    assert all(line.en for line in trace)


# -- A class's dates ------------------------------------------------------------------------------


def test_a_window_files_by_its_earliest_opening_and_ends_by_its_latest() -> None:
    category = load_policy("fujian-2025").categories["demonstration"]
    window = Dates(opens_earliest=day("2025-07-01"), opens_latest=day("2025-09-30"))
    filing, completion, reimbursement = deadlines_of(category, window, CALENDAR)
    assert (filing.anchor_on, filing.due.due_on) == (day("2025-07-01"), day("2025-06-01"))
    assert filing.provisional
    assert not completion.provisional
    # Four days from 09-30 end on 10-03; a month later is Monday 11-03.
    assert (reimbursement.anchor_on, reimbursement.due.due_on) == (
        day("2025-10-03"),
        day("2025-11-03"),
    )
    assert reimbursement.provisional


def test_the_actual_dates_win() -> None:
    category = load_policy("fujian-2025").categories["demonstration"]
    planned, opens, ends = day("2025-06-16"), day("2025-06-18"), day("2025-06-21")
    dates = Dates(planned, planned, day("2025-06-19"), opens, ends)
    found = deadlines_of(category, dates, CALENDAR)
    assert [deadline.anchor_on for deadline in found] == [opens, day("2025-11-30"), ends]
    assert not any(deadline.provisional for deadline in found)


def test_without_dates_only_the_fixed_ones_are_known() -> None:
    category = load_policy("fujian-2025").categories["demonstration"]
    assert [d.kind for d in deadlines_of(category, Dates(), CALENDAR)] == [Kind.COMPLETION]


# -- Laws -----------------------------------------------------------------------------------------

anywhere = st.dates(date(1990, 1, 1), date(2100, 12, 31))
official = st.dates(date(2024, 3, 1), date(2026, 10, 31))
units = st.sampled_from(OffsetUnit)
steps = st.integers(1, 40)


def any_rule(unit: OffsetUnit, offset: int) -> DeadlineRule:
    if offset < 0:
        return rule(offset=offset, unit=unit)
    return rule(Kind.REIMBURSEMENT, Anchor.ENDS, offset, unit, rolls=True)


rules = st.builds(any_rule, units, st.one_of(st.integers(-40, -1), steps))


@given(rules, anywhere, st.integers(0, 400))
def test_monotone_in_the_anchor(which: DeadlineRule, anchor: date, later: int) -> None:
    first = compute(which, anchor, CALENDAR)
    second = compute(which, anchor + timedelta(later), CALENDAR)
    assert first.plain_on <= second.plain_on
    assert first.due_on <= second.due_on
    assert first.advised_on <= second.advised_on


@given(rules, anywhere)
def test_advised_is_a_working_day_and_never_after_due(which: DeadlineRule, anchor: date) -> None:
    found = compute(which, anchor, CALENDAR)
    assert found.advised_on <= found.plain_on <= found.due_on
    assert CALENDAR.is_working(found.advised_on)


@given(units, steps, anywhere)
def test_backward_never_moves_later(unit: OffsetUnit, offset: int, anchor: date) -> None:
    found = compute(any_rule(unit, -offset), anchor, CALENDAR)
    assert found.due_on == found.plain_on < anchor


@given(units, steps, anywhere)
def test_forward_is_due_on_the_first_working_day(
    unit: OffsetUnit, offset: int, anchor: date
) -> None:
    found = compute(any_rule(unit, offset), anchor, CALENDAR)
    assert anchor < found.plain_on
    assert CALENDAR.is_working(found.due_on)
    between = range((found.due_on - found.plain_on).days)
    assert not any(CALENDAR.is_working(found.plain_on + timedelta(n)) for n in between)


@given(anywhere, st.integers(-40, 40))
def test_months_count_from_the_anchor(anchor: date, months: int) -> None:
    found = shift_months(anchor, months)
    assert (found.year - anchor.year) * 12 + found.month - anchor.month == months
    assert found.day == min(anchor.day, monthrange(found.year, found.month)[1])


@given(anywhere, st.integers(-40, 40).filter(bool))
def test_compute_never_chains(anchor: date, months: int) -> None:
    found = compute(any_rule(OffsetUnit.MONTH, months), anchor, CALENDAR)
    assert found.plain_on == shift_months(anchor, months)


@given(official, st.integers(1, 60))
def test_counting_working_days_there_and_back(start: date, count: int) -> None:
    worked = CALENDAR.on_or_before(start)
    there = CALENDAR.shift(worked, count)
    assert CALENDAR.shift(there, -count) == worked
    days = [worked + timedelta(n) for n in range(1, (there - worked).days + 1)]
    assert sum(CALENDAR.is_working(each) for each in days) == count


@given(anywhere)
def test_the_next_and_the_last_working_day_enclose_a_day(start: date) -> None:
    before, after = CALENDAR.on_or_before(start), CALENDAR.on_or_after(start)
    assert before <= start <= after
    assert (before == start) == (after == start) == CALENDAR.is_working(start)
    assert CALENDAR.on_or_before(start - ONE_DAY) < CALENDAR.on_or_after(start)


@given(rules, anywhere)
def test_a_year_without_calendar_is_provisional_and_never_a_crash(
    which: DeadlineRule, anchor: date
) -> None:
    found = compute(which, anchor, WorkCalendar())
    assert found.provisional
    assert "仅按周末推算" in found.trace[-1].zh


@given(rules, official)
def test_provisional_says_that_a_year_is_unknown(which: DeadlineRule, anchor: date) -> None:
    found = compute(which, anchor, CALENDAR)
    touched = [found.plain_on, found.due_on, found.advised_on]
    assert found.provisional == (not all(CALENDAR.knows(each) for each in touched))
