"""Delivery: claims mail rows under a lease, hands them to the SMTP server, records each answer.

Exactly once cannot be had: between the server's 250 and our commit there is a gap. A repeat after
that gap carries the same bytes and the same Message-ID, and the attempt rows say so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import aiosmtplib
from sqlalchemy import Connection, bindparam, insert, null, or_, select, update

from config.errors import ConfigError
from config.settings import Settings
from notifications.drafts import Writer
from workflow.database import Database
from workflow.outbox import TABLE as MAIL
from workflow.statements import Statement
from workflow.tables import MailAttempt, MailStatus

BATCH = 20
MOST_ATTEMPTS = 20  # with the back-off below, about fourteen hours
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
UNREACHABLE_PAUSE = timedelta(minutes=1)
WAITING = (MailStatus.PENDING.value, MailStatus.FAILED.value)
Clock = Callable[[], datetime]


@dataclass
class DeliveryResult:
    """Mails accepted by the server, not accepted (now or for good), and withheld as outdated."""

    sent: int = 0
    failed: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail in our hands until the lease ends; `attempt` is the fence.

    `fresh`: it was written for this attempt, so no server can have it yet.
    """

    id: int
    to_email: str
    content: bytes
    attempt: int
    fresh: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt. `reached`: whether the server was there at all; `certain`: whether
    it is known what became of the mail; `closing`: the server wants no more mail for now."""

    status: MailStatus
    reply: str
    reached: bool = True
    certain: bool = True
    closing: bool = False


class Delivery:
    """One run through the outbox."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        settings: Settings,
        *,
        owner: str,
        clock: Clock,
        today: date,
    ) -> None:
        self.db, self.writer, self.settings = db, writer, settings
        self.owner, self.clock, self.today = owner, clock, today
        self.lease = timedelta(seconds=settings.smtp_timeout * 4 + 60)
        self.random = Random(owner)  # noqa: S311 - spreads retries, keeps no secret

    def run(
        self, *, until: datetime | None = None, stop: Callable[[], bool] = lambda: False
    ) -> DeliveryResult:
        """Send all that is due by `until` (default: now), no message twice; then return."""
        return asyncio.run(self._run(until, stop))

    async def _run(self, until: datetime | None, stop: Callable[[], bool]) -> DeliveryResult:
        result, tried = DeliveryResult(), 0
        started = self.clock()
        connection = Connected(self.settings)
        try:
            while not stop():
                claims, last = self._claim(until or started, tried, result)
                if last == tried:
                    break
                tried = last
                if not await self._send(connection, claims, result, stop):
                    break
        finally:
            await connection.close()
        return result

    async def _send(
        self,
        connection: Connected,
        claims: Sequence[Claim],
        result: DeliveryResult,
        stop: Callable[[], bool],
    ) -> bool:
        """Send claimed mails one after the other; False if the rest was given back."""
        for number, claim in enumerate(claims):
            if stop():
                self._give_back(claims[number:], "", self.clock())
                return False
            if not self._renew(claim):
                continue
            answer = await connection.send(self.settings.mail_from, claim)
            self._record(claim, answer)
            if answer.status is MailStatus.SENT:
                result.sent += 1
            else:
                result.failed += 1
            if not answer.reached or answer.closing:
                rest = claims[number + 1 :]
                self._give_back(rest, answer.reply, self.clock() + UNREACHABLE_PAUSE)
                result.failed += len(rest)
                return False
        return True

    def _claim(
        self, until: datetime, after: int, result: DeliveryResult
    ) -> tuple[list[Claim], int]:
        """Lease the next mails with an id above `after`; writes those not yet written."""
        now = self.clock()
        with self.db.write() as connection:
            ready = or_(
                MAIL.c.status.in_(WAITING),
                (MAIL.c.status == MailStatus.LEASED.value) & (MAIL.c.lease_until < now),
            )
            if not self.writer.book.calendar.is_working(self.today):
                ready &= MAIL.c.purpose != "reminder"  # scheduled mail waits for a working day
            rows = connection.execute(
                select(MAIL)
                .where(ready, MAIL.c.due_at <= until, MAIL.c.id > after)
                .order_by(MAIL.c.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            ).all()
            claims = [
                claim
                for row in rows
                if (claim := self._lease(connection, row, now, result)) is not None
            ]
        return claims, rows[-1].id if rows else after

    def _lease(
        self, connection: Connection, row: Any, now: datetime, result: DeliveryResult
    ) -> Claim | None:
        subject, content, went_to = row.subject, row.content, row.went_to
        if content is None:
            try:
                written = self.writer.write(connection, row, today=self.today, at=now)
            except ConfigError:  # a fault of the installation; every mail can wait for its mending
                raise
            except Exception as error:  # one mail that cannot be written must not stop the others
                self._set_aside(connection, row.id, MailStatus.DEAD, f"unwritable: {said(error)}")
                result.failed += 1
                return None
            if written is None:
                self._set_aside(connection, row.id, MailStatus.SUPPRESSED, "outdated")
                result.withheld += 1
                return None
            subject, content, went_to = written.subject, written.content, written.went_to
        connection.execute(
            update(MAIL)
            .where(MAIL.c.id == row.id)
            .values(
                status=MailStatus.LEASED.value,
                subject=subject,
                content=content,
                went_to=went_to,
                attempts=row.attempts + 1,
                lease_until=now + self.lease,
                lease_owner=self.owner,
            )
        )
        return Claim(
            row.id, went_to or row.to_email, content, row.attempts + 1, row.content is None
        )

    @staticmethod
    def _set_aside(connection: Connection, mail_id: int, status: MailStatus, why: str) -> None:
        values = {"status": status.value, "reason": why}
        connection.execute(update(MAIL).where(MAIL.c.id == mail_id).values(values))

    def _renew(self, claim: Claim) -> bool:
        """Prolong the lease just before sending; False if somebody else has taken the mail."""
        with self.db.write() as connection:
            values = {"row_id": claim.id, "fence": claim.attempt, "owner": self.owner}
            until = {"new_until": self.clock() + self.lease}
            return _RENEW.change(connection, values | until) == 1

    def _record(self, claim: Claim, answer: Answer) -> None:
        now = self.clock()
        status, pause = answer.status, self._pause(claim.attempt)
        if status is MailStatus.FAILED and claim.attempt >= MOST_ATTEMPTS and answer.reached:
            status = MailStatus.DEAD
        with self.db.write() as connection:
            values = {
                "row_id": claim.id,
                "fence": claim.attempt,
                "owner": self.owner,
                "new_status": status.value,
                "new_sent_at": now if status is MailStatus.SENT else None,
                "new_reply": answer.reply,
                "new_due": now + (pause if answer.reached else UNREACHABLE_PAUSE),
                # A server that was not there has not refused this mail.
                "new_attempts": claim.attempt if answer.reached else claim.attempt - 1,
            }
            mine = _RECORD.change(connection, values) == 1
            if mine and status is MailStatus.FAILED and answer.certain:
                self._unwrite(connection, claim)
            attempt = {"mail_id": claim.id, "at": now, "outcome": status.value}
            _ATTEMPT.run(connection, attempt | {"reply": answer.reply, "person": ""})

    def _give_back(self, claims: Sequence[Claim], reply: str, due: datetime) -> None:
        with self.db.write() as connection:
            for claim in claims:
                values = {"row_id": claim.id, "fence": claim.attempt, "owner": self.owner}
                values |= {
                    "new_status": (MailStatus.FAILED if reply else MailStatus.PENDING).value,
                    "new_reply": reply,
                    "new_due": due,
                    "new_attempts": claim.attempt - 1,
                }
                if _GIVE_BACK.change(connection, values) == 1:
                    self._unwrite(connection, claim)

    @staticmethod
    def _unwrite(connection: Connection, claim: Claim) -> None:
        """No server has it: the next attempt writes it anew, as things then stand, or not at all.

        Once a server may have it, it keeps its bytes for good.
        """
        if claim.fresh:
            _UNWRITE.change(connection, {"row_id": claim.id})

    def _pause(self, attempt: int) -> timedelta:
        """Exponential, with jitter and a ceiling."""
        full = min(FIRST_PAUSE * (1 << min(attempt - 1, 16)), LONGEST_PAUSE)
        return timedelta(seconds=full.total_seconds() * self.random.uniform(0.75, 1.25))


_MINE = (
    MAIL.c.id == bindparam("row_id"),
    MAIL.c.status == MailStatus.LEASED.value,
    MAIL.c.lease_owner == bindparam("owner"),
    MAIL.c.attempts == bindparam("fence"),
)
_RENEW = Statement(update(MAIL).where(*_MINE).values(lease_until=bindparam("new_until")))
_RECORD = Statement(
    update(MAIL)
    .where(*_MINE)
    .values(
        status=bindparam("new_status"),
        sent_at=bindparam("new_sent_at"),
        last_reply=bindparam("new_reply"),
        due_at=bindparam("new_due"),
        attempts=bindparam("new_attempts"),
    )
)
_GIVE_BACK = Statement(
    update(MAIL)
    .where(*_MINE)
    .values(
        status=bindparam("new_status"),
        last_reply=bindparam("new_reply"),
        due_at=bindparam("new_due"),
        attempts=bindparam("new_attempts"),
    )
)
_UNWRITE = Statement(update(MAIL).where(MAIL.c.id == bindparam("row_id")).values(content=null()))
_ATTEMPT = Statement(
    insert(MailAttempt.__table__),  # type: ignore[attr-defined]
    ["mail_id", "at", "outcome", "reply", "person"],
)


class Connected:
    """One SMTP connection, opened when first needed and reopened when it broke."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.client: aiosmtplib.SMTP | None = None

    async def send(self, sender: str, claim: Claim) -> Answer:
        """Hand one mail over. Never raises for what a server or the network can do."""
        reused = self.client is not None and self.client.is_connected
        try:
            client = await self._client()
        except (aiosmtplib.SMTPException, OSError) as error:
            await self.close()
            return Answer(MailStatus.FAILED, said(error), reached=False)
        handed_over = False
        try:
            await client.mail(sender.rpartition("<")[2].rstrip("> "))
            await client.rcpt(claim.to_email)
            handed_over = True
            _, reply = await client.data(claim.content)
            return Answer(MailStatus.SENT, readable(reply))
        except (aiosmtplib.SMTPHeloError, aiosmtplib.SMTPSenderRefused) as error:
            await self.close()  # it is us that the server will not have, not this mail
            return Answer(MailStatus.FAILED, said(error), reached=False)
        except aiosmtplib.SMTPResponseException as error:
            if 400 <= error.code < 600:
                return await self._refused(error)
            broken = said(error)  # no answer that SMTP knows
        except (aiosmtplib.SMTPException, OSError) as error:
            broken = said(error)
        await self.close()
        if handed_over:
            # Perhaps accepted, perhaps not. The repeat has the same bytes and Message-ID.
            return Answer(MailStatus.FAILED, f"acceptance unknown: {broken}", certain=False)
        if reused:  # closed by the server while it was idle
            return await self.send(sender, claim)
        return Answer(MailStatus.FAILED, broken, closing=True)

    async def _refused(self, error: aiosmtplib.SMTPResponseException) -> Answer:
        assert self.client is not None
        closing = error.code in CLOSING
        try:
            await self.client.rset()
        except (aiosmtplib.SMTPException, OSError):
            closing = True
        if closing:
            await self.close()
        status = MailStatus.DEAD if error.code >= 500 else MailStatus.FAILED
        return Answer(status, said(error), closing=error.code in CLOSING)

    async def _client(self) -> aiosmtplib.SMTP:
        if self.client is not None and self.client.is_connected:
            return self.client
        settings = self.settings
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=settings.smtp_timeout,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
        )
        self.client = client
        await client.connect()
        return client

    async def close(self) -> None:
        if self.client is not None:
            try:
                await self.client.quit()
            except (aiosmtplib.SMTPException, OSError):
                self.client.close()
            self.client = None


CLOSING = frozenset({421})


def said(error: Exception) -> str:
    """The server's own words, with its code, or the error's."""
    code = getattr(error, "code", None)
    message = getattr(error, "message", None) or str(error) or type(error).__name__
    return readable(f"{code} {message}" if code else f"{type(error).__name__}: {message}")


def readable(reply: str) -> str:
    """What a database can store: bytes that were not UTF-8 are read as GB 18030, NUL is dropped."""
    raw = reply.encode("utf-8", "surrogateescape")
    for encoding in ("utf-8", "gb18030"):
        try:
            reply = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            reply = raw.decode("utf-8", "replace")
    return reply.replace("\0", "")[:500]
