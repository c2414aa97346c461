"""The wordings that the office saved: read for the mails, saved in versions, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from notifications.letters.wording import Wording, Wordings
from workflow.mail_tables import WORDING
from workflow.statements import Statement

Saved = Mapping[tuple[str, str], Wording]
_NEWEST = Statement(select(func.max(WORDING.c.id)))
_ALL = Statement(
    select(
        WORDING.c.notice, WORDING.c.language, WORDING.c.subject, WORDING.c.lead, WORDING.c.version
    ).order_by(WORDING.c.version)
)


@dataclass
class Shelf:
    """The saved wordings, read again only when another version has been saved."""

    newest: int | None = None
    saved: Saved = field(default_factory=dict)

    def wordings(self, connection: Connection) -> Wordings:
        [(newest,)] = _NEWEST.run(connection, {})
        if newest != self.newest:
            self.saved, self.newest = _read(connection), newest
        return Wordings(self.saved)


def current(connection: Connection) -> Wordings:
    """The wordings that hold now."""
    return Shelf().wordings(connection)


def _read(connection: Connection) -> Saved:
    rows = _ALL.run(connection, {})
    return {(notice, lang): Wording(said, lead, n) for notice, lang, said, lead, n in rows}


def save(
    connection: Connection,
    notice: str,
    language: str,
    texts: tuple[str, str],
    *,
    by: str,
    at: datetime,
) -> int:
    """Add a version of subject and lead, checked before (wording_check.py); its number."""
    query = select(func.max(WORDING.c.version)).where(
        WORDING.c.notice == notice, WORDING.c.language == language
    )
    version = (connection.execute(query).scalar() or 0) + 1
    subject, lead = texts
    values = {"notice": notice, "language": language, "version": version, "subject": subject}
    values |= {"lead": lead, "saved_by": by, "saved_at": at}
    connection.execute(insert(WORDING).values(values))
    return version


def history(connection: Connection, notice: str, language: str) -> list[dict[str, Any]]:
    """All versions of a notice's wording, oldest first."""
    query = (
        select(WORDING)
        .where(WORDING.c.notice == notice, WORDING.c.language == language)
        .order_by(WORDING.c.version)
    )
    return [dict(row._mapping) for row in connection.execute(query)]
