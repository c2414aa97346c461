"""The worker: what one round reports, which jobs it has, and that it ticks and stops."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from desk import FROM, Desk, HandClock, morning
from servers import Crooked

from config import calendar_files
from config.rulebook import reread
from config.settings import Settings
from config.zone import SHANGHAI
from notifications import worker as module
from notifications.mailbox import Mailbox, read_mailbox
from notifications.worker import JOBS, Worker
from states.terms import Action, Kind, Role
from workflow.refresh import refresh


def worker(desk: Desk, port: int, clock: Callable[[], datetime]) -> tuple[Worker, list[str]]:
    told: list[str] = []
    settings = Settings(smtp_port=port, smtp_timeout=2, mail_from=FROM)
    made = Worker(
        desk.db,
        desk.book,
        settings,
        clock,
        lambda job, _: told.append(job),
        lambda: clock().timestamp(),  # steady: this clock never jumps
    )
    return made, told


def test_once_sweeps_and_sends_the_whole_day_whatever_the_hour(
    desk: Desk, mailbox: Mailbox
) -> None:
    desk.plan({"contact_email": "a@example.cn"}, {"contact_email": "b@example.cn"})
    desk.sweep("2025-08-01")
    # One minute after midnight in China, still the day before in UTC.
    clock = HandClock(datetime(2025, 8, 7, 16, 1, tzinfo=UTC))
    running, _ = worker(desk, mailbox.port, clock)
    assert running.once() == {"queued": 2, "sent": 4, "failed": 0, "withheld": 0}
    assert [mail.to for mail in read_mailbox(mailbox.folder)] == [
        *("a@example.cn", "b@example.cn"),
        *("a@example.cn", "b@example.cn"),
    ]
    assert running.once() == {"queued": 0, "sent": 0, "failed": 0, "withheld": 0}


def test_once_reports_what_failed_and_what_is_silent(desk: Desk, crooked: Crooked) -> None:
    desk.plan({"contact_email": "a@example.cn"}, {"contact_email": None})
    desk.sweep("2025-08-01")
    desk.do(1, Action.FILE, "2025-08-01", by=Role.HOST)
    running, _ = worker(desk, crooked.port, HandClock(morning("2025-08-08")))
    # Silent: the mail of 08-01, whose matter is settled, and D-7 for each of the two. Sent: the
    # receipt of what was filed.
    assert running.once() == {"queued": 0, "sent": 1, "failed": 0, "withheld": 3}
    crooked.at_rcpt.append("550 5.7.1 Refused")
    desk.plan({"contact_email": "c@example.cn", "name": "又一班", "number": 3})
    running, _ = worker(desk, crooked.port, HandClock(morning("2025-08-12")))
    figures = running.once()
    assert (figures["queued"], figures["sent"], figures["failed"]) == (1, 0, 1)


def test_a_step_of_the_evening_belongs_to_the_chinese_day(desk: Desk, mailbox: Mailbox) -> None:
    desk.plan({})
    desk.sweep("2025-08-01")
    late = HandClock(datetime(2025, 8, 7, 15, 59, tzinfo=UTC))  # 23:59 on 08-07 in China
    running, _ = worker(desk, mailbox.port, late)
    assert running.once()["queued"] == 0
    late.forward(minutes=1)
    assert running.once()["queued"] == 1


def test_the_named_jobs_tick_at_half_past_eight(quick_desk: Desk) -> None:
    running, _ = worker(quick_desk, 1, HandClock(morning("2025-08-08")))
    scheduler = running.scheduler(Event(), lambda: None)
    scheduler.start(paused=True)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    assert set(jobs) == {
        *("filing-reminders", "completion-reminders", "reimbursement-reminders"),
        *("dispatch", "bounces", "digests", "webhooks", "housekeeping", "beat"),
    }
    for job in jobs.values():
        assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
        assert str(job.trigger.timezone) == "Asia/Shanghai"
    for name in (*JOBS, "digests"):
        moment = datetime(2025, 8, 8, 3, 0, tzinfo=SHANGHAI)
        for expected in range(8, 15):  # every day: the sweep itself knows the days off
            following = jobs[name].trigger.get_next_fire_time(None, moment)
            assert following == datetime(2025, 8, expected, 8, 30, tzinfo=SHANGHAI)
            moment = following + timedelta(minutes=1)
    assert jobs["dispatch"].trigger.interval == timedelta(seconds=10)
    assert jobs["housekeeping"].trigger.interval == timedelta(hours=1)
    scheduler.shutdown()


def test_the_named_jobs_share_out_all_kinds() -> None:
    kinds = [kind for job in JOBS.values() for kind in job]
    assert sorted(kinds) == sorted(Kind)


class Racing:
    """A clock that starts at a chosen moment and runs sixty times as fast."""

    def __init__(self, start: datetime) -> None:
        self.start, self.began = start, time.monotonic()

    def __call__(self) -> datetime:
        return self.start + timedelta(seconds=60 * (time.monotonic() - self.began))


def until(done: object, seconds: float) -> bool:
    """Poll until `done()` holds."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.005)
    return bool(done())  # type: ignore[operator]


def test_the_running_worker_delivers_and_stops_at_once(
    desk: Desk, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DISPATCH_SECONDS", 1)
    desk.plan({"contact_email": "a@example.cn"}, {"contact_email": "b@example.cn"})
    running, told = worker(desk, mailbox.port, Racing(morning("2025-08-08")))
    stopping = Event()
    thread = Thread(target=running.run, args=(stopping,))
    thread.start()
    try:
        assert until(lambda: len(read_mailbox(mailbox.folder)) == 2, 20)
    finally:
        stopping.set()
        began = time.monotonic()
        thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - began < 5
    assert told[0] == "housekeeping"
    assert set(desk.mails("status")) == {"sent"}
    assert desk.problems() == []


def test_before_half_past_eight_nothing_is_swept(desk: Desk, tmp_path: Path) -> None:
    desk.plan({})
    clock = HandClock(morning("2025-08-08") - timedelta(minutes=1))
    running, told = worker(desk, 1, clock)
    running._job("housekeeping", running._catch_up)
    assert (told, desk.ledger("id")) == ([], [])
    clock.forward(minutes=1)
    running._job("housekeeping", running._catch_up)
    assert told == ["housekeeping"]
    assert len(desk.mails("id")) == 1


def test_a_ladder_that_changes_meanwhile_is_followed_from_the_next_tick_on(
    desk: Desk, tmp_path: Path
) -> None:
    desk.plan({})
    desk.sweep("2025-08-01")
    clock = HandClock(morning("2025-08-07"))
    running, told = worker(desk, 1, clock)
    running.settings.data_dir = tmp_path
    running._job("housekeeping", running._catch_up)
    assert told == []  # nothing is due that day
    # Somebody saves another ladder: four days ahead, 11 August, in place of three, the 12th.
    shipped = (Path(calendar_files.__file__).parent / "ladders.toml").read_text(encoding="utf-8")
    filing = "[filing]\nbefore = [30, 14, 7, 3, 1, 0]"
    assert filing in shipped
    changed = shipped.replace(filing, "[filing]\nbefore = [4]")
    (tmp_path / "ladders.toml").write_text(changed, encoding="utf-8")
    assert refresh(desk.db, reread(tmp_path)) == 1
    before = len(desk.mails("id"))
    for day, more in (("2025-08-11", 1), ("2025-08-12", 0)):
        clock.now = morning(day)
        running._job("housekeeping", running._catch_up)
        assert len(desk.mails("id")) == before + more, day
        before += more
    desk.book = running.book  # by which all rows are to follow
    assert desk.problems() == []
