"""What is wanted beyond the policy's own dates: granted days, and the record of a class."""

from __future__ import annotations

import pytest
from cases import CALENDAR, day, facts

from config.policy_files import load_policy
from states.facts import Facts
from states.next_step import next_step
from states.terms import Action, Kind, Role, State
from states.waiting import waiting
from states.wanted import Wanted, wanted

DEMONSTRATION = load_policy("fujian-2025").categories["demonstration"]


def one(kind: Kind, known: Facts) -> Wanted:
    [found] = [w for w in wanted(known, DEMONSTRATION, CALENDAR) if w.kind is kind]
    return found


@pytest.mark.parametrize(
    ("kind", "until", "advised"),
    [
        (Kind.FILING, "2025-04-25", "2025-04-25"),  # a Friday
        (Kind.FILING, "2025-04-26", "2025-04-25"),  # a Saturday
        (Kind.FILING, "2025-05-03", "2025-04-30"),  # in the May holiday
        (Kind.FILING, "2025-04-27", "2025-04-27"),  # a Sunday on which people work
        (Kind.COMPLETION, "2025-12-06", "2025-12-06"),  # a Saturday: a class may end on it
    ],
)
def test_a_granted_day_is_advised_on_the_working_day_before_or_on_it(
    kind: Kind, until: str, advised: str
) -> None:
    found = one(kind, facts(State.PLANNED, extended={kind.value: {"due_on": until}}))
    assert (found.due_on, found.late_after) == (day(until), day(until))
    assert found.advised_on == day(advised)


@pytest.mark.parametrize(
    ("dates", "on", "provisional"),
    [
        ({}, "2025-05-15", False),
        ({"planned_ends": None}, "2025-05-15", True),  # four days are usual
        ({"opens_latest": day("2025-05-20")}, "2025-05-15", True),
        ({"opens_latest": day("2025-05-20"), "planned_ends": None}, "2025-05-23", True),
    ],
)
def test_the_record_is_provisional_until_opening_and_end_are_exact(
    dates: dict[str, object], on: str, provisional: bool
) -> None:
    found = one(Kind.RECORDING, facts(State.FILED, **dates))
    assert (found.due_on, found.provisional) == (day(on), provisional)


def test_a_withdrawal_that_is_proposed_goes_before_dates_that_are_open() -> None:
    """A class put off without a date, then to be cancelled: it waits for the province, and nobody
    is asked for new dates meanwhile."""
    open_dates = {"opens_earliest": None, "opens_latest": None, "planned_ends": None}
    put_off = {"postponed": {"on": "2025-04-01", "reason": "档期"}}
    proposal = {"deed": "withdraw", "by": "lin", "given": {}, "on": "2025-04-02"}
    before = facts(State.PLANNED, **open_dates, **put_off)
    after = facts(State.PLANNED, **open_dates, **put_off, pending=proposal)
    today = day("2025-04-03")
    asked = next_step(before, DEMONSTRATION, {}, today)
    told = next_step(after, DEMONSTRATION, {}, today)
    assert asked.deed is not None
    assert (told.deed, told.what.zh) == (None, "等待省厅复核，暂不需要办理")
    [move] = waiting(after, DEMONSTRATION)
    assert (move.role, move.deed) == (Role.PROVINCE, Action.WITHDRAW)
    assert waiting(before, DEMONSTRATION) == []
