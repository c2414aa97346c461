"""`yanxiu init`, `doctor`, `verify`."""

from __future__ import annotations

import os
import sys

from cli.office import Office, Stop
from cli.output import REFUSED
from states.terms import Text


def init(as_json: bool) -> None:
    """Make the data folder and the database, or bring them to this version."""
    from notifications.feeds import make_key
    from workflow.database import Database
    from workflow.migrations import upgrade

    office = Office(as_json)
    folder = office.settings.data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("papers", "policies", "calendars", "mailbox"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    make_key(folder)
    db = Database(office.settings.url)
    upgrade(db)
    db.close()
    if not office.settings.database_url:
        (folder / "yanxiu.db").chmod(0o600)
    if as_json:
        office.printer.data({"data_dir": str(folder), "database": db.url.render_as_string()})
    else:
        office.printer.line(READY.format(folder=folder))


READY = Text("已就绪：{folder}", "Ready: {folder}")


def verify(as_json: bool) -> None:
    """Replay the history; exit 1 if anything does not hold."""
    from workflow.verify import verify as replay

    office = Office(as_json)
    problems = list(replay(office.db, office.book, office.settings.data_dir / "papers"))
    if problems:
        raise Stop(
            Text(
                "\n".join(["核对发现问题：", *(f"  {p.zh}" for p in problems)]),
                "\n".join(["Problems found:", *(f"  {p.en}" for p in problems)]),
            ),
            REFUSED,
            {"ok": False, "problems": problems},
        )
    if as_json:
        office.printer.data({"ok": True, "problems": []})
    else:
        office.printer.line(CLEAN)


CLEAN = Text("历史、数据、期限和提醒台账一致。", "History, rows, deadlines and ledger agree.")


def doctor(as_json: bool) -> None:
    """Look at everything that an installation needs; exit 1 if something is wrong."""
    office = Office(as_json)
    found = [check(office) for check in CHECKS]
    rows = [{"check": name, "ok": ok, "message": said} for name, ok, said in found]
    if as_json:
        office.printer.data({"ok": all(row["ok"] for row in rows), "checks": rows})
    else:
        good, bad = Text("正常", "ok"), Text("需处理", "attend")
        heads = (Text("检查", "Check"), Text("结果", "Result"), Text("说明", "Note"))
        office.printer.table(heads, [(n, good if ok else bad, said) for n, ok, said in found])
    if not all(row["ok"] for row in rows):
        raise SystemExit(REFUSED)


Found = tuple[Text, bool, Text]


def _python(_: Office) -> Found:
    version = ".".join(map(str, sys.version_info[:3]))
    return Text("Python", "Python"), sys.version_info >= (3, 11), Text(version, version)


def _sqlite(_: Office) -> Found:
    from workflow.database import sqlite_is_safe, sqlite_module

    version = sqlite_module().sqlite_version
    safe = sqlite_is_safe()
    why = Text("", "") if safe else Text("，存在WAL缺陷，请安装 pysqlite3", ", has the WAL bug")
    return Text("SQLite", "SQLite"), safe, Text(version + why.zh, version + why.en)


def _folder(office: Office) -> Found:
    folder = office.settings.data_dir
    usable = folder.is_dir() and os.access(folder, os.W_OK)
    todo = Text("", "") if usable else Text("，请运行 yanxiu init", ", run `yanxiu init`")
    where = str(folder)
    return Text("数据目录", "Data folder"), usable, Text(where + todo.zh, where + todo.en)


def _database(office: Office) -> Found:
    name = Text("数据库", "Database")
    try:
        backend = office.db.url.get_backend_name()
    except Stop as stop:
        return name, False, stop.text
    except Exception as error:
        reason = str(error).splitlines()[0]
        return name, False, Text(f"无法打开：{reason}", f"cannot be opened: {reason}")
    return name, True, Text(backend, backend)


def _policies(office: Office) -> Found:
    from config.errors import ConfigError
    from config.policy_files import policy_ids

    name = Text("政策", "Policies")
    try:
        found = [office.book.policy(p).id for p in policy_ids(office.book.own_policies)]
    except ConfigError as error:
        return name, False, error.text
    return name, True, Text("、".join(found), ", ".join(found))


def _calendar(office: Office) -> Found:
    from config.errors import ConfigError

    name, year = Text("节假日日历", "Holiday calendar"), office.clock.today().year
    try:
        known = "、".join(map(str, sorted(office.book.calendar.years)))
    except ConfigError as error:
        return name, False, error.text
    if year in office.book.calendar.years:
        return name, True, Text(known, known)
    said = Text(
        "没有{year}年安排，仅按周末推算（已有：{known}）", "none for {year} (known: {known})"
    )
    return name, False, said.format(year=year, known=known)


def _mail_server(office: Office) -> Found:
    import socket

    settings = office.settings
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    name = Text("发信服务器", "Mail server")
    try:
        socket.create_connection((settings.smtp_host, settings.smtp_port), timeout=5).close()
    except (OSError, UnicodeError) as error:
        said = Text(
            "连不上 {where}（{why}），请核对 YANXIU_SMTP_HOST、YANXIU_SMTP_PORT", "{where}: {why}"
        )
        return name, False, said.format(where=where, why=getattr(error, "strerror", "") or error)
    return name, True, Text(where, where)


def _returned_mail(office: Office) -> Found:
    from notifications.bounce_desk import check
    from notifications.bounce_sources import BounceProblem

    name = Text("退信收取", "Returned mail")
    try:
        check(office.settings)
    except BounceProblem as problem:
        return name, False, problem.text
    if not (office.settings.bounce_folder or office.settings.imap_host):
        return name, True, Text("未设置，不收取退信", "not set, returned mail is not read")
    return name, True, Text("可以读取", "can be read")


CHECKS = (
    *(_python, _sqlite, _folder, _database, _policies, _calendar),
    *(_mail_server, _returned_mail),
)
