"""`yanxiu doctor`: everything that an installation needs, and what needs a person."""

from __future__ import annotations

import os
import sys

from cli.office import Office, Stop
from cli.output import REFUSED
from states.terms import Text


def doctor(as_json: bool) -> None:
    """Look at everything that an installation needs; exit 1 if something is wrong."""
    office = Office(as_json)
    found = [check(office) for check in ALWAYS]
    if found[ALWAYS.index(_database)][1]:
        found += [*_intact(office), *_clockwork(office), _rules(office), _approval(office)]
        found += [_contacts(office), _duties(office)]
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


def of_sqlite(office: Office) -> Found:
    """Whether the library is sound; on PostgreSQL it does not matter."""
    from workflow.database import sqlite_is_safe
    from workflow.storage import sqlite_module

    version = sqlite_module().sqlite_version
    sound = sqlite_is_safe() or office.settings.database_url.startswith("postgres")
    said = Text(version, version) if sound else UNSOUND.format(version=version)
    return Text("SQLite", "SQLite"), sound, said


UNSOUND = Text(
    "{version}有可能损坏数据的缺陷，请改用PostgreSQL（YANXIU_DATABASE_URL），或改用SQLite 3.51.3以上的"
    "Python（x86_64上装有 pysqlite3，aarch64上没有可装的版本）",
    "{version} can damage data: use PostgreSQL (YANXIU_DATABASE_URL), or a Python with SQLite 3.51.3 "
    "or newer (pysqlite3 brings one on x86_64, and has nothing to install on aarch64)",
)


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
    from workflow.office.policy_desk import known_policies

    name = Text("政策", "Policies")
    try:
        found = known_policies(office.book)
    except ConfigError as error:  # of another file of rules
        return name, False, error.text
    for _, one in found:
        if isinstance(one, Text):  # why it cannot be read
            return name, False, one
    ids = [key for key, _ in found]
    return name, True, Text("、".join(ids), ", ".join(ids))


def _calendar(office: Office) -> Found:
    from config.errors import ConfigError
    from notifications.watch.standing import HOLIDAYS, holidays

    try:
        found = holidays(office.book.calendar, office.clock.today())
    except ConfigError as error:
        return HOLIDAYS, False, error.text
    return found.label, found.well, found.said


def _mail_server(office: Office) -> Found:
    """As far as the login: what a sender needs, without sending."""
    from notifications.sending.conversation import Conversation
    from notifications.sending.outage import KINDS

    settings = office.settings
    name = Text("发信服务器", "Mail server")
    authorities = os.environ.get("SSL_CERT_FILE", "")
    encrypts = settings.smtp_security != "none" or settings.imap_host
    if authorities and encrypts and not os.access(authorities, os.R_OK):
        return name, False, NO_AUTHORITIES.format(file=authorities)
    quick = settings.model_copy(update={"smtp_timeout": min(settings.smtp_timeout, 10)})
    wrong = Conversation(quick).greeted()
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    if wrong is not None:
        said = Text("{where}：{kind}（{said}）", "{where}: {kind} ({said})")
        return name, False, said.format(where=where, kind=KINDS[wrong.outage], said=wrong.reply)
    done = [SECURITY[settings.smtp_security]]
    done += [LOGGED_IN] if settings.smtp_username else []
    done += [Text(f"SSL_CERT_FILE={authorities}", f"SSL_CERT_FILE={authorities}")] * bool(
        authorities and encrypts
    )
    zh, en = "、".join(one.zh for one in done), ", ".join(one.en for one in done)
    return name, True, Text(f"{where}（{zh}）", f"{where} ({en})")


SECURITY = {
    "none": Text("不加密", "not encrypted"),
    "starttls": Text("已用STARTTLS加密，证书可信", "encrypted by STARTTLS, certificate trusted"),
    "tls": Text("已加密，证书可信", "encrypted, certificate trusted"),
}
LOGGED_IN = Text("已登录", "logged in")
NO_AUTHORITIES = Text(
    "环境变量 SSL_CERT_FILE 所指的证书机构文件{file}无法读取，请改正或取消该变量",
    "{file}, which the environment variable SSL_CERT_FILE names, cannot be read; correct or unset it",
)


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


def _clockwork(office: Office) -> list[Found]:
    """What the page of administration says too, with the command that sees to it."""
    from notifications.watch.standing import NEVER, clockwork

    with office.db.read() as connection:
        found = clockwork(connection, office.settings.data_dir, office.clock.now())
    told = []
    for one in found:
        well = one.well or one.said == NEVER  # a timetable may run `yanxiu worker --once`
        told.append((one.label, well, _with_remedy(one.key, one.said, one.well)))
    return told


def _intact(office: Office) -> list[Found]:
    """Whether the database's own check finds its file whole; a server looks after its own."""
    from workflow.storage import DAMAGED
    from workflow.storage_check import damage

    if not office.db.is_sqlite:
        return []
    found = damage(office.db, thorough=False)
    whole = Text("完好", "whole")
    said = Text(f"{DAMAGED.zh}（{found[0]}）", f"{DAMAGED.en} ({found[0]})") if found else whole
    return [(Text("数据库文件", "Database file"), not found, said)]


def _rules(office: Office) -> Found:
    from config.errors import ConfigError
    from notifications.watch.standing import rules

    try:
        with office.db.read() as connection:
            one = rules(connection, office.book)
    except ConfigError as error:  # of another file of rules
        return Text("项目所依据的政策", "Policies in use"), False, error.text
    return one.label, one.well, one.said


def _contacts(office: Office) -> Found:
    from config.errors import ConfigError
    from notifications.watch.standing import contacts

    try:
        with office.db.read() as connection:
            one = contacts(connection, office.book)
    except ConfigError as error:
        return Text("咨询和报送地址", "Whom to ask"), False, error.text
    return one.label, one.well, one.said


def _with_remedy(key: str, said: Text, well: bool) -> Text:
    command = REMEDIES.get(key)
    if well or command is None:
        return said
    return Text(f"{said.zh}（{command}）", f"{said.en} ({command})")


REMEDIES = {
    "clock": "yanxiu worker --accept-clock",
    "worker": "yanxiu worker",
    "halt": "yanxiu mail resume",
    "mail": "yanxiu mail",
}


def _approval(office: Office) -> Found:
    from workflow.mail.desk import APPROVABLE

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


def _duties(office: Office) -> Found:
    from workflow.people import too_many_hats

    with office.db.read() as connection:
        found = too_many_hats(connection)
    said = "；".join(f"{login}：{why.zh}" for login, why in found.items())
    english = "; ".join(f"{login}: {why.en}" for login, why in found.items())
    name, apart = Text("岗位分离", "Duties apart"), Text("无冲突", "no conflict")
    return name, not found, Text(said, english) if found else apart


ALWAYS = (
    _python,
    of_sqlite,
    _folder,
    _database,
    _policies,
    _calendar,
    _mail_server,
    _returned_mail,
)
