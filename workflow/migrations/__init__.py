"""Alembic migrations, applied by `upgrade`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from workflow.database import Database

REVISION = "0014"  # the newest file in versions/; a test holds it there


def upgrade(db: Database, revision: str = "head") -> None:
    """Bring the database to a revision, the newest as a rule; safe to call again."""
    from alembic import command

    with db.engine.connect() as connection:
        # SQLite makes a table anew to change it; its references must not notice meanwhile, and
        # can be told so only outside a transaction.
        driver: Any = connection.connection.driver_connection
        if db.is_sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
        finally:
            if db.is_sqlite:
                driver.execute("PRAGMA foreign_keys=ON")


def is_current(db: Database) -> bool:
    """Whether the database stands at this version's revision; asked before every command."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found == REVISION


def knows(revision: str) -> bool:
    """Whether a revision is one of this version's, or of an earlier one."""
    from alembic.script import ScriptDirectory

    known = ScriptDirectory.from_config(_config()).walk_revisions()
    return revision in {script.revision for script in known}


def _config() -> Any:  # alembic's own type, imported late for speed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
