"""Tables and migrations say the same, on both databases, and can be applied again."""

from __future__ import annotations

import re
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.engine.reflection import Inspector

from workflow import migrations
from workflow.database import Database
from workflow.migrations import REVISION, is_current, upgrade
from workflow.tables import metadata


def test_no_drift_between_tables_and_migrations(db: Database) -> None:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_upgrading_twice_is_harmless(db: Database) -> None:
    before = names(inspect(db.engine))
    upgrade(db)
    assert names(inspect(db.engine)) == before
    assert is_current(db)


def test_the_revision_asked_for_is_the_newest_file() -> None:
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == REVISION


def test_an_empty_database_is_not_current(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    assert not is_current(db)
    db.close()


def test_every_constraint_and_index_is_named_by_the_convention(db: Database) -> None:
    for table, found in names(inspect(db.engine)).items():
        for name in found:
            assert re.fullmatch(rf"(pk|fk|uq|ck|ix)_{table}(_\w+)?", name), (table, name)


def test_every_named_thing_of_the_tables_is_in_the_database(db: Database) -> None:
    found = names(inspect(db.engine))
    for table in metadata.sorted_tables:
        constraints = {str(c.name) for c in table.constraints}
        assert constraints | {str(index.name) for index in table.indexes} == found[table.name]


def names(inspector: Inspector) -> dict[str, set[str]]:
    """The names of keys, constraints and indexes of each of our tables."""
    found = {}
    for table in metadata.tables:
        lists = (
            inspector.get_foreign_keys(table),
            inspector.get_unique_constraints(table),
            inspector.get_check_constraints(table),
            [i for i in inspector.get_indexes(table) if not i.get("duplicates_constraint")],
            [inspector.get_pk_constraint(table)],
        )
        found[table] = {str(entry["name"]) for entries in lists for entry in entries}
    return found
