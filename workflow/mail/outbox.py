"""Mail as rows: drafted with its cause, in the same transaction, under a natural key."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, insert, select

from states.facts import Facts
from states.mailing import sort_of_result
from states.terms import Act, Action, Role
from workflow.mail.recipients import Recipient, addressed
from workflow.mail_tables import MAIL, MailStatus, Purpose
from workflow.people import name_of
from workflow.statements import Statement
from workflow.tables import PERSON

COLUMNS = [column.name for column in MAIL.columns if column.name != "id"]
INSERT = Statement(insert(MAIL), COLUMNS)


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
    """A row to insert; without an address it stays as suppressed, with the reason.

    The key names the address, by which `verify` sees that nobody has changed it.
    """
    name, email = to
    if not names_address(key, email):
        raise ValueError(f"the key of a mail names its address: {key}")
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
        # By lot until it is written. Whoever could guess it could forge a report of its return.
        "token": token_hex(16),
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


def names_address(key: str, email: str) -> bool:
    return email.lower() in key.lower()


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
    connection: Connection,
    result: Result,
    role: Role,
    to: Recipient,
    *,
    on: date,
    at: datetime,
    **more: Any,
) -> None:
    """Queue the mail about a deed to one address. `more`: columns that differ from a new row's."""
    key = f"result:{result.project_id}:{result.seq}:{role.value}:{to.email}"
    more |= {"project_id": result.project_id, "event_seq": result.seq, "notice": result.notice}
    if to.reason:
        more |= {"status": MailStatus.SUPPRESSED.value, "reason": to.reason}
    INSERT.run(connection, draft(key, "result", (to.name, to.email), role, on=on, at=at, **more))


def queue_sign_in(
    connection: Connection, person: int, link: str, *, on: date, at: datetime, by: str = ""
) -> None:
    """Queue a mail with a link that signs in once; the person has an address. `by`: the login of
    who has it sent, if that is somebody else."""
    found = connection.execute(
        select(PERSON.c.name, PERSON.c.email).where(PERSON.c.id == person)
    ).one()
    key = f"sign_in:{found.email}:{sha256(link.encode()).hexdigest()}"
    row = draft(key, Purpose.SIGN_IN, (found.name, found.email), Role.HOST, on=on, at=at)
    about = {"link": link} | ({"by": name_of(connection, by)} if by else {})
    INSERT.run(connection, row | {"about": json.dumps(about, ensure_ascii=False)})
