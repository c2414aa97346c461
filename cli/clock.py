"""The only place of the command line that reads a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from config.zone import SHANGHAI


@dataclass(frozen=True)
class Moment:
    """A clock that stands: for what a demonstration does as of an hour."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass(frozen=True)
class Clock:
    """The time as this process sees it: the real one, moved by whole days for a demonstration."""

    moved_by: timedelta

    @classmethod
    def starting(cls, today: date | None) -> Clock:
        """The real clock, or one that shows `today` at the real time of day."""
        real = datetime.now(SHANGHAI).date()
        return cls(today - real if today else timedelta())

    def now(self) -> datetime:
        """The aware time in UTC."""
        return datetime.now(UTC) + self.moved_by

    def today(self) -> date:
        """The Chinese calendar day."""
        return self.now().astimezone(SHANGHAI).date()
