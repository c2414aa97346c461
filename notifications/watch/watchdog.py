"""The watchdog: a thread of its own that sees, on the steady clock, whether the scheduler ticks.

A scheduler's thread can die while its process looks alive, stand still when the wall clock was
moved back, or sleep with the machine. Then it is built anew, after a sweep.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

BEAT_SECONDS = 5.0
LATE = 3  # intervals
ENDING_SECONDS = 10.0


class Watchdog:
    """`beat` is called by the scheduler every BEAT_SECONDS, `revive` by the watchdog when that
    has not happened for three intervals, `seen` after each look that found all well."""

    def __init__(
        self,
        steady: Callable[[], float],
        revive: Callable[[], None],
        seen: Callable[[], None] = lambda: None,
    ) -> None:
        self.steady, self.revive, self.seen = steady, revive, seen
        self.last = steady()
        self._over = Event()
        self._thread = Thread(target=self._watch, name="watchdog", daemon=True)

    def beat(self) -> None:
        self.last = self.steady()

    def start(self) -> None:
        self.beat()
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(ENDING_SECONDS)  # a daemon: a look that hangs must not keep the process

    def look(self) -> None:
        """Revive the scheduler if it is late."""
        if self.steady() - self.last <= LATE * BEAT_SECONDS:
            self.seen()
            return
        self.revive()
        self.beat()

    def _watch(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            self.look()
