"""SQLite as it must run; locks that wait; constraints that hold on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from stories import Desk

from workflow.database import BUSY_SECONDS, SAFE_SQLITE, Database, sqlite_is_safe
from workflow.migrations import upgrade
from workflow.storage import sqlite_module


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'yanxiu.db'}")
    upgrade(database)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", BUSY_SECONDS * 1000),
    ],
)
def test_the_mode_is_in_force_on_every_connection(
    sqlite: Database, pragma: str, value: object
) -> None:
    with sqlite.read() as one, sqlite.write() as two:
        for connection in (one, two):
            assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_what_runs_often_stays_prepared_however_many_other_statements_ran(sqlite: Database) -> None:
    with sqlite.read() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for number in [*range(400)] * 3:
            driver.execute(f"SELECT count(*) FROM unit WHERE id > {number}").fetchall()
        prepared: list[object] = []
        driver.set_authorizer(lambda *what: prepared.append(what) or 0)  # asked at each preparation
        new = ["SELECT min(id) FROM unit", "SELECT max(id) FROM unit"]
        for statement in new:
            driver.execute(statement).fetchall()
        assert prepared
        prepared.clear()
        for statement in new * 3:
            driver.execute(statement).fetchall()
        assert prepared == []


def test_the_library_is_free_of_the_wal_reset_bug(sqlite: Database) -> None:
    with sqlite.read() as connection:
        version = connection.execute(text("SELECT sqlite_version()")).scalar_one()
    assert tuple(int(part) for part in version.split(".")) >= SAFE_SQLITE
    assert sqlite_is_safe()
    assert sqlite_module().sqlite_version == version


INSERT = text("INSERT INTO unit (name, kind, email, phone) VALUES (:name, 'host', '', '')")
COUNT = text("SELECT count(*) FROM unit")


def test_a_second_writer_waits_instead_of_failing(db: Database) -> None:
    held, order = Event(), []

    def second() -> None:
        held.wait()
        order.append("asks")
        with db.write() as connection:
            seen = connection.execute(COUNT).scalar_one()
            connection.execute(INSERT, {"name": "乙"})
        order.append(f"saw {seen}" if db.is_sqlite else "wrote")

    thread = Thread(target=second)
    thread.start()
    with db.write() as connection:
        connection.execute(COUNT).scalar_one()
        held.set()
        connection.execute(INSERT, {"name": "甲"})
    thread.join(BUSY_SECONDS)
    # On SQLite the lock is taken with the first statement: what is read cannot be outdated.
    assert order == (["asks", "saw 1"] if db.is_sqlite else ["asks", "wrote"])
    with db.read() as connection:
        assert connection.execute(COUNT).scalar_one() == 2


def test_a_writer_holds_the_lock_before_it_writes(sqlite: Database) -> None:
    impatient = sqlite_module().connect(sqlite.url.database, timeout=0, isolation_level=None)
    with sqlite.write(), pytest.raises(sqlite_module().OperationalError, match="locked"):
        impatient.execute("BEGIN IMMEDIATE")
    impatient.execute("BEGIN IMMEDIATE")
    impatient.close()


def test_readers_do_not_wait_for_a_writer(sqlite: Database) -> None:
    with sqlite.write() as writer:
        writer.execute(INSERT, {"name": "甲"})
        with sqlite.read() as reader:
            assert reader.execute(COUNT).scalar_one() == 0


def test_an_exception_gives_the_transaction_up(db: Database) -> None:
    with pytest.raises(ZeroDivisionError), db.write() as connection:
        connection.execute(INSERT, {"name": "甲"})
        raise ZeroDivisionError
    with db.read() as connection:
        assert connection.execute(COUNT).scalar_one() == 0


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE project SET state = 'lost'",
        "UPDATE deadline SET kind = 'party'",
        "UPDATE deadline SET standing = 'gone'",
        "UPDATE mail SET status = 'eaten'",
        "UPDATE mail SET purpose = 'advertising'",
        "UPDATE event SET project_id = 99",
        "INSERT INTO unit (name, kind, email, phone) VALUES ('x', 'club', '', '')",
        "INSERT INTO role_grant (person_id, role, scope) VALUES (1, 'king', '')",
        "INSERT INTO deadline SELECT * FROM deadline",
    ],
)
def test_constraints_refuse_what_no_form_would_let_through(desk: Desk, sql: str) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    before = desk.rows()
    with pytest.raises(IntegrityError), desk.db.write() as connection:
        connection.execute(text(sql))
    assert desk.rows() == before
