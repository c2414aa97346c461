"""Mail as rows: drafted with its cause, in the same transaction, under a natural key."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from states.facts import Facts
from states.terms import Role
from workflow.people import recipients
from workflow.statements import Statement
from workflow.tables import Mail, MailStatus

TABLE = Mail.__table__  # type: ignore[attr-defined]
COLUMNS = [column.name for column in TABLE.columns if column.name != "id"]
INSERT = Statement(insert(TABLE), COLUMNS)


def token(key: str) -> str:
    """The left half of the Message-ID: the same for every repeat of the same mail."""
    return sha256(key.encode()).hexdigest()[:32]


def draft(
    key: str,
    purpose: str,
    to: tuple[str, str],
    role: Role,
    *,
    on: date,
    at: datetime,
    **more: Any,
) -> dict[str, Any]:
    """A row to insert; without an address it stays as suppressed, with the reason."""
    name, email = to
    status = MailStatus.PENDING if email else MailStatus.SUPPRESSED
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {
        "key": key,
        "purpose": purpose,
        "to_name": name,
        "to_email": email,
        "to_role": role.value,
        "on_date": on,
        "status": status.value,
        "reason": "" if email else "no_address",
        "token": token(key),
        "subject": "",
        "notice": purpose,
        "about": "{}",
        "handed": 0,
        "went_to": "",
        "created_at": at,
        "due_at": at,
        "attempts": 0,
        "lease_owner": "",
        "last_reply": "",
    }
    return row | more


def requeue(connection: Connection, mail_id: int, *, at: datetime) -> str | None:
    """Put a mail that failed or died back into the queue, to be written anew as things stand.

    Its status before, or None if there is no such mail; any other status is left as it is.
    """
    row = connection.execute(select(TABLE.c.status).where(TABLE.c.id == mail_id)).first()
    if row is not None and row.status in AGAIN:
        values = {"status": MailStatus.PENDING.value, "reason": "", "attempts": 0, "due_at": at}
        fresh = values | {"content": None, "subject": ""}
        connection.execute(update(TABLE).where(TABLE.c.id == mail_id).values(fresh))
    return None if row is None else str(row.status)


AGAIN = frozenset({MailStatus.DEAD.value, MailStatus.FAILED.value})


def announce_result(
    connection: Connection,
    project_id: int,
    seq: int,
    facts: Facts,
    tells: tuple[Role, ...],
    *,
    on: date,
    at: datetime,
) -> None:
    """Queue the mail about a step's result, one to each whom the lifecycle table names."""
    for role in tells:
        for to in recipients(connection, role, facts) or [(facts.host, "")]:
            key = f"result:{project_id}:{seq}:{role.value}:{to[1]}"
            more = {"project_id": project_id, "event_seq": seq}
            INSERT.run(connection, draft(key, "result", to, role, on=on, at=at, **more))
