"""The link by which a host confirms that a mail arrived: known to whoever has the mail.

It signs nobody in and confirms nothing by being opened, for scanners follow links in mail.
"""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest
from typing import Any

from sqlalchemy import Connection, exists, select

from states.terms import Act
from workflow.mail_tables import MAIL
from workflow.tables import EVENT, LARGEST_ID

LENGTH = 32  # of 64 characters


def confirming_path(mail: Any) -> str:
    """Where the mail of that row is confirmed, below the address of the pages."""
    return f"/received/{mail.id}/{_code(mail.token)}"


def _code(token: str) -> str:
    return sha256(f"received:{token}".encode()).hexdigest()[:LENGTH]


def confirmed_by(connection: Connection, mail_id: int, code: str) -> Any | None:
    """The row of the mail that such a link is in: its project and its reader; None if there is
    none."""
    if not 0 < mail_id <= LARGEST_ID:
        return None
    newer = exists().where(
        EVENT.c.project_id == MAIL.c.project_id,
        EVENT.c.seq > MAIL.c.event_seq,
        EVENT.c.deed == Act.ANNOUNCE.value,
    )
    columns = (MAIL.c.id, MAIL.c.token, MAIL.c.project_id, MAIL.c.to_name, MAIL.c.to_email)
    outdated = newer.label("outdated")  # told again since, of dates that moved
    its = (MAIL.c.id == mail_id, MAIL.c.notice == Act.ANNOUNCE.value)
    row = connection.execute(select(*columns, outdated).where(*its)).first()
    fits = row is not None and compare_digest(_code(row.token), code)
    return row if fits else None
