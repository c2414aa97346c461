"""The worker: APScheduler ticks, the database holds the truth.

Jobs live in memory and only call functions that are safe to run at any time: what is due stands in
rows (docs/decisions/0004 says why no job store is used).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.rulebook import Rulebook
from config.settings import Settings
from notifications.delivery import Delivery, DeliveryResult
from notifications.drafts import Writer
from notifications.sweep import EVERYTHING, SweepResult, sweep
from states.terms import Kind
from workflow.database import Database
from workflow.refresh import refresh

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = time(8, 30)
DISPATCH_SECONDS = 10
# Each named job sweeps its own kinds; together they sweep all.
JOBS: dict[str, frozenset[Kind]] = {
    "filing-reminders": frozenset({Kind.APPLICATION, Kind.FILING, Kind.MENDING}),
    "completion-reminders": frozenset({Kind.COMPLETION, Kind.RECORDING, Kind.OPENING}),
    "reimbursement-reminders": frozenset({Kind.REIMBURSEMENT}),
}


@dataclass
class Worker:
    """What the jobs need. `clock` gives the aware time; it may be moved for a demonstration."""

    db: Database
    book: Rulebook
    settings: Settings
    clock: Callable[[], datetime]
    report: Callable[[str, object], None]  # told what each job did

    def today(self) -> date:
        return self.clock().astimezone(SHANGHAI).date()

    def sweep(self, kinds: frozenset[Kind] = EVERYTHING) -> SweepResult:
        return sweep(self.db, self.book, as_of=self.today(), at=self.clock(), kinds=kinds)

    def writer(self) -> Writer:
        said = self.settings
        return Writer(
            self.book,
            said.mail_from,
            said.base_url,
            reply_to=said.mail_reply_to,
            trial_to=said.mail_trial_to,
            enclose=said.mail_attachments,
        )

    def dispatch(
        self, *, until: datetime | None = None, stop: Callable[[], bool] = lambda: False
    ) -> DeliveryResult:
        writer = self.writer()
        owner = f"{socket.gethostname()}:{os.getpid()}"
        delivery = Delivery(
            self.db, writer, self.settings, owner=owner, clock=self.clock, today=self.today()
        )
        return delivery.run(until=until, stop=stop)

    def once(self) -> dict[str, int]:
        """Sweep and send all that is due on this calendar day, whatever the hour; then stop."""
        refresh(self.db, self.book)
        swept = self.sweep()
        midnight = datetime.combine(self.today() + timedelta(days=1), time(), SHANGHAI)
        delivered = self.dispatch(until=midnight.astimezone(UTC))
        return {
            "queued": swept.mails,
            "sent": delivered.sent,
            "failed": delivered.failed,
            "withheld": swept.silent + delivered.withheld,
        }

    def run(self, stopping: Event) -> None:
        """Tick until `stopping` is set; a mail that is under way is finished first."""
        refresh(self.db, self.book)
        scheduler = self.scheduler(stopping)
        scheduler.start()
        try:
            stopping.wait()
        finally:
            scheduler.shutdown(wait=True)

    def scheduler(self, stopping: Event) -> BackgroundScheduler:
        """The named jobs: reminders at 08:30 on working days, dispatch, hourly housekeeping."""
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        scheduler = BackgroundScheduler(timezone=SHANGHAI, job_defaults=defaults)
        for name, kinds in JOBS.items():
            # Days off are left out by the sweep: it knows make-up working days, cron does not.
            every_morning = CronTrigger(hour=MORNING.hour, minute=MORNING.minute, timezone=SHANGHAI)
            scheduler.add_job(self._reminders, every_morning, (name, kinds), id=name)
        scheduler.add_job(
            self._dispatch,
            IntervalTrigger(seconds=DISPATCH_SECONDS, timezone=SHANGHAI),
            (stopping,),
            id="dispatch",
            next_run_time=datetime.now(SHANGHAI),
        )
        scheduler.add_job(
            self._catch_up,
            IntervalTrigger(hours=1, timezone=SHANGHAI),
            id="housekeeping",
            next_run_time=datetime.now(SHANGHAI),
        )
        return scheduler

    def _reminders(self, name: str, kinds: frozenset[Kind]) -> None:
        self.report(name, self.sweep(kinds))

    def _dispatch(self, stopping: Event) -> None:
        result = self.dispatch(stop=stopping.is_set)
        if result.sent or result.failed or result.withheld:
            self.report("dispatch", result)

    def _catch_up(self) -> None:
        """What a stopped or sleeping machine missed; before 08:30 today's steps still wait."""
        if self.clock().astimezone(SHANGHAI).time() >= MORNING:
            result = self.sweep()
            if result.mails or result.silent:
                self.report("housekeeping", result)
