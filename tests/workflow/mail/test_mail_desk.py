"""What people do to mail rows: only what the status allows, each act on record."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from stories import AT, CLERK, OFFICE, Desk

from states.terms import Action, Role
from workflow.mail.addresses import clear_address, mark_address, marked
from workflow.mail.attempts import MailRefused
from workflow.mail.desk import by_hand, hold, release, requeue
from workflow.mail.outbox import INSERT, draft
from workflow.mail_tables import ATTEMPT, MAIL, MailStatus
from workflow.people import add_person, grant

LATER = AT + timedelta(hours=3)
TO = ("林老师", "lin@example.cn")
EVERY = [status.value for status in MailStatus]


def queue(desk: Desk, key: str = "k1", to: tuple[str, str] = TO, **values: Any) -> int:
    key = f"{key}:{to[1]}"
    row = draft(key, "result", to, Role.HOST, on=date(2025, 3, 3), at=AT)
    with desk.db.write() as connection:
        INSERT.run(connection, row)
        number = connection.execute(select(MAIL.c.id).where(MAIL.c.key == key)).scalar_one()
        if values:
            connection.execute(update(MAIL).where(MAIL.c.id == number).values(values))
    return int(number)


def mail(desk: Desk, number: int) -> Any:
    with desk.db.read() as connection:
        return connection.execute(select(MAIL).where(MAIL.c.id == number)).one()


def attempts(desk: Desk) -> list[tuple[Any, ...]]:
    with desk.db.read() as connection:
        query = select(
            ATTEMPT.c.mail_id, ATTEMPT.c.outcome, ATTEMPT.c.reply, ATTEMPT.c.person, ATTEMPT.c.at
        )
        return [tuple(row) for row in connection.execute(query.order_by(ATTEMPT.c.id))]


def act(desk: Desk, what: Any, number: int, note: str = "电话已告知") -> None:
    with desk.db.write() as connection:
        what(connection, number, by="wang", note=note, at=LATER)


def refused(desk: Desk, what: Any, number: int) -> str:
    before = desk.rows()
    with pytest.raises(MailRefused) as refusal:
        act(desk, what, number)
    assert desk.rows() == before
    return refusal.value.text.zh


# -- One mail -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "allowed", "target", "reason", "outcome"),
    [
        (hold, {"pending", "failed"}, "awaiting", "held", "held"),
        (release, {"awaiting"}, "pending", "released", "released"),
        (requeue, {"dead", "failed", "suppressed"}, "pending", "released", "resent"),
        (
            by_hand,
            {"pending", "failed", "dead", "awaiting", "suppressed"},
            "sent",
            "by_hand",
            "by_hand",
        ),
    ],
)
def test_each_act_is_done_to_what_it_is_for_and_refused_of_the_rest(
    desk: Desk, what: Any, allowed: set[str], target: str, reason: str, outcome: str
) -> None:
    for status in EVERY:
        number = queue(desk, status, status=status, lease_until=LATER + timedelta(minutes=1))
        if status not in allowed:
            assert f"第{number}号邮件" in refused(desk, what, number)
            continue
        done_before = len(attempts(desk))
        act(desk, what, number)
        row = mail(desk, number)
        assert (row.status, row.reason, row.lease_owner) == (target, reason, "")
        assert attempts(desk)[done_before:] == [(number, outcome, "电话已告知", "wang", LATER)]


@pytest.mark.parametrize("number", [-1, 0, 99, 2**31, 2**63, 10**30])
def test_a_mail_that_is_not_there_is_one_sentence(desk: Desk, number: int) -> None:
    for what in (hold, release, requeue, by_hand):
        assert refused(desk, what, number) == f"没有编号为{number}的邮件。"


def test_what_is_released_is_due_now(desk: Desk) -> None:
    number = queue(desk, status="awaiting", due_at=LATER + timedelta(days=9))
    act(desk, release, number)
    assert mail(desk, number).due_at == LATER


def test_what_no_server_has_is_written_anew_and_what_one_may_have_keeps_its_bytes(
    desk: Desk,
) -> None:
    fresh = queue(desk, "a", status="dead", content=b"old", subject="old", handed=0, attempts=20)
    doubtful = queue(desk, "b", status="dead", content=b"old", subject="old", handed=1, attempts=20)
    for number in (fresh, doubtful):
        act(desk, requeue, number)
        assert (mail(desk, number).attempts, mail(desk, number).due_at) == (0, LATER)
    assert (mail(desk, fresh).content, mail(desk, fresh).subject) == (None, "")
    assert (bytes(mail(desk, doubtful).content), mail(desk, doubtful).handed) == (b"old", 1)


def test_a_returned_mail_can_be_sent_again_or_told_by_hand_but_a_sent_one_cannot(
    desk: Desk,
) -> None:
    sent = queue(desk, "a", status="sent", sent_at=AT, content=b"old")
    for what in (requeue, by_hand, hold, release):
        assert "已发送" in refused(desk, what, sent)
    back = {"status": "sent", "sent_at": AT, "content": b"old", "reason": "bounced", "handed": 1}
    returned, other = queue(desk, "b", **back), queue(desk, "c", **back)
    assert "已退信" in refused(desk, hold, returned)
    act(desk, requeue, returned)
    row = mail(desk, returned)
    assert (row.status, row.reason, row.content, row.sent_at) == ("pending", "released", None, None)
    act(desk, by_hand, other)
    assert (mail(desk, other).status, mail(desk, other).reason) == ("sent", "by_hand")


def test_a_mail_without_an_address_can_only_be_told_by_hand(desk: Desk) -> None:
    number = queue(desk, to=("林老师", ""))
    assert "没有收件邮箱" in refused(desk, requeue, number)
    act(desk, by_hand, number)
    assert mail(desk, number).sent_at == LATER


def test_a_lease_that_has_run_out_holds_nothing_up(desk: Desk) -> None:
    number = queue(
        desk, status="leased", lease_until=LATER - timedelta(seconds=1), lease_owner="gone:1"
    )
    act(desk, by_hand, number)
    assert (mail(desk, number).status, mail(desk, number).lease_owner) == ("sent", "")


# -- Addresses ------------------------------------------------------------------------------------


def person(desk: Desk, login: str, role: Role, scope: str = "") -> None:
    with desk.db.write() as connection:
        number = add_person(connection, login, f"{login}名", f"{login}@example.cn")
        grant(connection, number, role, scope)


def mark(desk: Desk, email: str, mail_id: int | None = None, at: Any = LATER) -> bool:
    with desk.db.write() as connection:
        said = "550 5.1.1 User unknown"
        return mark_address(connection, email, status="5.1.1", said=said, mail_id=mail_id, at=at)


def alarms(desk: Desk) -> list[tuple[str, str, str, list[int]]]:
    """To whom, in which role, in which status, about which projects."""
    with desk.db.read() as connection:
        query = select(MAIL).where(MAIL.c.purpose == "alarm").order_by(MAIL.c.id)
        return [
            (
                row.to_email,
                row.to_role,
                row.status,
                [project["id"] for project in json.loads(row.about)["projects"]],
            )
            for row in connection.execute(query)
        ]


def test_a_mark_is_set_once_and_told_to_the_coordinator_of_that_contact(desk: Desk) -> None:
    person(desk, "chen", Role.COORDINATOR, OFFICE)
    person(desk, "wang", Role.PROVINCE)
    one, two = desk.admit(), desk.admit(name="另一班", contact_email="LIN@example.cn")
    desk.admit(name="别人的班", contact_email="other@example.cn")
    number = queue(desk, subject="【催报】一班", project_id=one)
    assert mark(desk, " Lin@Example.cn ", number)
    assert not mark(desk, "LIN@example.cn", number)
    with desk.db.read() as connection:
        [row] = marked(connection)
        alarm = connection.execute(select(MAIL).where(MAIL.c.purpose == "alarm")).one()
    assert (row["email"], row["status"], row["mail_id"]) == ("lin@example.cn", "5.1.1", number)
    assert alarms(desk) == [("chen@example.cn", "coordinator", "pending", [one, two])]
    assert alarm.key == "alarm:marked:lin@example.cn:2025-03-03:chen@example.cn"
    assert (alarm.notice, json.loads(alarm.about)) == (
        "bounced",
        {
            "what": "marked",
            "email": "lin@example.cn",
            "address": "lin@example.cn",
            "person": "林老师",
            "status": "5.1.1",
            "said": "550 5.1.1 User unknown",
            "reason": "gone",
            "mail_id": number,
            "marked": True,
            "subject": "【催报】一班",
            "projects": [
                {"id": one, "name": "智能制造高级研修班"},
                {"id": two, "name": "另一班"},
            ],
        },
    )


def test_the_office_of_a_host_counts_as_its_address_too(desk: Desk) -> None:
    person(desk, "chen", Role.COORDINATOR, OFFICE)
    one = desk.admit(office_email="Office@example.cn")
    desk.admit(name="名为 office@example.cn 的班", office_email="else@example.cn")
    assert mark(desk, "office@example.cn")
    assert alarms(desk) == [("chen@example.cn", "coordinator", "pending", [one])]


def test_where_nobody_nearer_can_be_written_to_it_goes_further_up(desk: Desk) -> None:
    person(desk, "wang", Role.PROVINCE)
    person(desk, "root", Role.ADMIN)
    one = desk.admit()
    mark(desk, "lin@example.cn")  # the department has no coordinator
    mark(desk, "wang@example.cn", queue(desk, project_id=one))  # the province's own
    mark(desk, "root@example.cn")  # and nobody is left
    assert alarms(desk) == [
        ("wang@example.cn", "province", "pending", [one]),
        ("root@example.cn", "admin", "pending", [one]),
        ("", "admin", "suppressed", []),
    ]


def test_a_coordinators_own_address_is_the_provinces_matter(desk: Desk) -> None:
    person(desk, "chen", Role.COORDINATOR, OFFICE)
    person(desk, "xu", Role.COORDINATOR, OFFICE)
    person(desk, "wang", Role.PROVINCE)
    one = desk.admit()
    mark(desk, "chen@example.cn", queue(desk, project_id=one))
    assert alarms(desk) == [("wang@example.cn", "province", "pending", [one])]
    mark(desk, "lin@example.cn")  # and the marked coordinator is not written to
    assert alarms(desk)[1:] == [("xu@example.cn", "coordinator", "pending", [one])]


def test_a_project_that_is_over_troubles_nobody(desk: Desk) -> None:
    person(desk, "chen", Role.COORDINATOR, OFFICE)
    over, open_ = desk.admit(), desk.admit(name="另一班")
    desk.do(over, Action.WITHDRAW, CLERK, "2025-01-07", reason="停办", force_majeure=False)
    mark(desk, "lin@example.cn")
    assert alarms(desk) == [("chen@example.cn", "coordinator", "pending", [open_])]


def test_a_cleared_address_is_on_record_and_a_second_mark_of_the_day_alarms_no_more(
    desk: Desk,
) -> None:
    person(desk, "chen", Role.COORDINATOR, OFFICE)
    desk.admit()
    number = queue(desk)
    mark(desk, "lin@example.cn", number)
    with desk.db.write() as connection:
        clear_address(connection, "LIN@example.cn", by="wang", at=LATER)
        assert marked(connection) == []
    assert attempts(desk) == [(number, "cleared", "lin@example.cn", "wang", LATER)]
    assert mark(desk, "lin@example.cn", number)
    assert len(alarms(desk)) == 1
    with desk.db.write() as connection:
        clear_address(connection, "lin@example.cn", by="wang", at=LATER)
    assert mark(desk, "lin@example.cn", number, LATER + timedelta(days=1))
    assert len(alarms(desk)) == 2


def test_what_is_not_marked_cannot_be_cleared(desk: Desk) -> None:
    with pytest.raises(MailRefused, match="not marked"), desk.db.write() as connection:
        clear_address(connection, "x" * 1000, by="wang", at=LATER)
    assert not mark(desk, "  ")
