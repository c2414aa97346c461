"""Ladder stepping: on which days a deadline is announced, to whom, and which step is next.

A step before the due day that falls on a day off goes out on the working day before; one
after it on the working day after, so that no mail claims a delay that has not happened.
Steps that fall on one day are one: the later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from states.calendar import WorkCalendar
from states.terms import Role


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: `days` before `advised_on` (negative or 0) or after `late_after` (positive)."""

    days: int
    tells: tuple[Role, ...]

    @property
    def key(self) -> str:
        """As stored and shown: D-7, D-0, D+3."""
        return f"D+{self.days}" if self.days > 0 else f"D-{-self.days}"


@dataclass(frozen=True, slots=True, eq=False)  # by identity: the stepper caches by it
class Ladder:
    rungs: tuple[Rung, ...]  # in the order of days

    def advice(self) -> Ladder:
        """The same for what no notice asks for: the first two rungs, none after the day."""
        return Ladder(tuple(rung for rung in self.rungs if rung.days <= 0)[:ADVISED])


ADVISED = 2  # times that something is merely advised


@dataclass(frozen=True, slots=True)
class Rise:
    """A rung on its day."""

    rung: Rung
    on: date


class Stepper:
    """Places a ladder's rungs on working days. Cached: many projects share their dates."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.rises = lru_cache(maxsize=4096)(self._rises)

    def _rises(self, ladder: Ladder, advised_on: date, late_after: date) -> tuple[Rise, ...]:
        days: dict[date, Rise] = {}
        for rung in ladder.rungs:
            if rung.days > 0:
                on = self.calendar.on_or_after(late_after + timedelta(days=rung.days))
            else:
                on = self.calendar.on_or_before(advised_on + timedelta(days=rung.days))
            days[on] = Rise(rung, on)
        return tuple(sorted(days.values(), key=lambda rise: rise.on))

    def next_on(
        self, ladder: Ladder, advised_on: date, late_after: date, after: date
    ) -> date | None:
        """The day of the first step later than `after`, or None at the ladder's end."""
        rises = self.rises(ladder, advised_on, late_after)
        return next((rise.on for rise in rises if rise.on > after), None)

    def passed(
        self, ladder: Ladder, advised_on: date, late_after: date, *, since: date, until: date
    ) -> tuple[Rise, ...]:
        """The steps whose day lies in [since, until], oldest first."""
        rises = self.rises(ladder, advised_on, late_after)
        return tuple(rise for rise in rises if since <= rise.on <= until)
