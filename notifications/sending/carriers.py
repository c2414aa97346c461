"""Carriers: processes of their own, each with one connection, that help with a long backlog.

One process, one connection, so that a kill leaves one mail in doubt and no more
(docs/decisions/0009). They come from a fork server, which has loaded the modules once and has no
threads. A carrier that loses its parent finishes the mail under way, records it and ends.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Event
from time import monotonic
from typing import Any

from config.rulebook import Rulebook, rulebook
from config.settings import Settings
from notifications.letters.drafts import Writer
from notifications.sending.delivery import Delivery, DeliveryResult, Errand
from notifications.watch.clock_guard import ClockGuard
from workflow.database import Database

MAILS_A_CARRIER = 50  # due mails that make another process worth while
ENDING_SECONDS = 10


@dataclass(frozen=True)
class Order:
    """What a carrier is sent out with; all of it can be pickled."""

    url: str
    settings: Settings
    clock: Callable[[], datetime]
    errand: Errand
    owner: str


def carry(order: Order, parent: Connection) -> None:
    """The life of a carrier: tells the parent after each batch what it has done since."""
    told = Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is meant for the parent, which tells us
    signal.signal(signal.SIGTERM, lambda *_: told.set())
    db = Database(order.url)
    guard = ClockGuard(order.clock)
    writer = writer_for(rulebook(order.settings.data_dir), order.settings)
    delivery = Delivery(
        db, writer, order.settings, owner=order.owner, clock=order.clock, helper=True
    )

    def stop() -> bool:
        return told.is_set() or _called(parent) or guard.ahead() is not None

    try:
        for _ in delivery.batches(order.errand, stop):
            _tell(parent, delivery)
        _tell(parent, delivery)
    finally:
        db.close()


def _called(parent: Connection) -> bool:
    """A word from the parent, or its end."""
    try:
        return parent.poll()
    except OSError:
        return True


def _tell(parent: Connection, delivery: Delivery) -> None:
    done, delivery.result = delivery.result, DeliveryResult()
    try:
        parent.send(done)
    except OSError:  # the parent is gone, which `stop` sees as well
        return


@dataclass
class Carrier:
    process: BaseProcess
    line: Connection
    heard: float  # on the steady clock


@dataclass
class Crew:
    """The carriers of one run. `patience`: seconds of silence after which one is ended."""

    order: Callable[[int], Order]
    patience: float
    result: DeliveryResult = field(default_factory=DeliveryResult)
    working: list[Carrier] = field(default_factory=list)
    hired: int = 0

    def hire(self, count: int) -> None:
        """Have at least so many at work, if as many were not already sent out."""
        while self.hired < count:
            self.hired += 1
            ours, theirs = multiprocessing.Pipe()
            process = _context().Process(target=carry, args=(self.order(self.hired), theirs))
            process.start()
            theirs.close()
            self.working.append(Carrier(process, ours, monotonic()))

    def listen(self, seconds: float = 0) -> None:
        """Add up what the carriers tell within that time; see off those that have ended."""
        for line in wait([carrier.line for carrier in self.working], seconds):
            carrier = next(c for c in self.working if c.line is line)
            try:
                self.result.add(carrier.line.recv())
                carrier.heard = monotonic()
            except (EOFError, OSError):
                self._see_off(carrier)
        for carrier in list(self.working):
            if monotonic() - carrier.heard > self.patience:
                carrier.process.kill()  # stopped, or lost in a system call: its lease has ended
                self._see_off(carrier)

    def finish(self, stop: Callable[[], bool]) -> None:
        """Wait until all have ended; on `stop` each ends after the mail under way."""
        told = False
        while self.working:
            if stop() and not told:
                told = self._tell_all()
            self.listen(0.1)

    def _tell_all(self) -> bool:
        for carrier in self.working:
            try:
                carrier.line.send("stop")
            except OSError:
                continue  # has just ended
        return True

    def _see_off(self, carrier: Carrier) -> None:
        self.working.remove(carrier)
        carrier.line.close()
        carrier.process.join(ENDING_SECONDS)
        if carrier.process.exitcode is None:
            carrier.process.kill()
            carrier.process.join()
        carrier.process.close()


def _context() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def writer_for(book: Rulebook, settings: Settings) -> Writer:
    """A writer of mails as the installation wants them."""
    return Writer(
        book,
        settings.mail_from,
        settings.base_url,
        reply_to=settings.mail_reply_to,
        trial_to=settings.mail_trial_to,
        hosts_online=settings.hosts_online,
        enclose=settings.mail_attachments,
        approval=frozenset(settings.mail_approval),
    )
