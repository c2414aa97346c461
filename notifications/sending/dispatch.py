"""One run through the outbox: this process's own connection, and carriers for a long backlog."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from config.rulebook import Rulebook
from config.settings import Settings
from notifications.sending.carriers import MAILS_A_CARRIER, Crew, Order, writer_for
from notifications.sending.delivery import Clock, Delivery, DeliveryResult, Errand, Stop
from workflow.database import Database
from workflow.mail.finding import WAITING
from workflow.mail_tables import MAIL, MailStatus
from workflow.statements import Statement


@dataclass(frozen=True)
class Dispatcher:
    """What a run needs. `clock` must be picklable where carriers are to help."""

    db: Database
    book: Rulebook
    settings: Settings
    clock: Clock

    def run(
        self, *, until: datetime | None = None, stop: Stop = lambda: False, insists: bool = False
    ) -> DeliveryResult:
        """Send all that is due by `until` (default: now), no mail twice; then return.

        The carriers come when the first batch went well: a server in trouble is asked by one.
        """
        started = self.clock()
        errand = Errand(started, until or started, insists)
        name = _unique_name()
        delivery = self._delivery(name)
        crew = Crew(
            lambda number: self._order(errand, f"{name}.{number}"),
            patience=2 * delivery.lease.total_seconds(),
        )
        orderly = False
        try:
            for _ in delivery.batches(errand, stop):
                crew.listen()
                crew.hire(self._helpers(errand, crew.hired))
            orderly = True
        finally:
            crew.finish(stop if orderly else lambda: True)
        if delivery.settle():
            for _ in delivery.batches(errand, stop):  # who is told of it need not wait
                pass
        delivery.result.add(crew.result)
        return delivery.result

    def _delivery(self, owner: str) -> Delivery:
        writer = writer_for(self.book, self.settings)
        return Delivery(self.db, writer, self.settings, owner=owner, clock=self.clock)

    def _order(self, errand: Errand, owner: str) -> Order:
        url = self.db.url.render_as_string(hide_password=False)
        return Order(url, self.settings, self.clock, errand, owner)

    def _helpers(self, errand: Errand, hired: int) -> int:
        """How many carriers the backlog is worth."""
        most = self.settings.smtp_connections - 1
        if hired >= most:
            return hired
        enough = most * MAILS_A_CARRIER
        with self.db.read() as connection:
            found = _WAITING.run(connection, {"until": errand.until, "enough": enough})
        return int(found[0][0]) // MAILS_A_CARRIER


_WAITING = Statement(
    select(func.count().label("n")).select_from(
        select(MAIL.c.id)
        .where(WAITING, MAIL.c.status != MailStatus.LEASED.value)
        .where(MAIL.c.due_at <= bindparam("until"))
        .limit(bindparam("enough", type_=MAIL.c.id.type))
        .subquery()
    )
)


def _unique_name() -> str:
    """Of one run: the fence also against one's own earlier self."""
    return f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
