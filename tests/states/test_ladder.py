"""Ladder stepping: on which working day each rung falls, and which comes next."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from config.calendar_files import ladders, work_calendar
from states.ladder import Ladder, Rung, Stepper
from states.terms import Kind, Role

CALENDAR = work_calendar()
HOST = (Role.HOST,)
LADDERS = ladders()


def day(text: str) -> date:
    return date.fromisoformat(text)


def ladder(*days: int) -> Ladder:
    return Ladder(tuple(Rung(each, HOST) for each in sorted(days)))


def placed(which: Ladder, advised: str, due: str) -> list[tuple[str, str]]:
    rises = Stepper(CALENDAR).rises(which, day(advised), day(due))
    return [(rise.rung.key, rise.on.isoformat()) for rise in rises]


def test_rungs_before_go_to_the_working_day_on_or_before() -> None:
    # Advised Thu 2025-10-09: 7, 3 and 1 days before lie in the holiday of 10-01..08.
    assert placed(ladder(-14, -7, 0), "2025-10-09", "2025-10-09") == [
        ("D-14", "2025-09-25"),
        ("D-7", "2025-09-30"),
        ("D-0", "2025-10-09"),
    ]


def test_rungs_after_go_to_the_working_day_on_or_after() -> None:
    # Due Tue 2025-09-30: one and three days later is holiday, ten days later Fri 10-10.
    assert placed(ladder(1, 10), "2025-09-30", "2025-09-30") == [
        ("D+1", "2025-10-09"),
        ("D+10", "2025-10-10"),
    ]


def test_a_make_up_working_day_is_used() -> None:
    assert placed(ladder(-1), "2025-09-29", "2025-09-29") == [("D-1", "2025-09-28")]


def test_two_rungs_on_one_day_are_the_later_one() -> None:
    # 7, 3 and 1 days before 10-09 all fall back to 09-30.
    assert placed(ladder(-7, -3, -1), "2025-10-09", "2025-10-09") == [("D-1", "2025-09-30")]
    assert placed(ladder(1, 3, 7), "2025-09-30", "2025-09-30") == [("D+7", "2025-10-09")]


def test_before_counts_from_the_advised_day_and_after_from_the_due_day() -> None:
    assert placed(ladder(0, 1), "2025-09-30", "2025-10-09") == [
        ("D-0", "2025-09-30"),
        ("D+1", "2025-10-10"),
    ]


def test_the_steps_passed_include_both_ends() -> None:
    stepper, advised = Stepper(CALENDAR), day("2025-06-20")
    which = ladder(-7, -3, -1, 0)
    found = stepper.passed(
        which, advised, advised, since=day("2025-06-13"), until=day("2025-06-19")
    )
    assert [rise.rung.key for rise in found] == ["D-7", "D-3", "D-1"]


def test_nobody_but_the_host_is_told_before_the_due_day() -> None:
    for which in LADDERS.values():
        watched = which is LADDERS[Kind.APPLICATION]  # what the department gathers and hands on
        expected = (*HOST, Role.COORDINATOR) if watched else HOST
        assert all(rung.tells == expected for rung in which.rungs if rung.days <= 0)


def test_who_is_told_of_a_delay() -> None:
    told = {rung.key: rung.tells for rung in LADDERS[Kind.FILING].rungs if rung.days > 0}
    assert told == {
        "D+1": (Role.HOST, Role.COORDINATOR),
        "D+3": (Role.HOST, Role.COORDINATOR),
        "D+7": (Role.HOST, Role.COORDINATOR, Role.PROVINCE),
    }


days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
shipped = st.sampled_from(list(LADDERS.values()))


@given(shipped, days, st.integers(0, 12))
def test_next_strictly_increases_to_none(which: Ladder, advised: date, wait: int) -> None:
    stepper, due = Stepper(CALENDAR), advised + timedelta(wait)
    seen: list[date] = []
    after = date(2019, 1, 1)
    while (found := stepper.next_on(which, advised, due, after)) is not None:
        assert found > after
        seen.append(found)
        after = found
    assert seen == [rise.on for rise in stepper.rises(which, advised, due)]


@given(shipped, days, st.integers(0, 12))
def test_every_step_is_on_its_side_on_a_working_day(
    which: Ladder, advised: date, wait: int
) -> None:
    due = advised + timedelta(wait)
    rises = Stepper(CALENDAR).rises(which, advised, due)
    for rise in rises:
        assert CALENDAR.is_working(rise.on)
        if rise.rung.days > 0:
            assert rise.on >= due + timedelta(rise.rung.days)
        else:
            assert rise.on <= advised + timedelta(rise.rung.days)
    keys = [rise.rung.days for rise in rises]
    assert keys == sorted(keys)
    assert len({rise.on for rise in rises}) == len(rises)
