"""`yanxiu wording …`: how the mails are worded, and the office's own versions, checked when saved."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import reading
from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from notifications.letters import office_wording
from notifications.letters.notices import NAMES, NOTICES, NoticeKind
from notifications.letters.wording import LANGUAGES, Wording, resolved
from notifications.letters.wording_check import check
from notifications.letters.wording_desk import keep, own_versions, put_back
from states.terms import OFFICE, Text
from workflow.people import find_actor

if TYPE_CHECKING:
    from sqlalchemy import Connection


def list_wordings(as_json: bool) -> None:
    """Every notice, and whether the office has a wording of its own for it."""
    office = Office(as_json)
    with office.db.read() as connection:
        versions = own_versions(connection)
    rows = []
    for kind in NOTICES.values():
        own = versions.get(kind.key, {})
        rows.append({"notice": kind.key, "label": kind.label, "follows": kind.follows, "own": own})
    if as_json:
        office.printer.data(rows)
        return
    shown = [(r["notice"], r["label"], r["follows"], _versions(r["own"])) for r in rows]
    office.printer.table(HEADS, shown)


def _versions(own: Any) -> Text:
    zh = "、".join(f"{'中文' if lang == 'zh' else '英文'}第{n}版" for lang, n in own.items())
    en = ", ".join(f"{lang} v{n}" for lang, n in own.items())
    return Text(zh or "随程序提供", en or "shipped")


def show(notice: str, language: str, as_json: bool) -> None:
    """The wording in force, and the names that it may use."""
    office = Office(as_json)
    kind = known_notice(notice)
    with office.db.read() as connection:
        saved = office_wording.current(connection).office
    held = resolved(saved, notice, known_language(language))
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
    known_notice(notice)
    lang = known_language(language)
    given = _from_file(file, notice) if file else (subject, lead)
    if not any(given):
        raise Stop(NOTHING_GIVEN, USAGE)
    with office.db.read() as connection:
        texts = _completed(connection, notice, lang, given)
    check(notice, lang, *texts)  # outside the writing transaction, which others wait for
    with office.db.write() as connection:
        texts = _completed(connection, notice, lang, given)
        who = _login(connection, by)
        version = keep(connection, notice, lang, texts, by=who, at=office.clock.now())
    _said(office, SAVED, notice, version)


def _completed(
    connection: Connection, notice: str, language: str, given: tuple[str, str]
) -> tuple[str, str]:
    """Subject and lead; what is not given stays as it was saved."""
    known = office_wording.current(connection).office.get((notice, language), Wording("", ""))
    return given[0] or known.subject, given[1] or known.lead


def reset(notice: str, language: str, by: str, as_json: bool) -> None:
    """Back to what is shipped, as a version of its own."""
    office = Office(as_json)
    known_notice(notice)
    lang, at = known_language(language), office.clock.now()
    with office.db.write() as connection:
        who = _login(connection, by)
        version = put_back(connection, notice, lang, by=who, at=at)
    _said(office, RESET, notice, version)


def history(notice: str, language: str, as_json: bool) -> None:
    """Every version that was saved."""
    office = Office(as_json)
    known_notice(notice)
    with office.db.read() as connection:
        rows = office_wording.history(connection, notice, known_language(language))
    if as_json:
        office.printer.data(rows)
        return
    columns = ("version", "saved_at", "saved_by", "subject", "lead")
    office.printer.table(VERSIONS, [tuple(row[name] for name in columns) for row in rows])
    office.printer.line(Text("共{n}版。", "{n} versions.").format(n=len(rows)))


def known_notice(notice: str) -> NoticeKind:
    if notice not in NOTICES:
        zh = "、".join(f"{kind.key}（{kind.label.zh}）" for kind in NOTICES.values())
        known = Text(zh, ", ".join(NOTICES))
        raise Stop(NO_NOTICE.format(given=notice[:80], known=known), USAGE)
    return NOTICES[notice]


def known_language(given: str) -> str:
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
    if not actor.roles & OFFICE:
        raise Stop(NOT_THEIRS, REFUSED)
    return actor.login


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
NOTHING_GIVEN = Text(
    "请用 --subject、--lead 或 --file 给出措辞；恢复原样请用 yanxiu wording reset。",
    "Give --subject, --lead or --file; to go back to what is shipped: yanxiu wording reset.",
)
NO_NOTICE = Text("没有通知“{given}”。可用：{known}。", "No notice “{given}”. Known: {known}.")
NO_LANGUAGE = Text("语言“{given}”不可用，请写 zh 或 en。", "No language “{given}”: zh or en.")
NOBODY = Text(
    "没有登录名或邮箱为“{login}”的人员，请核对。", "There is nobody “{login}”; check the login."
)
NOT_THEIRS = Text("只有省厅和系统管理员可以修改措辞。", "Only the province and admins may do this.")
BAD_FILE = Text(
    '文件 {file} 读不懂（{reason}），请写成 subject = "…" 和 lead = "…"。',
    'Cannot read {file} ({reason}); write subject = "…" and lead = "…".',
)
