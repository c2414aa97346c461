"""Whether the worker may go on by its clock: keeps the alarm in the database up to date."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from notifications.watch.clock_guard import ClockGuard, clear_alarm, clock_alarm, raise_alarm
from states.terms import Text
from workflow.database import Database


class ClockHeld(Exception):
    """An alarm about the clock stands, so nothing is sent; `text` says what to do."""

    def __init__(self) -> None:
        self.text = HELD
        super().__init__(HELD.en)


class ClockWatch:
    """Raises the alarm when the guard sees a jump; it ends when the clock has come back, or when
    a person takes it away (`yanxiu worker --accept-clock`)."""

    def __init__(
        self, db: Database, guard: ClockGuard, report: Callable[[str, object], None]
    ) -> None:
        self.db, self.guard, self.report = db, guard, report
        self.standing = False  # the alarm, as last seen
        self.blind = False  # it is from before the machine started: only a person can judge it
        self._one = Lock()

    def begin(self) -> None:
        """An alarm that stands survives a restart."""
        with self.db.read() as connection:
            alarm = clock_alarm(connection)
        self.guard.begin()
        self.standing = alarm is not None
        self.blind = alarm is not None and not self.guard.resume(alarm)

    def holds(self) -> bool:
        """Whether nothing may be swept or sent now."""
        with self._one:
            return self._holds()

    def _holds(self) -> bool:
        with self.db.read() as connection:
            found = clock_alarm(connection)
        if self.standing and found is None:
            self._accepted()
            return False
        self.standing = found is not None
        alarm = self.guard.ahead()
        if self.blind or (alarm and found):
            return True
        if alarm is None:
            if found:
                self._came_back()
            return False
        with self.db.write() as connection:
            raise_alarm(connection, alarm)
        self.standing = True
        self.report("clock", f"ahead: it shows {alarm.seen}, expected {alarm.expected}; held")
        return True

    def _accepted(self) -> None:
        self.guard.begin()
        self.standing = self.blind = False
        self.report("clock", "accepted by a person")

    def _came_back(self) -> None:
        with self.db.write() as connection:
            clear_alarm(connection)
        self.standing = False
        self.report("clock", "right again")


HELD = Text(
    "系统时钟曾突然跳快，为免误发提醒，已停止提醒和发信。请核对本机时间，"
    "确认无误后运行 yanxiu worker --accept-clock。",
    "The clock had jumped ahead, so nothing is announced or sent. Check this machine's time;"
    " if it is right, run `yanxiu worker --accept-clock`.",
)
