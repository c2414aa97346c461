"""Opens the database: SQLite in one durable mode, or PostgreSQL by its URL.

SQLite runs in WAL with synchronous=FULL, because WAL with NORMAL loses committed transactions on
power loss, and takes the write lock at the start of a writing transaction: a read that turns
into a write would fail at once when somebody else writes.

On PostgreSQL a writing transaction is alone too, unless it says that it holds what it reads and
writes from (docs/decisions/0015); then it goes beside others of that sort.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from states.terms import Text
from workflow.storage import REPLACED, DatabaseProblem, problem_of, sqlite_module

BUSY_SECONDS = 15
# More than the product has. The driver keeps the most used of its prepared statements; where it
# cannot keep all, the latest push each other out, and each is prepared anew (ten times the cost).
STATEMENTS = 1000
WRITERS = 20250222  # PostgreSQL's advisory lock: shared by who writes beside others
DISCREET: dict[str, Any] = {"hide_parameters": True}  # errors are logged: no links, no names


class Database:
    """Hands out transactions. Raises DatabaseProblem, also out of the middle of one, for whatever
    keeps the database from being used."""

    def __init__(self, url: str) -> None:
        self.url = checked_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgres(self.url)
        self._writing = self.engine.execution_options(immediate=True)  # the same pool
        self._reading = self.engine
        if not self.is_sqlite:  # as SQLite reads: all of it as at one moment
            seen = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            self._reading = self.engine.execution_options(**seen)
        self._kept: list[Connection] = []  # one at most: taking it anew costs a tenth of a step
        self._file = _File(self.url.database) if self.is_sqlite else None

    @contextmanager
    def write(self, *, alone: bool = True, patience: float | None = None) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back on any exception.

        `alone`: nobody else writes meanwhile. Without it others may, who do not ask for it either:
        for work that is done all day, and that holds every row from which it writes. `patience`:
        how many seconds to wait for others, at the most, instead of BUSY_SECONDS.
        """
        self._must_be_there()
        try:  # not a context of its own: with each step that would be felt
            connection = self._take()
            try:
                with (
                    connection.begin()
                    if patience is None
                    else self._patiently(connection, patience)
                ):
                    if not self.is_sqlite:
                        _take_turn(connection, alone, patience)
                    yield connection
            except BaseException:
                connection.close()
                raise
        except Exception as error:
            _in_one_sentence(error)
        self._keep(connection)
        self._must_be_there()

    @contextmanager
    def _patiently(self, connection: Connection, seconds: float) -> Iterator[None]:
        """A transaction; SQLite waits as long as it was told last, by whomever."""
        driver: Any = connection.connection.driver_connection
        if self.is_sqlite:
            driver.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
        try:
            with connection.begin():
                yield
        finally:
            if self.is_sqlite:
                driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; nothing is written, and nobody who writes is waited for."""
        with self._troubles(), self._reading.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def trial(self) -> Iterator[Connection]:
        """A transaction of which nothing is kept, to find out what would come of something. Whoever
        only looks may do so: on SQLite, where one at a time writes, it writes into a copy of its
        own, on PostgreSQL beside everybody."""
        with self._troubles(), ExitStack() as after:
            if self.is_sqlite:
                connection = after.enter_context(_scratch(self.engine))
            else:
                connection = after.enter_context(self.engine.connect())
            after.callback(connection.begin().rollback)
            yield connection

    @contextmanager
    def changing(self, patience: int) -> Iterator[Connection]:
        """One transaction alone that may change tables, after at most `patience` seconds."""
        with self._troubles(), self.engine.connect() as taken:
            connection = taken.execution_options(immediate=True)
            driver: Any = connection.connection.driver_connection
            if not self.is_sqlite:
                with connection.begin():
                    _take_turn(connection, True, patience)
                    yield connection
                return
            # SQLite makes a table anew to change it; its references must not notice meanwhile, and
            # can be told so only outside a transaction.
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with self._patiently(connection, patience):
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        self._must_be_there()
        try:
            yield
        except Exception as error:
            _in_one_sentence(error)

    def _must_be_there(self) -> None:
        """Before a transaction, and after it: what was committed to a file that has no name any
        more is lost, and may not pass for done."""
        if self._file is not None and self._file.is_another():
            raise DatabaseProblem(REPLACED, str(self.url.database))

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

    def close(self) -> None:
        while self._kept:
            self._kept.pop().close()
        self.engine.dispose()


class _File:
    """The file of a SQLite database, known again by its number on the disk from when it was first
    there: another one under its name is not ours, whatever it holds."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.known: tuple[int, int] | None = None

    def is_another(self) -> bool:
        """Whether the file is not the one it was; False before there was any."""
        if not self.path:
            return False
        try:
            found = os.stat(self.path)  # noqa: PTH116 - with each step, and a third as dear
        except FileNotFoundError:
            return self.known is not None
        except OSError:  # the driver says it better
            return False
        if self.known is None:
            self.known = found.st_dev, found.st_ino
        return self.known != (found.st_dev, found.st_ino)


def _in_one_sentence(error: Exception) -> NoReturn:
    """Raise the error as the trouble of the database that it is, or as it is."""
    problem = problem_of(error)
    if problem is None or problem is error:
        raise error
    raise problem from error


def checked_url(url: str) -> URL:
    """The URL, of one of the two databases on which this is built and tried."""
    try:
        made = make_url(url)
    except ArgumentError:
        raise DatabaseProblem(NO_URL) from None
    if made.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseProblem(OTHER_KIND.format(kind=made.get_backend_name()[:40]))
    if made.get_backend_name() == "postgresql":
        made = made.set(drivername="postgresql+psycopg")  # the one driver that is a dependency
    return made


def _sqlite(url: URL) -> Engine:
    # Every transaction is ended explicitly, so the pool need not roll back what it gets back.
    engine = create_engine(
        url,
        module=sqlite_module(),
        pool_reset_on_return=None,
        pool_timeout=BUSY_SECONDS,
        connect_args={"cached_statements": STATEMENTS},
        **DISCREET,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        for pragma in (
            f"busy_timeout={BUSY_SECONDS * 1000}",  # first: the next waits for others too
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate")
        # On the driver itself: the toolkit's way costs as much as the statement.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextmanager
def _scratch(engine: Engine) -> Iterator[Connection]:
    """A copy as at one moment, gone afterwards; a large one lies in a file without a name."""
    module = sqlite_module()
    copy = module.connect("", isolation_level=None, check_same_thread=False)
    try:
        copy.execute(f"PRAGMA cache_size=-{SCRATCH_KIB}")
        with engine.connect() as source:
            driver: Any = source.connection.driver_connection
            driver.backup(copy)
        copy.execute("PRAGMA foreign_keys=ON")
        made = create_engine(
            "sqlite://", creator=lambda: copy, poolclass=StaticPool, module=module, **DISCREET
        )
        with made.connect() as connection:
            yield connection
    finally:
        copy.close()


SCRATCH_KIB = 65_536

# A server that is switched off, or a process that is stopped in the middle of a transaction, must
# not keep the others waiting for good. Seconds.
REACHED_IN, SILENT_FOR, IDLE_FOR = 10, 30, 60
REACH = {
    "connect_timeout": REACHED_IN,
    "keepalives_idle": SILENT_FOR,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": SILENT_FOR * 1000,
}


def _postgres(url: URL) -> Engine:
    wanted = {name: value for name, value in REACH.items() if name not in url.query}
    try:
        engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=BUSY_SECONDS,
            isolation_level="READ COMMITTED",  # whatever the server is set to
            connect_args=wanted,
            **DISCREET,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise DatabaseProblem(NO_DRIVER) from error

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_FOR}s'")
        connection.commit()

    return engine


def _take_turn(connection: Connection, alone: bool, patience: float | None) -> None:
    """Wait for who writes alone, and if this transaction does, for everybody."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        if patience is not None:
            cursor.execute(f"SET LOCAL lock_timeout = {max(1, int(patience * 1000))}")
        cursor.execute(ALONE if alone else BESIDE)


ALONE = f"SELECT pg_advisory_xact_lock({WRITERS})"
BESIDE = f"SELECT pg_advisory_xact_lock_shared({WRITERS})"
NO_URL = Text(
    "YANXIU_DATABASE_URL 不是有效的数据库地址，请写作 postgresql://用户名@主机/数据库名。",
    "YANXIU_DATABASE_URL is no address of a database; write postgresql://USER@HOST/NAME.",
)
OTHER_KIND = Text(
    "不支持数据库“{kind}”，只能使用 SQLite 或 PostgreSQL，请核对 YANXIU_DATABASE_URL。",
    "The database “{kind}” is not supported, only SQLite and PostgreSQL; see YANXIU_DATABASE_URL.",
)
NO_DRIVER = Text(
    "缺少 PostgreSQL 驱动，请安装 psycopg：pip install 'psycopg[binary]'。",
    "The driver of PostgreSQL is missing; install it: pip install 'psycopg[binary]'.",
)

# Releases before these can corrupt a WAL database when two connections reset the log at once; two
# older lines have the mend too.
SAFE_SQLITE = (3, 51, 3)
MENDED_TOO = ((3, 44, 6), (3, 50, 7))


def sqlite_is_safe(version: tuple[int, ...] | None = None) -> bool:
    """Whether a library, if not named the one in use, is free of the WAL-reset bug."""
    version = version or tuple(sqlite_module().sqlite_version_info)
    mended = any(version[:2] == since[:2] and version >= since for since in MENDED_TOO)
    return version >= SAFE_SQLITE or mended
