"""What the tests of faults share: hosts with a mail each, and what is on record afterwards."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk import Desk, HandClock, morning
from servers import Rough

from notifications.sending.delivery import DeliveryResult
from notifications.sending.outage import Outage, current_outage

DAY = "2025-08-08"


def hosts(desk: Desk, count: int) -> list[str]:
    """That many hosts, each with one reminder mail of the day; their addresses."""
    emails = [f"h{n:02d}@example.cn" for n in range(1, count + 1)]
    desk.plan(*({"contact_email": email, "host": f"单位{email[1:3]}"} for email in emails))
    assert desk.sweep(DAY).mails == count
    return emails


def five_past() -> HandClock:
    """Five minutes after the sweep of the day."""
    clock = HandClock(morning(DAY))
    clock.forward(minutes=5)
    return clock


def standing(desk: Desk) -> Outage | None:
    with desk.db.read() as connection:
        return current_outage(connection)


def send(desk: Desk, server: Rough, clock: HandClock, **settings: object) -> DeliveryResult:
    return desk.delivery(server.port, clock, **settings).run()


@dataclass(frozen=True)
class Going:
    """A clock that shows `first` when it is made and goes on from there."""

    first: datetime
    began: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return self.first + timedelta(seconds=time.monotonic() - self.began)
