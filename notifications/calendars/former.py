"""Projects that lately went from a person to other people, found in the history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select

from states.facts import Json
from states.terms import Act, Amendment, Role
from workflow.history import fold
from workflow.tables import EVENT, GRANT

EARLIER = EVENT.alias("earlier")
# An import changes contacts and departments too, earlier under the name of a change.
MOVING = [deed.value for deed in (Act.HAND_OVER, Act.TRANSFER, Act.CHANGE, *Amendment)]
NAMED = ("contact_email", "office_email", "department")


def lately_left(connection: Connection, person: Any, since: date) -> Iterator[int]:
    """The projects that were a person's (contact, office, or in a department that the person
    coordinates) before an event since that day took them to other people."""
    grants = select(GRANT.c.scope).where(
        GRANT.c.person_id == person.id, GRANT.c.role == Role.COORDINATOR.value
    )
    scopes = {scope for scope in connection.execute(grants).scalars() if scope}
    email = person.email.lower()
    if not (email or scopes):
        return
    said = [func.lower(EARLIER.c.changes).contains(email, autoescape=True)] if email else []
    said += [EARLIER.c.changes.contains(scope, autoescape=True) for scope in sorted(scopes)]
    named = exists().where(
        EARLIER.c.project_id == EVENT.c.project_id, EARLIER.c.seq < EVENT.c.seq, or_(*said)
    )
    moved = connection.execute(
        select(EVENT.c.project_id, EVENT.c.seq)
        .where(EVENT.c.deed.in_(MOVING))
        .where(EVENT.c.recorded_at >= datetime.combine(since, time(), UTC))
        .where(or_(*(EVENT.c.changes.contains(f'"{name}"') for name in NAMED)), named)
        .order_by(EVENT.c.project_id, EVENT.c.seq)
    ).all()
    seen = set()
    for project_id, seq in moved:
        if project_id not in seen and _was_theirs(
            _before(connection, project_id, seq), email, scopes
        ):
            seen.add(project_id)
            yield project_id


def _before(connection: Connection, project_id: int, seq: int) -> Json:
    query = select(EVENT.c.changes).where(EVENT.c.project_id == project_id, EVENT.c.seq < seq)
    return fold(connection.execute(query.order_by(EVENT.c.seq)).scalars())


def _was_theirs(facts: Json, email: str, scopes: set[str]) -> bool:
    """Whether these facts name the person's address or one of the departments."""
    addresses = {str(facts.get(name) or "").lower() for name in NAMED[:2]}
    return (bool(email) and email in addresses) or facts.get("department") in scopes
