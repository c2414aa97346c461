"""The writer: every purpose in its reader's language, with headers and parts that a stranger reads."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from desk import FROM, Desk, morning
from fast_mail_parser import PyMail, parse_email  # in Rust; shares nothing with Python's email
from sqlalchemy import select, update

from notifications.letters.drafts import Writer, Written
from states.terms import Act, Action, Role, State
from workflow.mail.outbox import INSERT, draft
from workflow.mail_tables import MAIL
from workflow.tables import PERSON

ON = date(2025, 8, 8)
HEADERS = ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id"]
HEADERS += ["Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type"]


def writer(desk: Desk, **settings: Any) -> Writer:
    return replace(Writer(desk.book, FROM, "https://yanxiu.example.cn"), **settings)


def written(desk: Desk, mail_id: int, on: date = ON, **settings: Any) -> Written:
    with desk.db.write() as connection:
        row = connection.execute(select(MAIL).where(MAIL.c.id == mail_id)).one()
        found = writer(desk, **settings).write(connection, row, today=on, at=morning(on))
    assert found is not None
    return found


def parsed(mail: Written) -> PyMail:
    found = parse_email(mail.content)
    assert found.warnings == []
    return found


def queue(desk: Desk, purpose: str, about: dict[str, Any], **more: Any) -> int:
    """A row as others queue it; its id."""
    to, role, at = ("王五", "coordinator@example.cn"), Role.COORDINATOR, morning(ON)
    row = draft(
        f"{purpose}:{to[1]}", purpose, to, role, on=ON, at=at, about=json.dumps(about), **more
    )
    with desk.db.write() as connection:
        INSERT.run(connection, row)
        return int(
            connection.execute(select(MAIL.c.id).order_by(MAIL.c.id.desc())).scalars().first()
        )


def speak_english(desk: Desk, email: str) -> None:
    with desk.db.write() as connection:
        query = update(PERSON).where(PERSON.c.email == email).values(language="en")
        assert connection.execute(query).rowcount == 1


def purposes(desk: Desk) -> dict[str, int]:
    """A mail of every purpose about one project; their ids."""
    desk.staff()
    [project] = desk.plan({})
    desk.sweep(ON)
    [reminder] = desk.mails("id")
    desk.do(project, Act.CHANGE, "2025-08-08", by=Role.HOST, place="厦门", reason="场地")
    result = desk.mails("id", purpose="result")[0]
    since = {"departments": ["省林业局"], "since": datetime(2025, 8, 1).astimezone().isoformat()}
    alarm = {"what": "marked", "person": "张三", "address": "a@example.cn", "said": "550 gone"}
    named = {"projects": [{"id": project, "name": "研修班1号"}]}
    test = {"project": project, "role": "host", "language": ""}
    return {
        "reminder": reminder,
        "result": result,
        "digest": queue(desk, "digest", since),
        "alarm": queue(desk, "alarm", alarm | named, project_id=project),
        "test": queue(desk, "test", test, notice="filing"),
    }


SUBJECTS = {
    "reminder": "【开班前报送提醒】“研修班1号”请于8月15日（周五）前报送开班通知和实施方案（还有7天）",
    "result": "【变更报备】“研修班1号”变更情况说明已收到",
    "digest": "【每周汇总】您负责联系的项目：新到1项",
    "alarm": "【邮箱停发】张三的邮箱收不到邮件，请更正",
    "test": "【测试】【开班前报送提醒】“研修班1号”请于8月15日（周五）前报送开班通知和实施方案（还有7天）",
}


def test_a_stranger_reads_the_bytes_of_every_purpose(quick_desk: Desk) -> None:
    desk = quick_desk
    for purpose, mail_id in purposes(desk).items():
        mail = parsed(written(desk, mail_id, reply_to="职业能力建设处 <office@example.cn>"))
        assert list(mail.headers) == HEADERS, purpose
        assert mail.subject == SUBJECTS[purpose]
        to = "张三 <a@example.cn>" if purpose in ("reminder", "result") else None
        assert mail.headers["To"] == [to or "王五 <coordinator@example.cn>"]
        assert mail.headers["From"] == [FROM]
        assert mail.headers["Reply-To"] == ["职业能力建设处 <office@example.cn>"]
        assert mail.headers["List-Id"] == ["研修提醒 <reminders.yanxiu.example.cn>"]
        assert mail.headers["Auto-Submitted"] == ["auto-generated"]
        assert mail.date == "Fri, 08 Aug 2025 08:30:00 +0800"
        assert (len(mail.text_plain), len(mail.text_html), mail.attachments) == (1, 1, [])
        assert mail.text_plain[0].endswith("\r\n")
        assert '<html lang="zh-CN">' in mail.text_html[0]
        assert "None" not in mail.text_plain[0]


def test_each_reads_in_his_own_language(quick_desk: Desk) -> None:
    ids = purposes(quick_desk)
    for email in ("a@example.cn", "coordinator@example.cn"):
        speak_english(quick_desk, email)
    said = {purpose: written(quick_desk, mail_id) for purpose, mail_id in ids.items()}
    assert said["digest"].subject == ("[Weekly digest] Your projects: 1 new")
    del said["digest"]
    assert {purpose: mail.subject for purpose, mail in said.items()} == {
        "reminder": "[Filing before opening] “研修班1号”: please file the opening notice and implementation plan "
        "by Fri 15 Aug (7 days left)",
        "result": "[Change notice] “研修班1号”: change notice received",
        "alarm": "[Address stopped] The address of 张三 takes no mail; please correct it",
        "test": "[Test] [Filing before opening] “研修班1号”: please file the opening notice and implementation plan "
        "by Fri 15 Aug (7 days left)",
    }
    for mail in said.values():
        assert '<html lang="en">' in parsed(mail).text_html[0]


def test_a_test_mail_keeps_the_language_that_was_asked_for(quick_desk: Desk) -> None:
    [project] = quick_desk.plan({})
    about = {"project": project, "role": "coordinator", "language": "en"}
    mail_id = queue(quick_desk, "test", about, notice="overdue.completion")
    assert written(quick_desk, mail_id).subject == (
        "[Test] [Overdue] 甲单位: “研修班1号”: completion of the class 3 days overdue; please follow up"
    )


def test_answers_go_to_the_officer_in_charge(quick_desk: Desk) -> None:
    quick_desk.staff()
    [project] = quick_desk.plan({"state": State.DRAFTED, "number": None})
    quick_desk.do(project, Action.SUBMIT, "2025-01-06", by=Role.HOST)
    host, coordinator = quick_desk.mails("id")
    on = date(2025, 1, 6)
    mail = parsed(written(quick_desk, host, on))
    assert mail.headers["Reply-To"] == ["王五 <coordinator@example.cn>"]
    mail = parsed(written(quick_desk, coordinator, on))
    assert mail.headers["Reply-To"] == ["赵六 <province@example.cn>"]  # not to oneself
    quick_desk.do(project, Action.REVIEW, "2025-01-08", by=Role.COORDINATOR, opinion="同意")
    mail = parsed(written(quick_desk, quick_desk.mails("id")[-1], on))
    assert mail.headers["Reply-To"] == ["赵六 <province@example.cn>"]


def test_where_nobody_is_in_office_answers_come_to_us(quick_desk: Desk) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    assert parsed(written(quick_desk, 1)).headers["Reply-To"] == [FROM]


@pytest.mark.parametrize("purpose", SUBJECTS)
def test_a_trial_goes_to_one_address_and_names_the_true_one(quick_desk: Desk, purpose: str) -> None:
    mail_id = purposes(quick_desk)[purpose]
    trial = written(quick_desk, mail_id, trial_to="trial@example.cn")
    assert trial.went_to == "trial@example.cn"
    mail = parsed(trial)
    assert mail.headers["To"] == ["trial@example.cn"]
    assert trial.subject == mail.subject
    assert mail.subject.startswith("【试运行】")
    host = purpose in ("reminder", "result")
    name = "张三 <a@example.cn>" if host else "王五 <coordinator@example.cn>"
    banner = f"【试运行】本邮件未发给原收件人：{name}"
    assert mail.text_plain[0].startswith(f"{banner}\r\n\r\n")
    assert banner.replace("<", "&lt;").replace(">", "&gt;") in mail.text_html[0]
    assert mail.text_html[0].index("试运行") > mail.text_html[0].index("<body")


def test_a_long_name_and_a_hostile_one_stay_in_their_places(quick_desk: Desk) -> None:
    hostile = "甲<script>\r\nBcc: thief@example.com"
    quick_desk.plan({"name": "班" * 180, "host": "校" * 80, "contact_name": hostile})
    quick_desk.do(1, Action.FILE, "2025-08-01", by=Role.HOST)
    mail = parsed(written(quick_desk, 1))
    assert list(mail.headers) == HEADERS
    assert len(mail.subject) == 120
    assert mail.subject.endswith("班…”开班通知和实施方案已收到")
    assert "<script" not in mail.text_html[0]


ACCOUNT = "6222021234567890123"


def test_no_part_of_a_mail_shows_a_number_that_somebody_typed(quick_desk: Desk) -> None:
    quick_desk.staff()
    typed = {"name": f"班{ACCOUNT}", "place": f"室{ACCOUNT}", "contact_name": f"张三{ACCOUNT}"}
    [project] = quick_desk.plan(typed | {"state": State.REVIEWED, "number": None})
    quick_desk.do(project, Action.PLAN, "2025-02-10", number=7, document_number=ACCOUNT)
    quick_desk.sweep(ON)
    quick_desk.do(project, Act.CHANGE, "2025-08-08", by=Role.HOST, reason=ACCOUNT, place=ACCOUNT)
    seen = 0
    for mail_id in quick_desk.mails("id"):
        mail = parsed(written(quick_desk, mail_id, enclose=True))
        whole = [*mail.text_plain, *mail.text_html, *map(str, mail.headers.values())]
        whole += [unfolded(file.content) for file in mail.attachments]
        assert [part for part in whole if ACCOUNT in part] == []
        seen += len(mail.attachments)
    assert seen >= 3  # calendar files, and the timetable of the plan


def unfolded(content: bytes) -> str:
    """What a file shows: a calendar's lines in one piece, a document's text."""
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as document:
            return re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode())
    return content.decode().replace("\r\n ", "")


def test_a_hand_over_of_all_names_every_project(quick_desk: Desk) -> None:
    one, two = quick_desk.plan({}, {})
    more = {"contact_name": "李七", "contact_email": "li@example.cn"}
    quick_desk.do(two, Act.HAND_OVER, "2025-08-01", **more)
    with quick_desk.db.write() as connection:
        about = json.dumps({"projects": [one, two]})
        connection.execute(update(MAIL).where(MAIL.c.event_seq == 2).values(about=about))
    text, parting = (
        parsed(written(quick_desk, quick_desk.mails("id", notice=notice)[0])).text_plain[0]
        for notice in ("hand_over", "hand_over.left")
    )
    assert "移交的项目：共2项：研修班2号、研修班1号" in parting and "截止日" not in parting
    assert "移交的项目：共2项：研修班2号、研修班1号" in text
    assert "  1. “研修班2号”报送开班通知和实施方案：截止日 2025年8月15日（周五）" in text
    assert "  2. “研修班1号”报送开班通知和实施方案：截止日 2025年8月15日（周五）" in text


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("452 4.2.2 full", "【退信】发给张三的邮件被退回：未说明原因"),
        ("", "【退信核实】发给张三的邮件可能未送达，请核实"),
    ],
)
def test_a_report_without_words_is_an_unproven_one(
    quick_desk: Desk, said: str, subject: str
) -> None:
    """What anybody could have written carries no words (workflow/mail/addresses.py)."""
    about = {"what": "bounced", "person": "张三", "address": "a@example.cn", "said": said}
    assert written(quick_desk, queue(quick_desk, "alarm", about)).subject == subject
