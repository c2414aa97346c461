"""The watchdog revives a scheduler that no longer ticks."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from threading import Event, Thread
from types import FrameType

import pytest
from desk import FROM, Desk
from posting import Going, five_past

from config.settings import Settings
from notifications.mailbox import Mailbox, read_mailbox
from notifications.watch import watchdog as module
from notifications.watch.watchdog import Watchdog
from notifications.worker import Running, Worker


def until(done: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    return done()


def test_it_revives_after_three_intervals_without_a_beat() -> None:
    now, revived, seen = [0.0], [], []
    dog = Watchdog(lambda: now[0], lambda: revived.append(now[0]), lambda: seen.append(now[0]))
    for now[0] in (5.0, 10.0, 15.0, 16.0, 20.0, 31.0, 32.0):
        dog.look()
    assert revived == [16.0, 32.0]
    assert seen == [5.0, 10.0, 15.0, 20.0, 31.0]
    now[0] = 40.0
    dog.beat()
    now[0] = 55.0
    dog.look()
    assert revived == [16.0, 32.0]


@pytest.fixture
def quick_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.2)


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_scheduler_whose_thread_has_died_is_started_anew(
    quick_desk: Desk, mailbox: Mailbox, quick_beat: None, how: str
) -> None:
    told: list[str] = []
    settings = Settings(smtp_port=mailbox.port, mail_from=FROM)
    clock = Going(five_past().now)
    worker = Worker(
        quick_desk.db, quick_desk.book, settings, clock, lambda job, _: told.append(job)
    )
    stopping = Event()
    running = Running(worker, stopping)
    running.start()
    try:
        old = running.scheduler
        if how == "killed":
            kill(old._thread)
        else:
            old.shutdown(wait=False)
        quick_desk.plan({})  # its reminder is due today: the new scheduler sweeps at once
        assert until(lambda: "watchdog" in told)
        assert until(lambda: quick_desk.mails("status") == ["pending"])
        assert running.scheduler is not old
        assert running.scheduler.running
        clock_ahead = Going(five_past().now.replace(minute=59))
        worker.clock = clock_ahead  # past the half minute in which mails gather
        worker.guard.clock = clock_ahead
        worker.guard.begin()
        # The new scheduler's own round may be under way, and then this one leaves it the mail.
        assert until(
            lambda: (
                worker._job("dispatch", lambda: worker._dispatch(stopping))
                or len(read_mailbox(mailbox.folder)) == 1
            )
        )
    finally:
        stopping.set()
        running.stop()


def kill(thread: Thread) -> None:
    """Raise SystemExit in it while it waits, as an error in the scheduler's own code would.

    Elsewhere it might hold a lock that all thread pools of this process share.
    """

    def dead() -> bool:
        ident = thread.ident or 0
        if is_waiting(sys._current_frames().get(ident)):
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(ident), ctypes.py_object(SystemExit)
            )
        thread.join(0.05)
        return not thread.is_alive()

    assert until(dead)


def is_waiting(frame: FrameType | None) -> bool:
    """Whether a thread waits for the scheduler's next moment, and does nothing else."""
    names = []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names[:3] == ["wait", "wait", "_main_loop"]


def test_a_scheduler_that_ticks_is_left_alone(
    quick_desk: Desk, mailbox: Mailbox, quick_beat: None
) -> None:
    told: list[str] = []
    settings = Settings(smtp_port=mailbox.port, mail_from=FROM)
    worker = Worker(
        *(quick_desk.db, quick_desk.book, settings, Going(five_past().now)),
        lambda job, _: told.append(job),
    )
    running = Running(worker, Event())
    beats: set[float] = set()
    running.start()
    try:
        assert until(lambda: beats.add(running.watchdog.last) or len(beats) > 8)
        assert "watchdog" not in told
    finally:
        running.stop()
