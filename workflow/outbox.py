"""Mail as rows: drafted with its cause, in the same transaction, under a natural key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from states.facts import Facts
from states.mailing import sort_of_result
from states.terms import Act, Action, Role
from workflow.recipients import Recipient, addressed
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
        "purpose": str(purpose),
        "to_name": name,
        "to_email": email,
        "to_role": role.value,
        "on_date": on,
        "status": status.value,
        "reason": "" if email else "no_address",
        "token": token(key),
        "subject": "",
        "notice": str(purpose),
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


@dataclass(frozen=True, slots=True)
class Result:
    """What a mail about a deed is about: event `seq` of a project, and what it is called."""

    project_id: int
    seq: int
    deed: Action | Act
    notice: str


def announce_result(
    connection: Connection,
    result: Result,
    facts: Facts,
    tells: tuple[Role, ...],
    *,
    on: date,
    at: datetime,
) -> None:
    """Queue the mail about what came of a deed, one to each whom it concerns."""
    for role in tells:
        sort = sort_of_result(result.deed, role)
        found = addressed(connection, role, facts, sort, on=on)
        if not found and role is not Role.HOST:
            continue  # nobody watches: the province sees it in its digest
        for to in found or [Recipient(facts.host, "")]:
            queue_result(connection, result, role, to, on=on, at=at)


def queue_result(
    connection: Connection, result: Result, role: Role, to: Recipient, *, on: date, at: datetime
) -> None:
    key = f"result:{result.project_id}:{result.seq}:{role.value}:{to.email}"
    more: dict[str, Any] = {"project_id": result.project_id, "event_seq": result.seq}
    more["notice"] = result.notice
    if to.reason:
        more |= {"status": MailStatus.SUPPRESSED.value, "reason": to.reason}
    INSERT.run(connection, draft(key, "result", (to.name, to.email), role, on=on, at=at, **more))
