"""What became of a mail, line by line, and the refusal of what cannot be done to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from states.terms import Text
from workflow.mail_tables import ATTEMPT

HELD = "held"  # by a person
RELEASED = "released"  # it waits for no approval any more


class MailRefused(Exception):
    """This cannot be done to that mail or address; `text` says why in one sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def record(
    connection: Connection, mail_id: int, outcome: str, reply: str, *, at: datetime, by: str = ""
) -> None:
    """Add a line to what became of a mail. `reply`: a note, or a server's words; `by`: the login
    of the person who did it, empty where no person did."""
    values: dict[str, Any] = {"mail_id": mail_id, "at": at, "outcome": outcome, "person": by}
    values["reply"] = reply.replace("\0", "")  # which PostgreSQL cannot store
    connection.execute(insert(ATTEMPT).values(values))


def carry_hold(connection: Connection, old: int, new: int, *, at: datetime) -> None:
    """Say of a mail that takes the place of a held one who held that, and why."""
    lines = select(ATTEMPT).where(ATTEMPT.c.mail_id == old, ATTEMPT.c.outcome == HELD)
    last = connection.execute(lines.order_by(ATTEMPT.c.id.desc()).limit(1)).first()
    if last is not None:
        record(connection, new, HELD, last.reply, by=last.person, at=at)
