"""Chosen notices wait for a person: at the worker, in an export, and never one's own test."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, HandClock, morning

from config.settings import Settings
from notifications.by_hand import export
from notifications.mailbox import Mailbox, read_mailbox
from notifications.sending.delivery import DeliveryResult
from notifications.sending.writing import writer_for
from states.terms import Action
from workflow.mail.desk import APPROVABLE, hold, release

REJECT = {"code": "not_carried_out", "text": "未办班"}
APPROVAL = ("reject", "reminder", "digest")


def test_a_refusal_waits_and_goes_out_once_released(desk: Desk, mailbox: Mailbox) -> None:
    [project] = desk.plan({})
    desk.do(project, Action.REJECT, "2025-12-05", **REJECT)
    clock = HandClock(morning("2025-12-05"))
    clock.forward(minutes=5)
    chosen = {"mail_approval": APPROVAL}
    assert desk.delivery(mailbox.port, clock, **chosen).run() == DeliveryResult(withheld=1)
    assert desk.mails("status", "reason") == [("awaiting", "approval")]
    with desk.db.write() as connection:
        release(connection, 1, by="wang", note="同意", at=clock())
    assert desk.delivery(mailbox.port, clock, **chosen).run() == DeliveryResult(sent=1)
    assert len(read_mailbox(mailbox.folder)) == 1
    assert desk.attempts("outcome", "person") == [("released", "wang"), ("sent", "")]


def test_what_was_released_is_not_asked_for_again_after_a_failure(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.REJECT, "2025-12-05", **REJECT)
    clock = HandClock(morning("2025-12-05"))
    with quick_desk.db.write() as connection:
        hold(connection, 1, by="wang", note="", at=clock())
        release(connection, 1, by="wang", note="", at=clock())
    quick_desk.delivery(1, clock, mail_approval=APPROVAL).run()  # nobody listens there
    clock.forward(minutes=20)
    sent = quick_desk.delivery(mailbox.port, clock, mail_approval=APPROVAL).run()
    assert sent == DeliveryResult(sent=1)


def test_reminders_can_wait_too(desk: Desk, mailbox: Mailbox) -> None:
    desk.plan({})
    desk.sweep("2025-08-08")
    clock = HandClock(morning("2025-08-08"))
    clock.forward(minutes=5)
    held = desk.delivery(mailbox.port, clock, mail_approval=APPROVAL).run()
    assert held == DeliveryResult(withheld=1)


def test_an_export_is_no_way_around_it(quick_desk: Desk, tmp_path: Path) -> None:
    [project] = quick_desk.plan({})
    quick_desk.do(project, Action.REJECT, "2025-12-05", **REJECT)
    at = morning("2025-12-05")
    writer = writer_for(quick_desk.book, Settings(mail_approval=APPROVAL))
    folder = tmp_path / "out"
    export(
        quick_desk.db,
        writer,
        folder,
        mark=True,
        today=at.date(),
        at=at,
        data_dir=tmp_path,
    )
    assert quick_desk.mails("status", "reason") == [("awaiting", "approval")]
    assert list(folder.glob("*.eml")) == []


@pytest.mark.parametrize("name", ["reminder", "digest", "bounced", "reject", "plan", "paid"])
def test_every_name_that_a_mail_can_have_can_be_chosen(name: str) -> None:
    assert name in APPROVABLE
