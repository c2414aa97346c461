"""A person leaves: all of the projects and scopes go to somebody else, in one act."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from config.rulebook import Rulebook
from states.form_reading import read_form
from states.lifecycle import UNDER_WAY
from states.mailing import Sort
from states.terms import Act, Role, Text
from workflow.accounts.enrolment import give_role
from workflow.deeds import Deed, Outcome
from workflow.engine import perform_in
from workflow.mail.preferences import NotAllowed, must_be_reachable
from workflow.mail.readdress import readdress
from workflow.mail.recipients import resolve
from workflow.mail_tables import MAIL
from workflow.people import OPERATOR
from workflow.tables import GRANT, PERSON, PROJECT

SORTS = {Role.COORDINATOR: Sort.CHASING, Role.PROVINCE: Sort.CHASING, Role.HOST: Sort.DEADLINES}


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many projects changed their contact, and which roles moved."""

    projects: int
    roles: tuple[tuple[Role, str], ...]


def hand_over_all(
    connection: Connection,
    book: Rulebook,
    old: int,
    new: int,
    *,
    reason: str,
    today: date,
    at: datetime,
) -> HandedOver:
    """Give one person's projects, roles and waiting mail to another, in the caller's transaction.

    Each project keeps the change in its history; the other person gets one mail about all of them.
    NotAllowed for one and the same person, and for one who cannot be written to.
    """
    people = {row.id: row for row in connection.execute(select(PERSON)).all()}
    giver, taker = people[old], people[new]
    if old == new:
        raise NotAllowed(SAME)
    must_be_reachable(connection, new)
    projects = _projects(connection, giver.email) if giver.email else []
    given = _given(taker, reason)
    for project_id in projects:
        deed = Deed(Act.HAND_OVER, OPERATOR, given, {}, today)
        last = project_id == projects[-1]
        done = perform_in(connection, book, project_id, deed, today=today, at=at, announce=last)
        if last and len(projects) > 1:  # one mail tells of all
            _name_all(connection, done, projects)
    roles = _roles(connection, giver, taker, today, at)
    return HandedOver(len(projects), roles)


def _given(taker: Any, reason: str) -> dict[str, Any]:
    """The form filled in, read as if somebody had typed it. NotAllowed for what it does not take."""
    raw = {
        "contact_name": taker.name,
        "contact_email": taker.email,
        "contact_phone": taker.phone or "",
        "reason": reason,
    }
    given, problems = read_form(Act.HAND_OVER, raw)
    if problems:
        said = [problem.message for problem in problems]
        raise NotAllowed(Text("".join(t.zh for t in said), " ".join(t.en for t in said)))
    return given


def _projects(connection: Connection, email: str) -> list[int]:
    query = select(PROJECT.c.id).where(
        PROJECT.c.contact_email == email,
        PROJECT.c.state.in_([state.value for state in UNDER_WAY]),
    )
    return list(connection.execute(query.order_by(PROJECT.c.id)).scalars())


def _name_all(connection: Connection, done: Outcome, projects: list[int]) -> None:
    its = (MAIL.c.project_id == done.project_id, MAIL.c.event_seq == done.version)
    connection.execute(update(MAIL).where(*its).values(about=json.dumps({"projects": projects})))


def _roles(
    connection: Connection, giver: Any, taker: Any, today: date, at: datetime
) -> tuple[tuple[Role, str], ...]:
    held = connection.execute(select(GRANT).where(GRANT.c.person_id == giver.id)).all()
    for row in held:
        give_role(connection, taker.id, Role(row.role), row.scope, at=at)
    connection.execute(delete(GRANT).where(GRANT.c.person_id == giver.id))
    for row in held:
        role = Role(row.role)
        if role in (Role.COORDINATOR, Role.PROVINCE) and giver.email:
            _mail_follows(connection, role, row.scope, giver, taker, today, at)
    return tuple((Role(row.role), row.scope) for row in held)


def _mail_follows(
    connection: Connection,
    role: Role,
    scope: str,
    giver: Any,
    taker: Any,
    today: date,
    at: datetime,
) -> None:
    query = select(PROJECT.c.id).where(PROJECT.c.state.in_([s.value for s in UNDER_WAY]))
    if role is Role.COORDINATOR:
        query = query.where(PROJECT.c.department == scope)
    to = resolve(connection, taker.name, taker.email, role, SORTS[role], on=today)
    for project_id in connection.execute(query).scalars().all():
        readdress(connection, project_id, role, [giver.email], [to], on=today, at=at)


SAME = Text("移交人与接收人是同一人，请核对。", "Both are one and the same person.")
