"""Turns whatever went wrong into one sentence and an exit code."""

from __future__ import annotations

import errno
import os
import traceback

from cli.office import Stop
from cli.output import LOST_RACE, REFUSED, Printer
from states.terms import Text


def report(error: Exception, *, as_json: bool) -> int:
    """Print the sentence (and JSON if asked for); the exit code."""
    language = "en" if os.environ.get("YANXIU_LANGUAGE") == "en" else "zh"
    printer = Printer(language, as_json)
    text, code, data = _read(error, printer)
    printer.message(text)
    if as_json:
        printer.data(data if data is not None else {"error": text})
    return code


def _read(error: Exception, printer: Printer) -> tuple[Text, int, object]:
    if isinstance(error, Stop):
        return error.text, error.code, error.data
    text = getattr(error, "text", None)  # every error of our own carries its sentence
    if detail := getattr(error, "detail", ""):  # of a database: what its driver said
        return DATABASE.format(why=text, reason=detail.rstrip(".")), REFUSED, None
    if isinstance(text, Text):
        return text, LOST_RACE if type(error).__name__ == "LostRace" else REFUSED, None
    if isinstance(error, OSError):
        return _of_system(error), REFUSED, None
    if _from(error, "alembic"):
        return NEWER.format(reason=error), REFUSED, None
    if _from(error, "sqlalchemy.exc", "pysqlite3", "sqlite3", "psycopg"):
        reason = (str(getattr(error, "orig", error)) or type(error).__name__).splitlines()[0]
        return DATABASE.format(why="", reason=reason.rstrip(".")), REFUSED, None
    if isinstance(error, ModuleNotFoundError):
        return NO_MODULE.format(name=error.name), REFUSED, None
    if isinstance(error, UnicodeError):
        return UNREADABLE, REFUSED, None
    if os.environ.get("YANXIU_DEBUG"):
        printer.note(traceback.format_exc())
    return UNEXPECTED.format(kind=type(error).__name__, said=str(error)[:200]), REFUSED, None


def _of_system(error: OSError) -> Text:
    reason = Text(error.strerror or str(error), error.strerror or str(error))
    reason = REASONS.get(error.errno or 0, reason)
    if not error.filename:
        return Text(f"无法继续：{reason.zh}。", f"Cannot go on: {reason.en}.")
    return Text(
        f"无法读写 {error.filename}：{reason.zh}。", f"Cannot use {error.filename}: {reason.en}."
    )


def _from(error: Exception, *modules: str) -> bool:
    return any(base.__module__.startswith(modules) for base in type(error).__mro__)


REASONS = {
    errno.EACCES: Text("没有权限", "permission denied"),
    errno.EPERM: Text("没有权限", "not permitted"),
    errno.ENOENT: Text("没有这个文件或目录", "no such file or directory"),
    errno.EEXIST: Text("已有同名文件", "a file of that name exists"),
    errno.ENOTDIR: Text("上级不是目录", "its parent is not a directory"),
    errno.EISDIR: Text("这是一个目录", "it is a directory"),
    errno.ELOOP: Text("这是一个链接，请换一个文件名", "it is a link, choose another name"),
    errno.ENOSPC: Text("磁盘已满", "the disk is full"),
    errno.EROFS: Text("文件系统只读", "the file system is read-only"),
    errno.EADDRINUSE: Text("端口已被占用，请换一个", "the port is taken, choose another"),
}
DATABASE = Text(
    "{why}数据库无法使用：{reason}。请核对 YANXIU_DATABASE_URL、YANXIU_DATA_DIR，或运行 yanxiu doctor。",
    "{why} The database cannot be used: {reason}. Check YANXIU_DATABASE_URL and YANXIU_DATA_DIR, "
    "or run `yanxiu doctor`.",
)
NEWER = Text(
    "数据库由其他版本的程序建立，本版本不认识，请改用建立它的版本（{reason}）。",
    "The database was made by another version, unknown to this one; use that version ({reason}).",
)
NO_MODULE = Text(
    "缺少程序组件 {name}，请安装后重试；数据库可用 SQLite 或 PostgreSQL（postgresql+psycopg://…）。",
    "The module {name} is missing; databases are SQLite or PostgreSQL (postgresql+psycopg://…).",
)
UNREADABLE = Text(
    "输入中有无法识别的字符，请改用 UTF-8 编码。", "The input holds characters that are not UTF-8."
)
UNEXPECTED = Text(
    "程序内部出错（{kind}：{said}），没有写入任何内容。设 YANXIU_DEBUG=1 重试可看到细节，请转告维护人员。",
    "Internal error ({kind}: {said}); nothing was written. Repeat with YANXIU_DEBUG=1 for details.",
)
