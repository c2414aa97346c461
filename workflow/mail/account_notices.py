"""Tells somebody what another has done to the own account: a way in made, the address changed."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, select

from config.zone import SHANGHAI
from states.terms import Role
from workflow.mail.outbox import INSERT, draft
from workflow.mail_tables import Purpose
from workflow.people import name_of
from workflow.tables import GRANT, PERSON

LET_IN, NEW_ADDRESS = "let_in", "new_address"  # what the mails are called


def tell_person(
    connection: Connection, person: int, notice: str, *, by: str, at: datetime, email: str = ""
) -> str:
    """Queue the mail; to `email`, else to the person's own address. Where it goes; empty if there
    is none."""
    found = connection.execute(select(PERSON).where(PERSON.c.id == person)).one()
    to = email or found.email
    if not to:
        return ""
    role = select(GRANT.c.role).where(GRANT.c.person_id == person).order_by(GRANT.c.id)
    held = connection.execute(role).scalars().first() or Role.HOST.value
    about = {"what": notice, "person": found.name, "address": found.email}
    about["by"] = name_of(connection, by)
    key = f"account:{notice}:{person}:{at.isoformat()}:{to}"
    row = draft(
        key,
        Purpose.ALARM,
        (found.name, to),
        Role(held),
        on=at.astimezone(SHANGHAI).date(),
        at=at,
        notice=notice,
        about=json.dumps(about, ensure_ascii=False),
    )
    INSERT.run(connection, row)
    return str(to)
