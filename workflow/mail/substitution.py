"""Tells those who watch a unit that somebody else gets the mail of one of its people."""

from __future__ import annotations

import json
from datetime import date, datetime

from sqlalchemy import Connection, or_, select

from states.lifecycle import UNDER_WAY
from states.mailing import Sort
from states.terms import Role
from workflow.mail.outbox import INSERT, draft
from workflow.mail.recipients import Recipient, resolve
from workflow.mail_tables import MAIL, MailStatus, Purpose
from workflow.people import holders
from workflow.tables import GRANT, PERSON, PROJECT

NOTICE = "substitute"


def tell_coordinators(
    connection: Connection,
    person: int,
    substitute: int,
    days: tuple[date, date],
    *,
    today: date,
    at: datetime,
) -> None:
    """One mail to each coordinator of the person's unit but these two; nobody to be told leaves
    a row that says so. Those of the province have no coordinator."""
    found = connection.execute(select(PERSON).where(PERSON.c.id.in_((person, substitute)))).all()
    people = {row.id: row for row in found}
    departments = _departments(connection, person)
    if not departments:
        return
    watching = dict.fromkeys(one for name in departments for one in holders(connection, name))
    theirs = {row.email for row in found}
    to = [
        resolve(connection, name, email, Role.COORDINATOR, Sort.ALARMS, on=today)
        for name, email in watching
        if email not in theirs
    ]
    about = {
        "what": NOTICE,
        "person": people[person].name,
        "address": people[person].email,
        "substitute": people[substitute].name,
        "from_on": days[0].isoformat(),
        "until_on": days[1].isoformat(),
    }
    ids = "{}:{}:{}:{}".format(person, substitute, *days)
    for one in to or [Recipient(departments[0], "")]:
        key = f"{NOTICE}:{ids}:{today}:{one.email}"
        if connection.execute(select(MAIL.c.id).where(MAIL.c.key == key)).first():
            continue  # appointed, ended and appointed again on one day
        told = (one.name, one.email)
        row = draft(key, Purpose.ALARM, told, Role.COORDINATOR, on=today, at=at)
        row |= {"notice": NOTICE, "about": json.dumps(about, ensure_ascii=False)}
        if one.reason:
            row |= {"status": MailStatus.SUPPRESSED.value, "reason": one.reason}
        INSERT.run(connection, row)


def _departments(connection: Connection, person: int) -> list[str]:
    """The departments of a person's unit: of a clerk those of the open projects, of a coordinator
    the own."""
    held = connection.execute(
        select(GRANT.c.role, GRANT.c.scope).where(GRANT.c.person_id == person)
    )
    scopes: dict[str, list[str]] = {}
    for role, scope in held:
        scopes.setdefault(role, []).append(scope)
    email = select(PERSON.c.email).where(PERSON.c.id == person).scalar_subquery()
    of_host = connection.execute(
        select(PROJECT.c.department)
        .where(PROJECT.c.state.in_([state.value for state in UNDER_WAY]))
        .where(PROJECT.c.department != "")
        .where(
            or_(
                PROJECT.c.host.in_(scopes.get(Role.HOST, [])),
                (email != "") & (PROJECT.c.contact_email == email),
            )
        )
        .distinct()
    ).scalars()
    return sorted({*of_host, *scopes.get(Role.COORDINATOR, [])})
