"""Whether the worker may go on by its clock: keeps the alarm in the database up to date."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from notifications.watch.clock_guard import (
    WHY_HELD,
    ClockAlarm,
    ClockGuard,
    clear_alarm,
    clock_alarm,
    high_water,
    raise_alarm,
    raise_high_water,
    unlike,
)
from states.terms import Text
from workflow.database import Database


class ClockHeld(Exception):
    """An alarm about the clock stands, so nothing is sent; `text` says what to do."""

    def __init__(self) -> None:
        self.text = HELD
        super().__init__(HELD.en)


class ClockWatch:
    """Raises the alarm when the guard sees a jump; it ends when the clock has come back, or when
    a person takes it away (`yanxiu worker --accept-clock`). `moved`: the clock is a
    demonstration's, which differs from one process to the next."""

    def __init__(
        self,
        db: Database,
        guard: ClockGuard,
        report: Callable[[str, object], None],
        *,
        moved: bool = False,
    ) -> None:
        self.db, self.guard, self.report, self.moved = db, guard, report, moved
        self.alarm: ClockAlarm | None = None  # as last seen
        # It is of another machine, or from before this one started: it cannot be judged here.
        self.blind = False
        self._one = Lock()

    def begin(self) -> None:
        """An alarm that stands survives a restart; if none does, the clock may not have jumped
        since it was last seen."""
        self.guard.begin()
        with self.db.read() as connection:
            alarm, latest = clock_alarm(connection), high_water(connection)
        if alarm is None and latest is not None and not self.moved:
            alarm = unlike(self.guard.clock(), latest)
            if alarm:
                self._raise(alarm)
        self.alarm, self.blind = alarm, alarm is not None and not self.guard.resume(alarm)

    def holds(self) -> bool:
        """Whether nothing may be swept or sent now."""
        with self._one:
            return self._holds()

    def _holds(self) -> bool:
        with self.db.read() as connection:
            found = clock_alarm(connection)
        if self.alarm and found is None:
            self._taken_away()
            return False
        if found != self.alarm:  # another worker's
            self.alarm, self.blind = found, found is not None and not self.guard.resume(found)
        if found and self.blind and found.is_over(self.guard.clock()):
            self.guard.begin()
            self._came_back()
            return False
        alarm = self.guard.ahead()
        if self.blind or (alarm and found):
            return True
        if alarm is None:
            if found:
                self._came_back()
            return False
        self._raise(alarm)
        self.alarm = alarm
        return True

    def seen(self) -> None:
        """What the clock shows now, it has shown: for the comparison at the next start."""
        if not self.moved:
            with self.db.write() as connection:
                raise_high_water(connection, self.guard.clock())

    def _raise(self, alarm: ClockAlarm) -> None:
        with self.db.write() as connection:
            raise_alarm(connection, alarm)
        self.report("clock", f"it shows {alarm.seen}, expected {alarm.expected}; held")

    def _taken_away(self) -> None:
        self.guard.begin()
        self.alarm, self.blind = None, False
        self.report("clock", "the alarm was taken away")

    def _came_back(self) -> None:
        with self.db.write() as connection:
            clear_alarm(connection)
        self.alarm, self.blind = None, False
        self.report("clock", "right again")


HELD = Text(
    f"{WHY_HELD.zh}。确认无误后运行 yanxiu worker --accept-clock。",
    f"{WHY_HELD.en}; if it is right, run `yanxiu worker --accept-clock`.",
)
