"""Alembic migrations, applied by `upgrade`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from states.terms import Text
from workflow.database import Database
from workflow.schema import metadata
from workflow.storage import DatabaseProblem

REVISION = "0017"  # the newest file in versions/; a test holds it there


PATIENCE = 600  # seconds for another `init` that is at it


def upgrade(db: Database, revision: str = "head") -> bool:
    """Bring the database to a revision, the newest as a rule; whether it was at another before.

    An empty one is made from the tables, which tests hold equal to the migrations. Safe to call
    again, and by several at once: the second waits, and finds it done. Raises DatabaseProblem for a
    database that a newer program has made.
    """
    from alembic import command

    with db.changing(PATIENCE) as connection:
        before = _found(connection)
        if before is not None and before not in revisions():
            raise DatabaseProblem(TOO_OLD.format(found=before, known=REVISION))
        config = _config()
        config.attributes["connection"] = connection
        if before is None and revision == "head":
            metadata.create_all(connection)
            command.stamp(config, revision)
        else:
            command.upgrade(config, revision)
        return before != _found(connection)


def is_current(db: Database) -> bool:
    """Whether the database stands at this version's revision; asked before every command. Raises
    DatabaseProblem where that is for a newer program to say."""
    with db.read() as connection:
        found = _found(connection)
    if found is not None and found not in revisions():
        raise DatabaseProblem(TOO_OLD.format(found=found, known=REVISION))
    return found == REVISION


def _found(connection: Connection) -> str | None:
    """At which revision the database is; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    asked = text("SELECT version_num FROM alembic_version")
    found: str | None = connection.execute(asked).scalar()
    return found


@cache
def revisions() -> frozenset[str]:
    """Those that this program knows."""
    files = (Path(__file__).parent / "versions").glob("[0-9]*.py")
    return frozenset(file.name.partition("_")[0] for file in files)


TOO_OLD = Text(
    "本程序版本过旧（数据库结构为{found}，本程序只到{known}），请改用升级数据库的那个版本或更新的版本。",
    "This program is too old: the database is at {found}, the program knows up to {known}; use the "
    "version that upgraded the database, or a newer one.",
)


def _config() -> Any:  # alembic's own type, imported late for speed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
