"""What came back is put on record once, marks only what it proves, and tells those concerned."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from desk import FROM, Desk, HandClock, morning
from servers import Crooked
from sqlalchemy import select, update
from test_bounces import (
    PASSWORD,
    USER,
    authority,  # noqa: F401 - a fixture
    crlf,
    deliver,
    imap,  # noqa: F401 - a fixture
)

from config.settings import Settings
from notifications.returns.bounce_desk import Collected, check, collect
from notifications.returns.bounce_sources import BounceProblem
from notifications.worker import Worker
from states.terms import Role
from workflow.mail.addresses import clear_address, marked
from workflow.mail.outbox import INSERT, draft
from workflow.mail_tables import MAIL

SENT = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
NOW = SENT + timedelta(hours=1)
HOST = "a@example.cn"  # the contact of each project that the desk plans
GONE = ("failed", "5.1.1", "550 5.1.1 User unknown")
FULL = ("failed", "4.2.2", "452 4.2.2 mailbox full, given up")
SLOW = ("delayed", "4.4.1", "connection timed out")


def token(key: str) -> str:
    """The token that the test gives a mail; ours are drawn by lot."""
    return sha256(key.encode()).hexdigest()[:32]


def report(
    about: tuple[str, str, str], recipient: str = HOST, key: str = "k", *, named: bool = True
) -> bytes:
    """A report in the standard form; `named`: it encloses the headers of our mail."""
    action, status, said = about
    enclosed = f"Message-ID: <{token(key)}@example.cn>" if named else "Subject: x"
    return crlf(
        f"""\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org
Subject: Undelivered Mail Returned to Sender
To: yanxiu@example.org
Date: Mon, 03 Mar 2025 09:30:00 +0800
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}

--b
Content-Type: text/rfc822-headers

From: yanxiu@example.org
{enclosed}

--b--
"""
    )


class Returns:
    """A folder of returned mail before a desk."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder, self.number = desk, folder, 0
        self.settings = Settings(bounce_folder=folder)

    def take(self, *reports: bytes, at: datetime = NOW) -> Collected:
        for raw in reports:
            self.number += 1
            (self.folder / f"{self.number:03d}.eml").write_bytes(raw)
        return collect(self.desk.db, self.settings, at=at)

    def mail(self, key: str = "k", to: str = HOST, **values: Any) -> int:
        """A mail that was sent, unless said otherwise."""
        named = f"{key}:{to}"
        row = draft(named, "result", ("张三", to), Role.HOST, on=date(2025, 3, 3), at=SENT)
        sent = {"status": "sent", "sent_at": SENT, "attempts": 1, "last_reply": "250 ok"} | values
        with self.desk.db.write() as connection:
            INSERT.run(connection, row | {"token": token(key)})
            connection.execute(update(MAIL).where(MAIL.c.key == named).values(sent))
            found = select(MAIL.c.id).where(MAIL.c.key == named)
            return int(connection.execute(found).scalar_one())

    def row(self, number: int) -> tuple[str, str, str]:
        [found] = self.desk.mails("status", "reason", "last_reply", id=number)
        return found  # type: ignore[no-any-return]

    def marks(self) -> list[tuple[str, int]]:
        with self.desk.db.read() as connection:
            return [(row["email"], row["mail_id"]) for row in marked(connection)]

    def said(self) -> list[str]:
        """Whose words the alarms carry."""
        return [json.loads(about)["said"] for about in self.desk.mails("about", purpose="alarm")]

    def alarms(self) -> list[tuple[str, bool]]:
        """To whom, and whether the address is marked."""
        found = self.desk.mails("to_email", "about", purpose="alarm")
        return [(to, json.loads(about)["marked"]) for to, about in found]


@pytest.fixture
def returns(desk: Desk, tmp_path: Path) -> Returns:
    desk.plan({})
    desk.staff()
    folder = tmp_path / "returned"
    folder.mkdir()
    return Returns(desk, folder)


def test_a_permanent_failure_marks_the_address_and_tells_the_coordinator(returns: Returns) -> None:
    number = returns.mail()
    assert returns.take(report(GONE)) == Collected(read=1, matched=1, marked=1)
    assert returns.row(number) == ("sent", "bounced", GONE[2])
    assert returns.desk.attempts("mail_id", "outcome", "reply", "person", "at") == [
        (number, "bounced", GONE[2], "", NOW)
    ]
    assert returns.marks() == [(HOST, number)]
    assert returns.alarms() == [("coordinator@example.cn", True)]
    assert sorted(path.name for path in (returns.folder / "done").iterdir()) == ["001.eml"]


def test_the_same_report_again_changes_nothing(returns: Returns) -> None:
    """As after a crash between our commit and the moving of the file."""
    number = returns.mail()
    returns.take(report(GONE), report(GONE))
    again = returns.take(report(GONE), at=NOW + timedelta(days=1))
    assert again == Collected(read=1, matched=1)
    with returns.desk.db.write() as connection:
        clear_address(connection, HOST, by="wang", at=NOW)
    returns.take(report(GONE), at=NOW + timedelta(days=1))
    assert returns.marks() == []
    assert returns.desk.attempts("outcome") == ["bounced", "cleared"]
    assert len(returns.alarms()) == 1
    resent = NOW + timedelta(days=2)
    with returns.desk.db.write() as connection:
        sent_anew = {"sent_at": resent, "reason": ""}
        connection.execute(update(MAIL).where(MAIL.c.id == number).values(sent_anew))
    assert returns.take(report(GONE), at=resent + timedelta(hours=1)).marked == 1


def test_two_workers_that_read_one_folder_at_once_record_each_report_once(returns: Returns) -> None:
    """The second reads all while the first has the first file in hand."""
    emails = many(returns, 3)
    others: list[Collected] = []

    def meanwhile() -> bool:
        if not others:
            others.append(Collected())  # once
            others.append(collect(returns.desk.db, returns.settings, at=NOW))
        return False

    for n, to in enumerate(emails):
        (returns.folder / f"{n}.eml").write_bytes(report(GONE, to, f"k{n}"))
    first = collect(returns.desk.db, returns.settings, at=NOW, stop=meanwhile)
    assert (first.read, others[1].read) == (1, 3)
    assert returns.desk.attempts("outcome") == ["bounced"] * 3
    assert len(returns.alarms()) == len(returns.marks()) == 3
    assert sorted(path.name for path in (returns.folder / "done").iterdir()) == [
        *("0.eml", "1.eml", "2.eml")
    ]


def test_what_a_server_gave_up_for_now_is_returned_but_marks_nothing(returns: Returns) -> None:
    number = returns.mail()
    assert returns.take(report(FULL)) == Collected(read=1, matched=1)
    assert returns.row(number)[:2] == ("sent", "bounced")
    assert (returns.marks(), returns.alarms()) == ([], [("coordinator@example.cn", False)])
    assert returns.said() == [FULL[2]]


def test_a_delay_is_an_attempt_only(returns: Returns) -> None:
    number = returns.mail()
    assert returns.take(report(SLOW)) == Collected(read=1, matched=1, delayed=1)
    assert returns.row(number) == ("sent", "", "250 ok")
    assert returns.desk.attempts("outcome", "reply") == [("delayed", SLOW[2])]
    assert returns.marks() == []


def test_a_dead_forward_is_told_and_stops_neither_address(returns: Returns) -> None:
    """The recipient's own server had passed it on; the mail stays sent, the address goes on."""
    number = returns.mail()
    assert returns.take(report(GONE, "private@example.com")) == Collected(read=1, matched=1)
    assert returns.row(number) == ("sent", "", "250 ok")
    [(outcome, said)] = returns.desk.attempts("outcome", "reply")
    assert (outcome, said) == ("bounced_elsewhere", f"private@example.com: {GONE[2]}")
    assert (returns.marks(), returns.alarms()) == ([], [("coordinator@example.cn", False)])
    [about] = returns.desk.mails("about", purpose="alarm")
    told = json.loads(about)
    assert (told["what"], told["address"], told["forward"]) == (
        *("forward", HOST),
        "private@example.com",
    )


@pytest.mark.parametrize(
    "about",
    [
        ("failed", "5.2.2", "552 5.2.2 Mailbox full"),
        ("failed", "5.0.0", "554 5.7.1 rejected as spam"),
        ("failed", "5.0.0", "something went wrong"),
        ("failed", "5.1.1", "550 5.1.1 Sender address rejected: user unknown"),
    ],
)
def test_what_is_not_the_addresss_fault_is_told_and_the_address_goes_on(
    returns: Returns, about: tuple[str, str, str]
) -> None:
    number = returns.mail()
    assert returns.take(report(about)).marked == 0
    assert returns.row(number) == ("sent", "bounced", about[2])
    assert (returns.marks(), returns.alarms()) == ([], [("coordinator@example.cn", False)])


def many(returns: Returns, count: int) -> list[str]:
    emails = [f"h{n:02d}@example.cn" for n in range(count)]
    for n, email in enumerate(emails):
        returns.mail(f"k{n}", email, tried_at=SENT)
    return emails


SPAM = ("failed", "5.0.0", "554 5.7.1 rejected as spam")


@pytest.mark.parametrize("about", [SPAM, GONE, FULL], ids=["spam", "gone", "full"])
def test_one_reason_for_many_is_one_alarm_about_our_own_sending(
    returns: Returns, about: tuple[str, str, str]
) -> None:
    """69 reports in one reading stopped 69 addresses and sent 69 alarms."""
    returns.desk.person("admin@example.cn", (Role.ADMIN, ""))
    emails = many(returns, 69)
    got = returns.take(*(report(about, to, f"k{n}") for n, to in enumerate(emails)))
    assert (got.matched, got.marked) == (69, 0)
    assert returns.marks() == []
    [(to, said)] = returns.desk.mails("to_email", "about", purpose="alarm")
    told = json.loads(said)
    assert (to, told["what"], told["count"]) == ("admin@example.cn", "refusing", 69)
    assert set(returns.desk.mails("reason", purpose="result")) == {"bounced"}


def test_what_was_stopped_before_it_was_seen_to_be_ours_goes_on(returns: Returns) -> None:
    """The reports of one mailing come in several readings."""
    emails = many(returns, 20)
    reports = [report(GONE, to, f"k{n}") for n, to in enumerate(emails)]
    assert returns.take(*reports[:3]).marked == 3
    assert returns.take(*reports[3:], at=NOW + timedelta(minutes=5)).marked == 0
    assert returns.marks() == []
    assert returns.desk.attempts("outcome").count("cleared") == 3


def test_a_few_that_are_gone_among_many_that_are_not_are_each_stopped(returns: Returns) -> None:
    emails = many(returns, 60)
    got = returns.take(*(report(GONE, to, f"k{n}") for n, to in enumerate(emails[:6])))
    assert got.marked == 6
    assert [email for email, _ in returns.marks()] == emails[:6]


def test_forged_reports_about_many_prove_nothing_about_our_sending(returns: Returns) -> None:
    """They neither stop an address nor keep one from being stopped."""
    emails = many(returns, 20)
    returns.take(*(report(GONE, to, named=False) for to in emails))
    assert len(returns.desk.mails("id", purpose="alarm")) == 1
    assert returns.said() == [""]
    assert returns.take(report(GONE, emails[0], "k0")).marked == 1


def test_without_our_message_id_the_latest_mail_is_meant_and_nothing_is_marked(
    returns: Returns,
) -> None:
    returns.mail("older", sent_at=SENT - timedelta(days=1))
    number = returns.mail("latest")
    returns.mail("ahead", sent_at=NOW + timedelta(days=1))
    got = returns.take(report(GONE, "A@Example.CN", named=False))
    assert got == Collected(read=1, matched=1)
    assert returns.row(number) == ("sent", "bounced_unproven", "250 ok")
    assert returns.desk.attempts("mail_id", "outcome") == [(number, "bounced_unproven")]
    assert returns.marks() == []
    assert returns.alarms() == [("coordinator@example.cn", False)]


def test_forged_reports_mark_nothing(returns: Returns) -> None:
    old = returns.mail("old", "old@example.cn", sent_at=NOW - timedelta(days=15))
    waiting = returns.mail("waiting", "b@example.cn", status="pending", sent_at=None, attempts=0)
    assert returns.take(
        report(GONE, "old@example.cn", named=False),  # too long ago
        report(GONE, "b@example.cn", "waiting"),  # it has not been sent at all
        report(GONE, "b@example.cn", named=False),
        report(GONE, "province@example.cn", named=False),  # never written to
        report(GONE, HOST, "no such mail"),
    ) == Collected(read=5, unknown=5)
    assert (returns.marks(), returns.alarms(), returns.desk.attempts("id")) == ([], [], [])
    assert returns.row(old)[1] == returns.row(waiting)[1] == ""
    assert len(list((returns.folder / "done").iterdir())) == 5


@pytest.mark.parametrize("reason", ["", "bounced", "by_hand"])
def test_a_report_that_proves_nothing_overwrites_nothing(returns: Returns, reason: str) -> None:
    number = returns.mail(reason=reason)
    returns.take(report(GONE, named=False))
    assert returns.row(number) == ("sent", reason or "bounced_unproven", "250 ok")


def test_what_came_back_after_a_person_has_seen_to_it_is_kept_but_stays_seen_to(
    returns: Returns,
) -> None:
    number = returns.mail(reason="by_hand")
    returns.take(report(GONE))
    assert returns.row(number) == ("sent", "by_hand", GONE[2])
    assert returns.marks() == [(HOST, number)]


def test_of_many_reports_about_a_mail_a_few_are_kept(returns: Returns) -> None:
    returns.mail()
    forged = [("failed", "5.1.1", f"550 5.1.1 No {n}") for n in range(9)]
    slow = [("delayed", "4.4.1", f"450 4.4.1 Not yet {n}") for n in range(9)]
    returns.take(*(report(about, named=False) for about in forged + slow))
    assert returns.desk.attempts("outcome") == ["bounced_unproven"] * 3 + ["delayed"] * 3
    assert returns.alarms() == [("coordinator@example.cn", False)]
    returns.take(report(GONE))  # what is proven counts all the same
    assert returns.marks() == [(HOST, 1)]


def test_an_alarm_about_what_proves_nothing_carries_no_words_of_a_stranger(
    returns: Returns,
) -> None:
    returns.mail()
    returns.take(report(("failed", "5.1.1", "550 5.1.1 call 555-0100 now"), named=False))
    assert returns.said() == [""]
    returns.take(report(FULL))  # what is proven is told all the same, on the same day
    assert sorted(returns.said()) == ["", FULL[2]]


def test_an_alarm_carries_few_words_and_nothing_to_click(returns: Returns) -> None:
    returns.mail()
    link = "550 5.1.1 See https://example.org/a?b=c, www.example.org or HTTP://EXAMPLE.ORG/: "
    returns.take(report(("failed", "5.1.1", link + "x" * 600)))
    [said] = returns.said()
    assert said.startswith("550 5.1.1 See … … or … xxx")
    assert len(said) == 200


def test_in_trial_mode_only_the_trial_address_is_marked(returns: Returns) -> None:
    number = returns.mail(went_to="trial@example.cn")
    returns.take(report(GONE, HOST))
    assert returns.marks() == []
    returns.take(report(GONE, "trial@example.cn"))
    assert returns.marks() == [("trial@example.cn", number)]


def test_an_alarm_that_comes_back_goes_further_up_and_comes_to_an_end(returns: Returns) -> None:
    returns.desk.person("admin@example.cn", (Role.ADMIN, ""))
    returns.mail()
    returns.take(report(GONE))
    for _ in range(5):
        with returns.desk.db.write() as connection:
            connection.execute(
                update(MAIL).where(MAIL.c.status == "pending").values(status="sent", sent_at=SENT)
            )
        keys = returns.desk.mails("to_email", "key", purpose="alarm", status="sent")
        with returns.desk.db.write() as connection:
            for _, key in keys:
                connection.execute(update(MAIL).where(MAIL.c.key == key).values(token=token(key)))
        returns.take(*(report(GONE, to, key) for to, key in keys))
    assert returns.alarms() == [
        ("coordinator@example.cn", True),
        ("province@example.cn", True),
        ("admin@example.cn", True),
        ("", True),  # nobody is left: it stands in the ledger of silence
    ]


def test_forged_reports_about_alarms_raise_no_alarms(returns: Returns) -> None:
    returns.mail("alarm", "coordinator@example.cn", purpose="alarm")
    returns.take(report(GONE, "coordinator@example.cn", named=False))
    assert returns.desk.mails("reason") == ["bounced_unproven"]


def test_a_mail_under_way_keeps_its_status(returns: Returns) -> None:
    number = returns.mail(status="leased", sent_at=None, handed=1)
    returns.take(report(GONE))
    assert returns.row(number) == ("leased", "", GONE[2])
    assert returns.marks() == [(HOST, number)]


def test_ordinary_mail_is_no_report(returns: Returns) -> None:
    raw = crlf("From: x@example.cn\nSubject: 请问\nTo: yanxiu@example.org\n\n您好\n")
    assert returns.take(raw, b"", b"\xff\x00") == Collected(read=3, other=3)


def test_a_mailbox_is_collected_once(
    returns: Returns,
    imap: int,  # noqa: F811
    request: pytest.FixtureRequest,
) -> None:
    number, box = returns.mail(), f"desk {request.node.name}"
    deliver(imap, box, report(GONE), report(GONE, named=False))
    given = {"imap_port": imap, "imap_username": USER, "imap_password": PASSWORD}
    given |= {"imap_host": "127.0.0.1", "imap_security": "none", "imap_mailbox": box}
    settings = Settings(**given)
    check(settings, at=NOW)
    assert collect(returns.desk.db, settings, at=NOW) == Collected(read=2, matched=2, marked=1)
    assert collect(returns.desk.db, settings, at=NOW) == Collected()
    assert returns.marks() == [(HOST, number)]


def test_a_source_that_fails_is_told_after_the_other_was_read(
    returns: Returns, tmp_path: Path
) -> None:
    returns.mail()
    (returns.folder / "a.eml").write_bytes(report(GONE))
    settings = Settings(
        bounce_folder=returns.folder,
        imap_host="127.0.0.1",
        imap_port=1,
        imap_security="none",
    )
    with pytest.raises(BounceProblem, match=r"127\.0\.0\.1:1"):
        collect(returns.desk.db, settings, at=NOW)
    assert len(returns.marks()) == 1
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "none", tmp_path / "file"):
        with pytest.raises(BounceProblem):
            check(Settings(bounce_folder=folder), at=NOW)
    assert collect(returns.desk.db, Settings(), at=NOW) == Collected()


def test_a_round_reads_what_came_back_after_it_has_sent(returns: Returns, crooked: Crooked) -> None:
    """A mailbox that is slow or absent holds up no mail."""
    returns.desk.plan({"contact_email": HOST, "name": "又一班", "number": 2})
    clock = HandClock(morning("2025-08-08"))
    settings = Settings(smtp_port=crooked.port, mail_from=FROM, bounce_folder=returns.folder)
    worker = Worker(returns.desk.db, returns.desk.book, settings, clock, lambda *_: None)
    worker.sweep()

    def comes_back() -> None:
        """While the server takes it: the report names the mail as it goes out."""
        [named] = returns.desk.mails("token", to_email=HOST)
        raw = report(GONE).replace(token("k").encode(), named.encode())
        (returns.folder / "a.eml").write_bytes(raw)

    crooked.meanwhile = comes_back
    assert worker.once()["sent"] == len(crooked.seen) > 0
    assert returns.desk.mails("status", "reason", to_email=HOST) == [("sent", "bounced")]
