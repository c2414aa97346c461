"""Faults of the mail server itself: no mail is to blame, none dies, and it is left alone a while."""

from __future__ import annotations

import hmac
import socket
from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from desk import Desk, HandClock
from posting import five_past, hosts, send, standing
from servers import Rough

from notifications.sending.answers import Answer, Outcome
from notifications.sending.delivery import DeliveryResult, Dispatch
from notifications.sending.outage import KINDS

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> HandClock:
    return five_past()


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A certificate for localhost from an authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(
        tmp_path / "localhost.pem"
    )
    return str(tmp_path / "localhost.pem")


def nobodys_fault(desk: Desk, clock: HandClock, port: int, kind: str, **settings: object) -> str:
    """Two mails wait through the outage; once it is over they go out. What was said."""
    hosts(desk, 2)
    assert desk.delivery(port, clock, **settings).run() == DeliveryResult(failed=2)
    assert set(desk.mails("status", "attempts", "handed")) == {("failed", 0, 0)}
    said, other = desk.mails("last_reply")
    assert other == ""  # to which nothing was said
    assert len(desk.attempts("id")) == 1  # one was tried, not each
    found = standing(desk)
    assert found is not None
    assert (found.kind, found.said, found.since, found.times) == (kind, said, clock.now, 1)
    assert desk.delivery(port, clock, **settings).run() == DeliveryResult()  # left alone
    assert len(desk.attempts("id")) == 1
    return str(said)


def over(desk: Desk, clock: HandClock, tmp_path: Path) -> None:
    """Another server, or this one mended: all goes out at once, and the outage is forgotten."""
    clock.forward(seconds=1)
    with Rough(tmp_path) as good:
        assert send(desk, good, clock) == DeliveryResult(sent=2)
        assert len(good.mails) == 2
    assert standing(desk) is None
    assert set(desk.mails("status", "attempts", "handed")) == {("sent", 1, 0)}


def test_a_refused_connection_kills_no_mail(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = nobodys_fault(quick_desk, clock, port, "unreachable")
    assert said.startswith("ConnectionRefusedError")
    over(quick_desk, clock, tmp_path)


def test_an_unknown_server_name_kills_no_mail(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    said = nobodys_fault(quick_desk, clock, 25, "name", smtp_host="mail.example.invalid")
    assert said.startswith("gaierror")
    over(quick_desk, clock, tmp_path)


def test_a_server_without_a_banner_kills_no_mail(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    with Rough(tmp_path, banner=["<hang>"]) as server:
        said = nobodys_fault(quick_desk, clock, server.port, "silent", smtp_timeout=0.3)
        assert said == "Silent: no answer in time"
    over(quick_desk, clock, tmp_path)


def test_a_banner_that_drips_is_not_waited_for(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    with Rough(tmp_path, banner=["<drip>220 rough ESMTP at your service"]) as server:
        nobodys_fault(quick_desk, clock, server.port, "silent", smtp_timeout=0.8)
    over(quick_desk, clock, tmp_path)


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("banner", "421 4.3.2 Shutting down", "busy"),
        ("banner", "554 5.7.1 No SMTP service for you", "greeting"),
        ("banner", "<drop>", "greeting"),
        ("EHLO", "550 5.7.1 Access denied", "greeting"),
        ("EHLO", "421 4.7.0 Too many connections", "busy"),
        ("MAIL", "421 4.7.0 Too many connections", "busy"),
        ("MAIL", "452 4.3.1 Insufficient system storage", "busy"),
        ("MAIL", "550 5.7.1 Sender refused", "sender"),
        ("MAIL", "530 5.7.0 Authentication required", "login"),  # none is set
        ("MAIL", "530 5.7.0 Must issue a STARTTLS command first", "plain"),
        ("MAIL", "530 5.7.10 需要加密连接", "plain"),
    ],
)
@pytest.mark.parametrize("features", [[], ["PIPELINING"]])
def test_a_server_that_will_not_have_us_kills_no_mail(
    quick_desk: Desk,
    clock: HandClock,
    tmp_path: Path,
    *,
    step: str,
    answer: str,
    kind: str,
    features: list[str],
) -> None:
    script = {step: [answer], "HELO": [answer] * (step == "EHLO")}
    with Rough(tmp_path, **script, features=features) as server:
        said = nobodys_fault(quick_desk, clock, server.port, kind)
        assert said == answer or answer == "<drop>"
        assert server.mails == []
    over(quick_desk, clock, tmp_path)


def test_421_in_the_middle_of_a_batch_leaves_the_rest_as_it_was(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 4)
    ok, closing = "250 2.0.0 Ok", "421 4.3.2 Service shutting down"
    with Rough(tmp_path, body=[ok, closing]) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=3)
        assert quick_desk.mails("status", "attempts", "handed") == [
            *(("sent", 1, 0), ("failed", 0, 0), ("failed", 0, 0), ("failed", 0, 0)),
        ]
        assert quick_desk.mails("last_reply") == [ok[4:], closing, "", ""]
        clock.now += MINUTE
        assert send(quick_desk, server, clock) == DeliveryResult(sent=3)
        # The one that was told so goes behind the others.
        assert server.recipients == [f"h0{n}@example.cn" for n in (1, 3, 4, 2)]


@pytest.mark.parametrize(
    "answer",
    [
        "421 4.3.2 Closing",
        "451 4.3.0 Temporary lookup failure",
        "451 Temporary local problem - please try later",
        "452 4.3.1 Insufficient system storage",
        "451 4.7.500 Server busy. Please try again later",
        "450 系统繁忙，请稍后再试",
    ],
)
@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_servers_own_fault_charges_no_mail_an_attempt(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, answer: str, step: str
) -> None:
    """Said to a recipient, it holds for all; a mail that goes on being told so never dies of it."""
    hosts(quick_desk, 2)
    with Rough(tmp_path, **{step: [answer] * 30}) as server:
        for _ in range(30):
            assert send(quick_desk, server, clock) == DeliveryResult(failed=2)
            found = standing(quick_desk)
            assert found is not None and found.kind == "busy"
            clock.now = found.next_at
        assert set(quick_desk.mails("status", "attempts", "handed")) == {("failed", 0, 0)}
        assert send(quick_desk, server, clock) == DeliveryResult(sent=2)


@pytest.mark.parametrize(
    "answer",
    [
        "450 4.7.1 Rate limit exceeded, try again later",
        "451 4.7.1 Too many messages from your address",
        "452 4.5.3 Too many recipients",
        "450 MI:CEL 发送频率超过限制",
    ],
)
@pytest.mark.parametrize("step", ["RCPT", "DATA", "body"])
def test_a_limit_of_what_is_taken_charges_no_mail_an_attempt(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, answer: str, step: str
) -> None:
    """Issue 11, line 4: whichever mail meets it. The pause grows, so that nobody asks without end."""
    hosts(quick_desk, 3)
    ok = {"RCPT": "250 2.1.5 Ok", "DATA": "354 go on", "body": "250 2.0.0 Ok"}[step]
    with Rough(tmp_path, **{step: [ok, *[answer] * 25]}) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=2)
        pauses = []
        for _ in range(24):
            found = standing(quick_desk)
            assert found is not None and (found.kind, found.said) == ("rate", answer)
            pauses.append((found.next_at - clock.now) / MINUTE)
            clock.now = found.next_at
            assert send(quick_desk, server, clock) == DeliveryResult(failed=2)
        assert pauses == [1, 2, 4, 8] + [15] * 20
        assert set(quick_desk.mails("status", "attempts", "handed")) == {
            ("sent", 1, 0),
            ("failed", 0, 0),
        }
        clock.now += 15 * MINUTE
        assert send(quick_desk, server, clock) == DeliveryResult(sent=2)
        assert standing(quick_desk) is None


@pytest.mark.parametrize(
    "answer",
    [
        "450 4.7.1 Greylisted",
        "450 4.2.0 灰名单，请稍后再试",
        "451 4.7.1 Try again later",
        "451 Later",
    ],
)
def test_who_puts_off_every_recipient_charges_no_mail_an_attempt(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, answer: str
) -> None:
    """Each mail is offered once, as a greylist wants it; then one at a time, at growing pauses."""
    hosts(quick_desk, 3)
    with Rough(tmp_path, RCPT=[answer] * 33) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(failed=3)
        assert len(quick_desk.attempts("id")) == 3
        for _ in range(30):
            found = standing(quick_desk)
            assert found is not None and (found.kind, found.said) == ("later", answer)
            clock.now = found.next_at
            assert send(quick_desk, server, clock).sent == 0
        assert set(quick_desk.mails("status", "attempts", "handed")) == {("failed", 0, 0)}
        assert len(quick_desk.attempts("id")) == 3 + 30
        clock.now += 15 * MINUTE
        assert send(quick_desk, server, clock) == DeliveryResult(sent=3)
        assert standing(quick_desk) is None


def test_who_takes_other_mail_puts_off_these_alone(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    """Then each is charged, or what never gets through would be tried without end."""
    hosts(quick_desk, 3)
    with Rough(tmp_path, RCPT=["450 4.7.1 Greylisted"] * 2) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1, failed=2)
        assert standing(quick_desk) is None
    for _ in range(19):
        with Rough(tmp_path, RCPT=["450 4.7.1 Greylisted"] * 2) as server:
            clock.to_next_working_day(quick_desk.book.calendar)
            assert send(quick_desk, server, clock) == DeliveryResult(failed=2)
    assert sorted(quick_desk.mails("status", "attempts", purpose="reminder")) == [
        *(("dead", 20), ("dead", 20), ("sent", 1)),
    ]


def test_what_is_said_of_mailboxes_charges_their_mail(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 3)
    with Rough(tmp_path, RCPT=["452 4.2.2 Mailbox full"] * 3) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(failed=3)
    assert set(quick_desk.mails("status", "attempts")) == {("failed", 1)}
    assert standing(quick_desk) is None


def test_421_to_a_recipient_leaves_the_rest_as_it_was(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 2)
    with Rough(tmp_path, RCPT=["421 4.3.2 Closing"], features=["PIPELINING"]) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(failed=2)
        assert server.mails == []
        assert set(quick_desk.mails("status", "attempts", "handed")) == {("failed", 0, 0)}
        clock.now += MINUTE
        assert send(quick_desk, server, clock) == DeliveryResult(sent=2)


def test_the_pause_grows_and_ends_with_the_first_success(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 1)
    with Rough(tmp_path, banner=["421 4.3.2 Not yet"] * 7) as server:
        pauses = []
        for _ in range(7):
            assert send(quick_desk, server, clock) == DeliveryResult(failed=1)
            found = standing(quick_desk)
            assert found is not None
            pauses.append(int((found.next_at - clock.now).total_seconds()) // 60)
            clock.now = found.next_at
        assert pauses == [1, 2, 4, 8, 15, 15, 15]
        assert (found.times, found.said) == (7, "421 4.3.2 Not yet")
        assert send(quick_desk, server, clock) == DeliveryResult(sent=1)
    assert standing(quick_desk) is None
    assert quick_desk.mails("attempts") == [1]


def test_a_person_who_asks_does_not_wait_for_the_pause(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(quick_desk, 1)
    with Rough(tmp_path, banner=["421 4.3.2 Not yet"]) as server:
        assert send(quick_desk, server, clock) == DeliveryResult(failed=1)
        clock.forward(seconds=1)
        assert send(quick_desk, server, clock) == DeliveryResult()
        insisting = quick_desk.delivery(server.port, clock)
        assert insisting.run(insists=True) == DeliveryResult(sent=1)


# -- Encryption and logging in --------------------------------------------------------------------


@pytest.mark.parametrize("how", ["tls", "starttls"])
def test_encryption_works_where_the_certificate_is_right(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, certified: str, how: str
) -> None:
    hosts(quick_desk, 2)
    more = {"tls": True} if how == "tls" else {"features": ["STARTTLS", "PIPELINING"]}
    with Rough(tmp_path, certificate=certified, **more) as server:
        sent = send(quick_desk, server, clock, smtp_host="localhost", smtp_security=how)
        assert sent == DeliveryResult(sent=2)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"features": []}, "the server does not offer STARTTLS"),
        ({"features": ["STARTTLS"], "STARTTLS": ["454 4.7.0 TLS not available"]}, "454 4.7.0 TLS"),
    ],
)
def test_without_starttls_nothing_is_sent_in_clear(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, script: dict[str, object], words: str
) -> None:
    with Rough(tmp_path, **script) as server:
        more = {"smtp_security": "starttls"}
        said = nobodys_fault(quick_desk, clock, server.port, "encryption", **more)
        assert said.startswith(words)
        assert server.mails == []
    over(quick_desk, clock, tmp_path)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    own = tmp_path / "own.pem"
    trustme.CA().issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(own)
    with Rough(tmp_path, features=["STARTTLS"], certificate=str(own)) as server:
        more = {"smtp_security": "starttls", "smtp_host": "localhost"}
        said = nobodys_fault(quick_desk, clock, server.port, "certificate", **more)
        assert "certificate verify failed" in said
    over(quick_desk, clock, tmp_path)


def test_a_certificate_for_another_name_is_refused(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, certified: str
) -> None:
    with Rough(tmp_path, tls=True, certificate=certified) as server:
        more = {"smtp_security": "tls", "smtp_host": "127.0.0.1"}
        said = nobodys_fault(quick_desk, clock, server.port, "certificate", **more)
        assert "127.0.0.1" in said
    over(quick_desk, clock, tmp_path)


LOGIN = {"smtp_username": "office", "smtp_password": "秘密"}


def test_a_wrong_password_is_tried_once_and_then_seldom(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    wrong = "535 5.7.8 Authentication credentials invalid"
    script = {"features": ["AUTH PLAIN LOGIN CRAM-MD5"], "AUTH": [wrong, wrong]}
    with Rough(tmp_path, **script) as server:
        said = nobodys_fault(quick_desk, clock, server.port, "password", **LOGIN)
        assert said == wrong
        clock.forward(minutes=14)
        again = quick_desk.delivery(server.port, clock, **LOGIN)
        assert again.run(insists=True) == DeliveryResult()  # not even if a person asks
        clock.forward(minutes=1)
        assert send(quick_desk, server, clock, **LOGIN) == DeliveryResult(failed=2)  # the 2nd 535
        clock.forward(minutes=15)
        assert send(quick_desk, server, clock, **LOGIN) == DeliveryResult()
        mended = LOGIN | {"smtp_password": "right"}  # seen at once
        assert send(quick_desk, server, clock, **mended) == DeliveryResult(sent=2)
    assert standing(quick_desk) is None


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ({"features": []}, "no_login"),
        ({"features": ["AUTH PLAIN"], "AUTH": ["530 5.7.0 Must issue STARTTLS first"]}, "plain"),
        ({"features": ["AUTH LOGIN"], "AUTH": ["538 Encryption required"]}, "plain"),
    ],
)
def test_what_is_no_wrong_password_is_not_told_as_one(
    quick_desk: Desk, clock: HandClock, tmp_path: Path, script: dict[str, list[str]], kind: str
) -> None:
    """Nor is it left alone for a quarter of an hour, as a wrong password is."""
    with Rough(tmp_path, **script) as server:
        nobodys_fault(quick_desk, clock, server.port, kind, **LOGIN)
    found = standing(quick_desk)
    assert found is not None
    assert found.next_at - clock.now == MINUTE
    assert ("加密" in KINDS[kind].zh) is (kind == "plain")


MAC = hmac.new(b"secret", b"<1@example.cn>", "md5").hexdigest()
WAYS: dict[str, dict[str, list[str]]] = {  # what the server says to each line
    "PLAIN": {"AUTH": ["235 ok"]},
    "LOGIN": {"AUTH": ["334 dXNlcg=="], "B2ZMAWNL": ["334 cGFzcw=="], "C2VJCMV0": ["235 ok"]},
    "CRAM-MD5": {
        "AUTH": [f"334 {b64encode(b'<1@example.cn>').decode()}"],
        b64encode(f"office {MAC}".encode()).decode().upper(): ["235 ok"],
    },
}


@pytest.mark.parametrize("way", WAYS)
def test_logging_in_works(quick_desk: Desk, clock: HandClock, tmp_path: Path, way: str) -> None:
    hosts(quick_desk, 1)
    login = {"smtp_username": "office", "smtp_password": "secret"}
    with Rough(tmp_path, **WAYS[way], features=[f"AUTH {way}"]) as server:
        assert send(quick_desk, server, clock, **login) == DeliveryResult(sent=1)


def test_a_server_that_cannot_check_passwords_now_is_only_busy(
    quick_desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    script = {"features": ["AUTH PLAIN"], "AUTH": ["454 4.7.0 Temporary failure"]}
    with Rough(tmp_path, **script) as server:
        nobodys_fault(quick_desk, clock, server.port, "busy", **LOGIN)
    over(quick_desk, clock, tmp_path)


# -- Several workers -------------------------------------------------------------------------------


def test_of_several_workers_one_tries_a_server_that_is_not_known_to_take_mail(
    desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    """Else a wrong password would be offered as often as there are workers. Claimed one by one, so
    that each batch has a mail for everybody."""
    hosts(desk, 45)
    with Rough(tmp_path) as server:
        first = desk.delivery(server.port, clock, owner="one#0")
        second = desk.delivery(server.port, clock, owner="two#0")
        claims = first._claim(Dispatch(clock.now, clock.now))
        assert claims is not None and len(claims) == 20
        assert second.run() == DeliveryResult()  # though 25 mails are free
        assert server.mails == []
        first._record(claims[0], Answer(Outcome.ACCEPTED, "250 2.0.0 Ok"))
        assert second.run() == DeliveryResult(sent=25)


def test_a_worker_that_died_while_it_tried_is_waited_for_as_long_as_its_lease(
    desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(desk, 2)
    with Rough(tmp_path) as server:
        dead = desk.delivery(server.port, clock, owner="one#0")
        assert dead._claim(Dispatch(clock.now, clock.now))
        clock.now += dead.lease
        assert desk.delivery(server.port, clock, owner="two#0").run() == DeliveryResult()
        clock.forward(seconds=1)
        assert desk.delivery(server.port, clock, owner="two#1").run() == DeliveryResult(sent=2)


def test_after_the_pause_of_an_outage_one_of_several_workers_asks_first(
    desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    hosts(desk, 45)
    closed = "421 4.3.2 Shutting down"
    with Rough(tmp_path, banner=[closed, None]) as server:
        assert desk.delivery(server.port, clock, owner="one#0").run() == DeliveryResult(failed=20)
        clock.now += MINUTE
        first = desk.delivery(server.port, clock, owner="one#1")
        assert first._claim(Dispatch(clock.now, clock.now))
        assert desk.delivery(server.port, clock, owner="two#0").run() == DeliveryResult()
        assert server.mails == []
    with Rough(tmp_path) as other:  # another server is another matter
        assert desk.delivery(other.port, clock, owner="two#1").run() == DeliveryResult(sent=25)


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("banner", "421 4.7.0 Too many connections"),
        ("banner", "<drop>"),
        ("MAIL", "421 4.7.0 Too many concurrent SMTP connections"),
    ],
)
def test_a_connection_more_than_the_server_grants_is_no_outage(
    desk: Desk, clock: HandClock, tmp_path: Path, *, step: str, answer: str
) -> None:
    """As long as the other workers get through; their mail and this one's stay as they were."""
    hosts(desk, 3)
    script = {step: [{"banner": "220 rough ESMTP", "MAIL": "250 2.1.0 Ok"}[step], answer]}
    with Rough(tmp_path, **script) as server:
        sent = desk.delivery(server.port, clock, owner="one#0")
        assert sent.run(stop=lambda: bool(server.mails)) == DeliveryResult(sent=1)
        waiting = desk.mails("status", "attempts", "tried_at")[1:]
        clock.forward(seconds=5)
        assert desk.delivery(server.port, clock, owner="two#0").run() == DeliveryResult()
        assert (
            desk.mails("status", "attempts", "tried_at")[1:]
            == waiting
            == [("pending", 0, None)] * 2
        )
        assert standing(desk) is None


@pytest.mark.parametrize(("owner", "later"), [("two#0", 61), ("one#1", 5)])
def test_what_was_sent_a_while_ago_or_by_oneself_does_not_hide_an_outage(
    desk: Desk, clock: HandClock, tmp_path: Path, owner: str, later: int
) -> None:
    hosts(desk, 2)
    with Rough(tmp_path, banner=["220 rough", "421 4.7.0 Too many connections"]) as server:
        sent = desk.delivery(server.port, clock, owner="one#0")
        assert sent.run(stop=lambda: bool(server.mails)) == DeliveryResult(sent=1)
        clock.forward(seconds=later)
        assert desk.delivery(server.port, clock, owner=owner).run() == DeliveryResult(failed=1)
        assert standing(desk) is not None


def test_a_wrong_password_is_an_outage_whoever_gets_through(
    desk: Desk, clock: HandClock, tmp_path: Path
) -> None:
    """No account is to be locked because of it."""
    hosts(desk, 2)
    login = {"smtp_username": "a", "smtp_password": "b"}
    wrong = "535 5.7.8 Authentication failed"
    with Rough(tmp_path, features=["AUTH PLAIN"], AUTH=["235 2.7.0 welcome", wrong]) as server:
        sent = desk.delivery(server.port, clock, owner="one#0", **login)
        assert sent.run(stop=lambda: bool(server.mails)) == DeliveryResult(sent=1)
        again = desk.delivery(server.port, clock, owner="two#0", **login)
        assert again.run() == DeliveryResult(failed=1)
        found = standing(desk)
        assert found is not None and found.kind == "password"
