"""What people do to waiting and failed mail; each act leaves a line among the mail's attempts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from states.mailing import PARTING
from states.terms import Act, Action, Text
from workflow.mail.attempts import HELD, RELEASED, MailRefused, record
from workflow.mail.finding import BY_REASON
from workflow.mail.recipients import person_at
from workflow.mail_tables import MAIL, MailStatus, Purpose
from workflow.tables import LARGEST_ID

PENDING, FAILED, DEAD = MailStatus.PENDING, MailStatus.FAILED, MailStatus.DEAD
AWAITING, SUPPRESSED, SENT = MailStatus.AWAITING, MailStatus.SUPPRESSED, MailStatus.SENT
# Reasons beside the status. Unproven: the report that it came back does not name the mail.
BOUNCED, UNPROVEN, BY_HAND = "bounced", "bounced_unproven", "by_hand"
SENT_BEFORE = "sent_before"  # a journal shows it: the database was restored since
# What `mail_approval` may name: as mail rows are called, not as wordings are.
APPROVABLE = frozenset(
    {
        *("reminder", "digest", "bounced", "substitute"),
        *("filing_confirmed", "notice_issued", "ministry_decision", "paid", "milestone"),
        *(deed.value for deed in (*Action, *Act)),
    }
)


def awaits_approval(row: Any, chosen: Collection[str]) -> bool:
    """Whether a person is to see a mail first: before its first attempt, until released."""
    return (
        row.notice.removesuffix(PARTING) in chosen
        and row.purpose not in (Purpose.TEST, Purpose.SIGN_IN)
        and row.tried_at is None
        and row.reason != RELEASED
    )


OPEN_TO_DOUBT = (BOUNCED, UNPROVEN, SENT_BEFORE)


@dataclass(frozen=True, slots=True)
class Turn:
    """What an act may be done to. `returned`: also to a sent mail that came back, or that only a
    journal shows as sent."""

    name: Text
    sources: frozenset[MailStatus]
    outcome: str
    returned: bool = False


HOLD = Turn(Text("扣下", "held"), frozenset({PENDING, FAILED}), HELD)
RELEASE = Turn(Text("放行", "released"), frozenset({AWAITING}), RELEASED)
RESEND = Turn(
    Text("重发", "sent again"), frozenset({DEAD, FAILED, SUPPRESSED}), "resent", returned=True
)
DELIVER = Turn(
    Text("登记为人工送达", "recorded as delivered by hand"),
    frozenset({PENDING, FAILED, DEAD, AWAITING, SUPPRESSED}),
    BY_HAND,
    returned=True,
)


def hold(connection: Connection, mail_id: int, *, by: str, note: str, at: datetime) -> None:
    """Keep a mail from going out until somebody releases it. Raises MailRefused."""
    _mail_for(connection, mail_id, HOLD, at)
    _set(connection, mail_id, {"status": AWAITING.value, "reason": HELD})
    record(connection, mail_id, HELD, note, by=by, at=at)


def release(connection: Connection, mail_id: int, *, by: str, note: str, at: datetime) -> None:
    """Let a mail go that was held or waits for approval: it is due now. Raises MailRefused."""
    _mail_for(connection, mail_id, RELEASE, at)
    _set(connection, mail_id, {"status": PENDING.value, "reason": RELEASED, "due_at": at})
    record(connection, mail_id, RELEASE.outcome, note, by=by, at=at)


def requeue(connection: Connection, mail_id: int, *, by: str, note: str, at: datetime) -> None:
    """Put a mail back into the queue that failed, died, was withheld or came back.

    One that a server may already have keeps its bytes, so that its repeat can be known as one;
    any other is written anew, as things stand when it goes out. Raises MailRefused.
    """
    mail = _mail_for(connection, mail_id, RESEND, at)
    if not mail.to_email:
        raise MailRefused(NO_ADDRESS.format(number=mail_id))
    owner = person_at(connection, mail.to_email, mail.to_name)
    if owner and not owner.active:
        raise MailRefused(GONE.format(number=mail_id, name=owner.name))
    values = {"status": PENDING.value, "attempts": 0, "due_at": at, "sent_at": None}
    values |= {"reason": RELEASED, "handed": min(mail.handed, 1)}  # the person answers for a copy
    if mail.handed == 0 or mail.status == SENT:
        values |= {"content": None, "subject": "", "went_to": "", "handed": 0}
    _set(connection, mail_id, values)
    record(connection, mail_id, RESEND.outcome, note, by=by, at=at)


def by_hand(connection: Connection, mail_id: int, *, by: str, note: str, at: datetime) -> None:
    """A person has told the recipient in another way. Raises MailRefused, also for a mail that
    is being sent at this moment."""
    _mail_for(connection, mail_id, DELIVER, at)
    _set(connection, mail_id, {"status": SENT.value, "reason": BY_HAND, "sent_at": at})
    record(connection, mail_id, BY_HAND, note, by=by, at=at)


def _mail_for(connection: Connection, mail_id: int, turn: Turn, at: datetime) -> Any:
    """The mail, locked, if this may be done to it."""
    known = 0 < mail_id <= LARGEST_ID
    query = select(
        *(MAIL.c.status, MAIL.c.reason, MAIL.c.to_email, MAIL.c.to_name, MAIL.c.purpose),
        *(MAIL.c.handed, MAIL.c.lease_until),
    ).where(MAIL.c.id == mail_id)
    mail = connection.execute(query.with_for_update()).first() if known else None
    if mail is None:
        raise MailRefused(NO_MAIL.format(number=mail_id))
    if mail.purpose == Purpose.SIGN_IN:
        raise MailRefused(SIGNS_IN.format(number=mail_id, done=turn.name))
    if not allows(turn, mail, at):
        wrong = BEING_SENT if mail.status == MailStatus.LEASED else WRONG_STATUS
        said = status_label(mail.status, mail.reason)
        raise MailRefused(wrong.format(number=mail_id, status=said, done=turn.name))
    return mail


def allows(turn: Turn, mail: Any, at: datetime) -> bool:
    """Whether this may be done to a mail as it stands; the mail's columns are attributes."""
    if mail.purpose == Purpose.SIGN_IN:
        return False
    came_back = turn.returned and mail.status == SENT and mail.reason in OPEN_TO_DOUBT
    # Whoever held a lease that has run out will not send the mail: it renews the lease first.
    lapsed = mail.status == MailStatus.LEASED and mail.lease_until and mail.lease_until < at
    status = FAILED if lapsed else MailStatus(mail.status)
    return status in turn.sources or came_back


def _set(connection: Connection, mail_id: int, values: Mapping[str, Any]) -> None:
    free = {"lease_until": None, "lease_owner": ""}
    connection.execute(update(MAIL).where(MAIL.c.id == mail_id).values(free | dict(values)))


def status_label(status: str, reason: str = "") -> Text:
    """How a mail's status is shown."""
    return SHOWN_AS.get((status, reason)) or MAIL_STATUS[status]


MAIL_STATUS: dict[str, Text] = {
    "pending": Text("待发送", "waiting"),
    "leased": Text("发送中", "being sent"),
    "sent": Text("已发送", "sent"),
    "failed": Text("未发成，将重试", "failed, to be tried again"),
    "dead": Text("发送失败（待处理）", "failed, needs a person"),
    "awaiting": Text("待审发", "awaiting approval"),
    "suppressed": Text("未发送（附原因）", "not sent, with a reason"),
}
SHOWN_AS = {
    ("sent", BOUNCED): Text("已退信", "returned"),
    ("sent", UNPROVEN): Text("疑似退信（待核实）", "perhaps returned"),
    ("sent", BY_HAND): Text("已人工送达", "delivered by hand"),
    ("sent", SENT_BEFORE): Text("恢复前已发送", "sent before the restore"),
    ("awaiting", HELD): Text("已扣下（待放行）", "held back"),
}
# What a list of mails may be narrowed to.
STATES = MAIL_STATUS | {
    reason: SHOWN_AS[status.value, reason] for reason, status in BY_REASON.items()
}
NO_MAIL = Text("没有编号为{number}的邮件。", "There is no mail {number}.")
NO_ADDRESS = Text(
    "第{number}号邮件没有收件邮箱，无法重发；已用其他方式告知的，可登记为人工送达。",
    "Mail {number} has no address and cannot be sent; if told otherwise, record it by hand.",
)
GONE = Text(
    "第{number}号邮件的收件人{name}已停用，不再向其发送；请为项目更换联系人，或登记为人工送达。",
    "The recipient of mail {number}, {name}, is disabled and gets nothing more; name another "
    "contact, or record it as delivered by hand.",
)
SIGNS_IN = Text(
    "第{number}号邮件是登录邮件，不能{done}；请本人在登录页重新申请。",
    "Mail {number} brings a sign-in link and cannot be {done}; the person asks for another.",
)
BEING_SENT = Text(
    "第{number}号邮件正在发送，不能{done}，请稍后再看结果。",
    "Mail {number} is being sent and cannot be {done}; see in a while what came of it.",
)
WRONG_STATUS = Text(
    "第{number}号邮件的情况是“{status}”，不能{done}。",
    "Mail {number} is “{status}” and cannot be {done}.",
)
