"""How the office stands, for whoever looks after the system: mail that is stuck, accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.mail.finding import FOR_A_PERSON, WAITING
from workflow.mail_tables import ADDRESS, MAIL
from workflow.office_tables import CREDENTIAL, SESSION
from workflow.tables import GRANT, PERSON
from workflow.workplace.counts import counted

MOST = 999  # a count says no more


def office_health(connection: Connection, at: datetime) -> dict[str, int]:
    """Counts, at most MOST + 1 each: mail, addresses, people, sessions."""
    nobody = ~select(GRANT.c.id).where(GRANT.c.person_id == PERSON.c.id).exists()
    sought: dict[str, Any] = {
        "stuck": select(MAIL.c.id).where(FOR_A_PERSON),
        "waiting": select(MAIL.c.id).where(WAITING),
        "overdue": select(MAIL.c.id).where(WAITING, MAIL.c.due_at < at),
        "addresses": select(ADDRESS.c.email),
        "people": select(PERSON.c.id).where(PERSON.c.active),
        "unreachable": select(PERSON.c.id).where(PERSON.c.active, PERSON.c.email == ""),
        "roleless": select(PERSON.c.id).where(PERSON.c.active, nobody),
        "locked": select(CREDENTIAL.c.person_id).where(CREDENTIAL.c.locked_until > at),
        "sessions": select(SESSION.c.token).where(SESSION.c.ends_at > at),
    }
    return counted(connection, sought, MOST)
