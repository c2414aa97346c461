"""The outbox as the sending side sees it: claim under a lease, note, record, give back.

`handed` counts how often a server may have got a mail without an answer that stands on record.
It goes up just before the content is sent and down with the answer, so a kill, wherever it
strikes, leaves the truth (docs/decisions/0009).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, null, or_, select, update

from notifications.letters.drafts import Written
from notifications.sending.fingerprints import Fingerprint
from workflow.mail.finding import WAITING
from workflow.mail_tables import ATTEMPT, MAIL, MailStatus, Purpose
from workflow.statements import Statement

MOST_HANDED = 2  # as often may a server have got a mail; a third copy is never risked
FAR = timedelta(hours=2)  # longer than any lease or pause: such a time is a clock's error
LOOKED_BACK = 1000  # attempts, in which some of a minute are found
Row = namedtuple("Row", [column.name for column in MAIL.columns])  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail in our hands until the lease ends; `attempt` is the fence."""

    id: int
    to: str  # the envelope's recipient
    address: str  # the row's own, which is not the envelope's in trial mode
    content: bytes
    attempt: int
    handed: int
    print: Fingerprint  # of what it is and tells, for the journal
    secret: bool = False  # it lets somebody in: to be forgotten once it is out


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the row says after an attempt. `handed`: more by one while an answer is missing."""

    status: MailStatus
    reply: str
    attempts: int
    handed: int
    due_at: datetime | None = None  # None: as it was
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which mails: due by `until`, not tried since `started` (one run tries no mail twice)."""

    now: datetime
    until: datetime
    started: datetime
    working_day: bool
    most: int
    halted: bool = False  # only what lets somebody in


@dataclass(frozen=True, slots=True)
class Outbox:
    """The mails as one run takes them: who holds the claims, and for how long."""

    owner: str
    lease: timedelta

    def due(self, connection: Connection, which: Selection) -> list[Any]:
        """Lock the next mails in due order; nobody else gets them in this transaction."""
        statement = _ANY if which.working_day else _UNSCHEDULED
        if which.halted:
            statement = _SIGN_IN
        values = {
            "now": which.now,
            "until": which.until,
            "started": which.started,
            "far": which.now + FAR,
            "most": which.most,
        }
        return [Row._make(row) for row in statement.run(connection, values)]

    def take(
        self,
        connection: Connection,
        row: Any,
        written: Written,
        print_: Fingerprint,
        now: datetime,
    ) -> Claim:
        values = {
            "new_token": print_.token,
            "row_id": row.id,
            "new_subject": written.subject,
            "new_content": written.content,
            "new_went_to": written.went_to,
            "new_attempts": row.attempts + 1,
            "new_until": now + self.lease,
            "new_owner": self.owner,
            "new_tried": now,
        }
        _LEASE.change(connection, values)
        return Claim(
            id=row.id,
            to=written.went_to or row.to_email,
            address=row.to_email,
            content=written.content,
            attempt=row.attempts + 1,
            handed=row.handed,
            print=print_,
            secret=row.purpose == Purpose.SIGN_IN,
        )

    def note_handed(self, connection: Connection, claim: Claim, now: datetime) -> bool:
        """A server may have it from now on; False if somebody else has taken the mail."""
        values = self._mine(claim) | {"new_until": now + self.lease, "new_handed": claim.handed + 1}
        return _NOTE.change(connection, values) == 1

    def record(
        self, connection: Connection, claim: Claim, ruling: Ruling, now: datetime, *, again: bool
    ) -> bool:
        """Keep the answer; False if the mail is no longer ours. The attempt is logged in any case.

        `again`: an earlier try to record it ended in an error and may have come through.
        """
        sent = ruling.status is MailStatus.SENT
        values = self._mine(claim) | {
            "new_status": ruling.status.value,
            "new_sent_at": now if sent else None,
            "new_reply": ruling.reply,
            "new_due": ruling.due_at,
            "new_attempts": ruling.attempts,
            "new_handed": ruling.handed,
            "new_reason": ruling.reason,
        }
        mine = _RECORD.change(connection, values) == 1
        if mine and ruling.status is MailStatus.FAILED and ruling.handed == 0:
            _UNWRITE.change(connection, {"row_id": claim.id})
        if mine and claim.secret and ruling.status in (MailStatus.SENT, MailStatus.DEAD):
            forget(connection, claim.id)
        log(connection, claim.id, ruling.status.value, ruling.reply, now, once=again)
        return mine

    def give_back(self, connection: Connection, claims: Sequence[Claim], *, tried: bool) -> None:
        """As if they had not been claimed; with `tried` they count as failed and this run is done
        with them. No server has them: the next attempt writes them anew, as things then stand."""
        for claim in claims:
            values = self._mine(claim) | {"new_attempts": claim.attempt - 1}
            statement = _GIVE_BACK if tried else _UNTRY
            if statement.change(connection, values) == 1 and claim.handed == 0:
                _UNWRITE.change(connection, {"row_id": claim.id})

    def others_send(self, connection: Connection, since: datetime) -> bool:
        """Whether a server has taken a mail from another worker since then."""
        worker = self.owner.partition("#")[0]
        found = _TAKEN_FROM.run(connection, {"since": since})
        return any(owner and owner.partition("#")[0] != worker for (owner,) in found)

    def _mine(self, claim: Claim) -> dict[str, Any]:
        return {"row_id": claim.id, "fence": claim.attempt, "owner": self.owner}


def log(
    connection: Connection, mail_id: int, outcome: str, reply: str, at: datetime, *, once: bool
) -> None:
    """A line among the mail's attempts; with `once` only if the very same is not there yet."""
    values = {"mail_id": mail_id, "at": at, "outcome": outcome, "reply": reply, "person": ""}
    if once and _LOGGED.run(connection, values):
        return
    _LOG.run(connection, values)


def set_aside(connection: Connection, mail_id: int, status: MailStatus, why: str) -> None:
    values = {"row_id": mail_id, "new_status": status.value, "new_reason": why}
    _SET_ASIDE.change(connection, values)
    forget(connection, mail_id)


def put_off(connection: Connection, mail_id: int, until: datetime, why: str) -> None:
    """As it was, but not due before: nobody was asked to take it, so it is no attempt."""
    _PUT_OFF.change(connection, {"row_id": mail_id, "new_due": until, "new_reply": why[:200]})


def forget(connection: Connection, mail_id: int) -> None:
    """Keep nothing of the link of a sign-in mail that is out, or will not go out."""
    _FORGET.change(connection, {"row_id": mail_id})


def take_back(connection: Connection, mail_id: int, due: datetime) -> None:
    """A mail that seemed to be refused for good waits, as if it had not been tried."""
    if _TAKE_BACK.change(connection, {"row_id": mail_id, "new_due": due}) == 1:
        _UNWRITE.change(connection, {"row_id": mail_id})


def bring_back(connection: Connection, now: datetime) -> None:
    """Mails that failed while the clock was far ahead are due now."""
    _BRING_BACK.change(connection, {"now": now, "far": now + FAR})


_FREE = or_(
    MAIL.c.status != MailStatus.LEASED.value,
    MAIL.c.lease_until < bindparam("now"),
    MAIL.c.lease_until > bindparam("far"),
)
_UNTRIED = or_(
    MAIL.c.tried_at.is_(None),
    MAIL.c.tried_at < bindparam("started"),
    MAIL.c.tried_at > bindparam("now"),  # the clock was moved back since
)
_DUE = (
    select(*MAIL.columns)
    .where(WAITING, MAIL.c.due_at <= bindparam("until"), _FREE, _UNTRIED)
    .order_by(MAIL.c.due_at, MAIL.c.id)
    .limit(bindparam("most", type_=MAIL.c.id.type))
    .with_for_update(skip_locked=True)
)
# Reminders and digests wait for a working day; results, alarms and tests go at any time.
SCHEDULED = ("reminder", "digest")
_ANY = Statement(_DUE)
_SIGN_IN = Statement(_DUE.where(MAIL.c.purpose == Purpose.SIGN_IN.value))
_UNSCHEDULED = Statement(_DUE.where(*(MAIL.c.purpose != purpose for purpose in SCHEDULED)))

_THIS = MAIL.c.id == bindparam("row_id")
_MINE = (
    _THIS,
    MAIL.c.status == MailStatus.LEASED.value,
    MAIL.c.lease_owner == bindparam("owner"),
    MAIL.c.attempts == bindparam("fence"),
)
_LEASE = Statement(
    update(MAIL)
    .where(_THIS)
    .values(
        status=MailStatus.LEASED.value,
        token=bindparam("new_token"),
        subject=bindparam("new_subject"),
        content=bindparam("new_content"),
        went_to=bindparam("new_went_to"),
        attempts=bindparam("new_attempts"),
        lease_until=bindparam("new_until"),
        lease_owner=bindparam("new_owner"),
        tried_at=bindparam("new_tried"),
    )
)
_NOTE = Statement(
    update(MAIL)
    .where(*_MINE)
    .values(lease_until=bindparam("new_until"), handed=bindparam("new_handed"))
)
_RECORD = Statement(
    update(MAIL)
    .where(*_MINE)
    .values(
        status=bindparam("new_status"),
        sent_at=bindparam("new_sent_at"),
        last_reply=bindparam("new_reply"),
        due_at=func.coalesce(bindparam("new_due", type_=MAIL.c.due_at.type), MAIL.c.due_at),
        attempts=bindparam("new_attempts"),
        handed=bindparam("new_handed"),
        reason=bindparam("new_reason"),
    )
)
_GIVE_BACK = Statement(
    update(MAIL)
    .where(*_MINE)
    .values(status=MailStatus.FAILED.value, attempts=bindparam("new_attempts"))
)
_UNTRY = Statement(
    update(MAIL)
    .where(*_MINE)
    .values(
        # Told apart by what an earlier attempt has left.
        status=case(
            (MAIL.c.last_reply != "", MailStatus.FAILED.value), else_=MailStatus.PENDING.value
        ),
        attempts=bindparam("new_attempts"),
        tried_at=null(),
    )
)
_TAKE_BACK = Statement(
    update(MAIL)
    .where(_THIS, MAIL.c.status == MailStatus.DEAD.value, MAIL.c.handed == 0)
    .values(
        status=MailStatus.FAILED.value,
        attempts=MAIL.c.attempts - 1,
        due_at=bindparam("new_due", type_=MAIL.c.due_at.type),
    )
)
_UNWRITE = Statement(update(MAIL).where(_THIS).values(content=null()))
_FORGET = Statement(
    update(MAIL)
    .where(_THIS, MAIL.c.purpose == Purpose.SIGN_IN.value)
    .values(about="{}", content=null())
)
_SET_ASIDE = Statement(
    update(MAIL).where(_THIS).values(status=bindparam("new_status"), reason=bindparam("new_reason"))
)
_PUT_OFF = Statement(
    update(MAIL).where(_THIS).values(due_at=bindparam("new_due"), last_reply=bindparam("new_reply"))
)
_BRING_BACK = Statement(
    update(MAIL)
    .where(WAITING, MAIL.c.status == MailStatus.FAILED.value, MAIL.c.due_at > bindparam("far"))
    .values(due_at=bindparam("now"))
)
_LOG = Statement(insert(ATTEMPT), ["mail_id", "at", "outcome", "reply", "person"])
_LOGGED = Statement(
    select(ATTEMPT.c.id).where(
        ATTEMPT.c.mail_id == bindparam("mail_id"),
        ATTEMPT.c.at == bindparam("at"),
        ATTEMPT.c.outcome == bindparam("outcome"),
        ATTEMPT.c.reply == bindparam("reply"),
    )
)
_LATEST = select(ATTEMPT.c.mail_id, ATTEMPT.c.at, ATTEMPT.c.outcome).order_by(ATTEMPT.c.id.desc())
_LATELY = _LATEST.limit(LOOKED_BACK).subquery()
_TAKEN_FROM = Statement(
    select(MAIL.c.lease_owner)
    .join_from(_LATELY, MAIL, MAIL.c.id == _LATELY.c.mail_id)
    .where(_LATELY.c.outcome == MailStatus.SENT.value, _LATELY.c.at >= bindparam("since"))
    .distinct()
)
