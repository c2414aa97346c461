"""Tables and migrations say the same, on both databases, and can be applied again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import postgres_copy
from sqlalchemy import inspect, text
from sqlalchemy.engine.reflection import Inspector

from workflow import migrations
from workflow.database import Database
from workflow.migrations import REVISION, is_current, upgrade
from workflow.schema import metadata


@pytest.fixture
def migrated(db: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """One of the same kind that came all the way from the first revision."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'migrated.db'}"
        if not db.is_sqlite:
            url = stack.enter_context(postgres_copy(request.getfixturevalue("postgres")))
        migrated = Database(url)
        upgrade(migrated, "0001")
        upgrade(migrated)
        yield migrated
        migrated.close()


def test_no_drift_between_tables_and_migrations(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_what_is_made_at_once_is_as_what_was_migrated(db: Database, migrated: Database) -> None:
    assert shape(inspect(db.engine)) == shape(inspect(migrated.engine))
    assert is_current(db) and is_current(migrated)


def shape(inspector: Inspector) -> dict[str, Any]:
    """Each table with all that a database tells of it, but the order of columns."""
    return {
        table: (
            sorted((c["name"], str(c["type"]), c["nullable"], c["default"]) for c in columns),
            inspector.get_pk_constraint(table),
            sorted(map(str, inspector.get_foreign_keys(table))),
            sorted(map(str, inspector.get_unique_constraints(table))),
            sorted(map(str, inspector.get_check_constraints(table))),
            sorted(map(_index, inspector.get_indexes(table))),
        )
        for table in inspector.get_table_names()
        for columns in [inspector.get_columns(table)]
    }


def _index(found: Any) -> str:
    return (
        f"{found | {'dialect_options': {k: str(v) for k, v in found['dialect_options'].items()}}}"
    )


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


def test_an_upgrade_keeps_every_row_and_reference(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(db, "0001")
    with db.write() as connection:
        for statement in OLD_ROWS.strip().splitlines():
            connection.execute(text(statement))
    upgrade(db)
    assert is_current(db)
    with db.read() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("SELECT notice, handed FROM mail")).all() == [("result", 0)]
        assert connection.execute(text("SELECT person FROM mail_attempt")).scalar() == ""
        assert connection.execute(text("SELECT language FROM person")).scalar() == "zh"
        for table in ("project", "deadline", "reminder"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 1
    db.close()


OLD_ROWS = """
INSERT INTO person VALUES (1, 'a', '甲', 'a@example.cn', '', 1)
INSERT INTO project VALUES (1, 'p', 2025, 'i', 1, 'n', 'h', 'c', '', 'planned', NULL, NULL, '', '{}', 1, '')
INSERT INTO deadline VALUES (1, 1, 'filing', 1, '2025-01-01', '2025-01-01', '2025-01-01', '2025-01-01', 'stated', 0, '', 'open', NULL, NULL, NULL)
INSERT INTO mail VALUES (1, 'k', 'result', 1, 1, '', 'a@example.cn', 'host', '2025-01-01', 'pending', '', 't', '', NULL, '2025-01-01', '2025-01-01', 0, NULL, '', NULL, '')
INSERT INTO mail_attempt VALUES (1, 1, '2025-01-01', 'failed', 'x')
INSERT INTO reminder VALUES (1, 1, 1, 'filing', 1, '2025-01-01', 'D-7', '2025-01-01', 'host', 'a@example.cn', 'queued', '', 1, '2025-01-01')
"""


def test_a_clerk_made_twice_by_one_address_in_two_cases_becomes_one(tmp_path: Path) -> None:
    """The first has both units; the other opens nothing and gets nothing more."""
    db = Database(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(db, "0013")
    people = ((1, "One@example.cn", "One@example.cn"), (2, "one@example.cn", "one@example.cn"))
    with db.write() as connection:
        for number, login, email in people:
            connection.execute(
                text(
                    "INSERT INTO person (id, login, name, email, phone, active, language,"
                    " feed_generation) VALUES (:id, :login, '张', :email, '', true, 'zh', 0)"
                ),
                {"id": number, "login": login, "email": email},
            )
            connection.execute(
                text(
                    "INSERT INTO role_grant (person_id, role, scope) VALUES (:id, 'host', :scope)"
                ),
                {"id": number, "scope": f"单位{number}"},
            )
    upgrade(db)
    with db.read() as connection:
        rows = connection.execute(text("SELECT id, email, active FROM person ORDER BY id")).all()
        held = connection.execute(text("SELECT person_id, scope FROM role_grant ORDER BY scope"))
        assert rows == [(1, "one@example.cn", 1), (2, "", 0)]
        assert held.all() == [(1, "单位1"), (1, "单位2")]
    db.close()
