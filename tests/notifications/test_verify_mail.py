"""A mail of every purpose and notice, written as the product writes it, leaves the record clean.

Each purpose has its writer below and each notice comes from the product's own table, so that a
new one joins by itself or fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from desk import Desk, HandClock, morning
from sqlalchemy import update

from notifications.digest import queue_digests
from notifications.letters.links import NO_LINKS
from notifications.letters.notices import NOTICES, Family
from notifications.letters.preview import NoPreview
from notifications.letters.results import Reader
from notifications.letters.wording_desk import queue_test
from notifications.mailbox import Mailbox
from states.terms import Act, Role
from workflow.mail.addresses import mark_address, warn_about
from workflow.mail.outbox import Result, draft, queue_result, queue_sign_in
from workflow.mail.preferences import appoint
from workflow.mail.recipients import Recipient
from workflow.mail_tables import MAIL, Purpose

DAY, TODAY = "2025-08-15", date(2025, 8, 15)
AT = morning(DAY)


def reminders(desk: Desk) -> None:
    assert desk.sweep(DAY).mails


def results(desk: Desk) -> None:
    desk.move(1, DAY, "2025-09-16", "2025-09-19")
    told = [key for key, kind in NOTICES.items() if kind.family is Family.RESULT]
    with desk.db.write() as connection:
        for number, notice in enumerate(told):
            to = Recipient("张三", f"Zhang.San{number}@example.cn")  # as people write their own
            for role in (Role.HOST, Role.COORDINATOR, Role.PROVINCE):
                result = Result(1, 1, Act.NOTE, notice)
                queue_result(connection, result, role, to, on=TODAY, at=AT)


def digests(desk: Desk) -> None:
    assert queue_digests(desk.db, desk.book, as_of=date(2025, 8, 18), at=AT)


def alarms(desk: Desk) -> None:
    told = {"status": "5.1.1", "said": "no such user", "mail_id": None, "at": AT}
    with desk.db.write() as connection:
        mark_address(connection, "Gone@example.cn", **told)
        warn_about(connection, "Full@example.cn", **told)
        warn_about(connection, "Perhaps@example.cn", **(told | {"said": ""}))
    one, two = (desk.person(email, (Role.HOST, "甲单位")) for email in ("a@x.cn", "b@x.cn"))
    with desk.db.write() as connection:
        appoint(connection, one, two, TODAY, date(2025, 8, 20), today=TODAY, at=AT)


def trials(desk: Desk) -> None:
    reader = Reader("", "Zhang.San@example.cn", Role.HOST, "zh", TODAY, NO_LINKS)
    with desk.db.write() as connection:
        for notice, kind in NOTICES.items():
            official = kind.family in (Family.DIGEST, Family.ALARM)
            told = replace(reader, role=Role.COORDINATOR if official else Role.HOST)
            with suppress(NoPreview):  # of a notice that tells another reader
                queue_test(connection, desk.book, notice, 1, told, language="", by="", at=AT)


def sign_ins(desk: Desk) -> None:
    person = desk.person("Zhao@Example.CN", name="赵六")
    with desk.db.write() as connection:
        queue_sign_in(connection, person, "https://x/login#abc", on=TODAY, at=AT)


WRITERS: dict[Purpose, Callable[[Desk], None]] = {
    Purpose.REMINDER: reminders,
    Purpose.RESULT: results,
    Purpose.DIGEST: digests,
    Purpose.ALARM: alarms,
    Purpose.TEST: trials,
    Purpose.SIGN_IN: sign_ins,
}


def test_every_purpose_has_its_writer() -> None:
    assert set(WRITERS) == set(Purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_verify_is_clean_after_a_mail_of_every_purpose(
    desk: Desk, mailbox: Mailbox, purpose: Purpose
) -> None:
    """A sign-in mail made it red for good: its key held a hash, and no address."""
    desk.staff()
    desk.plan({}, {})
    WRITERS[purpose](desk)
    assert set(desk.mails("purpose")) == {purpose.value}
    assert desk.problems() == []
    for on in (DAY, "2025-08-18"):  # a link ends within the hour, a digest waits for its day
        clock = HandClock(morning(on))
        clock.forward(minutes=1)
        desk.delivery(mailbox.port, clock).run()
    assert "sent" in desk.mails("status")
    assert desk.problems() == []


@pytest.mark.parametrize("purpose", Purpose)
def test_an_address_that_was_changed_is_found_in_a_mail_of_every_purpose(
    quick_desk: Desk, purpose: Purpose
) -> None:
    quick_desk.staff()
    quick_desk.plan({}, {})
    WRITERS[purpose](quick_desk)
    with quick_desk.db.write() as connection:
        connection.execute(update(MAIL).values(to_email="thief@example.cn"))
    assert len([p for p in quick_desk.problems() if p.startswith("Mail ")]) == len(
        quick_desk.mails("id")
    )


def test_a_sign_in_mail_from_before_is_clean(quick_desk: Desk) -> None:
    """Stored keys stay as they are, also those that name no address."""
    sign_ins(quick_desk)
    with quick_desk.db.write() as connection:
        connection.execute(update(MAIL).values(key=f"sign_in:{'0' * 64}"))
    assert quick_desk.problems() == []


def test_no_mail_can_be_written_whose_key_hides_its_address() -> None:
    with pytest.raises(ValueError, match="names its address"):
        draft("k", "result", ("张三", "a@x.cn"), Role.HOST, on=TODAY, at=AT)
