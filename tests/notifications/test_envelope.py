"""The bytes, read back by the legacy parser and by hand: nothing here trusts our own code."""

import base64
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.letters.envelope import compose
from notifications.letters.printing import one_line
from notifications.letters.values import Rendered

TEXT = "福州大学：\n\n.\n您好！\nFrom 一行\n\n"
HTML = "<p>您好&amp;</p>\n" + "长" * 3000 + "\n"
MAIL = Rendered(
    "【材料报送提醒】“数字经济高级研修班”请于5月6日（周二）前报送办班材料（还有7天）", TEXT, HTML
)
SENT_AT = datetime(2025, 4, 29, 0, 30, tzinfo=UTC)
SENDER = "高级研修项目管理 <noreply@example.cn>"
ENCODED_WORD = re.compile(r"=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=")


def bytes_of(rendered: Rendered = MAIL, **changes: object) -> bytes:
    given = {
        "sender": SENDER,
        "to_name": "福州大学继续教育学院",
        "to_email": "host@example.cn",
        "message_id": "<5.filing.D-7@example.cn>",
        "sent_at": SENT_AT,
    }
    return compose(rendered, **(given | changes))  # type: ignore[arg-type]


def header(mail: Message, name: str) -> str:
    return str(make_header(decode_header(mail[name])))


def body(part: Message) -> str:
    return base64.b64decode(str(part.get_payload()), validate=False).decode("utf-8")


def wire_headers(raw: bytes) -> list[str]:
    return raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")


def test_an_independent_parser_reads_back_the_same() -> None:
    raw = bytes_of(reply_to="职业能力建设处 <office@example.cn>")
    mail = message_from_bytes(raw)  # compat32
    assert mail.keys() == [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "List-Id",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "MIME-Version",
        "Content-Type",
    ]
    assert parseaddr(header(mail, "From")) == ("高级研修项目管理", "noreply@example.cn")
    assert parseaddr(header(mail, "To")) == ("福州大学继续教育学院", "host@example.cn")
    assert parseaddr(header(mail, "Reply-To")) == ("职业能力建设处", "office@example.cn")
    assert header(mail, "Subject") == MAIL.subject
    assert mail["Date"] == "Tue, 29 Apr 2025 08:30:00 +0800"
    assert mail["Message-ID"] == "<5.filing.D-7@example.cn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail.get_content_type() == "multipart/alternative"
    plain, rich = mail.get_payload()  # type: ignore[misc]
    assert isinstance(plain, Message) and isinstance(rich, Message)
    assert (plain.get_content_type(), rich.get_content_type()) == ("text/plain", "text/html")
    assert (plain.get_content_charset(), rich.get_content_charset()) == ("utf-8", "utf-8")
    assert body(plain) == TEXT.replace("\n", "\r\n")
    assert body(rich) == HTML.replace("\n", "\r\n")


def test_the_modern_parser_finds_no_defect() -> None:
    mail = message_from_bytes(bytes_of(), policy=policy.SMTP)
    assert [part.defects for part in mail.walk()] == [[], [], []]
    assert [list(mail[name].defects) for name in mail] == [[] for _ in mail]
    assert mail["subject"] == MAIL.subject


def test_the_bytes_suit_any_relay() -> None:
    raw = bytes_of(to_name="福州大学" * 40, reply_to="职业能力建设处" * 9 + " <office@example.cn>")
    assert raw.isascii()
    assert raw.endswith(b"--\r\n")
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 76
    for line in wire_headers(raw):
        for word in ENCODED_WORD.finditer(line):
            assert len(word[0]) <= 75
            base64.b64decode(word[1], validate=True).decode("utf-8")  # no character is split


def test_only_the_name_is_encoded_never_the_address() -> None:
    lines = wire_headers(bytes_of())
    start = next(n for n, line in enumerate(lines) if line.startswith("To: "))
    assert ENCODED_WORD.fullmatch(lines[start].removeprefix("To: "))
    assert lines[start + 1] == " <host@example.cn>"


def test_names_that_need_no_encoding_stay_plain() -> None:
    assert wire_headers(bytes_of(to_name="", sender="Yanxiu <a@example.cn>"))[:3] == [
        "From: Yanxiu",
        " <a@example.cn>",
        "To: host@example.cn",
    ]


@pytest.mark.parametrize("breaker", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b", "\x00"])
def test_no_field_can_add_a_header(breaker: str) -> None:
    hostile = f"甲{breaker}Bcc: thief@example.com{breaker}{breaker}body"
    honest = message_from_bytes(bytes_of(reply_to="乙 <b@example.cn>")).keys()
    raw = bytes_of(
        Rendered(hostile, hostile, hostile),
        to_name=hostile,
        sender=f"{hostile} <noreply@example.cn>",
        reply_to=f"{hostile} <office@example.cn>",
    )
    assert message_from_bytes(raw).keys() == honest
    assert b"Bcc" not in raw


@pytest.mark.parametrize(
    "changes",
    [
        {"to_email": "host@example.cn\r\nBcc: thief@example.com"},
        {"to_email": "host@example.cn\n"},
        {"to_email": "host@example.cn, thief@example.com"},
        {"to_email": "福州@example.cn"},
        {"to_email": "no address"},
        {"to_email": ""},
        {"sender": "甲 <a@example.cn> <b@example.cn>x"},
        {"sender": "nobody"},
        {"reply_to": "甲 <>"},
        {"message_id": "<a@b>\r\nBcc: thief@example.com"},
        {"message_id": "a@b"},
        {"sent_at": datetime(2025, 4, 29, 8, 30)},  # noqa: DTZ001 - naive is the point
    ],
)
def test_malformed_addresses_ids_and_times_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"address|Message-ID|time zone"):
        bytes_of(**changes)


def test_a_body_cannot_close_its_part() -> None:
    hostile = Rendered("x", "--=_yanxiu--\n--=_yanxiu\n", "--=_yanxiu--")
    parts = message_from_bytes(bytes_of(hostile)).get_payload()
    assert [body(part) for part in parts] == [  # type: ignore[union-attr,arg-type]
        "--=_yanxiu--\r\n--=_yanxiu\r\n",
        "--=_yanxiu--",
    ]


def test_an_empty_body_is_still_two_parts() -> None:
    parts = message_from_bytes(bytes_of(Rendered("", "", ""))).get_payload()
    assert [body(part) for part in parts] == ["", ""]  # type: ignore[union-attr,arg-type]


@given(st.text(max_size=120), st.text(max_size=120))
def test_any_name_and_subject_come_back(name: str, subject: str) -> None:
    raw = bytes_of(Rendered(subject, "", ""), to_name=name)
    assert max(map(len, wire_headers(raw))) <= 76
    mail = message_from_bytes(raw)
    raw_name = mail["To"].partition("<host@example.cn>")[0].strip()
    shown = str(make_header(decode_header(raw_name))) if one_line(name) else ""
    assert shown == one_line(name)
    assert header(mail, "Subject") == one_line(subject)
