"""A clock that jumps, sleeps or was moved: nobody is warned early, nothing stands still for long."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from desk import FROM, Desk, HandClock, morning
from posting import five_past, hosts
from servers import Crooked, Rough

from config.settings import Settings
from notifications.sending.delivery import DeliveryResult
from notifications.sending.rate_limit import take_slot
from notifications.watch.clock_guard import (
    ClockAlarm,
    ClockGuard,
    clear_alarm,
    clock_alarm,
    high_water,
    raise_alarm,
)
from notifications.watch.clock_watch import ClockHeld
from notifications.watch.heartbeat import Heartbeat, last_beat
from notifications.worker import Running, Worker

HOUR = timedelta(hours=1)


@dataclass
class Machine:
    """A wall clock that can be set, and a steady one that cannot."""

    now: datetime = field(default_factory=lambda: five_past().now)
    uptime: float = 1000.0

    def __call__(self) -> datetime:
        return self.now

    def steady(self) -> float:
        return self.uptime

    def passes(self, **span: float) -> None:
        """Time goes by on both."""
        self.now += timedelta(**span)
        self.uptime += timedelta(**span).total_seconds()

    def guard(self) -> ClockGuard:
        return ClockGuard(self, self.steady)


def worker(
    desk: Desk, machine: Machine, port: int = 1, **settings: Any
) -> tuple[Worker, list[tuple[str, str]]]:
    told: list[tuple[str, str]] = []
    made = Worker(
        desk.db,
        desk.book,
        Settings(smtp_port=port, smtp_timeout=2, mail_from=FROM, **settings),
        machine,
        lambda job, what: told.append((job, str(what))),
        machine.steady,
    )
    return made, told


# -- The comparison -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jump", "alarm"),
    [
        (timedelta(seconds=1), False),
        (timedelta(minutes=5), False),
        (timedelta(minutes=5, seconds=1), True),
        (HOUR, True),
        (timedelta(days=1), True),
        (timedelta(days=366), True),
        (-timedelta(seconds=1), False),
        (-HOUR, False),
        (-timedelta(days=1), False),
    ],
)
def test_a_jump_ahead_of_more_than_five_minutes_is_an_alarm(jump: timedelta, alarm: bool) -> None:
    machine = Machine()
    guard = machine.guard()
    machine.passes(minutes=7)
    assert guard.ahead() is None
    machine.now += jump
    found = guard.ahead()
    assert (found is not None) == alarm
    if found:
        assert (found.seen, found.expected) == (machine.now, machine.now - jump)


def test_a_machine_that_slept_is_no_jump() -> None:
    machine = Machine()
    guard = machine.guard()
    machine.passes(days=3)  # the steady clock counts the sleep
    assert guard.ahead() is None


def test_a_change_of_zone_or_of_summer_time_is_no_jump() -> None:
    """The same moment, said in another zone."""
    machine = Machine(datetime(2025, 3, 30, 0, 59, tzinfo=UTC))
    guard = machine.guard()
    for zone in ("Europe/Berlin", "Asia/Shanghai", "America/New_York"):
        machine.passes(minutes=2)
        machine.now = machine.now.astimezone(ZoneInfo(zone))
        assert guard.ahead() is None


def test_clocks_that_drift_apart_slowly_are_no_jump() -> None:
    machine = Machine()
    guard = machine.guard()
    for _ in range(1000):
        machine.passes(minutes=30)
        machine.now += timedelta(seconds=2)
        assert guard.ahead() is None


def test_a_demonstration_clock_is_no_jump(desk: Desk) -> None:
    """It is moved by whole days for the whole process, and may go back from one to the next."""
    for day in ("2030-01-01", "2025-01-01"):
        machine = Machine(morning(day))
        running, told = worker(desk, machine)
        running.clock_watch.begin()
        machine.passes(minutes=1)
        assert running.clock_watch.holds() is False
        assert told == []


# -- What follows ---------------------------------------------------------------------------------


def test_while_the_clock_is_ahead_nothing_is_swept_or_sent(desk: Desk, crooked: Crooked) -> None:
    desk.plan({}, {"opens_earliest": "2025-09-22", "planned_ends": "2025-09-25"})
    machine = Machine()
    running, told = worker(desk, machine, crooked.port)
    running.clock_watch.begin()
    machine.now += timedelta(days=7)
    running._job("filing-reminders", running.sweep)
    running._job("dispatch", lambda: running._dispatch(Event()))
    assert (desk.ledger("id"), crooked.seen) == ([], [])
    assert [job for job, _ in told] == ["clock"]
    with desk.db.read() as connection:
        alarm = clock_alarm(connection)
    assert alarm is not None
    assert alarm.seen - alarm.expected == timedelta(days=7)


def test_a_jump_between_two_mails_stops_before_the_next(desk: Desk, crooked: Crooked) -> None:
    hosts(desk, 3)
    machine = Machine()
    running, _ = worker(desk, machine, crooked.port)
    running.clock_watch.begin()

    def jump() -> None:
        machine.now += HOUR

    crooked.meanwhile = jump
    running._job("dispatch", lambda: running._dispatch(Event()))
    assert len(crooked.seen) == 1
    assert desk.mails("status") == ["sent", "pending", "pending"]


def test_the_alarm_ends_when_the_clock_comes_back(desk: Desk, crooked: Crooked) -> None:
    hosts(desk, 2)
    machine = Machine()
    running, told = worker(desk, machine, crooked.port)
    running.clock_watch.begin()
    machine.now += HOUR
    assert running.clock_watch.holds() is True
    machine.now -= HOUR
    running._job("dispatch", lambda: running._dispatch(Event()))
    assert desk.mails("status") == ["sent", "sent"]
    assert [job for job, _ in told] == ["clock", "clock", "dispatch"]
    with desk.db.read() as connection:
        assert clock_alarm(connection) is None


def test_the_alarm_ends_when_a_person_says_that_the_clock_is_right(desk: Desk) -> None:
    machine = Machine()
    running, told = worker(desk, machine)
    running.clock_watch.begin()
    machine.now += HOUR
    assert running.clock_watch.holds() is True
    with desk.db.write() as connection:
        clear_alarm(connection)  # yanxiu worker --accept-clock, in another process
    assert running.clock_watch.holds() is False
    assert told[-1] == ("clock", "the alarm was taken away")
    machine.passes(minutes=10)
    assert running.clock_watch.holds() is False


def test_the_alarm_survives_a_restart_of_the_worker(desk: Desk) -> None:
    machine = Machine()
    running, _ = worker(desk, machine)
    running.clock_watch.begin()
    machine.now += HOUR
    assert running.clock_watch.holds() is True
    again, _ = worker(desk, machine)
    with pytest.raises(ClockHeld):
        again.once()
    again.clock_watch.begin()
    assert again.clock_watch.holds() is True
    machine.now -= HOUR  # the same start of the machine: it is still known by what
    assert again.clock_watch.holds() is False


def test_after_a_restart_of_the_machine_only_a_person_ends_the_alarm(desk: Desk) -> None:
    machine = Machine()
    machine.now += HOUR
    guard = machine.guard()
    machine.now += HOUR
    alarm = guard.ahead()
    assert alarm is not None
    with desk.db.write() as connection:
        raise_alarm(connection, type(alarm)(alarm.seen, alarm.expected, alarm.basis, 5.0, "else"))
    machine.uptime = 10.0
    running, _ = worker(desk, machine)
    running.clock_watch.begin()
    assert running.clock_watch.holds() is True
    machine.now -= HOUR
    assert running.clock_watch.holds() is True
    with desk.db.write() as connection:
        clear_alarm(connection)
    assert running.clock_watch.holds() is False


# -- Several workers ------------------------------------------------------------------------------


def test_workers_of_one_machine_hold_together_and_go_on_together(desk: Desk) -> None:
    """One was started after the jump and knows only by the alarm how it should be."""
    machine = Machine()
    one, _ = worker(desk, machine)
    one.clock_watch.begin()
    machine.now += HOUR
    late, _ = worker(desk, machine)
    late.clock_watch.begin()
    assert late.clock_watch.holds() is False  # nobody has seen it yet
    assert one.clock_watch.holds() is True
    assert late.clock_watch.holds() is True
    assert one.clock_watch.holds() is True  # its alarm was left alone
    machine.now -= HOUR
    assert late.clock_watch.holds() is False
    assert one.clock_watch.holds() is False
    machine.passes(minutes=10)
    assert (one.clock_watch.holds(), late.clock_watch.holds()) == (False, False)


@pytest.mark.parametrize("went_back", [False, True])
def test_an_alarm_of_another_machine_is_not_for_this_one_to_end(
    desk: Desk, went_back: bool
) -> None:
    """Its own clock is right, which says nothing of the other's, whose worker would go on."""
    machine = Machine()
    running, told = worker(desk, machine)
    running.clock_watch.begin()
    seen, expected = machine.now + HOUR, machine.now
    if went_back:  # while no worker ran there: it is known by nothing else than what was seen
        seen, expected = machine.now - HOUR, machine.now
    there = "" if went_back else "another start"
    other = ClockAlarm(seen, expected, expected, 5.0, there, "elsewhere")
    with desk.db.write() as connection:
        raise_alarm(connection, other)
    for _ in range(2):
        assert running.clock_watch.holds() is True
        machine.passes(minutes=1)
    with desk.db.write() as connection:
        assert clock_alarm(connection) == other
        clear_alarm(connection)  # its clock has come back, or somebody has looked
    assert running.clock_watch.holds() is False
    assert told == [("clock", "the alarm was taken away")]


# -- From one process to the next -----------------------------------------------------------------


def seen_at(desk: Desk, now: datetime) -> Machine:
    """A machine on which a worker has run until then."""
    machine = Machine(now)
    running, _ = worker(desk, machine)
    running.once()
    return machine


@pytest.mark.parametrize(
    ("jump", "held"),
    [
        (timedelta(minutes=-4), False),
        (timedelta(minutes=-6), True),
        (timedelta(days=-400), True),
        (timedelta(days=59), False),
        (timedelta(days=61), True),
        (timedelta(days=5000), True),
    ],
)
def test_a_clock_that_jumped_while_no_worker_ran_is_an_alarm(
    desk: Desk, jump: timedelta, held: bool
) -> None:
    """Ahead it cannot be told from a pause, and a long one is for a person to judge."""
    machine = seen_at(desk, morning("2025-08-08"))
    machine.now += jump
    machine.uptime = 10.0
    running, told = worker(desk, machine)
    running.clock_watch.begin()
    assert running.clock_watch.holds() is held
    assert [job for job, _ in told] == ["clock"] * held
    again, _ = worker(desk, machine)
    if held:
        with pytest.raises(ClockHeld):
            again.once()
    with desk.db.write() as connection:
        clear_alarm(connection)  # yanxiu worker --accept-clock
    assert running.clock_watch.holds() is False
    again.once()
    with desk.db.read() as connection:
        assert (clock_alarm(connection), high_water(connection)) == (None, machine.now)


def test_a_clock_that_went_back_while_no_worker_ran_may_catch_up(desk: Desk) -> None:
    """As when a machine learns the time only after it has started."""
    machine = seen_at(desk, morning("2025-08-08"))
    right = machine.now + HOUR
    machine.now -= timedelta(days=400)
    running, told = worker(desk, machine)
    running.clock_watch.begin()
    assert running.clock_watch.holds() is True
    machine.now = right + timedelta(days=100)
    assert running.clock_watch.holds() is True  # further than it can be
    machine.now = right
    assert running.clock_watch.holds() is False
    machine.passes(minutes=10)
    assert running.clock_watch.holds() is False
    assert [job for job, _ in told] == ["clock", "clock"]


def test_a_demonstration_neither_minds_the_clock_nor_is_a_measure(desk: Desk) -> None:
    for day in ("2030-01-01", "2025-08-08", "2025-12-31", "2020-01-01"):
        machine = Machine(morning(day))
        demo, told = worker(desk, machine, today=machine.now.date())
        demo.once()
        Running(demo, Event()).heartbeat.store()
        assert told == []
    with desk.db.read() as connection:
        assert high_water(connection) is None


# -- A clock that was moved back ------------------------------------------------------------------


def test_moved_back_by_a_day_nothing_waits_for_a_day(quick_desk: Desk, tmp_path: Path) -> None:
    """Mails that were put off, or under way, while the clock was ahead."""
    hosts(quick_desk, 3)
    ahead = HandClock(five_past().now)
    ahead.forward(days=3)
    with Rough(tmp_path, RCPT=["450 4.7.1 Later"], body=["<drop>"]) as server:
        put_off = quick_desk.delivery(server.port, ahead)
        assert put_off.run() == DeliveryResult(sent=1, failed=2)
        with quick_desk.db.write() as connection:
            connection.exec_driver_sql(
                "UPDATE mail SET status = 'leased', lease_owner = 'gone',"
                " lease_until = '2025-08-11 09:00:00.000000', sent_at = NULL WHERE id = 3"
            )
        back = five_past()
        assert quick_desk.delivery(server.port, back).run() == DeliveryResult(sent=3)


def test_an_outage_noted_by_a_clock_ahead_does_not_hold_for_a_day(
    quick_desk: Desk, tmp_path: Path
) -> None:
    hosts(quick_desk, 1)
    ahead = HandClock(five_past().now)
    ahead.forward(days=3)
    with Rough(tmp_path, banner=["421 4.3.2 Not yet"]) as server:
        assert quick_desk.delivery(server.port, ahead).run() == DeliveryResult(failed=1)
        back = quick_desk.delivery(server.port, five_past(), smtp_rate=1)
        assert back.run() == DeliveryResult(sent=1)


def test_a_slot_taken_by_a_clock_ahead_does_not_hold_for_a_day(
    quick_desk: Desk, tmp_path: Path
) -> None:
    hosts(quick_desk, 2)
    with Rough(tmp_path) as server:
        ahead = HandClock(five_past().now)
        ahead.forward(days=3)
        with quick_desk.db.write() as connection:
            take_slot(connection, 10, ahead.now)
        back = quick_desk.delivery(server.port, five_past(), smtp_rate=10)
        assert back.run() == DeliveryResult(sent=2)


# -- Signs of life --------------------------------------------------------------------------------


def test_the_beat_and_the_latest_time_are_kept(desk: Desk) -> None:
    machine = Machine()
    began = machine.now
    heart = Heartbeat(desk.db, machine, machine.steady, 42)
    heart.store()
    machine.passes(seconds=10)
    heart.store()  # not each time
    with desk.db.read() as connection:
        beat = last_beat(connection)
    assert beat is not None
    assert (beat.at, beat.pid) == (began, 42)
    machine.passes(seconds=20)
    heart.store()
    latest = machine.now
    machine.passes(minutes=1)
    machine.now -= HOUR
    heart.store()
    with desk.db.read() as connection:
        beat, high = last_beat(connection), high_water(connection)
    assert beat is not None
    assert (beat.at, high) == (machine.now, latest)
