"""SQLite's own check of its file: torn pages, rows that no index knows, and the other way round."""

from __future__ import annotations

from sqlalchemy import text

from workflow.database import Database
from workflow.storage import DAMAGED, DatabaseProblem

MOST = 5  # findings; the first says enough


def damage(db: Database, *, thorough: bool) -> list[str]:
    """What SQLite finds wrong with its file, in its words; empty if nothing, or on a server.

    `thorough` also holds the rows against every index and takes as long as reading all twice.
    """
    if not db.is_sqlite:
        return []
    check = "integrity_check" if thorough else "quick_check"
    try:
        with db.read() as connection:
            found = connection.execute(text(f"PRAGMA {check}({MOST})")).scalars().all()
    except DatabaseProblem as problem:
        if problem.text != DAMAGED:
            raise
        return [problem.detail]
    return [] if list(found) == ["ok"] else [" ".join(str(line).split()) for line in found]
