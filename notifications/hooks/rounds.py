"""A round to all webhooks with something due: each one's events in order per project.

An event is claimed before it is sent, so two workers never send it at once, and one that dies
leaves it to the next round. A receiver may get an event twice, never two of a project out of order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, select, update

from notifications.hooks.carrier import SECONDS, NotDelivered, deliver, sign
from workflow.answers import any_old, forget
from workflow.database import Database
from workflow.office_tables import CALL, HOOK, CallStatus
from workflow.tables import EVENT, PERSON

# Seconds until the next attempt; the last one again and again, up to PATIENCE after the event.
BACK_OFF = (10, 30, 60, 300, 900, 1800, 3600, 7200, 14400)
PATIENCE = timedelta(hours=24)
LEASE = timedelta(seconds=4 * SECONDS)
SENT_KEPT = timedelta(days=7)  # told events, in case somebody asks
AT_ONCE = 4  # webhooks that are called at the same time
MOST_A_ROUND = 200  # events for one webhook

Clock = Callable[[], datetime]
Stop = Callable[[], bool]


@dataclass
class Told:
    """How many events got through, will be tried again, were given up."""

    sent: int = 0
    failed: int = 0
    dead: int = 0


def go_round(db: Database, clock: Clock, *, private: bool, stop: Stop = lambda: False) -> Told:
    """Tell every webhook all that is due. `private`: whether addresses inside may be called."""
    _sweep(db, clock())
    waiting = _waiting(db, clock())
    told = Told()
    if not waiting:
        return told
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rounds = [Round(db, clock, hook, private, stop) for hook in waiting]
        for one in pool.map(Round.run, rounds):
            told.sent += one.sent
            told.failed += one.failed
            told.dead += one.dead
    return told


def _sweep(db: Database, at: datetime) -> None:
    """Drop answers and told events of long ago; nothing is written where there are none."""
    old = (CALL.c.status == CallStatus.SENT.value, CALL.c.due_at <= at - SENT_KEPT)
    with db.read() as connection:
        told = connection.execute(select(CALL.c.id).where(*old).limit(1)).first()
        answers = any_old(connection, at=at)
    if told or answers:
        with db.write() as connection:
            connection.execute(delete(CALL).where(*old))
            forget(connection, at=at)


EARLIER = CALL.alias("earlier")
# The first untold event of each project for each webhook, if its time has come.
FIRST = ~exists().where(
    EARLIER.c.webhook_id == CALL.c.webhook_id,
    EARLIER.c.project_id == CALL.c.project_id,
    EARLIER.c.seq < CALL.c.seq,
    EARLIER.c.status == CallStatus.PENDING.value,
)


def _due(at: datetime) -> Any:
    return and_(CALL.c.status == CallStatus.PENDING.value, CALL.c.due_at <= at, FIRST)


def _waiting(db: Database, at: datetime) -> list[Any]:
    """The webhooks with something due, of people who may still sign in."""
    query = (
        select(HOOK.c.id, HOOK.c.url, HOOK.c.secret)
        .join_from(HOOK, PERSON, HOOK.c.person_id == PERSON.c.id)
        .where(HOOK.c.active, PERSON.c.active)
        .where(HOOK.c.id.in_(select(CALL.c.webhook_id).where(_due(at))))
        .order_by(HOOK.c.id)
    )
    with db.read() as connection:
        return list(connection.execute(query))


@dataclass
class Round:
    """One webhook's turn."""

    db: Database
    clock: Clock
    hook: Any  # id, url, secret
    private: bool
    stop: Stop

    def run(self) -> Told:
        """Tell what is due; the next of a project follows at once. Ends where nobody answers."""
        told = Told()
        for call in self._claimed():
            try:
                reply = self._send(call)
            except NotDelivered as failure:
                self._failed(call, str(failure), told)
                if not failure.answered:
                    break
            else:
                self._settle(call, CallStatus.SENT, reply, self.clock())
                told.sent += 1
        return told

    def _claimed(self) -> Iterator[Any]:
        for _ in range(MOST_A_ROUND):
            if self.stop():
                return
            call = self._claim()
            if call is None:
                return
            yield call

    def _claim(self) -> Any:
        """The next event that is due, kept from other workers until the lease ends; or None."""
        at = self.clock()
        query = (
            select(CALL, EVENT.c.deed, EVENT.c.source, EVENT.c.target, EVENT.c.recorded_at)
            .join(EVENT, and_(EVENT.c.project_id == CALL.c.project_id, EVENT.c.seq == CALL.c.seq))
            .where(CALL.c.webhook_id == self.hook.id, _due(at))
            .order_by(CALL.c.due_at, CALL.c.id)
            .limit(1)
            .with_for_update(of=CALL, skip_locked=True)
        )
        with self.db.write(alone=False) as connection:
            call = connection.execute(query).first()
            if call is not None:
                values = {"due_at": at + LEASE, "attempts": call.attempts + 1}
                connection.execute(update(CALL).where(CALL.c.id == call.id).values(values))
        return call

    def _send(self, call: Any) -> str:
        at = self.clock()
        body = body_of(call)
        signature = sign(self.hook.secret, body, int(at.timestamp()))
        return deliver(self.hook.url, body, signature, private=self.private)

    def _failed(self, call: Any, reason: str, told: Told) -> None:
        """Try again later, each time after a longer wait; a day after the event give it up."""
        at, last = self.clock(), call.recorded_at + PATIENCE
        wait = timedelta(seconds=BACK_OFF[min(call.attempts, len(BACK_OFF) - 1)])
        over = at >= last
        told.dead, told.failed = told.dead + over, told.failed + (not over)
        status = CallStatus.DEAD if over else CallStatus.PENDING
        self._settle(call, status, reason, at if over else min(at + wait, last))

    def _settle(self, call: Any, status: CallStatus, reply: str, due_at: datetime) -> None:
        """Record what came of it, unless the claim was lost to another worker meanwhile."""
        mine = (CALL.c.id == call.id, CALL.c.attempts == call.attempts + 1)
        values = {"status": status.value, "last_reply": reply, "due_at": due_at}
        with self.db.write(alone=False) as connection:
            connection.execute(update(CALL).where(*mine).values(values))


def body_of(call: Any) -> bytes:
    """What a webhook is told: that something happened to which project, and nothing about people."""
    told = {
        "id": call.id,
        "project": call.project_id,
        "seq": call.seq,
        "deed": call.deed,
        "source": call.source,
        "target": call.target,
        "at": call.recorded_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    return json.dumps(told, separators=(",", ":")).encode()
