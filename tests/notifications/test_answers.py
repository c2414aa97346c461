"""What a person answers into the box of returned mail reaches the officer, and no program does."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from desk import FROM, Desk
from sqlalchemy import select, update
from test_bounce_desk import HOST, NOW, SENT, Returns, report, returns, token  # noqa: F401

from notifications.letters.drafts import Writer
from notifications.returns.bounce_desk import Collected
from notifications.returns.personal_mail import personal
from states.terms import Role
from workflow.mail_tables import MAIL

THEIRS = "材料已盖章，明天寄出。\n请问是否需要电子版？"
QUOTED = "\n\n----- 原始邮件 -----\n发件人: 研修项目管理系统\n> 请报送实施方案\n"


def parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def answer(
    text: str = THEIRS + QUOTED,
    *,
    key: str | None = "k",
    sender: str = f"张三 <{HOST}>",
    subject: str = "回复：【开班前报送提醒】“研修班1号”",
    **headers: str,
) -> bytes:
    mail = MIMEText(text, "plain", "gb18030")
    given = {"From": sender, "To": "yanxiu@example.org", "Subject": subject}
    given |= {"Message-ID": "<1@example.cn>"}
    if key is not None:
        given["In-Reply-To"] = f"<{token(key)}@example.cn>"
    for name, value in (given | {k.replace("_", "-"): v for k, v in headers.items()}).items():
        mail[name] = value
    return mail.as_bytes()


def queued(returns: Returns) -> list[tuple[str, dict[str, object]]]:  # noqa: F811
    found = returns.desk.mails("to_email", "about", notice="answer")
    return [(to, json.loads(about)) for to, about in found]


def test_an_answer_is_passed_on_to_the_officer(returns: Returns) -> None:  # noqa: F811
    number = returns.mail(project_id=1)
    assert returns.take(answer()) == Collected(read=1, answers=1)
    [(to, about)] = queued(returns)
    assert to == "province@example.cn"
    assert (about["person"], about["address"], about["said"]) == ("张三", HOST, THEIRS)
    assert returns.desk.attempts("mail_id", "outcome", "reply") == [(number, "answer", HOST)]
    assert returns.row(number) == ("sent", "", "250 ok")
    assert returns.marks() == []


def test_the_officer_reads_it_and_can_answer(returns: Returns) -> None:  # noqa: F811
    returns.mail(project_id=1)
    returns.take(answer())
    writer = Writer(returns.desk.book, FROM, "https://yanxiu.example.cn", reply_to="x@example.cn")
    with returns.desk.db.write() as connection:
        row = connection.execute(select(MAIL).where(MAIL.c.notice == "answer")).one()
        written = writer.write(connection, row, today=SENT.date(), at=NOW)
    assert written is not None
    assert written.subject == "【收到回复】张三就“研修班1号”回复了系统邮件"
    mail = parsed(written.content)
    assert f"<{HOST}>" in mail["Reply-To"] or mail["Reply-To"] == HOST
    text = mail.get_body(("plain",)).get_content()
    for said in (
        "张三（a@example.cn）回复了系统发出的邮件，现转给您。",
        "来信人：张三",
        "来信内容：材料已盖章，明天寄出。　请问是否需要电子版？",
        "原邮件存于：returned",
        "请您办理：请阅处；直接回复本邮件即可答复来信人。",
    ):
        assert said in text


def test_the_same_answer_is_passed_on_once(returns: Returns) -> None:  # noqa: F811
    returns.mail()
    returns.take(answer(), answer())
    returns.take(answer(), at=NOW + timedelta(days=3))
    assert len(queued(returns)) == 1


def test_an_answer_that_names_no_mail_is_known_by_its_writer_or_its_subject(
    returns: Returns,  # noqa: F811
) -> None:
    """Some programs keep no reference; a clerk may answer from another mailbox."""
    returns.mail(subject="【开班前报送提醒】“研修班1号”")
    returns.take(
        answer(key=None, subject="材料"),
        answer(key=None, sender="李四 <li@example.com>", Message_ID="<2@example.com>"),
    )
    assert [about["address"] for _, about in queued(returns)] == [HOST, "li@example.com"]


def test_what_answers_nothing_of_ours_is_left_to_people(returns: Returns) -> None:  # noqa: F811
    returns.mail()
    stranger = answer(key=None, sender="x@example.com", subject="发票")
    assert returns.take(stranger) == Collected(read=1, other=1)
    assert queued(returns) == []
    assert len(list((returns.folder / "other").iterdir())) == 1


def test_who_writes_all_day_does_not_flood_the_officer(returns: Returns) -> None:  # noqa: F811
    returns.mail()
    returns.take(*(answer(Message_ID=f"<{n}@example.cn>") for n in range(30)))
    assert len(queued(returns)) == 10


def test_the_officers_own_answer_goes_to_another(returns: Returns) -> None:  # noqa: F811
    returns.desk.person("admin@example.cn", (Role.ADMIN, ""))
    returns.mail("k", "province@example.cn", project_id=1)
    returns.take(answer(sender="赵六 <province@example.cn>"))
    assert [to for to, _ in queued(returns)] == ["coordinator@example.cn"]


def test_names_of_attachments_are_told(returns: Returns) -> None:  # noqa: F811
    whole = MIMEMultipart("mixed")
    for name in ("From", "To", "Subject", "Message-ID", "In-Reply-To"):
        whole[name] = {
            **{"From": HOST, "To": "yanxiu@example.org", "Subject": "Re: x"},
            **{"Message-ID": "<9@example.cn>", "In-Reply-To": f"<{token('k')}@example.cn>"},
        }[name]
    whole.attach(MIMEText("见附件", "plain", "utf-8"))
    paper = MIMEApplication(b"x")
    paper.add_header("Content-Disposition", "attachment", filename="实施方案.docx")
    whole.attach(paper)
    returns.mail()
    returns.take(whole.as_bytes())
    assert queued(returns)[0][1]["files"] == ["实施方案.docx"]


AUTOMATIC = {
    "absence, by null sender": {"Return_Path": "<>"},
    "absence, by the standard": {"Auto_Submitted": "auto-replied"},
    "absence, by its subject": {"subject": "自动回复：【开班前报送提醒】"},
    "absence, by precedence": {"Precedence": "auto_reply"},
    "absence, of Exchange": {"subject": "Automatic reply: x"},
    "a list": {"List_Id": "<x.example.cn>"},
    "a server": {"sender": "Postmaster <postmaster@example.cn>"},
}


@pytest.mark.parametrize("headers", AUTOMATIC.values(), ids=AUTOMATIC.keys())
def test_what_a_program_answers_is_not_passed_on(
    returns: Returns,  # noqa: F811
    headers: dict[str, str],
) -> None:
    """Two of them would answer each other for ever."""
    returns.mail()
    assert returns.take(answer(**headers)) == Collected(read=1, other=1)
    assert (queued(returns), returns.alarms()) == ([], [])


def test_an_absence_note_to_an_alarm_of_ours_is_no_return(returns: Returns) -> None:  # noqa: F811
    number = returns.mail("alarm", "c1@example.cn", purpose="alarm")
    raw = (Path(__file__).with_name("returned") / "absence-note.eml").read_bytes()
    assert returns.take(raw.replace(b"TOKEN", token("alarm").encode())).other == 1
    assert returns.row(number) == ("sent", "", "250 ok")
    assert returns.marks() == [] and len(returns.desk.mails("id")) == 1


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"From: a@b.cn\n" * 200_000])
def test_no_bytes_are_too_strange(raw: bytes) -> None:
    personal(raw)


def test_every_mail_can_be_answered(desk: Desk) -> None:
    """Also where nobody holds an office yet: then to the box that passes answers on."""
    desk.plan({})
    desk.sweep("2025-08-08")
    desk.person("only@example.cn", (Role.PROVINCE, ""))
    with desk.db.write() as connection:
        [row] = connection.execute(select(MAIL)).all()
        writer = Writer(desk.book, FROM, "")
        on = SENT.date().replace(month=8, day=8)
        for to, expected in ((HOST, "only@example.cn"), ("only@example.cn", "yanxiu@example.cn")):
            connection.execute(update(MAIL).values(to_email=to, key=f"{row.key}:{to}"))
            [mail] = connection.execute(select(MAIL)).all()
            written = writer.write(connection, mail, today=on, at=NOW)
            assert written is not None
            assert expected in parsed(written.content)["Reply-To"]
