"""Leases, fences, and what is written or withheld when a mail is claimed."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from desk import Desk, HandClock, morning
from servers import Crooked
from sqlalchemy import text

from notifications.sending.answers import Answer, Outcome
from notifications.sending.claims import Claim
from notifications.sending.delivery import Delivery, DeliveryResult, Dispatch
from states.terms import Action, Role


@pytest.fixture
def clock() -> HandClock:
    clock = HandClock(morning("2025-08-08"))
    clock.forward(minutes=5)
    return clock


def two(desk: Desk) -> None:
    desk.plan(
        {"contact_email": "a@example.cn", "host": "甲单位"},
        {"contact_email": "b@example.cn", "host": "乙单位"},
    )
    assert desk.sweep("2025-08-08").mails == 2


def claimed(delivery: Delivery) -> list[Claim]:
    now = delivery.clock()
    claims = delivery._claim(Dispatch(now, now))
    assert claims is not None
    return claims


def test_a_second_worker_waits_for_the_lease_to_end(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    two(desk)
    first = desk.delivery(crooked.port, clock, owner="one:1")
    second = desk.delivery(crooked.port, clock, owner="two:2")
    claims = claimed(first)
    assert len(claims) == 2
    assert second.run() == DeliveryResult()
    clock.now += first.lease  # its very last moment
    assert second.run() == DeliveryResult()
    clock.forward(seconds=1)
    assert second.run() == DeliveryResult(sent=2)
    assert set(desk.mails("status", "attempts", "lease_owner")) == {("sent", 2, "two:2")}


def test_a_late_record_of_the_first_worker_changes_nothing(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    two(desk)
    first = desk.delivery(crooked.port, clock, owner="one:1")
    claims = claimed(first)
    clock.now += first.lease + timedelta(seconds=1)
    assert desk.delivery(crooked.port, clock, owner="two:2").run() == DeliveryResult(sent=2)
    stood = desk.mails("status", "sent_at", "last_reply", "attempts")
    first._record(claims[0], Answer(Outcome.LATER, "451 too late"))
    first._give_back(claims[1:], tried=True)
    assert first._note(claims[0]) is False
    assert desk.mails("status", "sent_at", "last_reply", "attempts") == stood
    assert None not in desk.mails("content")


def test_a_mail_lost_to_another_is_not_sent(desk: Desk, crooked: Crooked, clock: HandClock) -> None:
    """The first worker sleeps past its lease while a mail is under way; the second takes over."""
    two(desk)
    first = desk.delivery(crooked.port, clock, owner="one:1")

    def overtake() -> None:
        crooked.meanwhile = lambda: None
        clock.now += first.lease + timedelta(seconds=1)
        second = desk.delivery(crooked.port, clock, owner="two:2")
        worker = Thread(target=lambda: taken.append(second.run()))
        worker.start()
        others.append(worker)

    taken: list[DeliveryResult] = []
    others: list[Thread] = []
    crooked.meanwhile = overtake
    result = first.run()
    others[0].join(20)
    # The mail under way is doubled, which nobody can prevent; the other is sent by one of them.
    assert result.sent + taken[0].sent in (2, 3)
    assert sorted(set(crooked.recipients)) == ["a@example.cn", "b@example.cn"]
    assert crooked.recipients.count("b@example.cn") == 1
    assert set(desk.mails("status")) == {"sent"}


def test_a_mail_whose_matter_is_settled_meanwhile_is_withheld(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    two(desk)
    desk.do(1, Action.FILE, "2025-08-08", by=Role.HOST)  # whose receipt goes out
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=2, withheld=1)
    stood = desk.mails("status", "reason", purpose="reminder")
    assert stood == [("suppressed", "outdated"), ("sent", "")]
    assert desk.ledger("status", "reason", project_id=1, step="D-7") == [("suppressed", "met")]
    assert crooked.recipients == ["a@example.cn", "b@example.cn"]
    assert desk.problems() == []


def test_a_mail_that_no_server_took_is_withheld_once_it_is_settled(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    """Refused for now, it is written anew: with the days left of that day, or not at all."""
    two(desk)
    crooked.at_rcpt.extend(["450 4.7.1 Later"] * 2)
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(failed=2)
    assert "还有7天" in desk.mails("subject")[1]
    desk.move(1, "2025-08-08", "2025-10-20", "2025-10-23")
    clock.now = morning("2025-08-11")
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=2, withheld=1)
    assert desk.ledger("status", "reason", project_id=1, step="D-7") == [("suppressed", "moved")]
    assert "还有4天" in desk.mails("subject")[1]


def test_what_a_mail_still_has_to_say_goes_out_without_the_rest(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    desk.plan({}, {})
    desk.sweep("2025-08-08")
    desk.do(1, Action.FILE, "2025-08-08", by=Role.HOST)  # whose receipt goes out
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=2)
    assert "研修班2号" in desk.mails("subject")[0]
    assert desk.ledger("project_id", status="queued") == [2]


def test_a_mail_that_cannot_be_written_does_not_block_the_others(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    two(desk)
    with desk.db.write() as connection:
        connection.execute(text("UPDATE mail SET to_email = 'a b' WHERE id = 1"))
    assert desk.delivery(crooked.port, clock).run() == DeliveryResult(sent=1, failed=1)
    [(status, reason), other] = desk.mails("status", "reason")
    assert (status, reason) == ("dead", "unwritable: ValueError: not an address: 'a b'")
    assert other == ("sent", "")


def test_two_workers_at_once_send_each_mail_once(
    desk: Desk, crooked: Crooked, clock: HandClock
) -> None:
    emails = [f"h{n:02d}@example.cn" for n in range(1, 52)]
    desk.plan(*({"contact_email": email} for email in emails))
    desk.sweep("2025-08-08")
    before = desk.delivery(crooked.port, clock, owner="0#0")
    before.run(stop=lambda: bool(crooked.seen))  # the server is known to take mail
    results: list[DeliveryResult] = []

    def work(owner: str) -> None:
        results.append(desk.delivery(crooked.port, clock, owner=owner).run())

    workers = [Thread(target=work, args=(f"{n}#0",)) for n in range(1, 4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sum(result.sent for result in results) == 50
    assert sorted(crooked.recipients) == emails
