"""Working days: official holidays and make-up days where known, weekends alone elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from states.terms import Text

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, eq=False)  # compared by identity, so that results can be cached by it
class WorkCalendar:
    """The State Council's yearly arrangement. A year not in `years` is weekends only."""

    years: frozenset[int] = frozenset()
    holidays: Mapping[date, str] = field(default_factory=dict)  # day off -> name of the holiday
    make_up_days: frozenset[date] = frozenset()  # weekend days that are worked

    def knows(self, day: date) -> bool:
        return day.year in self.years

    def is_working(self, day: date) -> bool:
        if day in self.make_up_days:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def on_or_before(self, day: date) -> date:
        """The last working day on or before `day`."""
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def on_or_after(self, day: date) -> date:
        """The first working day on or after `day`."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def shift(self, day: date, working_days: int) -> date:
        """Count working days from `day`, which itself is not counted; negative counts back."""
        step = ONE_DAY if working_days > 0 else -ONE_DAY
        left = abs(working_days)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie after one day, up to and with another; 0 where it is over."""
        days = range((until - after).days)
        return sum(self.is_working(after + ONE_DAY * (n + 1)) for n in days)

    def why_off(self, day: date) -> Text:
        """The name of the holiday or of the weekend day, for a trace."""
        if name := self.holidays.get(day):
            return Text(name, f"holiday, {name}")
        return Text("周六", "Saturday") if day.weekday() == SATURDAY else Text("周日", "Sunday")
