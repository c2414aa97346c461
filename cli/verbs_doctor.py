"""`yanxiu doctor`: everything that an installation needs, and what needs a person."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from cli.office import Office, Stop
from cli.output import REFUSED
from config.zone import local
from states.terms import Text


def doctor(as_json: bool) -> None:
    """Look at everything that an installation needs; exit 1 if something is wrong."""
    office = Office(as_json)
    found = [check(office) for check in ALWAYS]
    if found[ALWAYS.index(_database)][1]:
        found += [check(office) for check in WITH_DATABASE]
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
    from notifications.returns.bounce_desk import check
    from notifications.returns.bounce_sources import BounceProblem

    name = Text("退信收取", "Returned mail")
    try:
        check(office.settings, at=office.clock.now())
    except BounceProblem as problem:
        return name, False, problem.text
    if not (office.settings.bounce_folder or office.settings.imap_host):
        return name, True, Text("未设置，不收取退信", "not set, returned mail is not read")
    return name, True, Text("可以读取", "can be read")


def _clock(office: Office) -> Found:
    from notifications.watch.clock_guard import clock_alarm
    from notifications.watch.clock_watch import HELD

    name = Text("系统时钟", "Clock")
    with office.db.read() as connection:
        alarm = clock_alarm(connection)
    if alarm is not None:
        return name, False, HELD
    return name, True, Text("正常", "right")


def _sending(office: Office) -> Found:
    """What the worker last saw of the server; a test of the connection says nothing of that."""
    from notifications.sending.trouble import KINDS, trouble

    name = Text("发信情况", "Sending")
    with office.db.read() as connection:
        found = trouble(connection)
    if found is None:
        return name, True, Text("没有故障记录", "no trouble on record")
    said = Text(
        "自{since}起{kind}：{said}（已试{times}次，下次{next}）",
        "since {since} {kind}: {said} (tried {times} times, next {next})",
    )
    values = {"kind": KINDS[found.kind], "said": found.said, "times": found.times}
    times = {"since": local(found.since), "next": local(found.next_at)}
    return name, False, said.format(**values, **times)


def _worker(office: Office) -> Found:
    from notifications.watch.heartbeat import last_beat

    name = Text("提醒与发信程序", "Worker")
    with office.db.read() as connection:
        beat = last_beat(connection)
    if beat is None:
        return name, True, Text("还没有运行过", "has not run yet")
    quiet = office.clock.now() - beat.at
    said = Text("最近一次活动：{at}", "last seen at {at}").format(at=local(beat.at))
    if quiet > QUIET:
        more = Text("；已停止，请运行 yanxiu worker", "; it has stopped, run `yanxiu worker`")
        return name, False, Text(said.zh + more.zh, said.en + more.en)
    return name, True, said


QUIET = timedelta(minutes=10)


def _needs_a_person(office: Office) -> Found:
    from workflow.addresses import marked
    from workflow.mail_log import count_waiting_for_a_person

    name = Text("待处理邮件", "Mail that needs a person")
    with office.db.read() as connection:
        dead, awaiting = count_waiting_for_a_person(connection)
        addresses = len(marked(connection))
    said = Text(
        "发送失败{dead}封，待审发{awaiting}封，邮箱待核实{addresses}个（yanxiu mail）",
        "{dead} failed, {awaiting} awaiting approval, {addresses} address(es) to check",
    )
    well = not (dead or awaiting or addresses)
    return name, well, said.format(dead=dead, awaiting=awaiting, addresses=addresses)


def _approval(office: Office) -> Found:
    from workflow.mail_desk import APPROVABLE

    name, chosen = Text("需审核的邮件", "Mail to be approved"), office.settings.mail_approval
    unknown = [one for one in chosen if one not in APPROVABLE]
    if unknown:
        said = Text(
            "YANXIU_MAIL_APPROVAL 中没有这种邮件：{names}；可用：{known}",
            "YANXIU_MAIL_APPROVAL names no sort of mail: {names}; known: {known}",
        )
        known = "、".join(sorted(APPROVABLE))
        return name, False, said.format(names="、".join(unknown), known=known)
    listed = "、".join(chosen)
    return name, True, Text(listed or "无", listed or "none")


ALWAYS = (_python, _sqlite, _folder, _database, _policies, _calendar, _mail_server, _returned_mail)
WITH_DATABASE = (_clock, _sending, _worker, _needs_a_person, _approval)
