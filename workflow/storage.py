"""What keeps a database from being used, told apart and said in one sentence.

Drivers raise the same classes for a full disk, a held lock, a server that is away and a mistake in
a statement; only their codes tell which. The last is ours to mend and stays as it is.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from states.terms import Text

LONGEST = 200  # characters of a driver's words


class DatabaseProblem(Exception):
    """The database cannot be used as it is; `text` says what to do, `detail` what the driver said,
    which is for the log and the command line: it may name a machine or a path."""

    def __init__(self, text: Text, detail: str = "") -> None:
        self.text, self.detail = text, detail
        super().__init__(f"{text.en} ({detail})" if detail else text.en)


def sqlite_module() -> Any:
    """The bundled SQLite where it is installed, else Python's own."""
    try:
        import pysqlite3.dbapi2 as module
    except ImportError:
        import sqlite3 as module
    return module


def storage_errors() -> tuple[type[Exception], ...]:
    """What a database raises that is full, locked, gone or starting again: its driver's errors
    too, for the hot path runs on the driver (docs/decisions/0003)."""
    found: list[type[Exception]] = [SQLAlchemyError, DatabaseProblem, sqlite_module().Error]
    try:
        import psycopg
    except ImportError:
        return tuple(found)
    return (*found, psycopg.Error)


STORAGE = storage_errors()


def problem_of(error: BaseException) -> DatabaseProblem | None:
    """The problem behind an error of a toolkit or a driver; None where it is no trouble of the
    database but a mistake of ours."""
    if isinstance(error, DatabaseProblem):
        return error
    if isinstance(error, PoolTimeout):
        return DatabaseProblem(CROWDED, _words(error))
    if isinstance(error, DBAPIError):
        lost = error.connection_invalidated
        found = problem_of(error.orig) if error.orig else None
        return found or (DatabaseProblem(AWAY, _words(error)) if lost else None)
    if not isinstance(error, STORAGE):
        return None
    if (code := getattr(error, "sqlite_errorcode", None)) is not None:
        said = OF_SQLITE.get(code & 0xFF)  # the rest of the code says where it happened
    elif type(error).__module__.startswith("psycopg"):
        said = _of_postgres(error)
    else:
        said = None
    return DatabaseProblem(said, _words(error)) if said else None


def _of_postgres(error: BaseException) -> Text | None:
    state: str | None = getattr(error, "sqlstate", None)
    words = str(error)
    if state is None:  # refused or broken off before the server gave a code
        if any(part in words for part in NO_ROOM):
            return CROWDED
        away = type(error).__name__ in ("OperationalError", "ConnectionTimeout")
        return AWAY if away or "closed" in words else None
    return OF_POSTGRES.get(state) or OF_POSTGRES.get(state[:2])


def _words(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return " ".join((lines[0] if lines else type(error).__name__).split())[:LONGEST]


NO_ROOM = ("too many clients", "too many connections", "remaining connection slots")
BUSY = Text(
    "数据库正被其他程序占用，请稍后再试。", "The database is busy with another program; try again."
)
FULL = Text(
    "数据库所在磁盘已满，没有保存，请管理员清理磁盘。",
    "The disk of the database is full and nothing was kept; an administrator has to make room.",
)
READ_ONLY = Text(
    "数据库只能读取，没有保存，请管理员核对文件权限和磁盘。",
    "The database cannot be written; an administrator has to check its permissions and disk.",
)
UNREADABLE = Text(
    "数据库文件读写出错，请管理员核对磁盘。",
    "The database file cannot be read or written; an administrator has to check the disk.",
)
DAMAGED = Text(
    "数据库文件已损坏，请管理员停止服务，用备份恢复。",
    "The database file is damaged; an administrator has to stop the service and restore a backup.",
)
REPLACED = Text(
    "数据库文件在运行中被删除或替换，已停止读写；请管理员核对文件，重新启动服务。",
    "The database file was deleted or replaced while in use, and is used no more; an administrator "
    "has to check the file and start the service again.",
)
AWAY = Text(
    "数据库暂时连接不上，请稍后再试。", "The database cannot be reached now; try again later."
)
CROWDED = Text(
    "数据库连接数已满，请稍后再试。", "The database has no connection left; try again later."
)
OF_SQLITE = {
    5: BUSY,
    6: BUSY,
    8: READ_ONLY,
    10: UNREADABLE,
    11: DAMAGED,
    13: FULL,
    14: UNREADABLE,
    15: BUSY,
    26: DAMAGED,
}
OF_POSTGRES = {
    "08": AWAY,
    "25006": READ_ONLY,
    "28": AWAY,  # the password or the right to connect: changed under us
    "3D000": AWAY,
    "40": BUSY,
    "53": CROWDED,
    "53100": FULL,
    "55P03": BUSY,
    "57": AWAY,
    "57014": BUSY,
    "58": UNREADABLE,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
