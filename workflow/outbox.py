"""Mail as rows: drafted with its cause, in the same transaction, under a natural key."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert

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
        "created_at": at,
        "due_at": at,
        "attempts": 0,
        "lease_owner": "",
        "last_reply": "",
    }
    return row | more


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
