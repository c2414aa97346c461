"""Opens the database: SQLite in one durable mode, or PostgreSQL by its URL.

SQLite runs in WAL with synchronous=FULL, because WAL with NORMAL loses committed transactions on
power loss, and takes the write lock at the start of a writing transaction: a read that turns
into a write would fail at once when somebody else writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from states.terms import Text

BUSY_SECONDS = 15
DISCREET: dict[str, Any] = {"hide_parameters": True}  # errors are logged: no links, no names


class DatabaseProblem(Exception):
    """The database cannot be used as it is; `text` says what to do."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


class Database:
    """Hands out transactions; `write` holds the write lock from its first statement."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = (
            _sqlite(url) if self.is_sqlite else create_engine(url, pool_pre_ping=True, **DISCREET)
        )
        self._writing = self.engine.execution_options(immediate=True)  # the same pool
        self._kept: list[Connection] = []  # one at most: taking it anew costs a tenth of a step

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back on any exception."""
        connection = self._take()
        try:
            try:
                transaction = connection.begin()
            except (OperationalError, sqlite_module().OperationalError) as error:
                raise DatabaseProblem(BUSY) from error
            with transaction:
                yield connection
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    def _take(self) -> Connection:
        try:
            return self._kept.pop()  # atomic: two threads never get the same one
        except IndexError:
            return self._writing.connect()

    def _keep(self, connection: Connection) -> None:
        # A server may close what idles; the pool would notice, a kept connection would not.
        if self.is_sqlite and not self._kept:
            self._kept.append(connection)
        else:
            connection.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; nothing is written."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        while self._kept:
            self._kept.pop().close()
        self.engine.dispose()


BUSY = Text(
    "数据库正被其他程序占用，请稍后再试。", "The database is busy with another program; try again."
)


def _sqlite(url: str) -> Engine:
    # Every transaction is ended explicitly, so the pool need not roll back what it gets back.
    engine = create_engine(url, module=sqlite_module(), pool_reset_on_return=None, **DISCREET)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        # On the driver itself: the toolkit's way costs as much as the statement.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


# Releases before these can corrupt a WAL database when two connections reset the log at once.
SAFE_SQLITE = (3, 51, 3)


def sqlite_module() -> Any:
    """The bundled SQLite where it is installed, else Python's own."""
    try:
        import pysqlite3.dbapi2 as module
    except ImportError:
        import sqlite3 as module
    return module


def sqlite_is_safe() -> bool:
    """Whether the library in use is free of the WAL-reset bug."""
    return tuple(sqlite_module().sqlite_version_info) >= SAFE_SQLITE
