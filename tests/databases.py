"""On which databases the tests run.

A test that asks for `db` runs on both unless it is marked `one_database`, any other on SQLite.
TEST_DATABASE=postgresql runs all of them on PostgreSQL, but for those that are marked as being about a
SQLite file.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine, text

from workflow.database import Database

CHOSEN = os.environ.get("TEST_DATABASE", "")
assert CHOSEN in ("", "sqlite", "postgresql"), "TEST_DATABASE: sqlite or postgresql"
ON_POSTGRES = CHOSEN == "postgresql"
KINDS = [CHOSEN] if CHOSEN else ["sqlite", "postgresql"]

Empty = Callable[[Path], AbstractContextManager[Database]]  # an empty, migrated one, in a folder


@contextmanager
def sqlite_copy(migrated: Path, folder: Path) -> Iterator[Database]:
    path = folder / "yanxiu.db"
    shutil.copy(migrated, path)
    database = Database(f"sqlite:///{path}")
    try:
        yield database
    finally:
        database.close()


def postgres_url(admin: Engine, name: str) -> str:
    return admin.url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_copy(admin: Engine, template: str = "") -> Iterator[str]:
    """The URL of a database that is gone afterwards; `template`: of which it is a copy."""
    name = f"t{uuid.uuid4().hex}"
    with admin.connect() as connection:
        copied = f" TEMPLATE {template}" if template else ""
        connection.execute(text(f"CREATE DATABASE {name}{copied}"))
    try:
        yield postgres_url(admin, name)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def held(db: Database) -> Iterator[None]:
    """Another program writes and does not end."""
    locked, done = Event(), Event()

    def hold() -> None:
        with Database(db.url.render_as_string(hide_password=False)).write() as connection:
            connection.execute(text("DELETE FROM setting"))
            locked.set()
            done.wait(60)

    other = Thread(target=hold)
    other.start()
    assert locked.wait(60)
    try:
        yield
    finally:
        done.set()
        other.join()
