"""Alembic migrations, applied by `upgrade`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workflow.database import Database


def upgrade(db: Database) -> None:
    """Bring the database to the newest revision; safe to call again."""
    from alembic import command

    with db.engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def current_revision(db: Database) -> str | None:
    """The revision that the database stands at; None before `yanxiu init`."""
    from alembic.runtime.migration import MigrationContext

    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Any:  # alembic's own type, imported late for speed
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
