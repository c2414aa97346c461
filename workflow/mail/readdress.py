"""Waiting mail follows a project to other people; what a server may have is left alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from states.facts import Facts
from states.mailing import PARTING_NOTICES, Sort
from states.terms import Act, Action, Role, deed_of
from workflow.holding import hold
from workflow.mail.attempts import RELEASED, carry_hold
from workflow.mail.gathering import ADDRESSING, gather, waiting_mail
from workflow.mail.outbox import Result, queue_result
from workflow.mail.recipients import Recipient, addressed
from workflow.mail_tables import MAIL, REMINDER, MailStatus, Purpose, ReminderStatus
from workflow.people import know_contacts
from workflow.tables import EVENT

WAITING = [s.value for s in (MailStatus.PENDING, MailStatus.FAILED, MailStatus.AWAITING)]
NOT_WITH_A_SERVER = MAIL.c.status.in_(WAITING) & (MAIL.c.handed == 0)
SILENT = {"status": ReminderStatus.SUPPRESSED.value, "reason": "handed_over", "mail_id": None}
WATCHED = ("contact_email", "office_email", "department", "host")


def follow(
    connection: Connection,
    project_id: int,
    before: Facts,
    after: Facts,
    *,
    on: date,
    at: datetime,
) -> None:
    """Re-address what waits, where a change of contact, host or department moved a project."""
    if all(getattr(before, name) == getattr(after, name) for name in WATCHED):
        return
    contact = (after.contact_email, after.contact_name or after.host, after.host)
    know_contacts(connection, [contact, ("", "", after.department)])
    for role, sort in ((Role.HOST, Sort.DEADLINES), (Role.COORDINATOR, Sort.CHASING)):
        old = {to.email for to in addressed(connection, role, before, sort, on=on)}
        new = addressed(connection, role, after, sort, on=on)
        gone = old - {to.email for to in new}
        come = [to for to in new if to.email not in old] or new
        readdress(connection, project_id, role, gone, come, on=on, at=at)


def readdress(
    connection: Connection,
    project_id: int,
    role: Role,
    gone: Collection[str],
    come: Sequence[Recipient],
    *,
    on: date,
    at: datetime,
) -> None:
    """Take a project's waiting mail in a role from some addresses to others.

    The old rows stay, with the reason.
    """
    if not gone:
        return
    hold(connection, ADDRESSING)  # before any mail: who gathers takes them in that order too
    _reminders(connection, project_id, role, gone, come, on, at)
    mails = connection.execute(
        select(MAIL)
        .where(MAIL.c.project_id == project_id, MAIL.c.purpose == Purpose.RESULT.value)
        .where(
            MAIL.c.to_role == role.value, func.lower(MAIL.c.to_email).in_(gone), NOT_WITH_A_SERVER
        )
        .where(MAIL.c.notice.not_in(PARTING_NOTICES))  # meant for nobody else
        .with_for_update()
    ).all()
    for mail in mails:
        _silence(connection, mail.id)
        for to in come:
            result = Result(project_id, mail.event_seq, _deed(connection, mail), mail.notice)
            if not _queued(connection, result, role, to):
                queue_result(connection, result, role, to, on=on, at=at, **_state(mail))
                new = _queued(connection, result, role, to)
                if new and mail.status == MailStatus.AWAITING and not to.reason:
                    carry_hold(connection, mail.id, new, at=at)


def _state(mail: Any) -> dict[str, str]:
    """What a mail to the next address keeps: that it waits for a person, or does so no more."""
    if mail.status == MailStatus.AWAITING:
        return {"status": mail.status, "reason": mail.reason}
    return {"reason": RELEASED} if mail.reason == RELEASED else {}


def _reminders(
    connection: Connection,
    project_id: int,
    role: Role,
    gone: Collection[str],
    come: Sequence[Recipient],
    on: date,
    at: datetime,
) -> None:
    rows, mails = _waiting_rows(connection, project_id, role, gone)
    waits = _Waiting(connection, role, on, at)
    for row in rows:
        connection.execute(update(REMINDER).where(REMINDER.c.id == row.id).values(SILENT))
        for to in come:
            if not _reminded(connection, row, to.email):
                values = {**row._mapping, "recipient": to.email, "recorded_at": at}
                values["mail_id"] = waits.mail(mails.get(row.mail_id), to)
                del values["id"]
                if to.reason:
                    values |= {"status": ReminderStatus.SUPPRESSED.value, "reason": to.reason}
                connection.execute(insert(REMINDER).values(values))
    _empty(connection, list(mails))
    if rows:
        gather(connection, on=on, at=at)


def _waiting_rows(
    connection: Connection, project_id: int, role: Role, gone: Collection[str]
) -> tuple[Sequence[Any], dict[int, Any]]:
    """The reminders that no server has, and the mails that they are in."""
    queued = [
        REMINDER.c.project_id == project_id,
        REMINDER.c.role == role.value,
        REMINDER.c.status == ReminderStatus.QUEUED.value,
        func.lower(REMINDER.c.recipient).in_(gone),
    ]
    carrying = select(REMINDER.c.mail_id).where(*queued)
    # Held fast: a dispatcher that takes one now sends all that is in it.
    columns = select(MAIL.c.id, MAIL.c.status, MAIL.c.reason)
    locked = columns.where(MAIL.c.id.in_(carrying), NOT_WITH_A_SERVER).with_for_update()
    mails = {mail.id: mail for mail in connection.execute(locked)}
    free = or_(REMINDER.c.mail_id.is_(None), REMINDER.c.mail_id.in_(mails))
    query = select(REMINDER).where(*queued, free).order_by(REMINDER.c.id)
    return connection.execute(query).all(), mails


@dataclass
class _Waiting:
    """The mails that take the place of those that wait for a person, one an address."""

    connection: Connection
    role: Role
    on: date
    at: datetime
    made: dict[tuple[int, str], int] = field(default_factory=dict)

    def mail(self, old: Any, to: Recipient) -> int | None:
        """The mail for a reminder that was in `old`; None: any mail of the day."""
        if old is None or old.status != MailStatus.AWAITING or to.reason:
            return None
        key = (old.id, to.email)
        if key not in self.made:
            person = (to.name, to.email)
            new = waiting_mail(
                self.connection, person, self.role, old.reason, on=self.on, at=self.at
            )
            carry_hold(self.connection, old.id, new, at=self.at)
            self.made[key] = new
        return self.made[key]


def _empty(connection: Connection, mails: Sequence[int]) -> None:
    """Mails that nothing is left in say so; nobody shall release an empty one."""
    full = select(REMINDER.c.mail_id).where(
        REMINDER.c.mail_id.in_(mails), REMINDER.c.status == ReminderStatus.QUEUED.value
    )
    kept = set(connection.execute(full).scalars())
    for mail_id in mails:
        if mail_id not in kept:
            _silence(connection, mail_id)


KEY = ("project_id", "kind", "round", "due_on", "step")


def _reminded(connection: Connection, row: Any, email: str) -> bool:
    same = [REMINDER.c[name] == getattr(row, name) for name in KEY]
    query = select(REMINDER.c.id).where(*same, REMINDER.c.recipient == email)
    return connection.execute(query).first() is not None


def _silence(connection: Connection, mail_id: int) -> None:
    values = {"status": MailStatus.SUPPRESSED.value, "reason": "handed_over"}
    connection.execute(update(MAIL).where(MAIL.c.id == mail_id).values(values))


def _deed(connection: Connection, mail: Any) -> Action | Act:
    its = (EVENT.c.project_id == mail.project_id, EVENT.c.seq == mail.event_seq)
    deed = connection.execute(select(EVENT.c.deed).where(*its)).scalar_one()
    return deed_of(deed)


def _queued(connection: Connection, result: Result, role: Role, to: Recipient) -> int | None:
    query = select(MAIL.c.id).where(
        MAIL.c.project_id == result.project_id,
        MAIL.c.event_seq == result.seq,
        MAIL.c.to_role == role.value,
        MAIL.c.to_email == to.email,
    )
    found: int | None = connection.execute(query).scalar()
    return found
