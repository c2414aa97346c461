"""The local mailbox in a real SMTP conversation: what goes in comes out, byte for byte."""

import asyncio
from datetime import datetime, timedelta, timezone
from pathlib import Path

import aiosmtplib
import pytest

from notifications.letters.envelope import compose
from notifications.letters.values import Rendered
from notifications.mailbox import Mailbox, StoredMail, read_mail, read_mailbox

SHANGHAI = timezone(timedelta(hours=8))
SENT_AT = datetime(2025, 4, 29, 8, 30, tzinfo=SHANGHAI)
NAME = "福建省人力资源和社会保障厅职业能力建设处继续教育与高级研修项目管理办公室"
SUBJECT = "【材料报送提醒】“数字经济高级研修班”请于5月6日（周二）前报送办班材料（还有7天）"


def mail(number: int) -> bytes:
    return compose(
        Rendered(SUBJECT, f"您好！\n第{number}封\n", "<p>您好！</p>"),
        sender="高级研修项目管理 <noreply@example.cn>",
        to_name=NAME,
        to_email="host@example.cn",
        message_id=f"<{number}@example.cn>",
        sent_at=SENT_AT,
    )


def send(port: int, *mails: bytes) -> list[str]:
    """Hand the mails to the server on one connection; its last answers."""

    async def talk() -> list[str]:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        async with client:
            answers = []
            for raw in mails:
                sent = await client.sendmail("noreply@example.cn", ["host@example.cn"], raw)
                answers.append(sent[1])
            return answers

    return asyncio.run(talk())


def test_mails_arrive_in_order_and_byte_for_byte(tmp_path: Path) -> None:
    raws = [mail(number) for number in range(1, 13)]
    with Mailbox(tmp_path) as box:
        assert send(box.port, *raws) == ["2.0.0 Stored"] * 12
    head = b"Return-Path: <noreply@example.cn>\r\nDelivered-To: host@example.cn\r\n"
    assert [path.read_bytes() for path in sorted((tmp_path / "new").iterdir())] == [
        head + raw for raw in raws
    ]
    assert list((tmp_path / "tmp").iterdir()) == []
    assert read_mailbox(tmp_path) == [
        StoredMail(f"{n:010d}", "host@example.cn", SUBJECT, SENT_AT, f"<{n}@example.cn>")
        for n in range(1, 13)
    ]


def test_dots_and_bare_text_survive(tmp_path: Path) -> None:
    raw = b"Subject: =?utf-8?B?nonsense\r\nX: \xe7\xa0\x94\r\n\r\n.\r\n..two\r\n"
    with Mailbox(tmp_path) as box:
        send(box.port, raw)
    assert (tmp_path / "new" / "0000000001").read_bytes().endswith(b"\r\n" + raw)
    (stored,) = read_mailbox(tmp_path)
    assert (stored.subject, stored.date, stored.message_id) == ("=?utf-8?B?nonsense", None, "")
    assert read_mail(tmp_path, stored.key).endswith("X: 研\n\n.\n..two\n")


def test_a_mail_is_read_with_decoded_headers(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as box:
        send(box.port, mail(7))
    assert read_mail(tmp_path, "0000000001") == (
        "Return-Path: <noreply@example.cn>\n"
        "Delivered-To: host@example.cn\n"
        "From: 高级研修项目管理 <noreply@example.cn>\n"
        f"To: {NAME} <host@example.cn>\n"
        f"Subject: {SUBJECT}\n"
        "Date: Tue, 29 Apr 2025 08:30:00 +0800\n"
        "Message-ID: <7@example.cn>\n"
        "List-Id: 研修提醒 <reminders.yanxiu.example.cn>\n"
        "Auto-Submitted: auto-generated\n"
        "X-Auto-Response-Suppress: All\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="=_yanxiu"\n'
        "\n"
        "您好！\n第7封\n"
    )


def test_keys_go_on_after_a_restart_and_beside_a_second_server(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as first, Mailbox(tmp_path) as second:
        send(first.port, mail(1))
        send(second.port, mail(2))
        send(first.port, mail(3))
    seen = tmp_path / "new" / "0000000003"
    seen.rename(tmp_path / "cur" / "0000000003:2,S")  # as a mail program marks it read
    with Mailbox(tmp_path) as again:
        send(again.port, mail(4))
    assert [(m.key, m.message_id) for m in read_mailbox(tmp_path)] == [
        (f"{n:010d}", f"<{n}@example.cn>") for n in range(1, 5)
    ]
    assert read_mail(tmp_path, "0000000003").endswith("第3封\n")


def test_a_full_disk_asks_to_try_again(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as box:
        (tmp_path / "tmp").rmdir()
        with pytest.raises(aiosmtplib.SMTPDataError) as refused:
            send(box.port, mail(1))
        assert refused.value.code == 451
        (tmp_path / "tmp").mkdir()
        send(box.port, mail(1))
    assert len(read_mailbox(tmp_path)) == 1


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.cn"])
def test_only_loopback_is_served(tmp_path: Path, host: str) -> None:
    with pytest.raises(ValueError):
        Mailbox(tmp_path, host=host)


def test_a_chosen_port_is_free_again_after_stop(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    box.start()
    port = box.port
    with pytest.raises(OSError, match="in use"):
        Mailbox(tmp_path, port).start()
    box.stop()
    box.stop()
    with Mailbox(tmp_path, port) as again:
        assert again.port == port
        send(port, mail(1))


def test_reading_what_is_not_there(tmp_path: Path) -> None:
    assert read_mailbox(tmp_path / "none") == []
    for key in ("0000000001", "../secret", ""):
        with pytest.raises(KeyError):
            read_mail(tmp_path, key)
