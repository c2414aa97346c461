"""How a day is called and whether anybody can be late with it: one answer for every page.

Only what a notice asks for, or whoever sent something back, can be overdue. What is merely advised,
and what the system asks of its own accord, passes without blame.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from states.facts import Facts
from states.mailing import plan_came_late
from states.terms import ASKED_BY_SYSTEM, Force, Kind, State, Text


@dataclass(frozen=True, slots=True)
class Look:
    """An open deadline on a day. `late`: whole days, 0 where nobody is late; `blameless`: the plan
    itself came after the last day; `advisory`: no notice asks for it."""

    day: Text
    late: int
    blameless: bool
    advisory: bool


def look(kind: Kind, force: Force, facts: Facts, late_after: date, today: date) -> Look:
    """`late_after`: the last day that can still count."""
    advisory = force is Force.ADVISORY
    # Nobody has to apply: a draft whose window is over is not late.
    owed = not advisory and not (kind is Kind.APPLICATION and facts.state is State.DRAFTED)
    late = max(0, (today - late_after).days) if owed else 0
    day = ASKED_BY_SYSTEM.get(kind) or (ADVISED_DAY if advisory else DUE)
    return Look(day, late, bool(late) and plan_came_late(facts, late_after), advisory)


def last_day(facts: Facts, due_on: date, late_after: date, today: date) -> date:
    """The day to name for an open deadline: the due day, and once that has passed the last day
    that can still count. They differ while dates are provisional: a window is due by its earliest
    opening, and nobody is late before its latest one has made it so. A window that names no such
    day (states/calculus.py) keeps the first."""
    if today <= due_on or not facts.dates.open_window:
        return due_on
    before = facts.opens_earliest is not None and due_on < facts.opens_earliest
    last = facts.opens_latest or date.min
    return due_on if before and late_after >= last else late_after


MET_LATE = Text("逾期{n}天完成", "Met {n} day(s) late")


def late_when_met(
    kind: Kind, force: Force, facts: Facts, late_after: date, met_on: date | None
) -> int:
    """Whole days by which what is done came late; 0 where nobody was late with it, and while it is
    not done."""
    if met_on is None:
        return 0
    seen = look(kind, force, facts, late_after, met_on)
    return 0 if seen.blameless else seen.late


def is_handed_in(kind: Kind) -> bool:
    """Whether something is handed in by this day, so that an earlier one can be advised."""
    return kind not in ASKED_BY_SYSTEM and kind is not Kind.COMPLETION


DUE = Text("截止日", "Due")
ADVISED_DAY = Text("建议日期", "Advised day")
