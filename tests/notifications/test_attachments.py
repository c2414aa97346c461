"""Files that go along with a mail, read back by a parser in Rust and by Python's own."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage, Message

import pytest
from fast_mail_parser import parse_email
from hypothesis import given
from hypothesis import strategies as st
from test_envelope import HTML, MAIL, TEXT, bytes_of

from notifications.letters.envelope import Attachment
from notifications.letters.printing import one_line

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ICS = Attachment("期限.ics", "text/calendar; method=PUBLISH", b"BEGIN:VCALENDAR\r\n")
TABLE = Attachment(
    "项目时间表（2025年）·新能源电池安全关键技术高级研修班.docx", WORD, b"PK\x00\xff"
)


def test_both_texts_stand_before_the_files() -> None:
    raw = bytes_of(attachments=(ICS, TABLE))
    mail = parse_email(raw)
    assert mail.warnings == []
    assert mail.subject == MAIL.subject
    assert mail.text_plain == [TEXT.replace("\n", "\r\n")]
    assert mail.text_html == [HTML.replace("\n", "\r\n")]
    found = [(a.filename, a.mimetype, a.disposition, a.content) for a in mail.attachments]
    assert found == [
        (ICS.name, "text/calendar", "attachment", ICS.content),
        (TABLE.name, WORD, "attachment", TABLE.content),
    ]
    parts = [part.get_content_type() for part in message_from_bytes(raw).walk()]
    assert parts == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        WORD,
    ]


def test_a_calendar_says_its_method_and_charset() -> None:
    [*_, calendar] = message_from_bytes(bytes_of(attachments=(ICS,))).walk()
    assert isinstance(calendar, Message)
    assert (calendar.get_param("method"), calendar.get_content_charset()) == ("PUBLISH", "utf-8")
    whole = Attachment("a.ics", "text/calendar; method=CANCEL; charset=utf-8", b"x")
    [*_, calendar] = message_from_bytes(bytes_of(attachments=(whole,))).walk()
    assert calendar["Content-Type"].count("charset") == 1


def test_the_wire_stays_plain() -> None:
    raw = bytes_of(attachments=(ICS, TABLE))
    assert raw.isascii()
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert raw.endswith(b"--=_mixed_yanxiu--\r\n")
    long = [line for line in raw.split(b"\r\n") if len(line) > 76]
    assert long == [f"Content-Type: {WORD};".encode()]  # cannot be folded
    modern = message_from_bytes(raw, policy=policy.SMTP)
    assert [part.defects for part in modern.walk()] == [[]] * 6
    assert isinstance(modern, EmailMessage)
    assert [part.get_filename() for part in modern.iter_attachments()] == [ICS.name, TABLE.name]


def test_a_name_for_old_programs_stands_beside_the_new_one() -> None:
    raw = bytes_of(attachments=(ICS,))
    assert b"filename*=utf-8''%E6%9C%9F%E9%99%90.ics" in raw
    assert b'name="=?utf-8?B?5pyf6ZmQLmljcw==?="' in raw


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.pdf", "a.pdf"),
        ('a"b.pdf', "a'b.pdf"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a\r\nBcc: x.pdf", "a Bcc: x.pdf"),
        ("a\\b.pdf", "a_b.pdf"),
        ("", "attachment"),
        ("x" * 200 + ".pdf", "x" * 200 + ".pdf"),
    ],
)
def test_a_hostile_name_is_only_a_name(name: str, shown: str) -> None:
    raw = bytes_of(attachments=(Attachment(name, "application/pdf", b"x"),))
    [file] = parse_email(raw).attachments
    assert file.filename == shown
    assert message_from_bytes(raw).keys() == message_from_bytes(bytes_of()).keys()


@given(st.text(min_size=1, max_size=80), st.binary(max_size=200))
def test_any_name_and_content_come_back(name: str, content: bytes) -> None:
    raw = bytes_of(attachments=(Attachment(name, "application/pdf", content),))
    modern = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(modern, EmailMessage)
    [file] = modern.iter_attachments()
    wanted = one_line(name).replace("/", "_").replace("\\", "_") or "attachment"
    wanted = wanted.replace('"', "'") if wanted.isascii() else wanted
    assert file.get_filename() == wanted
    assert file.get_payload(decode=True) == content


@pytest.mark.parametrize("kind", ["pdf", "text/plain\r\nBcc: x", "a/b; c=d e", "", "text/plain;"])
def test_a_malformed_content_type_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="content type"):
        bytes_of(attachments=(Attachment("a", kind, b""),))
