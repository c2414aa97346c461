"""Turns whatever went wrong into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
import traceback

from cli.office import Stop
from cli.output import LOST_RACE, REFUSED, Printer
from states.terms import Text


def report(error: Exception, *, as_json: bool) -> int:
    """Print the sentence (and JSON if asked for); the exit code."""
    language = "en" if os.environ.get("YANXIU_LANGUAGE") == "en" else "zh"
    printer = Printer(language, as_json)
    text, code, data = _read(error)
    printer.message(text)
    if as_json:
        printer.data(data if data is not None else {"error": text})
    return code


def _read(error: Exception) -> tuple[Text, int, object]:
    if isinstance(error, Stop):
        return error.text, error.code, error.data
    text = getattr(error, "text", None)  # every error of our own carries its sentence
    if isinstance(text, Text):
        return text, LOST_RACE if type(error).__name__ == "LostRace" else REFUSED, None
    if isinstance(error, OSError):
        where = error.filename or ""
        reason = error.strerror or str(error)
        return (
            Text(f"无法读写 {where}：{reason}。", f"Cannot use {where}: {reason}."),
            REFUSED,
            None,
        )
    if _of_database(error):
        reason = str(getattr(error, "orig", error)).splitlines()[0]
        return DATABASE.format(reason=reason), REFUSED, None
    if os.environ.get("YANXIU_DEBUG"):
        traceback.print_exc(file=sys.stderr)
    return UNEXPECTED.format(kind=type(error).__name__, said=str(error)[:200]), REFUSED, None


def _of_database(error: Exception) -> bool:
    return any(base.__module__.startswith("sqlalchemy.exc") for base in type(error).__mro__)


DATABASE = Text(
    "数据库无法使用：{reason}。请核对 YANXIU_DATABASE_URL、YANXIU_DATA_DIR，或运行 yanxiu doctor。",
    "The database cannot be used: {reason}. Check YANXIU_DATABASE_URL and YANXIU_DATA_DIR, "
    "or run `yanxiu doctor`.",
)
UNEXPECTED = Text(
    "程序内部出错（{kind}：{said}），没有写入任何内容。设 YANXIU_DEBUG=1 重试可看到细节，请转告维护人员。",
    "Internal error ({kind}: {said}); nothing was written. Repeat with YANXIU_DEBUG=1 for details.",
)
