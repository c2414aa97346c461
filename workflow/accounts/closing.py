"""Shutting somebody out, whatever they hold: sessions, links, tokens, webhooks, the calendar feed.

Whoever had got into an account has had time to make keys of their own; a new password alone would
leave those in the lock.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from workflow.accounts import links, sessions, tokens
from workflow.office_tables import CALL, HOOK
from workflow.tables import PERSON


def shut_out(connection: Connection, person: int, *, at: datetime) -> None:
    """End at once all that opens something in a person's name, but for the password."""
    sessions.end_all(connection, person)
    links.end_all(connection, person, at=at)
    tokens.revoke_all(connection, person, at=at)
    own = select(HOOK.c.id).where(HOOK.c.person_id == person)
    connection.execute(delete(CALL).where(CALL.c.webhook_id.in_(own)))
    connection.execute(delete(HOOK).where(HOOK.c.person_id == person))
    moved = {
        "feed_generation": PERSON.c.feed_generation + 1
    }  # the feed's address has another token
    connection.execute(update(PERSON).where(PERSON.c.id == person).values(moved))
