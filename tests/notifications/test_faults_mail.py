"""Faults that meet one mail: refused now or for good, or left in doubt."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from time import sleep

import pytest
from desk import Desk, HandClock
from posting import Going, five_past, hosts, send, standing
from servers import Rough
from sqlalchemy import text

from notifications.mailbox import Mailbox, read_mailbox
from notifications.sending.answers import readable
from notifications.sending.delivery import DeliveryResult
from notifications.sending.rate_limit import KEY, next_slot, take_slot
from states.terms import Role
from workflow import kept

FEATURES = pytest.mark.parametrize("features", [[], ["PIPELINING"]])


@pytest.fixture
def clock() -> HandClock:
    return five_past()


@pytest.fixture
def going(clock: HandClock) -> Going:
    return Going(clock.now)


def first(desk: Desk) -> tuple[object, ...]:
    row: tuple[object, ...] = desk.mails("status", "attempts", "handed", "last_reply", "reason")[0]
    return row


def later(desk: Desk, clock: HandClock) -> None:
    """When the first mail is due again."""
    clock.now = desk.mails("due_at")[0] + timedelta(seconds=1)


# -- Refused --------------------------------------------------------------------------------------


@FEATURES
@pytest.mark.parametrize("step", ["RCPT", "DATA", "body"])
@pytest.mark.parametrize(
    "answer",
    [
        "450 4.7.1 Greylisted, try again later",
        "451 4.7.1 <h01@example.cn>: Recipient address rejected: Greylisted",
        "450 Try again later",
        "452 4.2.2 Mailbox full",
    ],
)
def test_a_mail_that_is_put_off_is_tried_again(
    quick_desk: Desk,
    clock: HandClock,
    tmp_path: Path,
    *,
    features: list[str],
    step: str,
    answer: str,
) -> None:
    hosts(quick_desk, 2)
    with Rough(tmp_path, **{step: [answer]}, features=features) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=1)
        assert first(quick_desk) == ("failed", 1, 0, answer, "")
        pause = quick_desk.mails("due_at")[0] - clock.now
        assert timedelta(seconds=45) <= pause <= timedelta(seconds=75)
        assert standing(quick_desk) is None
        later(quick_desk, clock)
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1)
        assert server.recipients == ["h02@example.cn", "h01@example.cn"]


@FEATURES
@pytest.mark.parametrize("step", ["RCPT", "DATA", "body"])
@pytest.mark.parametrize(
    "answer",
    [
        "550 5.1.1 User unknown",
        "552 5.2.2 Over quota",
        "554 5.7.1 Message rejected",
    ],
)
def test_a_mail_that_is_refused_is_dead_at_once(
    quick_desk: Desk,
    clock: HandClock,
    tmp_path: Path,
    *,
    features: list[str],
    step: str,
    answer: str,
) -> None:
    hosts(quick_desk, 2)
    with Rough(tmp_path, **{step: [answer]}, features=features) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=1)
        assert first(quick_desk) == ("dead", 1, 0, answer, "")
        assert quick_desk.attempts("outcome", "reply", mail_id=1) == [("dead", answer)]
        clock.forward(days=3)
        send(quick_desk, server, clock)
        assert "h01@example.cn" not in server.recipients


@pytest.mark.parametrize(
    ("step", "answer", "status"),
    [
        ("RCPT", "550 5.1.1 User unknown", "5.1.1"),
        ("RCPT", "550 No such user here", ""),
        ("RCPT", "550 5.5.0 Requested action not taken: mailbox unavailable", "5.5.0"),
        ("RCPT", "550 5.2.1 Mailbox disabled, not accepting messages", "5.2.1"),
        ("DATA", "554 5.1.1 用户不存在", "5.1.1"),
        ("body", "550 5.1.10 Recipient address has null MX", "5.1.10"),
    ],
)
def test_an_address_that_does_not_exist_is_marked_and_told(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, step: str, answer: str, status: str
) -> None:
    quick_desk.staff()
    hosts(quick_desk, 1)
    with Rough(tmp_path, **{step: [answer]}) as server:
        assert send(quick_desk, server, clock).failed == 1
    with quick_desk.db.read() as connection:
        query = text("SELECT email, status, said, mail_id FROM address")
        assert connection.execute(query).all() == [("h01@example.cn", status, answer, 1)]
    assert quick_desk.mails("to_email", purpose="alarm") == ["coordinator@example.cn"]


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("RCPT", "550 5.7.1 Relaying denied"),
        ("RCPT", "552 5.2.2 Mailbox full"),
        ("RCPT", "450 4.1.1 Unknown for now"),
        ("body", "554 5.7.1 Spam"),
        ("body", "550 Content rejected"),
        ("RCPT", "551 User not local"),
        ("RCPT", "553 5.1.3 Mailbox name not allowed"),
        ("RCPT", "550 5.2.1 The user is receiving mail at a rate that prevents delivery"),
        ("RCPT", "550 5.1.1 Sender address rejected: user unknown"),
        ("RCPT", "550 No"),
    ],
)
def test_an_address_is_not_marked_for_what_is_not_its_fault(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, step: str, answer: str
) -> None:
    hosts(quick_desk, 1)
    with Rough(tmp_path, **{step: [answer]}) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(failed=1)
    with quick_desk.db.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM address")).scalar() == 0


def test_a_refusal_that_is_no_fault_of_the_address_is_told_and_the_address_goes_on(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    quick_desk.staff()
    hosts(quick_desk, 1)
    with Rough(tmp_path, RCPT=["552 5.2.2 Mailbox full"]) as server:
        send(quick_desk, server, clock)
    [(to, about)] = quick_desk.mails("to_email", "about", purpose="alarm")
    told = json.loads(about)
    assert (to, told["what"], told["reason"]) == ("coordinator@example.cn", "bounced", "full")


BLANKET = ["550 5.7.1 Mail from this host is refused", "550 5.1.1 User unknown", "554 DT:SPM"]


@pytest.mark.parametrize("answer", BLANKET)
def test_one_reason_for_all_is_our_own_fault_and_kills_no_mail(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, answer: str
) -> None:
    """69 mails, one alarm, no address stopped, none dead; all go out once the server relents."""
    quick_desk.staff()
    quick_desk.person("admin@example.cn", (Role.ADMIN, ""))
    hosts(quick_desk, 69)
    with Rough(tmp_path, RCPT=[answer, None]) as server:
        for _ in range(3):
            assert send(quick_desk, server, clock).sent == 0
            found = standing(quick_desk)
            assert found is not None and found.kind == "refusing"
            clock.now = found.next_at
    waiting = quick_desk.mails("status", "attempts", purpose="reminder")
    assert set(waiting) == {("failed", 0), ("pending", 0)}
    [(to, about)] = quick_desk.mails("to_email", "about", purpose="alarm")
    assert (to, json.loads(about)["what"]) == ("admin@example.cn", "refusing")
    with quick_desk.db.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM address")).scalar() == 0
    with Rough(tmp_path) as relenting:
        clock.forward(hours=1)
        assert send(quick_desk, relenting, clock).sent == 70
    assert standing(quick_desk) is None


def test_several_that_are_gone_among_many_that_are_not_are_each_stopped(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    """Six of forty, one after the other: a fault of theirs, not of ours."""
    quick_desk.staff()
    emails = hosts(quick_desk, 40)
    with Rough(tmp_path, RCPT=["550 5.1.1 User unknown"] * 6) as server:
        send(quick_desk, server, clock)
        assert len(server.mails) >= 34
    with quick_desk.db.read() as connection:
        stopped = connection.execute(text("SELECT email FROM address ORDER BY email")).scalars()
        assert list(stopped) == emails[:6]
    assert standing(quick_desk) is None


def test_a_server_that_takes_data_without_a_recipient_gets_nothing(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 2)
    script = {"RCPT": ["550 5.7.1 No"], "lax": True, "features": ["PIPELINING"]}
    with Rough(tmp_path, **script) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=1)
        assert server.recipients == ["h02@example.cn"]


# -- Broken off -----------------------------------------------------------------------------------


@FEATURES
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_mail_that_was_not_begun_is_no_worse_for_a_dropped_connection(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, features: list[str], step: str
) -> None:
    hosts(quick_desk, 2)
    with Rough(tmp_path, **{step: ["<drop>"]}, features=features) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=1)
        assert first(quick_desk)[:3] == ("failed", 0, 0)
        later(quick_desk, clock)
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1)
        assert len(server.mails) == 2


def test_a_connection_that_was_closed_between_two_mails_is_opened_again(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 3)
    with Rough(tmp_path, MAIL=["250 Ok", "<drop>"]) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=3)
        assert len(server.mails) == 3


@FEATURES
@pytest.mark.parametrize(
    "answer", ["421 4.7.0 Too many mails", "452 4.5.3 Enough", "530 5.7.0 Log in again"]
)
def test_a_server_that_has_had_enough_of_a_connection_gets_the_mail_on_another(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, features: list[str], answer: str
) -> None:
    hosts(quick_desk, 5)
    script = {"MAIL": ["250 Ok", "250 Ok", answer, "250 Ok", answer], "features": features}
    with Rough(tmp_path, **script) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=5)
        assert len(server.mails) == 5
    assert set(quick_desk.mails("status", "attempts")) == {("sent", 1)}
    assert standing(quick_desk) is None


def test_a_server_that_takes_no_mail_on_another_connection_either_is_down(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 3)
    with Rough(tmp_path, MAIL=["250 Ok", "421 4.7.0 Enough", "421 4.7.0 Not now"]) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=2)
    assert quick_desk.mails("status", "attempts", "last_reply")[1:] == [
        *(("failed", 0, "421 4.7.0 Not now"), ("failed", 0, "")),
    ]
    found = standing(quick_desk)
    assert found is not None
    assert (found.kind, found.times) == ("busy", 1)


@FEATURES
@pytest.mark.parametrize("step", ["RCPT", "DATA", "body"])
@pytest.mark.parametrize("code", [530, 535])
def test_a_wish_for_a_login_that_is_said_to_one_mail_stops_no_other(
    quick_desk: Desk,
    clock: HandClock,
    tmp_path: Path,
    *,
    step: str,
    code: int,
    features: list[str],
) -> None:
    """A relay may pass on what the recipient's own server says."""
    hosts(quick_desk, 3)
    answer = f"{code} 5.7.8 Authentication required"
    with Rough(tmp_path, **{step: [answer]}, features=features) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=2, failed=1)
    found = quick_desk.mails("status", "last_reply", purpose="reminder")
    assert found[0] == ("dead", answer)
    assert {said for _, said in found[1:]} == {"2.0.0 Ok: queued as 4ZQ1"}
    assert standing(quick_desk) is None
    with quick_desk.db.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM address")).scalar() == 0


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("\x1b[31mred\x1b[0m and \x1b[2J\x1b[1;1Hclear", "red and clear"),
        ("\x1b]0;a title\x07said", "said"),
        ("\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\", "here"),
        ("\x1bPq#0;2\x1b\\picture\x1bc", "picture"),
        ("\x9b31mred \x9d0;title\x9cdone", "red done"),
        ("back\b\b\bspace\x7f \x07bell \u202eright to left\u200b", "backspace bell right to left"),
        ("one\r\ntwo\tthree\x0bfour\u2028five", "one two three four five"),
        ("邮箱 不存在\0", "邮箱 不存在"),
        ("\x1b", ""),
    ],
)
def test_what_a_server_says_does_nothing_to_a_terminal(raw: str, kept: str) -> None:
    assert readable(raw) == kept
    assert readable(raw.encode()) == kept
    assert len(readable(raw * 100_000)) <= 500


@pytest.mark.parametrize("step", ["RCPT", "body"])
def test_two_broken_connections_in_a_row_are_an_outage(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, step: str
) -> None:
    hosts(quick_desk, 4)
    with Rough(tmp_path, **{step: ["<drop>", "<drop>"]}) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(failed=4)
        found = standing(quick_desk)
        assert found is not None
        assert found.kind == "broken"
        assert quick_desk.mails("status", "attempts")[2:] == [("failed", 0)] * 2
        clock.now = found.next_at
        assert send(quick_desk, server, clock).sent >= 2
        assert standing(quick_desk) is None


# -- In doubt -------------------------------------------------------------------------------------


DOUBTFUL = pytest.mark.parametrize(
    ("script", "said"),
    [
        ({"body": ["<drop>"]}, "acceptance unknown: SMTPServerDisconnected"),
        ({"DATA": ["<cut>"]}, "acceptance unknown: SMTPServerDisconnected"),
        ({"body": ["<hang>"]}, "acceptance unknown: Silent"),  # a half-open socket is as silent
        ({"body": ["<drip>250 2.0.0 taken, but slowly"]}, "acceptance unknown: Silent"),
        ({"body": ["Bless you"]}, "acceptance unknown: -1 Bless you"),
        ({"body": ["354 go on"]}, "acceptance unknown: 354 go on"),
    ],
    ids=["dropped", "cut", "silent", "dripping", "malformed", "absurd"],
)


@DOUBTFUL
def test_a_mail_in_doubt_is_repeated_once_with_the_same_bytes(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, script: dict[str, list[str]], said: str
) -> None:
    hosts(quick_desk, 1)
    with Rough(tmp_path, **script) as server:
        assert send(quick_desk, server, clock, smtp_timeout=0.5) == DeliveryResult(failed=1)
        status, attempts, handed, reply, reason = first(quick_desk)
        assert (status, attempts, handed, reason) == ("failed", 1, 1, "")
        assert str(reply).startswith(said)
        [content] = quick_desk.mails("content")
        later(quick_desk, clock)
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1)
        assert server.mails[-1] == ("h01@example.cn", content)
        assert len({content for _, content in server.mails}) == 1
    assert quick_desk.attempts("outcome") == ["failed", "sent"]
    assert first(quick_desk)[:3] == ("sent", 2, 1)  # one hand-over stays without an answer


@DOUBTFUL
def test_a_mail_twice_in_doubt_waits_for_a_person(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, script: dict[str, list[str]], said: str
) -> None:
    hosts(quick_desk, 1)
    twice = {step: answers * 2 for step, answers in script.items()}
    with Rough(tmp_path, **twice) as server:
        send(quick_desk, server, clock, smtp_timeout=0.5)
        later(quick_desk, clock)
        assert send(quick_desk, server, clock, smtp_timeout=0.5) == DeliveryResult(failed=1)
        status, attempts, handed, reply, reason = first(quick_desk)
        assert (status, attempts, handed, reason) == ("dead", 2, 2, "in_doubt")
        assert str(reply).startswith(said)
        kept = len(server.mails)
        clock.forward(days=3)
        send(quick_desk, server, clock)
        assert len(server.mails) == kept


def test_a_mail_in_doubt_that_a_person_queues_again_goes_out_once_more(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    from workflow.mail.desk import requeue

    hosts(quick_desk, 1)
    with Rough(tmp_path, body=["<drop>", "<drop>"]) as server:
        send(quick_desk, server, clock)
        later(quick_desk, clock)
        send(quick_desk, server, clock)
        assert first(quick_desk)[0] == "dead"
        with quick_desk.db.write() as connection:
            requeue(connection, 1, by="p1", note="", at=clock.now)
        clock.forward(seconds=1)
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1)
        assert len({content for _, content in server.mails}) == 1


def test_a_mail_in_doubt_that_is_refused_at_its_repeat_is_dead(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 1)
    with Rough(tmp_path, body=["<drop>", "554 5.7.1 Message rejected"]) as server:
        send(quick_desk, server, clock)
        later(quick_desk, clock)
        send(quick_desk, server, clock)
    assert first(quick_desk) == ("dead", 2, 1, "554 5.7.1 Message rejected", "")


# -- Odd replies, odd names -----------------------------------------------------------------------


def test_replies_of_many_lines_and_none_of_them_sane(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 4)
    script = {
        "RCPT": ["250-first\r\n250 second", "what?", "250" + "-\r\n250" * 10_000, "250 Ok"],
        "body": ["250-2.0.0 one\r\n250 two", "250 2.0.0 " + "x" * 3000],
    }
    with Rough(tmp_path, **script) as server:
        send(quick_desk, server, clock)
    assert quick_desk.mails("status", "handed") == [
        *(("sent", 0), ("failed", 0), ("failed", 0), ("failed", 0)),
    ]
    assert quick_desk.mails("last_reply")[0] == "2.0.0 one two"
    assert quick_desk.mails("last_reply")[1] == "-1 what?"


def test_a_name_cannot_smuggle_in_a_header_or_a_command(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    evil = "张三\r\nBcc: thief@example.org\r\n\r\n.\r\nMAIL FROM:<thief@example.org>"
    hosts(quick_desk, 1)
    with quick_desk.db.write() as connection:
        connection.execute(text("UPDATE mail SET to_name = :name"), {"name": evil})
    with Rough(tmp_path) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1)
        [(to, content)] = server.mails
    mail = message_from_bytes(content, policy=policy.default)
    assert (to, mail["bcc"]) == ("h01@example.cn", None)
    assert [address.addr_spec for address in mail["to"].addresses] == ["h01@example.cn"]


@pytest.mark.parametrize("address", ["张三@example.cn", "a@例子.cn", "a@b.cn\r\nRCPT TO:<c@d.cn>"])
def test_an_address_that_smtp_cannot_carry_is_dead_and_blocks_no_other(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, address: str
) -> None:
    hosts(quick_desk, 2)
    with quick_desk.db.write() as connection:
        connection.execute(
            text("UPDATE mail SET to_email = :address WHERE id = 1"), {"address": address}
        )
    with Rough(tmp_path) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=1)
        assert server.recipients == ["h02@example.cn"]
    status, reason = quick_desk.mails("status", "reason")[0]
    assert (status, reason.partition(":")[0]) == ("dead", "unwritable")


# -- The rate limit -----------------------------------------------------------------------------------------


def test_a_server_that_takes_one_mail_at_a_time_gets_all_in_the_end(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 3)
    with Rough(tmp_path, every=0.1) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=2)
        while set(quick_desk.mails("status")) != {"sent"}:
            assert "dead" not in quick_desk.mails("status")
            clock.forward(hours=2)
            sleep(0.1)  # the server's own clock
            send(quick_desk, server, clock)
        assert sorted(server.recipients) == ["h01@example.cn", "h02@example.cn", "h03@example.cn"]


def test_with_a_rate_it_is_never_asked_too_fast(
    quick_desk: Desk, tmp_path: Path, going: Going
) -> None:
    hosts(quick_desk, 4)
    with Rough(tmp_path, every=0.2) as server:
        sent = quick_desk.delivery(server.port, going, smtp_rate=2.5).run()
        assert sent == DeliveryResult(sent=4)


def test_the_rate_holds_for_several_at_once(
    quick_desk: Desk, mailbox: Mailbox, going: Going
) -> None:
    from threading import Thread
    from time import monotonic

    hosts(quick_desk, 13)
    before = quick_desk.delivery(mailbox.port, going, owner="0#0", smtp_rate=10)
    before.run(stop=lambda: bool(read_mailbox(mailbox.folder)))  # the server is known to take mail
    senders = [
        quick_desk.delivery(mailbox.port, going, owner=f"{n}#0", smtp_rate=10) for n in range(1, 4)
    ]
    began = monotonic()
    threads = [Thread(target=sender.run) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(read_mailbox(mailbox.folder)) == 13
    assert monotonic() - began >= 1.0  # eleven gaps of a tenth of a second


def test_no_more_workers_wait_for_a_slow_rate_than_it_can_serve_soon(
    desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    """However many there are, none holds a mail in hand until its lease ends. A slot is taken as
    the one before; a worker alone always gets one, at the slowest rate too."""
    now = clock.now
    for rate, expected in ((0.1, [0, 10, 20]), (0.01, [0, 100, 200])):
        with desk.db.write() as connection:
            found = [take_slot(connection, rate, now) for _ in range(4)]
            assert [(one - now).total_seconds() for one in found if one] == expected
            assert found[-1] is None and next_slot(connection, rate, now) is None
            kept.drop(connection, KEY)
    hosts(desk, 2)
    with desk.db.write() as connection:
        kept.put(connection, KEY, (now + timedelta(seconds=25)).isoformat())
    with Rough(tmp_path) as server:
        assert desk.delivery(server.port, clock, smtp_rate=0.1).run() == DeliveryResult()
        assert (server.mails, desk.mails("status", "attempts")) == ([], [("pending", 0)] * 2)


def test_who_waits_longer_than_half_a_lease_for_a_slot_has_no_mail_in_hand(
    desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(desk, 2)
    with desk.db.write() as connection:  # of two workers more, at one mail in twenty seconds
        kept.put(connection, KEY, (clock.now + timedelta(seconds=40)).isoformat())
    with Rough(tmp_path) as server:
        sender, looks = desk.delivery(server.port, clock, smtp_rate=0.05), iter(range(9))
        assert sender.run(stop=lambda: next(looks) > 2) == DeliveryResult()
        assert server.mails == []
    assert sender.slot == clock.now + timedelta(seconds=40)
    assert desk.mails("status", "attempts", "tried_at") == [("pending", 0, None)] * 2
