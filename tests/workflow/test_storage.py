"""Whatever keeps a database from being used is one problem with one sentence, and nothing else is."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import held, postgres_copy, sqlite_copy
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from workflow.database import Database
from workflow.storage import (
    AWAY,
    BUSY,
    CROWDED,
    DAMAGED,
    FULL,
    READ_ONLY,
    REPLACED,
    DatabaseProblem,
    sqlite_module,
)
from workflow.storage_check import damage
from workflow.tables import UNIT
from workflow.verify import verify

NEW = insert(UNIT).values(name="某校", kind="host", email="", phone="")


@pytest.fixture
def lite(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    with sqlite_copy(migrated_file, tmp_path) as database:
        yield database


def problem(db: Database, **how: Any) -> Any:
    """What a small step comes to."""
    with pytest.raises(DatabaseProblem) as raised, db.write(**how) as connection:
        connection.execute(NEW)
    return raised.value.text


def test_a_lock_that_is_held(db: Database) -> None:
    with held(db):
        assert problem(db, patience=0) == BUSY
        assert problem(db, patience=0, alone=False) == BUSY
        with db.read() as connection:  # who only reads waits for nobody
            assert connection.execute(select(UNIT.c.name)).all() == []
    with db.write() as connection:
        connection.execute(NEW)


def test_a_short_patience_is_not_handed_on(lite: Database) -> None:
    with held(lite):
        assert problem(lite, patience=0) == BUSY
    with lite.write(patience=0) as connection:
        connection.execute(NEW)
    with lite.write() as connection:
        waits = connection.connection.driver_connection.execute("PRAGMA busy_timeout").fetchone()
    assert waits == (15_000,)


def test_a_full_disk(lite: Database) -> None:
    def limit(connection: Any, *_: Any) -> None:
        driver = connection.connection.driver_connection
        pages = driver.execute("PRAGMA page_count").fetchone()[0]
        driver.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(lite.engine, "begin", limit, insert=True)
    many = [{"name": f"{n}" * 300, "kind": "host", "email": "", "phone": ""} for n in range(500)]
    with pytest.raises(DatabaseProblem) as raised, lite.write() as connection:
        connection.execute(insert(UNIT), many)
    assert raised.value.text == FULL


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everything")
def test_a_file_that_may_not_be_written(lite: Database) -> None:
    lite.close()
    Path(str(lite.url.database)).chmod(0o400)
    assert problem(lite) == READ_ONLY


@pytest.mark.parametrize("start", [0, 4096])
def test_a_damaged_file(lite: Database, start: int) -> None:
    lite.close()
    path = Path(str(lite.url.database))
    content = bytearray(path.read_bytes())
    content[start : start + 65536] = b"\xff" * 65536
    path.write_bytes(content)
    assert problem(lite) == DAMAGED
    assert damage(lite, thorough=False) != []


def test_damage_that_no_query_meets_is_found(lite: Database, book: Any) -> None:
    """An index that lost a row: every page can be read, and a search by it is silently wrong."""
    assert damage(lite, thorough=True) == damage(lite, thorough=False) == []
    with lite.write() as connection:
        connection.execute(NEW)
    lite.close()
    raw = sqlite_module().connect(lite.url.database, isolation_level=None)
    raw.execute("PRAGMA writable_schema=ON")
    root = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'ix_person_email'").fetchone()
    raw.execute(
        "UPDATE sqlite_master SET sql = replace(sql, '(email)', '(phone)') WHERE sql = ?", root
    )
    raw.close()
    again = Database(f"sqlite:///{lite.url.database}")
    with again.write() as connection:
        connection.execute(
            text(
                "INSERT INTO person (login, name, email, phone, active, language,"
                " feed_generation) VALUES ('a', 'b', 'c', '', 1, 'zh', 0)"
            )
        )
    again.close()
    raw = sqlite_module().connect(lite.url.database, isolation_level=None)
    raw.execute("PRAGMA writable_schema=ON")
    raw.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'ix_person_email'", root)
    raw.close()
    found = damage(lite, thorough=True)
    assert any("ix_person_email" in line for line in found)
    [first, *_] = verify(lite, book)
    assert first.zh.startswith(DAMAGED.zh)


@pytest.mark.parametrize("kept", [True, False])
def test_a_file_that_is_deleted_or_replaced_is_written_no_more(lite: Database, kept: bool) -> None:
    """What is committed to a file without a name is lost, and was acknowledged."""
    with lite.write() as connection:
        connection.execute(NEW)
    path = Path(str(lite.url.database))
    away = path.with_name("away.db")
    path.rename(away)
    if kept:
        path.write_bytes(away.read_bytes())
    assert problem(lite) == REPLACED
    with pytest.raises(DatabaseProblem), lite.read() as connection:
        connection.execute(select(UNIT.c.name))
    away.replace(path)  # the same file under its name again
    with lite.read() as connection:
        assert connection.execute(select(UNIT.c.name)).scalars().all() == ["某校"]


def test_a_file_that_goes_while_somebody_writes_is_not_said_to_have_it(lite: Database) -> None:
    path = Path(str(lite.url.database))
    with pytest.raises(DatabaseProblem) as raised, lite.write() as connection:
        connection.execute(NEW)
        path.unlink()
    assert raised.value.text == REPLACED


def test_a_server_that_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    away = Database(f"postgresql://somebody@127.0.0.1:{port}/x")
    assert problem(away) == AWAY


def test_a_server_without_a_place(postgres: Engine, postgres_db: Database) -> None:
    name = str(postgres_db.url.database)
    with postgres.connect() as connection:
        connection.execute(text("CREATE ROLE narrow LOGIN PASSWORD 'x' CONNECTION LIMIT 0"))
    try:
        url = postgres_db.url.set(username="narrow", password="x", database=name)
        narrow = Database(url.render_as_string(hide_password=False))
        assert problem(narrow) == CROWDED
    finally:
        with postgres.connect() as connection:
            connection.execute(text("DROP ROLE narrow"))


def test_a_server_that_hangs_up_in_the_middle(postgres: Engine, postgres_db: Database) -> None:
    end = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = :name AND pid <> pg_backend_pid()"
    )
    with pytest.raises(DatabaseProblem) as raised, postgres_db.write() as connection:
        connection.execute(NEW)
        with postgres.connect() as admin:
            admin.execute(end, {"name": postgres_db.url.database})
        connection.execute(select(UNIT.c.name))
    assert raised.value.text == AWAY


def test_a_server_that_only_reads(postgres_db: Database) -> None:
    with pytest.raises(DatabaseProblem) as raised, postgres_db.read() as connection:
        connection.execute(NEW)
    assert raised.value.text == READ_ONLY


def test_what_is_read_together_is_of_one_moment(postgres_db: Database) -> None:
    """Else `verify` of an office at work would find what is not there."""
    with postgres_db.read() as connection:
        assert connection.execute(select(UNIT.c.name)).all() == []
        with postgres_db.write() as writer:
            writer.execute(NEW)
        assert connection.execute(select(UNIT.c.name)).all() == []


def test_a_mistake_of_ours_is_no_trouble_of_the_database(db: Database) -> None:
    with pytest.raises(DBAPIError) as raised, db.read() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(raised.value, DatabaseProblem)
    with pytest.raises(IntegrityError), db.write() as connection:
        connection.execute(NEW)
        connection.execute(NEW)


@pytest.mark.parametrize("url", ["mysql://x/y", "oracle://x", "nonsense", "mssql+pyodbc://x/y"])
def test_no_other_database_is_taken(url: str) -> None:
    with pytest.raises(DatabaseProblem) as raised:
        Database(url)
    assert "YANXIU_DATABASE_URL" in raised.value.text.zh


def test_postgresql_needs_no_driver_in_its_address(postgres: Engine) -> None:
    with postgres_copy(postgres, "migrated") as url:
        short = Database(url.replace("postgresql+psycopg:", "postgresql:"))
        with short.read() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        short.close()
