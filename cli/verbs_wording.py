"""`yanxiu wording …`: how the mails are worded; the office's own versions, checked, previewed, tried."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import reading
from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from notifications import office_wording
from notifications.letters import Rendered
from notifications.notices import NAMES, NOTICES, NoticeKind
from notifications.preview import preview
from notifications.results import Reader
from notifications.wording import LANGUAGES, Wording, resolved
from notifications.wording_check import check
from states.terms import Role, Text
from workflow.outbox import INSERT, draft
from workflow.people import PERSON, find_actor
from workflow.tables import Purpose

if TYPE_CHECKING:
    from sqlalchemy import Connection


def list_wordings(as_json: bool) -> None:
    """Every notice, and whether the office has a wording of its own for it."""
    office = Office(as_json)
    with office.db.read() as connection:
        saved = office_wording.current(connection).office
    rows = []
    for kind in NOTICES.values():
        own = {lang: saved[kind.key, lang].version for lang in LANGUAGES if _own(saved, kind, lang)}
        rows.append({"notice": kind.key, "label": kind.label, "follows": kind.follows, "own": own})
    if as_json:
        office.printer.data(rows)
        return
    shown = [(r["notice"], r["label"], r["follows"], _versions(r["own"])) for r in rows]
    office.printer.table(HEADS, shown)


def _own(saved: Any, kind: NoticeKind, language: str) -> bool:
    found = saved.get((kind.key, language))
    return found is not None and bool(found.subject or found.lead)


def _versions(own: Any) -> Text:
    zh = "、".join(f"{'中文' if lang == 'zh' else '英文'}第{n}版" for lang, n in own.items())
    en = ", ".join(f"{lang} v{n}" for lang, n in own.items())
    return Text(zh or "随程序提供", en or "shipped")


def show(notice: str, language: str, as_json: bool) -> None:
    """The wording in force, and the names that it may use."""
    office = Office(as_json)
    kind = _known(notice)
    with office.db.read() as connection:
        saved = office_wording.current(connection).office
    held = resolved(saved, notice, _language(language))
    names = [{"name": name, "meaning": meaning} for name, meaning in NAMES[kind.family].items()]
    if as_json:
        parts = {"subject": held.subject, "lead": held.lead, "version": held.version}
        office.printer.data({"notice": notice, "language": language, **parts, "names": names})
        return
    office.printer.line(SHOWN.format(label=kind.label, version=held.version))
    office.printer.line(Text(f"主题：{held.subject}", f"Subject: {held.subject}"))
    office.printer.line(Text(f"正文首段：{held.lead}", f"Lead: {held.lead}"))
    rows = [(row["name"], row["meaning"]) for row in names]
    office.printer.table((Text("可用名称", "Name"), Text("含义", "Meaning")), rows)


def save(
    notice: str, subject: str, lead: str, file: Path | None, language: str, by: str, as_json: bool
) -> None:
    """Save a version of the office's own wording, once it has passed every check."""
    office = Office(as_json)
    _known(notice)
    lang = _language(language)
    given = _from_file(file, notice) if file else (subject, lead)
    if not any(given):
        raise Stop(NOTHING_GIVEN, USAGE)
    with office.db.write() as connection:
        known = office_wording.current(connection).office.get((notice, lang), Wording("", ""))
        texts = (given[0] or known.subject, given[1] or known.lead)
        check(notice, lang, *texts)
        who = _login(connection, by)
        version = office_wording.save(
            connection, notice, lang, texts, by=who, at=office.clock.now()
        )
    _said(office, SAVED, notice, version)


def reset(notice: str, language: str, by: str, as_json: bool) -> None:
    """Back to what is shipped, as a version of its own."""
    office = Office(as_json)
    _known(notice)
    lang, at = _language(language), office.clock.now()
    with office.db.write() as connection:
        who = _login(connection, by)
        version = office_wording.save(connection, notice, lang, ("", ""), by=who, at=at)
    _said(office, RESET, notice, version)


def history(notice: str, language: str, as_json: bool) -> None:
    """Every version that was saved."""
    office = Office(as_json)
    _known(notice)
    with office.db.read() as connection:
        rows = office_wording.history(connection, notice, _language(language))
    if as_json:
        office.printer.data(rows)
        return
    columns = ("version", "saved_at", "saved_by", "subject", "lead")
    office.printer.table(VERSIONS, [tuple(row[name] for name in columns) for row in rows])
    office.printer.line(Text("共{n}版。", "{n} versions.").format(n=len(rows)))


def show_preview(
    notice: str, project: int, role: str, language: str, html: Path | None, as_json: bool
) -> None:
    """The mail with a real project; HTML into a file, if one is named."""
    office = Office(as_json)
    _known(notice)
    reader = _reader(office, role, _language(language), ("", ""))
    with office.db.read() as connection:
        wordings = office_wording.current(connection)
        shown = preview(connection, office.book, notice, project, reader, wordings)
    if html:
        html.write_text(shown.html, encoding="utf-8")
    _print(office, shown, as_json)
    for failure in wordings.failures:
        reason = f"{failure.notice} v{failure.version}: {failure.said}"
        office.printer.message(PASSED_OVER.format(reason=reason))


def _print(office: Office, shown: Rendered, as_json: bool) -> None:
    if as_json:
        office.printer.data({"subject": shown.subject, "text": shown.text, "html": shown.html})
        return
    office.printer.line(Text(f"主题：{shown.subject}\n", f"Subject: {shown.subject}\n"))
    office.printer.line(Text(shown.text, shown.text))


def test_send(notice: str, project: int, to: str, role: str, language: str, as_json: bool) -> None:
    """Queue the mail to oneself; the worker sends it with 【测试】 before its subject."""
    office = Office(as_json)
    _known(notice)
    lang, at = (_language(language) if language else ""), office.clock.now()
    with office.db.write() as connection:
        name, email = _address(connection, to)
        reader = _reader(office, role, lang or "zh", (name, email))
        wordings = office_wording.current(connection)
        preview(connection, office.book, notice, project, reader, wordings)  # or say why not
        about = {"project": project, "role": reader.role.value, "language": lang}
        key = f"test:{notice}:{project}:{email}:{at.isoformat()}"
        more = {"notice": notice, "about": json.dumps(about), "project_id": project}
        to_whom, on = (name, email), office.clock.today()
        row = draft(key, Purpose.TEST.value, to_whom, reader.role, on=on, at=at, **more)
        INSERT.run(connection, row)
    if as_json:
        office.printer.data({"notice": notice, "to": email})
    else:
        office.printer.line(QUEUED.format(email=email))


def _reader(office: Office, role: str, language: str, to: tuple[str, str]) -> Reader:
    chosen = reading.one_of(Role, role, Text("角色", "role"))
    if chosen not in (Role.HOST, Role.COORDINATOR, Role.PROVINCE):
        raise Stop(NO_READER, USAGE)
    today, link = office.clock.today(), office.settings.base_url
    return Reader(to[0], to[1], chosen, language, today, link)


def _known(notice: str) -> NoticeKind:
    if notice not in NOTICES:
        zh = "、".join(f"{kind.key}（{kind.label.zh}）" for kind in NOTICES.values())
        known = Text(zh, ", ".join(NOTICES))
        raise Stop(NO_NOTICE.format(given=notice[:80], known=known), USAGE)
    return NOTICES[notice]


def _language(given: str) -> str:
    if given not in LANGUAGES:
        raise Stop(NO_LANGUAGE.format(given=given[:20]), USAGE)
    return given


def _from_file(file: Path, notice: str) -> tuple[str, str]:
    """Subject and lead from a TOML file: at its top, or in the notice's table."""
    try:
        read = tomllib.loads(reading.regular_file(str(file)).read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Stop(BAD_FILE.format(file=file, reason=error), REFUSED) from None
    found = read.get(notice, read)
    texts = (found.get("subject", ""), found.get("lead", "")) if isinstance(found, dict) else ()
    if not texts or not all(isinstance(text, str) for text in texts):
        raise Stop(BAD_FILE.format(file=file, reason="subject, lead"), REFUSED)
    return texts


def _login(connection: Connection, by: str) -> str:
    """Who saves; empty: the local operator."""
    if not by:
        return ""
    actor = find_actor(connection, by)
    if actor is None:
        raise Stop(NOBODY.format(login=by[:80]), REFUSED)
    if not {role for role, _ in actor.grants} & {Role.PROVINCE, Role.ADMIN}:
        raise Stop(NOT_THEIRS, REFUSED)
    return actor.login


def _address(connection: Connection, to: str) -> tuple[str, str]:
    """A person by login, or an address as typed."""
    actor = find_actor(connection, to)
    if actor is not None:
        query = PERSON.select().where(PERSON.c.login == actor.login)
        person = connection.execute(query).one()
        if person.email:
            return person.name, person.email
        raise Stop(NO_ADDRESS.format(login=to[:80]), REFUSED)
    from states.forms import EMAIL

    if not EMAIL.fullmatch(to):
        raise Stop(NOBODY.format(login=to[:80]), REFUSED)
    return "", to


def _said(office: Office, text: Text, notice: str, version: int) -> None:
    if office.printer.as_json:
        office.printer.data({"notice": notice, "version": version})
    else:
        office.printer.line(text.format(label=NOTICES[notice].label, version=version))


HEADS = (
    Text("通知", "Notice"),
    Text("名称", "What"),
    Text("未另定时沿用", "Follows"),
    Text("现用措辞", "Wording"),
)
VERSIONS = (
    Text("版本", "Version"),
    Text("保存时间", "Saved at"),
    Text("保存人", "By"),
    Text("主题", "Subject"),
    Text("正文首段", "Lead"),
)
SHOWN = Text("{label}，第{version}版（0为随程序提供）", "{label}, version {version} (0: shipped)")
SAVED = Text(
    "已保存“{label}”第{version}版，此后写的邮件使用。", "Saved {label}, version {version}."
)
RESET = Text(
    "“{label}”恢复为随程序提供的措辞（记为第{version}版）。",
    "{label} is back to what is shipped (noted as version {version}).",
)
QUEUED = Text(
    "测试邮件已排队，将发往 {email}；用 yanxiu worker 发出。",
    "A test mail to {email} is queued; `yanxiu worker` sends it.",
)
NOTHING_GIVEN = Text(
    "请用 --subject、--lead 或 --file 给出措辞；恢复原样请用 yanxiu wording reset。",
    "Give --subject, --lead or --file; to go back to what is shipped: yanxiu wording reset.",
)
NO_NOTICE = Text("没有通知“{given}”。可用：{known}。", "No notice “{given}”. Known: {known}.")
NO_LANGUAGE = Text("语言“{given}”不可用，请写 zh 或 en。", "No language “{given}”: zh or en.")
NO_READER = Text(
    "收件人身份请写 host、coordinator 或 province。", "Readers: host, coordinator or province."
)
NOBODY = Text(
    "没有登录名或邮箱为“{login}”的人员，请核对。", "There is nobody “{login}”; check the login."
)
NOT_THEIRS = Text("只有省厅和系统管理员可以修改措辞。", "Only the province and admins may do this.")
NO_ADDRESS = Text("“{login}”没有登记邮箱。", "“{login}” has no address.")
BAD_FILE = Text(
    '文件 {file} 读不懂（{reason}），请写成 subject = "…" 和 lead = "…"。',
    'Cannot read {file} ({reason}); write subject = "…" and lead = "…".',
)
PASSED_OVER = Text(
    "有一版措辞无法使用，已改用随程序提供的：{reason}",
    "A saved wording cannot be used, the shipped one was taken: {reason}",
)
