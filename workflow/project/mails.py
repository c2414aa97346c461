"""The mails about one project, and the reminders of it that were not sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, or_, select, union

from states.terms import Role
from workflow.mail_tables import MAIL, REMINDER, ReminderStatus
from workflow.statements import Statement

_SHOWN = (
    MAIL.c.id,
    MAIL.c.purpose,
    MAIL.c.notice,
    MAIL.c.to_name,
    MAIL.c.to_email,
    MAIL.c.to_role,
    MAIL.c.on_date,
    MAIL.c.status,
    MAIL.c.reason,
    MAIL.c.subject,
    MAIL.c.sent_at,
)
_OWN = select(*_SHOWN).where(MAIL.c.project_id == bindparam("project_id"))
_CARRYING = select(*_SHOWN).where(
    MAIL.c.id.in_(
        select(REMINDER.c.mail_id).where(REMINDER.c.project_id == bindparam("project_id"))
    )
)
_BOTH = union(_OWN, _CARRYING).subquery()
_VISIBLE = or_(_BOTH.c.to_role == Role.HOST.value, bindparam("inside", type_=Boolean()))
_MAILS = Statement(
    select(_BOTH).where(_VISIBLE).order_by(_BOTH.c.id.desc()).limit(bindparam("most"))
)
MOST_MAILS = 1000


def mails(
    connection: Connection, project_id: int, *, inside: bool, most: int = MOST_MAILS
) -> list[dict[str, Any]]:
    """The mails about this project alone, and those that remind of it among others, the newest
    first; for hosts those that went to the host."""
    names = [column.name for column in _SHOWN]
    values = {"project_id": project_id, "inside": inside, "most": most}
    return [dict(zip(names, row, strict=True)) for row in _MAILS.run(connection, values)]


_SILENT_SHOWN = (
    REMINDER.c.kind,
    REMINDER.c.step,
    REMINDER.c.on_date,
    REMINDER.c.role,
    REMINDER.c.recipient,
    REMINDER.c.reason,
)
_SILENT = Statement(
    select(*_SILENT_SHOWN)
    .where(REMINDER.c.project_id == bindparam("project_id"))
    .where(REMINDER.c.status == ReminderStatus.SUPPRESSED.value)
    .order_by(REMINDER.c.on_date, REMINDER.c.id)
)


def silences(connection: Connection, project_id: int, *, inside: bool) -> list[dict[str, Any]]:
    """The reminders that were not sent, and why; not for hosts."""
    if not inside:
        return []
    names = [column.name for column in _SILENT_SHOWN]
    rows = _SILENT.run(connection, {"project_id": project_id})
    return [dict(zip(names, row, strict=True)) for row in rows]
