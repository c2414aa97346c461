"""The mail with a sign-in link: it signs in over a real server, and its link is never kept."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk, HandClock, day, morning
from servers import Crooked
from starlette.testclient import TestClient

from config.settings import Settings
from notifications.by_hand import export, preview
from notifications.calendars.feeds import read_key
from notifications.mailbox import Mailbox, read_mailbox, readable_mail
from notifications.sending.delivery import DeliveryResult
from notifications.sending.writing import writer_for
from states.terms import Role
from web.app import create_app
from web.site import Site
from workflow.installation_key import make_key
from workflow.mail.attempts import MailRefused
from workflow.mail.desk import by_hand, hold, requeue
from workflow.mail.log import mail_log, one_mail
from workflow.mail.outbox import queue_sign_in
from workflow.mail.preferences import speak

SATURDAY = "2025-08-09"
LINK = "https://yanxiu.example.cn/sign-in/link/abcdefgh"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(morning(SATURDAY))


def asked(desk: Desk, clock: HandClock, link: str = LINK, language: str = "zh") -> int:
    person = desk.person("lin@example.cn", (Role.HOST, "甲单位"), name="林老师")
    with desk.db.write() as connection:
        speak(connection, person, language)
        queue_sign_in(connection, person, link, on=day(SATURDAY), at=clock())
    return person


def sent_text(mailbox: Mailbox) -> tuple[str, str]:
    """Subject and readable text of the one mail that arrived."""
    [mail] = read_mailbox(mailbox.folder)
    return mail.subject, readable_mail((mailbox.folder / "new" / mail.key).read_bytes())


def shown(desk: Desk) -> str:
    """All that anybody can read of the mails, in the log, one by one and among the attempts."""
    with desk.db.read() as connection:
        rows = mail_log(connection)
        return repr([rows, [one_mail(connection, row["id"]) for row in rows]])


def test_following_the_link_signs_in(
    quick_desk: Desk, mailbox: Mailbox, clock: HandClock, tmp_path: Path
) -> None:
    desk = quick_desk
    person = desk.person("lin@example.cn", (Role.HOST, "甲单位"), name="林老师")
    make_key(tmp_path)
    base = "https://yanxiu.example.cn"
    settings = Settings(data_dir=tmp_path, base_url=base)
    key, on = read_key(tmp_path), day(SATURDAY)
    app = create_app(Site(desk.db, desk.book, key, lambda: on, clock, settings))
    browser = TestClient(app, base_url=base, follow_redirects=False)
    browser.post("/sign-in/link", data={"email": "lin@example.cn"})
    assert desk.delivery(mailbox.port, clock).run() == DeliveryResult(sent=1)  # on a day off
    _, text = sent_text(mailbox)
    [path] = set(re.findall(rf"{base}(/sign-in/link/[\w-]+)", text))
    assert browser.post(path).headers["location"] == "/"
    assert browser.get("/me/password").status_code == 200
    assert path not in shown(desk) and person


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("zh", "【登录】高级研修项目管理系统登录链接", ("30分钟", "一次", "不是您本人操作请忽略")),
        (
            "en",
            "[Sign in] Your link to the training projects",
            ("30 minutes", "once", "If you did not ask for it, ignore this mail"),
        ),
    ],
)
def test_it_says_what_it_is_in_the_readers_language(
    quick_desk: Desk,
    mailbox: Mailbox,
    clock: HandClock,
    language: str,
    subject: str,
    words: tuple[str, ...],
) -> None:
    asked(quick_desk, clock, language=language)
    quick_desk.delivery(mailbox.port, clock).run()
    arrived, text = sent_text(mailbox)
    assert arrived == subject
    assert [word for word in (*words, LINK) if word not in text] == []


def test_its_page_has_a_button_and_loads_nothing(quick_desk: Desk, clock: HandClock) -> None:
    asked(quick_desk, clock)
    [html] = re.findall(r"<!DOCTYPE.*", _html(quick_desk, clock), re.S)
    assert html.count(f'href="{LINK}"') == 1
    assert re.findall(r"<(?:img|script|link|iframe)|url\(|src=", html) == []


def _html(desk: Desk, clock: HandClock) -> str:
    from notifications.letters.sign_in_letter import SignInLetter, render_sign_in

    return render_sign_in(SignInLetter("林老师", day(SATURDAY), LINK, "zh")).html


def test_nothing_of_the_link_is_kept_once_it_is_out(
    desk: Desk, mailbox: Mailbox, clock: HandClock
) -> None:
    asked(desk, clock)
    assert desk.mails("about") == [json.dumps({"link": LINK})]
    assert LINK not in shown(desk)  # nor shown before
    desk.delivery(mailbox.port, clock).run()
    assert desk.mails("status", "about", "content") == [("sent", "{}", None)]


def test_nor_when_the_server_refuses_it_for_good(quick_desk: Desk, clock: HandClock) -> None:
    asked(quick_desk, clock)
    with Crooked() as server:
        server.at_rcpt.append("550 5.7.1 no")
        quick_desk.delivery(server.port, clock).run()
    own = quick_desk.mails("status", "about", "content", purpose="sign_in")
    assert own == [("dead", "{}", None)]


def test_a_link_that_is_over_before_it_can_go_is_not_sent(
    quick_desk: Desk, mailbox: Mailbox, clock: HandClock
) -> None:
    asked(quick_desk, clock)
    clock.now += timedelta(minutes=30)
    assert quick_desk.delivery(mailbox.port, clock).run() == DeliveryResult(withheld=1)
    assert quick_desk.mails("status", "reason", "about") == [("suppressed", "outdated", "{}")]
    assert read_mailbox(mailbox.folder) == []


def test_a_mail_that_a_server_may_have_keeps_its_bytes_until_it_is_known(
    quick_desk: Desk, clock: HandClock
) -> None:
    asked(quick_desk, clock)
    with Crooked() as server:
        server.at_data.append("drop")
        quick_desk.delivery(server.port, clock).run()
        [(status, content)] = quick_desk.mails("status", "content")
        assert status == "failed" and content
        assert LINK not in shown(quick_desk)
        clock.forward(minutes=10)
        quick_desk.delivery(server.port, clock).run()
        assert {raw for _, raw in server.seen} == {server.seen[0][1]}
    assert quick_desk.mails("status", "about", "content") == [("sent", "{}", None)]


@pytest.mark.parametrize("act", [hold, requeue, by_hand])
def test_nobody_does_anything_to_it(quick_desk: Desk, clock: HandClock, act: Any) -> None:
    asked(quick_desk, clock)
    with (
        pytest.raises(MailRefused, match="sign-in link"),
        quick_desk.db.write() as connection,
    ):
        act(connection, 1, by="wang", note="", at=clock())


def test_it_is_in_no_export_and_no_preview(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    asked(quick_desk, clock)
    writer = writer_for(quick_desk.book, Settings())
    how: dict[str, Any] = {"today": day(SATURDAY), "at": clock()}
    assert preview(quick_desk.db, writer, 1, **how) is None
    exported = export(quick_desk.db, writer, tmp_path / "out", data_dir=tmp_path, **how)
    assert exported.files == ["call-list.html"]
    assert LINK not in (tmp_path / "out" / "call-list.html").read_text(encoding="utf-8")
