"""What a host owes besides its papers (R25-06a, R25-06b, R25-13): by when, and what it is told with.

A milestone that nobody has recorded is a flag at its step, when it is too late. So each has a day:
that of a deadline where the notice gives one (consulted a month before the opening), else the day by
which it makes sense, said to be so. They are facts and days, no rows: nothing is counted as overdue.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from states.calendar import WorkCalendar
from states.facts import Facts
from states.policy import Category, DutyDay, MilestoneRule
from states.terms import Kind, Role, State
from states.wanted import deadlines_for


@dataclass(frozen=True, slots=True)
class Duty:
    """One of them, not on record yet. `on` None: the dates of the class are open."""

    rule: MilestoneRule
    on: date | None
    provisional: bool


def duties(facts: Facts, category: Category, calendar: WorkCalendar) -> list[Duty]:
    """What the host has still to do and record, the next first."""
    if facts.state not in OWED_IN:
        return []
    days = _days(facts, category, calendar)
    found = [
        Duty(rule, *days.get(rule.due, (None, True)))
        for rule in category.milestones
        if rule.by is Role.HOST and rule.due and rule.key not in facts.milestones
    ]
    return sorted(found, key=lambda one: (one.on is None, one.on or date.max))


def beside(kind: Kind, found: list[Duty]) -> list[Duty]:
    """Those that a reminder of this kind of deadline speaks of too."""
    return [duty for duty in found if duty.rule.due in TOLD_WITH.get(kind, ())]


OWED_IN = frozenset({State.REVIEWED, State.PLANNED, State.FILED, State.HELD, State.REPORTED})
TOLD_WITH: dict[Kind, tuple[DutyDay, ...]] = {
    Kind.FILING: (DutyDay.FILING, DutyDay.OPENS),
    Kind.OPENING: (DutyDay.FILING, DutyDay.OPENS, DutyDay.ENDS),
    Kind.RECORDING: (DutyDay.ENDS, DutyDay.REPORT),
    Kind.REIMBURSEMENT: (DutyDay.ENDS, DutyDay.REPORT),
}


def _days(
    facts: Facts, category: Category, calendar: WorkCalendar
) -> dict[DutyDay | None, tuple[date, bool]]:
    """The days that there are, each with whether it is provisional."""
    found: dict[DutyDay | None, tuple[date, bool]] = {}
    dates, window = facts.dates, facts.dates.open_window
    if opens := facts.actual_opens or facts.opens_earliest:
        found[DutyDay.OPENS] = opens, window
    if ends := dates.latest_end(category.usual_days):
        found[DutyDay.ENDS] = ends, dates.actual_ends is None and dates.planned_ends is None
        found[DutyDay.REPORT] = found[DutyDay.ENDS]  # where nothing is reported
    for one in deadlines_for(facts, category, calendar):
        if one.kind in DEADLINES:
            found[DEADLINES[one.kind]] = one.due.due_on, one.provisional
    return found


DEADLINES = {Kind.FILING: DutyDay.FILING, Kind.REIMBURSEMENT: DutyDay.REPORT}
