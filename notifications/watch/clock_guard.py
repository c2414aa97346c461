"""Guards against a clock that jumps: a wrong clock would warn everybody early.

Within a running process the wall clock may not outrun the steady one, which counts a machine's
sleep as well; from one process to the next it may not go back, nor ahead by more than a long
pause. If it does, nothing is swept or sent until it has come back or a person has said that it is
right. The alarm stands in `setting`, so a restart does not forget it.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from states.terms import Text
from workflow import kept

ALARM, HIGH_WATER = "clock.alarm", "clock.high"
TOLERANCE = timedelta(minutes=5)
LONG_PAUSE = timedelta(days=60)  # without a worker; a jump ahead cannot be told from it
ANEW = 3600.0
BOOT = Path("/proc/sys/kernel/random/boot_id")


def steady() -> float:
    """Seconds since the machine started, its sleep included where the system counts it."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class ClockAlarm:
    """The wall clock showed `seen` when it should have shown `expected`; `basis`, `steady` and
    `boot` say by what that was known. No `boot`: only by what an earlier process had seen."""

    seen: datetime
    expected: datetime
    basis: datetime
    steady: float
    boot: str
    machine: str = field(default_factory=socket.gethostname)  # whose clock it is

    def is_over(self, now: datetime) -> bool:
        """Whether a clock of this machine that had gone back has come to where it once was."""
        went_back = not self.boot and self.seen < self.expected
        mine = self.machine == socket.gethostname()
        return mine and went_back and unlike(now, self.expected) is None


def unlike(now: datetime, latest: datetime) -> ClockAlarm | None:
    """The alarm, if a clock that once showed `latest` can hardly show `now`."""
    if latest - TOLERANCE <= now <= latest + LONG_PAUSE:
        return None
    return ClockAlarm(now, latest, latest, 0.0, "")


class ClockGuard:
    """Compares two clocks since it was made."""

    def __init__(self, clock: Callable[[], datetime], steady: Callable[[], float] = steady) -> None:
        self.clock, self.steady = clock, steady
        self.begin()

    def begin(self) -> None:
        """From now on: the wall clock is right."""
        self.basis, self.since = self.clock(), self.steady()

    def ahead(self) -> ClockAlarm | None:
        """The alarm, if the wall clock has outrun the steady one by more than the tolerance.

        A clock that was moved back holds up nothing: mail that is late warns nobody early. Every
        hour the comparison begins anew, for two clocks never go quite alike.
        """
        seen, passed = self.clock(), self.steady() - self.since
        expected = self.basis + timedelta(seconds=passed)
        if seen - expected <= TOLERANCE:
            if passed >= ANEW:
                self.begin()
            return None
        return ClockAlarm(seen, expected, self.basis, self.since, boot())

    def resume(self, alarm: ClockAlarm) -> bool:
        """Go on from what an earlier process knew; False if the machine has started since."""
        same = bool(alarm.boot) and alarm.boot == boot()
        if same:
            self.basis, self.since = alarm.basis, alarm.steady
        return same


def boot() -> str:
    """Names this start of the machine; empty where that cannot be known."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def clock_alarm(connection: Connection) -> ClockAlarm | None:
    """The alarm that stands, for whoever asks: `yanxiu doctor`, the worker, its next start."""
    found = kept.get(connection, ALARM)
    if found is None:
        return None
    row = json.loads(found)
    times = {name: datetime.fromisoformat(row[name]) for name in ("seen", "expected", "basis")}
    return ClockAlarm(**{**row, **times})


def raise_alarm(connection: Connection, alarm: ClockAlarm) -> None:
    times = {name: getattr(alarm, name).isoformat() for name in ("seen", "expected", "basis")}
    kept.put(connection, ALARM, json.dumps(asdict(alarm) | times))


def clear_alarm(connection: Connection) -> None:
    """The clock is right now, so what it showed before is no measure."""
    kept.drop(connection, ALARM)
    kept.drop(connection, HIGH_WATER)


def high_water(connection: Connection) -> datetime | None:
    """The latest time that a worker's clock has shown."""
    found = kept.get(connection, HIGH_WATER)
    return datetime.fromisoformat(found) if found else None


def raise_high_water(connection: Connection, now: datetime) -> None:
    high = high_water(connection)
    if high is None or now > high:
        kept.put(connection, HIGH_WATER, now.isoformat())


WHY_HELD = Text(
    "系统时钟曾突然跳快、倒退，或系统停用超过60天，为免误发提醒，已停止提醒和发信。请核对服务器时间",
    "The clock had jumped or gone back, or nothing had run for more than 60 days, so nothing is"
    " announced or sent. Check the server's time",
)
