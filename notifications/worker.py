"""The worker: APScheduler ticks, the database holds the truth.

Jobs live in memory and only call functions that are safe to run at any time: what is due stands in
rows (docs/decisions/0004 says why no job store is used).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from math import inf
from threading import Event, Lock, Thread

from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.errors import ConfigError
from config.rulebook import Rulebook, reread
from config.settings import Settings
from config.zone import SHANGHAI
from notifications.digest import queue_digests
from notifications.hooks.rounds import Told, go_round
from notifications.letters.drafts import Writer
from notifications.returns.bounce_desk import Collected, collect
from notifications.sending.delivery import Delivery, DeliveryResult
from notifications.sending.standstill import standstill
from notifications.sending.writing import writer_for
from notifications.sweep import EVERYTHING, SweepResult, sweep
from notifications.watch import watchdog
from notifications.watch.clock_guard import ClockGuard, steady
from notifications.watch.clock_watch import ClockHeld, ClockWatch
from notifications.watch.heartbeat import Heartbeat
from notifications.watch.watchdog import Watchdog
from states.terms import Kind, Text
from workflow.database import Database
from workflow.refresh import refresh, rules_changed
from workflow.storage import STORAGE

MORNING = time(8, 30)
DISPATCH_SECONDS = 10
ONCE_SECONDS = 60.0  # for which somebody who asks for one round waits for it
AGAIN_SECONDS = 5.0  # until a database that was busy at the start is tried again
BOUNCE_MINUTES = 5
WEBHOOK_SECONDS = 5
# Each named job sweeps its own kinds; together they sweep all.
JOBS: dict[str, frozenset[Kind]] = {
    "filing-reminders": frozenset({Kind.APPLICATION, Kind.FILING, Kind.MENDING}),
    "completion-reminders": frozenset({Kind.COMPLETION, Kind.RECORDING, Kind.OPENING}),
    "reimbursement-reminders": frozenset({Kind.REIMBURSEMENT}),
}


@dataclass
class Worker:
    """What the jobs need. `clock` gives the aware time, which may be moved for a demonstration;
    `steady` seconds that nobody moves."""

    db: Database
    book: Rulebook
    settings: Settings
    clock: Callable[[], datetime]
    report: Callable[[str, object], None]  # told what each job did
    steady: Callable[[], float] = steady
    sending: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"  # its own
        self.runs = count()
        self.guard = ClockGuard(self.clock, self.steady)
        self.moved = self.settings.today is not None
        self.clock_watch = ClockWatch(self.db, self.guard, self.report, moved=self.moved)

    def today(self) -> date:
        return self.clock().astimezone(SHANGHAI).date()

    def sweep(self, kinds: frozenset[Kind] = EVERYTHING) -> SweepResult:
        return sweep(self.db, self.book, as_of=self.today(), at=self.clock(), kinds=kinds)

    def writer(self) -> Writer:
        return writer_for(self.book, self.settings)

    def dispatch(
        self,
        *,
        until: datetime | None = None,
        stop: Callable[[], bool] = lambda: False,
        insists: bool = False,
    ) -> DeliveryResult:
        """Send all that is due by `until` (default: now) over one connection."""
        owner = f"{self.name}#{next(self.runs)}"  # a fence also against one's own earlier run
        delivery = Delivery(self.db, self.writer(), self.settings, owner=owner, clock=self.clock)
        return delivery.run(until=until, stop=stop, insists=insists)

    def once(self) -> dict[str, int]:
        """Sweep and send all that is due on this calendar day, whatever the hour; then stop.

        Raises ClockHeld while an alarm about the clock stands.
        """
        self._begin(Event(), ONCE_SECONDS)
        if self.clock_watch.holds():
            raise ClockHeld
        self.clock_watch.seen()
        swept = self.sweep()
        digests = self.digests()
        midnight = datetime.combine(self.today() + timedelta(days=1), time(), SHANGHAI)
        delivered = self.dispatch(until=midnight.astimezone(UTC), insists=True)
        self._job("bounces", self.bounces)  # last: a mailbox that is slow holds up no mail
        return {
            "queued": swept.mails + digests,
            "sent": delivered.sent,
            "failed": delivered.failed,
            "withheld": swept.silent + delivered.withheld,
        }

    def standstill(self) -> list[Text]:
        """Why what is due has not gone out."""
        with self.db.read() as connection:
            at = self.clock()
            return standstill(connection, self.settings, self.book.calendar, at=at)

    def run(self, stopping: Event) -> None:
        """Tick until `stopping` is set; a mail that is under way is finished first."""
        if not self._begin(stopping):
            return
        running = Running(self, stopping)
        running.start()
        try:
            stopping.wait()
        finally:
            running.stop()

    def _begin(self, stopping: Event, patience: float = inf) -> bool:
        """What comes before the first tick; False if told to stop. A database that is locked or
        away is waited for here as it is later, for so many seconds at the most."""
        end = self.steady() + patience
        while True:
            try:
                refresh(self.db, self.book)
                self.clock_watch.begin()
                return True
            except STORAGE as error:
                if self.steady() > end:
                    raise
                self.report("start", error)
            if stopping.wait(AGAIN_SECONDS):
                return False

    def scheduler(self, stopping: Event, beat: Callable[[], None]) -> BackgroundScheduler:
        """The named jobs: reminders and digests at 08:30 on working days, dispatch, bounces,
        webhooks, hourly housekeeping, and the beat that the watchdog waits for."""
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = BackgroundScheduler(timezone=SHANGHAI, job_defaults=defaults)
        # Days off are left out by the sweep: it knows make-up working days, cron does not.
        morning = {"hour": MORNING.hour, "minute": MORNING.minute, "timezone": SHANGHAI}
        mornings: dict[str, Callable[[], object]] = {
            name: partial(self.sweep, kinds) for name, kinds in JOBS.items()
        }
        for name, work in (mornings | {"digests": self.digests}).items():
            scheduler.add_job(self._job, CronTrigger(**morning), (name, work), id=name)
        # The scheduler's own time, which is real whatever day a demonstration shows: "at once".
        at_once = {"next_run_time": datetime.now(SHANGHAI)}
        for name, work, span in (
            ("dispatch", partial(self._dispatch, stopping), {"seconds": DISPATCH_SECONDS}),
            ("bounces", partial(self.bounces, stopping.is_set), {"minutes": BOUNCE_MINUTES}),
            ("webhooks", partial(self.webhooks, stopping), {"seconds": WEBHOOK_SECONDS}),
            ("housekeeping", self._catch_up, {"hours": 1}),
        ):
            every = IntervalTrigger(**span, timezone=SHANGHAI)
            scheduler.add_job(self._job, every, (name, work), id=name, **at_once)
        every = IntervalTrigger(seconds=watchdog.BEAT_SECONDS, timezone=SHANGHAI)
        scheduler.add_job(beat, every, id="beat", **at_once)
        return scheduler

    # -- Jobs ---------------------------------------------------------------------------------

    def _job(self, name: str, work: Callable[[], object]) -> None:
        """One tick, if the clock is right. What goes wrong is reported; the next tick tries again."""
        try:
            if self.clock_watch.holds():
                return
            self._follow_rules()
            result = work()
        except Exception as error:
            self.report(name, error)
            return
        if name in JOBS or _busy(result):
            self.report(name, result)

    def _follow_rules(self) -> None:
        """The office may have changed the calendar or a policy while this process ran."""
        if not rules_changed(self.db, self.book):
            return
        try:
            self.book = reread(self.settings.data_dir)
        except ConfigError as error:  # a file for all: what was read before stands
            self.report("rules", error.text.zh)
            return
        refresh(self.db, self.book)

    def _dispatch(self, stopping: Event) -> DeliveryResult:
        """One run at a time, also when a revived scheduler finds an old one still at it."""
        if not self.sending.acquire(blocking=False):
            return DeliveryResult()
        try:
            return self.dispatch(stop=lambda: stopping.is_set() or self.guard.ahead() is not None)
        finally:
            self.sending.release()

    def _catch_up(self) -> SweepResult:
        """What a stopped or sleeping machine missed; before 08:30 today's steps still wait."""
        if self.clock().astimezone(SHANGHAI).time() < MORNING:
            return SweepResult()
        self.digests()
        return self.sweep()

    def digests(self) -> int:
        """Queue the digests of the day, once however often it is asked; how many there are."""
        said = {"tell": lambda text: self.report("digests", text.zh)}
        return queue_digests(self.db, self.book, as_of=self.today(), at=self.clock(), **said)

    def webhooks(self, stopping: Event) -> Told:
        """Tell webhooks of what is due, and sweep away what nobody asks for any more."""
        private = self.settings.webhook_private
        return go_round(self.db, self.clock, private=private, stop=stopping.is_set)

    def bounces(self, stop: Callable[[], bool] = lambda: False) -> Collected:
        """Read what came back, until told to stop. Raises BounceProblem."""
        return collect(self.db, self.settings, at=self.clock(), stop=stop)


def _busy(result: object) -> bool:
    figures = vars(result).values() if hasattr(result, "__dict__") else [result]
    return any(figures)


class Running:
    """A scheduler, and the watchdog that replaces it when it no longer ticks."""

    def __init__(self, worker: Worker, stopping: Event) -> None:
        self.worker, self.stopping = worker, stopping
        self.heartbeat = Heartbeat(
            worker.db, worker.clock, worker.steady, os.getpid(), moved=worker.moved
        )
        self.watchdog = Watchdog(worker.steady, self.revive, self.heartbeat.store)
        self.scheduler = self._new()

    def _new(self) -> BackgroundScheduler:
        return self.worker.scheduler(self.stopping, lambda: self.watchdog.beat())

    def start(self) -> None:
        self.scheduler.start()
        self.watchdog.start()

    def stop(self) -> None:
        self.watchdog.stop()
        # Bounded: a thread that died may hold the scheduler's locks for ever.
        ending = Thread(target=_end, args=(self.scheduler,), daemon=True)
        ending.start()
        under_way = self.worker.settings.smtp_timeout * 4  # no mail takes longer
        if self.worker.sending.acquire(timeout=under_way):
            self.worker.sending.release()
        ending.join(watchdog.ENDING_SECONDS)

    def revive(self) -> None:
        """Sweep what was missed and tick again."""
        if self.stopping.is_set():
            return
        self.worker.report("watchdog", "the scheduler stood still and is started anew")
        # Not waited for: a thread that died may have taken the scheduler's locks with it.
        Thread(target=_end, args=(self.scheduler,), daemon=True).start()
        self.scheduler = self._new()
        self.scheduler.start()  # sweeps and sends at once


def _end(scheduler: BackgroundScheduler) -> None:
    with suppress(SchedulerNotRunningError):
        scheduler.shutdown(wait=False)
