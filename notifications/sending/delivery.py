"""Delivery: one connection's loop through the outbox. Claims, sends, records, one by one.

Exactly once cannot be had: between the server's 250 and our commit there is a gap. A repeat after
that gap carries the same bytes and the same Message-ID, the attempts say so, and a third copy is
never risked. A worker has one connection, so that a kill leaves one mail in doubt and no more; who
wants to send faster runs several (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Connection

from config.settings import Settings
from config.zone import SHANGHAI
from notifications.letters.drafts import Writer, Written
from notifications.sending.answers import Answer, Outcome
from notifications.sending.claims import (
    MOST_HANDED,
    Claim,
    Outbox,
    Ruling,
    Selection,
    bring_back,
    log,
    put_off,
    set_aside,
    take_back,
)
from notifications.sending.conversation import Conversation
from notifications.sending.fingerprints import Fingerprint, Fingerprints
from notifications.sending.journal import Journal, Sent
from notifications.sending.outage import current_outage
from notifications.sending.put_off import SEVERAL, give_back_attempts, is_put_off
from notifications.sending.rate_limit import next_slot, take_slot
from notifications.sending.recall import anything_taken_over, compare, record_sent, sent_already
from notifications.sending.rulings import CLOSED_PAUSE, IN_DOUBT, ruling
from notifications.sending.server_state import ServerState
from notifications.sending.writing import Held, Unwritable, attempt
from states.refusal import Reason
from workflow.database import Database
from workflow.mail.desk import awaits_approval
from workflow.mail.halt import halted
from workflow.mail.refusals import MANY, meets_many, note_refusal, settle, unsettled
from workflow.mail_tables import MailStatus
from workflow.persist import persist

BATCH = 20
HELD_FOR = timedelta(minutes=10)  # until a mail is looked at again whose rules cannot be read
Clock = Callable[[], datetime]
Stop = Callable[[], bool]


@dataclass
class DeliveryResult:
    """Mails accepted by the server, not accepted (now or for good), and withheld as outdated."""

    sent: int = 0
    failed: int = 0
    withheld: int = 0


@dataclass(frozen=True)
class Dispatch:
    """One run: all that is due by `until`, no mail twice since `started`. `insists`: the server
    is tried even if it is being left alone, except for a wrong password."""

    started: datetime
    until: datetime
    insists: bool = False


class Delivery:
    """One connection. `owner` is this run's alone: the worker's name, `#` and the run."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        settings: Settings,
        *,
        owner: str,
        clock: Clock,
    ) -> None:
        self.db, self.writer, self.settings, self.clock = db, writer, settings, clock
        self.journal = Journal(settings.data_dir)
        self.fingerprints = Fingerprints(settings.data_dir)
        self.outbox = Outbox(owner, timedelta(seconds=settings.smtp_timeout * 4 + 60))
        self.server = ServerState(settings, self.outbox)
        self.chance = Random(owner)  # noqa: S311 - spreads retries, keeps no secret
        self.result = DeliveryResult()
        self.slot: datetime | None = None  # when the next mail may go, where a rate is set
        self.claimed_at: datetime | None = None
        self.halted = False  # mail as a whole
        self.forgetful = False  # the database was restored: some mail was sent already
        self.refused: list[tuple[Claim, Reason]] = []  # one after the other, for one reason
        self.put_off: list[tuple[Claim, str]] = []  # in this run, with what was said to each
        self.begun = False

    @property
    def lease(self) -> timedelta:
        return self.outbox.lease

    def run(
        self, *, until: datetime | None = None, stop: Stop = lambda: False, insists: bool = False
    ) -> DeliveryResult:
        """Send all that is due by `until` (default: now), no message twice; then return."""
        started = self.clock()
        dispatch = Dispatch(started, until or started, insists)
        for _ in self.batches(dispatch, stop):
            pass
        if self.settle():
            for _ in self.batches(dispatch, stop):  # who is told of it need not wait
                pass
        return self.result

    def settle(self) -> bool:
        """Draw the consequences of what was refused; whether more can be sent now."""
        with self.db.read() as connection:
            if not unsettled(connection):
                return False
        with self.db.write() as connection:
            settle(connection, at=self.clock())
            return current_outage(connection) is None

    def batches(self, dispatch: Dispatch, stop: Stop) -> Iterator[None]:
        """Batch after batch, until nothing is left or the server is to be left alone."""
        conversation = Conversation(self.settings)
        try:
            while not stop():
                claims = self._claim(dispatch)
                if claims is None or not self._send(conversation, claims, stop):
                    break
                self.journal.sync()
                yield
            self._charge_nobody()
            self.server.end(self.db)
        finally:
            conversation.close()
            self.journal.close()

    # -- Claiming -----------------------------------------------------------------------------

    def _claim(self, dispatch: Dispatch) -> list[Claim] | None:
        """Lease the next mails, each written as it goes out; None if there are none for now."""
        now = self.clock()
        with self.db.write(alone=False) as connection:
            if self.server.is_left_alone(connection, now, insists=dispatch.insists):
                return None
            if self._others_have_the_slots(connection, now):
                return None
            if not self.begun:
                compare(connection, self.journal, now)
                self.forgetful = anything_taken_over(connection)
                bring_back(connection, now)
                self.begun = True
            self.halted = halted(connection) is not None
            rows = self.outbox.due(connection, self._selection(dispatch, now))
            if rows and not self.server.may_be_sent_to(connection, now):
                return None
            found = self.fingerprints.each(connection, rows)
            claims = [
                claim for row in rows if (claim := self._ready(connection, row, found[row.id], now))
            ]
            if claims:
                self.claimed_at = now
                self.journal.open(now)
                self._take_slot(connection, now)
        return claims if rows else None

    def _others_have_the_slots(self, connection: Connection, now: datetime) -> bool:
        """Whether as many wait for the rate limit as it can serve soon."""
        rate = self.settings.smtp_rate
        return bool(rate) and self.slot is None and next_slot(connection, rate, now) is None

    def _selection(self, dispatch: Dispatch, now: datetime) -> Selection:
        working = self.writer.book.calendar.is_working(now.astimezone(SHANGHAI).date())
        most, rate = BATCH, self.settings.smtp_rate
        if rate:  # no more than can be sent well within a lease
            most = min(BATCH, max(1, int(rate * self.lease.total_seconds() / 2)))
        return Selection(now, dispatch.until, dispatch.started, working, most, self.halted)

    def _ready(
        self, connection: Connection, row: Any, found: Fingerprint, now: datetime
    ) -> Claim | None:
        found = _kept(row, found)
        if row.handed and row.status == MailStatus.LEASED.value:
            if self.journal.shows(found.token, since=row.tried_at):  # killed before the commit
                record_sent(connection, row.id, found.token, now, outcome=MailStatus.SENT.value)
                self.result.sent += 1
                return None
            why = "acceptance unknown: the sender was interrupted"
            log(connection, row.id, MailStatus.FAILED.value, why, now, once=False)
        if self.forgetful and sent_already(connection, row, found):
            self.result.withheld += 1
            return None
        if row.handed >= MOST_HANDED and row.attempts:  # none: a person has queued it again
            set_aside(connection, row.id, MailStatus.DEAD, IN_DOUBT)
            self.result.failed += 1
            return None
        if awaits_approval(row, self.settings.mail_approval):
            set_aside(connection, row.id, MailStatus.AWAITING, "approval")
            self.result.withheld += 1
            return None
        if self.forgetful:  # it may tell less now
            found = _kept(row, self.fingerprints.of(connection, row))
        written: Written | None
        if row.handed and row.went_to != self.settings.mail_trial_to:
            # Trial mode was switched meanwhile: the same bytes would go to the wrong address.
            set_aside(connection, row.id, MailStatus.DEAD, IN_DOUBT)
            self.result.failed += 1
            return None
        if row.handed:  # a server may have it: the same bytes for good
            written = Written(row.subject, row.content, row.went_to)
        else:
            written = self._written(connection, row._replace(token=found.token), now)
        return self.outbox.take(connection, row, written, found, now) if written else None

    def _written(self, connection: Connection, row: Any, now: datetime) -> Written | None:
        today = now.astimezone(SHANGHAI).date()
        try:
            written = attempt(self.writer, connection, row, today=today, at=now)
        except Held as held:
            put_off(connection, row.id, now + HELD_FOR, held.text.zh)
            self.result.withheld += 1
            return None
        except Unwritable as error:
            set_aside(connection, row.id, MailStatus.DEAD, f"unwritable: {error}")
            self.result.failed += 1
            return None
        if written is None:
            set_aside(connection, row.id, MailStatus.SUPPRESSED, "outdated")
            self.result.withheld += 1
        return written

    # -- Sending ------------------------------------------------------------------------------

    def _send(self, conversation: Conversation, claims: Sequence[Claim], stop: Stop) -> bool:
        """Send claimed mails one after the other; False if this run is to end."""
        for number, claim in enumerate(claims):
            if not self._my_turn(stop):
                self._give_back(claims[number:], tried=False)
                return self.slot is not None and self._wait(stop)  # for it, with no mail in hand
            answer = conversation.send(claim.to, claim.content, partial(self._note, claim))
            answer = self.server.weigh(answer)
            if self._one_too_many(answer):
                self._give_back(claims[number:], tried=False)
                return False
            if answer.outcome is Outcome.LOST:
                continue
            self._record(claim, answer)
            if answer.outage or self._refuses_all(claim, answer):
                rest = claims[number + 1 :]
                self._give_back(rest, tried=True)
                self.result.failed += len(rest)
                return False
        return True

    def _my_turn(self, stop: Stop) -> bool:
        """Wait for the slot, where a rate is set; False if told to stop, if there is none soon, or
        if the lease would run out."""
        if not self.settings.smtp_rate:
            return not stop()
        if self.slot is None:  # the last mail was lost to another, or the slot was far
            with self.db.write(alone=False) as connection:
                self._take_slot(connection, self.clock())
        if self.slot is None or self.claimed_at is None:
            return False
        if self.slot > self.claimed_at + self.lease / 2 or not self._wait(stop):
            return False
        self.slot = None
        return True

    def _wait(self, stop: Stop) -> bool:
        """Until the slot; False if told to stop."""
        if self.slot is not None:
            end = monotonic() + (self.slot - self.clock()).total_seconds()
            while not stop() and (left := end - monotonic()) > 0:
                sleep(min(left, 0.1))
        return not stop()

    def _take_slot(self, connection: Connection, now: datetime) -> None:
        if self.settings.smtp_rate and self.slot is None:
            self.slot = take_slot(connection, self.settings.smtp_rate, now)

    def _one_too_many(self, answer: Answer) -> bool:
        if not answer.outage:
            return False
        with self.db.read() as connection:
            return self.server.is_one_too_many(connection, answer, self.clock())

    def _note(self, claim: Claim) -> bool:
        with self.db.write(alone=False) as connection:
            return self.outbox.note_handed(connection, claim, self.clock())

    def _record(self, claim: Claim, answer: Answer) -> None:
        """Keep the answer, whatever it takes, before anything else is done."""
        now = self.clock()
        ruled = ruling(claim, answer, now, self.chance)
        lost = self._journal(claim, now) if answer.outcome is Outcome.ACCEPTED else None

        def work(connection: Connection, again: bool) -> None:
            mine = self.outbox.record(connection, claim, ruled, now, again=again)
            if mine and answer.cause is not None and claim.to == claim.address:
                why, told = answer.cause, answer.reply
                about = (claim.id, claim.to, why.reason)
                note_refusal(connection, *about, status=why.status, said=told, at=now)
            self.server.note_answer(connection, answer, now)
            if not answer.outage:
                self._take_slot(connection, now)

        persist(self.db, work, seconds=self.lease.total_seconds())
        self.server.answered(answer)
        self._count(ruled)
        if is_put_off(answer):
            self.put_off.append((claim, answer.reply))
        if lost is not None:
            raise lost

    def _journal(self, claim: Claim, now: datetime) -> OSError | None:
        """Note what a server has taken, before the commit: the journal knows of all that is out.
        What keeps it from being noted must not keep the answer from being recorded."""
        try:
            self.journal.note(Sent(now, claim.print.token, claim.print.tells))
        except OSError as error:
            return error
        return None

    def _refuses_all(self, claim: Claim, answer: Answer) -> bool:
        """Whether the server now refuses one after the other for the same reason: then none of
        these mails is at fault, they wait with the others, and it is told once."""
        if answer.cause is None:
            self.refused = [] if answer.outcome is Outcome.ACCEPTED else self.refused
            return False
        reason, now = answer.cause.reason, self.clock()
        alike = [(one, why) for one, why in self.refused if why is reason]
        self.refused = [*alike, (claim, reason)]
        if len({one.to.lower() for one, _ in self.refused}) < MANY:
            return False
        with self.db.write() as connection:
            if not meets_many(connection, reason, now):
                return False
            for one, _ in self.refused:
                take_back(connection, one.id, now + CLOSED_PAUSE)
                log(connection, one.id, MailStatus.FAILED.value, answer.reply, now, once=False)
            settle(connection, at=now)
            self.server.note_outage(connection, "refusing", answer.reply, now)
        self.refused = []
        return True

    def _charge_nobody(self) -> None:
        """Where this run's mails were put off one and all, the server is left alone for a while."""
        told, self.put_off = self.put_off, []
        if len(told) < SEVERAL:
            return
        with self.db.write() as connection:
            if give_back_attempts(connection, [claim for claim, _ in told]):
                self.server.note_outage(connection, "later", told[-1][1], self.clock())

    def _count(self, ruled: Ruling) -> None:
        if ruled.status is MailStatus.SENT:
            self.result.sent += 1
        else:
            self.result.failed += 1

    def _give_back(self, claims: Sequence[Claim], *, tried: bool) -> None:
        if claims:
            seconds = self.lease.total_seconds()
            persist(
                self.db,
                lambda connection, _: self.outbox.give_back(connection, claims, tried=tried),
                seconds=seconds,
            )


def _kept(row: Any, found: Fingerprint) -> Fingerprint:
    """A mail's Message-ID stays from the first attempt on."""
    untried = row.tried_at is None and not row.handed
    return found if untried else replace(found, token=row.token)
