"""Delivery against real SMTP servers: what goes out, what is kept, what is tried again."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from desk import Desk, HandClock, day, morning
from servers import ACCEPTED, DROP, Crooked

from notifications.mailbox import Mailbox, read_mailbox
from notifications.sending.delivery import DeliveryResult
from states.terms import Action, Role

LATER = {"minutes": 5}


@pytest.fixture
def clock() -> HandClock:
    """Five minutes after the sweep of 2025-08-08."""
    clock = HandClock(morning("2025-08-08"))
    clock.forward(**LATER)
    return clock


def hosts(desk: Desk, count: int) -> list[str]:
    """That many hosts, each with one reminder mail of 2025-08-08; their addresses."""
    emails = [f"h{n:02d}@example.cn" for n in range(1, count + 1)]
    desk.plan(*({"contact_email": email, "host": f"单位{email[1:3]}"} for email in emails))
    assert desk.sweep("2025-08-08").mails == count
    return emails


def test_all_go_out_once_and_are_kept_as_sent(
    desk: Desk, mailbox: Mailbox, clock: HandClock
) -> None:
    emails = hosts(desk, 25)  # more than one batch
    assert desk.delivery(mailbox.port, clock).run() == DeliveryResult(sent=25)
    arrived = read_mailbox(mailbox.folder)
    assert [mail.to for mail in arrived] == emails
    tokens = desk.mails("token")
    assert [mail.message_id for mail in arrived] == [f"<{token}@example.cn>" for token in tokens]
    assert arrived[0].subject == desk.mails("subject")[0]
    raw = (mailbox.folder / "new" / arrived[0].key).read_bytes()
    assert raw.endswith(desk.mails("content")[0])
    assert set(desk.mails("status", "attempts", "sent_at", "last_reply")) == {
        ("sent", 1, clock.now, "2.0.0 Stored")
    }
    assert desk.attempts("mail_id", "outcome", "reply") == [
        (n, "sent", "2.0.0 Stored") for n in range(1, 26)
    ]
    assert desk.delivery(mailbox.port, clock).run() == DeliveryResult()
    assert desk.problems() == []


def test_an_absent_server_is_nobodys_fault_and_is_tried_again(desk: Desk, clock: HandClock) -> None:
    hosts(desk, 3)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert desk.delivery(port, clock).run() == DeliveryResult(failed=3)
    assert set(desk.mails("status", "attempts")) == {("failed", 0)}
    reply, *others = desk.mails("last_reply")
    assert others == ["", ""]
    assert "refused" in reply.lower() or "Connect" in reply
    assert desk.attempts("mail_id", "outcome") == [(1, "failed")]
    assert set(desk.mails("due_at")) == {morning("2025-08-08") + timedelta(seconds=30)}  # as it was
    assert desk.delivery(port, clock).run() == DeliveryResult()  # not yet
    clock.forward(minutes=2)
    with Crooked() as server:
        assert desk.delivery(server.port, clock).run() == DeliveryResult(sent=3)
    assert len(set(server.message_ids)) == 3


def test_a_greylisting_server_is_asked_again_after_a_pause(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    hosts(desk, 2)
    crooked.at_rcpt.append("450 4.7.1 Greylisted, try again later")
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1, failed=1)
    [(status, reply, attempts, due)] = [
        row for row in desk.mails("status", "last_reply", "attempts", "due_at") if row[0] != "sent"
    ]
    assert (status, reply, attempts) == ("failed", "450 4.7.1 Greylisted, try again later", 1)
    assert timedelta(seconds=45) <= due - clock.now <= timedelta(seconds=75)
    first_pause = due - clock.now
    clock.now = due
    crooked.at_rcpt.append("450 4.7.1 Greylisted, try again later")
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(failed=1)
    clock.now += first_pause  # the second pause is longer
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult()
    clock.forward(minutes=3)
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1)
    assert crooked.recipients == ["h02@example.cn", "h01@example.cn"]
    assert desk.attempts("outcome", mail_id=1) == ["failed", "failed", "sent"]


def test_reminders_wait_on_a_day_off(quick_desk: Desk, mailbox: Mailbox, clock: HandClock) -> None:
    hosts(quick_desk, 1)
    clock.forward(days=1)  # Saturday
    assert quick_desk.delivery(mailbox.port, clock).run() == DeliveryResult()
    clock.to_next_working_day(quick_desk.book.calendar)
    assert quick_desk.delivery(mailbox.port, clock).run() == DeliveryResult(sent=1)


def test_a_server_that_never_relents_ends_in_dead(
    quick_desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    hosts(quick_desk, 1)
    for _ in range(20):
        crooked.at_rcpt.append("451 4.3.0 No")
        assert quick_desk.delivery(crooked.port, clock).run() == DeliveryResult(failed=1)
        clock.to_next_working_day(quick_desk.book.calendar)
    assert quick_desk.mails("status", "attempts") == [("dead", 20)]
    assert quick_desk.delivery(crooked.port, clock).run() == DeliveryResult()


def test_an_unknown_address_is_dead_with_the_servers_words(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    hosts(desk, 2)
    crooked.at_rcpt.append("550 5.1.1 User unknown")
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1, failed=1)
    assert desk.mails("status", "last_reply", purpose="reminder") == [
        ("dead", "550 5.1.1 User unknown"),
        ("sent", ACCEPTED[4:]),
    ]
    assert desk.attempts("outcome", "reply", mail_id=1) == [("dead", "550 5.1.1 User unknown")]
    clock.forward(days=1)
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult()


def test_a_refused_content_is_dead(desk: Desk, crooked: Crooked, clock: HandClock) -> None:
    hosts(desk, 2)
    crooked.at_data.append("554 5.7.1 Message rejected")
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1, failed=1)
    assert desk.mails("status", "last_reply")[0] == ("dead", "554 5.7.1 Message rejected")
    assert desk.mails("content")[0] is not None  # for a person to look at


@pytest.mark.parametrize("where", ["at_rcpt", "at_data"])
def test_a_closing_server_is_left_alone_and_the_rest_given_back(
    desk: Desk, crooked: Crooked, clock: HandClock, where: str
) -> None:
    hosts(desk, 4)
    ok = {"at_rcpt": "250 2.1.5 Ok", "at_data": ACCEPTED}[where]
    getattr(crooked, where).extend([ok, "421 4.3.2 Service shutting down"])
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1, failed=3)
    assert desk.mails("status", "attempts") == [
        *(("sent", 1), ("failed", 0), ("failed", 0), ("failed", 0)),
    ]
    said = "421 4.3.2 Service shutting down"  # to one of them
    assert desk.mails("last_reply")[1:] == [said, "", ""]
    clock.forward(minutes=2)
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=3)
    assert len(crooked.recipients) == len(set(crooked.recipients)) == 4


def test_a_lost_answer_is_repeated_with_the_very_same_bytes(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    hosts(desk, 2)
    crooked.at_data.append(DROP)
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1, failed=1)
    [(outcome, reply)] = desk.attempts("outcome", "reply", mail_id=1)
    assert (outcome, reply.partition(":")[0]) == ("failed", "acceptance unknown")
    desk.do(1, Action.FILE, "2025-08-08", by=Role.HOST)  # too late: perhaps it is out already
    clock.to_next_working_day(desk.book.calendar)
    crooked.at_rcpt.extend(["450 4.7.1 Greylisted"] * 2)  # the receipt of what was filed, too
    desk.delivery(crooked.port, clock).run()
    clock.to_next_working_day(desk.book.calendar)
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=2)
    first = crooked.seen[0]
    assert first[0] == "h01@example.cn"
    assert crooked.seen.count(first) == 2
    assert desk.attempts("outcome", mail_id=1) == ["failed", "failed", "sent"]


@pytest.mark.parametrize(
    ("raw", "status", "reply"),
    [
        ("550 用户不存在\r\n".encode("gb18030"), "dead", "550 用户不存在"),
        ("250 已接收\r\n".encode("gb18030"), "sent", "已接收"),
        (b"250 o\0k\xff\r\n", "sent", "ok\ufffd"),
        (b"Bless you\r\n", "failed", "acceptance unknown: -1 Bless you"),
    ],
)
def test_whatever_a_server_says_is_recorded(
    desk: Desk, crooked: Crooked, clock: HandClock, raw: bytes, status: str, reply: str
) -> None:
    hosts(desk, 2)
    crooked.at_data.append(raw)
    desk.delivery(crooked.port, clock).run()
    stood, said = desk.mails("status", "last_reply")[0]
    assert (stood, said[: len(reply)]) == (status, reply)
    assert desk.mails("status")[1] == "sent"
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult()


def test_only_what_is_due_by_then_goes_out(desk: Desk, crooked: Crooked) -> None:
    hosts(desk, 1)
    clock = HandClock(morning("2025-08-08"))  # the mail still waits for others to join it
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult()
    assert desk.delivery(crooked.port, clock).run(until=clock.now) == DeliveryResult()
    half = clock.now + timedelta(seconds=30)
    assert desk.delivery(crooked.port, clock).run(until=half) == DeliveryResult(sent=1)


def test_nothing_is_tried_twice_in_one_run(desk: Desk, crooked: Crooked, clock: HandClock) -> None:
    hosts(desk, 22)
    crooked.at_rcpt.extend(["450 4.7.1 Later"] * 22)
    far = clock.now + timedelta(days=1)
    assert desk.delivery(crooked.port, clock).run(until=far) == DeliveryResult(failed=22)
    assert len(desk.attempts("id")) == 22


def test_a_stop_finishes_the_mail_under_way_and_gives_back_the_rest(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    hosts(desk, 5)
    told: list[bool] = []
    crooked.meanwhile = lambda: told.append(True)
    result = desk.delivery(crooked.port, clock).run(stop=lambda: len(told) >= 2)
    assert result == DeliveryResult(sent=2)
    assert desk.mails("status", "attempts") == [("sent", 1)] * 2 + [("pending", 0)] * 3
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=3)
    assert len(set(crooked.recipients)) == len(crooked.recipients) == 5


def test_a_day_of_the_past_is_not_special(quick_desk: Desk, crooked: Crooked) -> None:
    """A worker that comes back days later sends what waits, written for that day."""
    hosts(quick_desk, 1)
    clock = HandClock(morning("2025-08-12"))
    assert quick_desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1)
    assert "还有3天" in quick_desk.mails("subject")[0]
    assert quick_desk.mails("on_date") == [day("2025-08-08")]
