"""`yanxiu wording preview` and `test-send`: a wording with a real project, on screen or to oneself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cli import reading
from cli.office import Office, Stop
from cli.output import REFUSED, USAGE
from cli.verbs_wording import NOBODY, known_language, known_notice
from notifications.letters import office_wording
from notifications.letters.links import links_of
from notifications.letters.preview import preview
from notifications.letters.results import Reader
from notifications.letters.samples import READERS
from notifications.letters.values import Rendered
from notifications.letters.wording_desk import queue_test
from states.form_reading import EMAIL
from states.terms import Role, Text
from workflow.people import find_actor, person_of
from workflow.whole_files import write_whole

if TYPE_CHECKING:
    from sqlalchemy import Connection


def show_preview(
    notice: str, project: int, role: str, language: str, html: Path | None, as_json: bool
) -> None:
    """The mail with a real project; HTML into a file, if one is named."""
    office = Office(as_json)
    known_notice(notice)
    reader = _reader(office, role, known_language(language), ("", ""))
    with office.db.read() as connection:
        wordings = office_wording.current(connection)
        shown = preview(connection, office.book, notice, project, reader, wordings)
    if html:
        write_whole(html, shown.html.encode("utf-8"))
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
    known_notice(notice)
    lang, at = (known_language(language) if language else ""), office.clock.now()
    with office.db.write() as connection:
        name, email = _address(connection, to)
        reader = _reader(office, role, lang or "zh", (name, email))
        queue_test(connection, office.book, notice, project, reader, language=lang, by="", at=at)
    if as_json:
        office.printer.data({"notice": notice, "to": email})
    else:
        office.printer.line(QUEUED.format(email=email))


def _reader(office: Office, role: str, language: str, to: tuple[str, str]) -> Reader:
    chosen = reading.one_of(Role, role, Text("角色", "role"))
    if chosen not in READERS:
        raise Stop(NO_READER, USAGE)
    today, links = office.clock.today(), links_of(office.settings)
    return Reader(to[0], to[1], chosen, language, today, links)


def _address(connection: Connection, to: str) -> tuple[str, str]:
    """A person by login, or an address as typed."""
    actor = find_actor(connection, to)
    if actor is not None:
        person = person_of(connection, actor.login)
        if person.email:
            return person.name, person.email
        raise Stop(NO_ADDRESS.format(login=to[:80]), REFUSED)
    if not EMAIL.fullmatch(to):
        raise Stop(NOBODY.format(login=to[:80]), REFUSED)
    return "", to


QUEUED = Text(
    "测试邮件已排队，将发往 {email}；用 yanxiu worker 发出。",
    "A test mail to {email} is queued; `yanxiu worker` sends it.",
)
NO_READER = Text(
    "收件人身份请写 host、coordinator 或 province。", "Readers: host, coordinator or province."
)
NO_ADDRESS = Text("“{login}”没有登记邮箱。", "“{login}” has no address.")
PASSED_OVER = Text(
    "有一版措辞无法使用，已改用随程序提供的：{reason}",
    "A saved wording cannot be used, the shipped one was taken: {reason}",
)
