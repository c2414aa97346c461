"""Other contacts, departments and hosts: waiting mail follows, what went out stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from stories import AT, CLERK, COORDINATOR, OFFICE, OTHER_COORDINATOR, SCHOOL, WANG, Desk

from notifications.sweep import sweep
from states.terms import Act, Action, Role
from workflow.hand_over import hand_over_all
from workflow.mail.desk import hold
from workflow.mail.preferences import NotAllowed
from workflow.mail_tables import ADDRESS, ATTEMPT, MAIL
from workflow.people import add_person, find_actor, grant_once, person_id

NEW = {"contact_name": "新老师", "contact_email": "xin@example.cn"}
DAY = date(2025, 4, 11)  # the last reminder before a filing due on Saturday 04-12


def known(desk: Desk, login: str, role: Role, scope: str) -> int:
    with desk.db.write() as connection:
        found = person_id(connection, login)
        if found is None:
            found = add_person(connection, login, login, f"{login}@example.cn")
        grant_once(connection, found, role, scope)
    return found


def reminders(desk: Desk, project: int) -> list[tuple[str, str, str]]:
    return [
        (row["recipient"], row["status"], row["reason"])
        for row in desk.show(project)["reminders"]
        if row["on_date"] == DAY and row["kind"] == "filing"
    ]


def mails(desk: Desk, notice: str) -> list[tuple[str, str, str]]:
    with desk.db.read() as connection:
        query = select(MAIL.c.to_email, MAIL.c.status, MAIL.c.reason)
        rows = connection.execute(query.where(MAIL.c.notice == notice).order_by(MAIL.c.id)).all()
    return [tuple(row) for row in rows]


def test_what_waits_goes_to_the_new_contact(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    desk.do(one, Act.HAND_OVER, COORDINATOR, DAY, **NEW)
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    assert reminders(desk, one) == [
        ("lin@example.cn", "suppressed", "handed_over"),
        ("xin@example.cn", "queued", ""),
    ]
    assert mails(desk, "plan") == [
        ("lin@example.cn", "suppressed", "handed_over"),
        ("xin@example.cn", "pending", ""),
    ]
    assert mails(desk, "hand_over") == [("xin@example.cn", "pending", "")]
    assert mails(desk, "hand_over.left") == [("lin@example.cn", "pending", "")]
    with desk.db.read() as connection:
        clerk = find_actor(connection, "xin@example.cn")
    assert clerk is not None and clerk.grants == ((Role.HOST, SCHOOL),)
    assert desk.complaints() == []


def test_what_a_server_may_have_stays_where_it_is(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    with desk.db.write() as connection:
        connection.execute(update(MAIL).where(MAIL.c.notice == "plan").values(handed=1))
        connection.execute(update(MAIL).where(MAIL.c.notice == "review").values(status="leased"))
    desk.do(one, Act.HAND_OVER, COORDINATOR, DAY, **NEW)
    assert mails(desk, "plan") == [("lin@example.cn", "pending", "")]
    assert mails(desk, "review") == [("lin@example.cn", "leased", "")]


@pytest.mark.parametrize(("reason", "note"), [("held", "等会签"), ("approval", "")])
def test_what_waits_for_a_person_still_does_and_leaves_nothing_empty(
    desk: Desk, reason: str, note: str
) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    with desk.db.write() as connection:
        waits = MAIL.c.notice.in_(("plan", "reminder"))
        found = connection.execute(select(MAIL.c.id).where(waits)).scalars().all()
        for number in found if note else ():
            hold(connection, number, by="wang", note=note, at=AT)
        values = {"status": "awaiting", "reason": reason}
        connection.execute(update(MAIL).where(waits).values(values))
    desk.do(one, Act.HAND_OVER, COORDINATOR, DAY, **NEW)
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    for notice in ("plan", "reminder"):
        assert mails(desk, notice) == [
            ("lin@example.cn", "suppressed", "handed_over"),
            ("xin@example.cn", "awaiting", reason),
        ]
    assert reminders(desk, one)[-1] == ("xin@example.cn", "queued", "")
    with desk.db.read() as connection:
        lines = connection.execute(
            select(MAIL.c.to_email, ATTEMPT.c.reply, ATTEMPT.c.person)
            .join_from(ATTEMPT, MAIL, ATTEMPT.c.mail_id == MAIL.c.id)
            .where(MAIL.c.to_email == "xin@example.cn")
        ).all()
        numbers = select(MAIL.c.id).where(MAIL.c.status == "awaiting", MAIL.c.notice == "reminder")
        carried = connection.execute(numbers).scalar_one()
    assert [tuple(row) for row in lines] == [("xin@example.cn", note, "wang")] * (2 if note else 0)
    assert {row["mail_id"] for row in desk.show(one)["reminders"] if row["mail_id"]} == {carried}
    assert desk.complaints() == []


def test_what_was_released_needs_no_second_release(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    with desk.db.write() as connection:
        connection.execute(update(MAIL).where(MAIL.c.notice == "plan").values(reason="released"))
    desk.do(one, Act.HAND_OVER, COORDINATOR, DAY, **NEW)
    assert mails(desk, "plan")[-1] == ("xin@example.cn", "pending", "released")


def test_a_held_mail_keeps_what_is_in_it_of_other_projects(desk: Desk) -> None:
    one, two = desk.admit(), desk.admit(name="另一班")
    desk.live(one, "planned")
    desk.live(two, "planned")
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    with desk.db.write() as connection:
        [number] = connection.execute(
            select(MAIL.c.id).where(MAIL.c.notice == "reminder")
        ).scalars()
        hold(connection, number, by="wang", note="", at=AT)
    desk.do(one, Act.HAND_OVER, COORDINATOR, DAY, **NEW)
    assert mails(desk, "reminder") == [
        ("lin@example.cn", "awaiting", "held"),
        ("xin@example.cn", "awaiting", "held"),
    ]
    assert reminders(desk, two) == [("lin@example.cn", "queued", "")]


def test_clerk_and_office_both_hear(desk: Desk) -> None:
    one = desk.admit()
    desk.do(one, Act.HAND_OVER, WANG, "2025-01-07", office_email="office@example.cn")
    desk.live(one, "planned")
    assert mails(desk, "plan") == [
        ("lin@example.cn", "pending", ""),
        ("office@example.cn", "pending", ""),
    ]


def test_another_department_takes_over(desk: Desk) -> None:
    one = desk.admit()
    known(desk, "old", Role.COORDINATOR, OFFICE)
    known(desk, "new", Role.COORDINATOR, "厦门市人社局")
    desk.live(one, "submitted")
    assert desk.refused(one, Action.REVIEW, OTHER_COORDINATOR, "2025-01-09", opinion="同意") == [
        "right_role",
        "in_scope",
    ]
    desk.do(one, Act.TRANSFER, WANG, "2025-01-09", department="厦门市人社局", reason="归口调整")
    to_coordinators = [row for row in mails(desk, "submit") if not row[0].startswith("lin")]
    assert to_coordinators == [
        ("old@example.cn", "suppressed", "handed_over"),
        ("new@example.cn", "pending", ""),
    ]
    assert mails(desk, "transfer.left") == [("old@example.cn", "pending", "")]
    assert mails(desk, "transfer") == [
        ("lin@example.cn", "pending", ""),
        ("new@example.cn", "pending", ""),
    ]
    desk.do(one, Action.REVIEW, OTHER_COORDINATOR, "2025-01-09", opinion="同意")
    assert desk.complaints() == []


def test_who_stays_is_not_told_that_the_part_ends(desk: Desk) -> None:
    one = desk.admit(office_email="office@example.cn")
    known(desk, "both", Role.COORDINATOR, OFFICE)
    known(desk, "both", Role.COORDINATOR, "厦门市人社局")
    desk.do(one, Act.HAND_OVER, COORDINATOR, "2025-01-07", contact_phone="0591-1", **NEW)
    desk.do(one, Act.HAND_OVER, COORDINATOR, "2025-01-07", contact_name="新老师", contact_phone="1")
    desk.do(one, Act.TRANSFER, WANG, "2025-01-09", department="厦门市人社局", reason="归口调整")
    assert mails(desk, "hand_over.left") == [("lin@example.cn", "pending", "")]
    assert mails(desk, "transfer.left") == []


def test_the_news_that_a_part_ends_follows_nobody(desk: Desk) -> None:
    one = desk.admit()
    back = {"contact_name": "林老师", "contact_email": "lin@example.cn"}
    third = {"contact_name": "第三人", "contact_email": "third@example.cn"}
    for given in (NEW, back, third):
        desk.do(one, Act.HAND_OVER, COORDINATOR, "2025-01-07", **given)
    assert mails(desk, "hand_over.left") == [
        ("lin@example.cn", "pending", ""),
        ("xin@example.cn", "pending", ""),
        ("lin@example.cn", "pending", ""),
    ]


def test_another_host_after_the_plan_is_a_flag(desk: Desk) -> None:
    """R25-03"""
    one = desk.admit()
    desk.live(one, "planned")
    done = desk.do(one, Act.TRANSFER, WANG, "2025-03-03", host="福建工程学院", reason="更名")
    assert [(f.rule, f.clause) for f in done.findings] == [("host_kept", "R25-03")]
    other = desk.admit(host="另一学院", name="甲")
    same = desk.admit(host="福建理工大学", name="甲")
    given = {"host": "福建理工大学", "reason": "合并"}
    assert desk.refused(other, Act.TRANSFER, WANG, "2025-03-03", **given) == ["name_taken"]
    assert desk.show(same)["host"] == "福建理工大学"


@pytest.mark.parametrize(
    ("act", "given", "rule"),
    [
        (Act.HAND_OVER, {}, "handed_to_somebody"),
        (Act.HAND_OVER, {"contact_name": "林老师"}, "handed_to_somebody"),
        (Act.TRANSFER, {"reason": "x"}, "transfer_says_where"),
        (Act.TRANSFER, {"reason": "x", "department": OFFICE}, "transfer_says_where"),
    ],
)
def test_nothing_new_is_refused(desk: Desk, act: Act, given: dict[str, Any], rule: str) -> None:
    one = desk.admit()
    assert desk.refused(one, act, WANG, "2025-01-07", **given) == [rule]


# -- Everything of a person -----------------------------------------------------------------------


def test_all_of_a_clerks_projects_in_one_act_and_one_mail(desk: Desk) -> None:
    first, second = desk.admit(name="甲"), desk.admit(name="乙")
    done = desk.admit(name="丙", state="closed")
    giver = known(desk, "lin", Role.HOST, SCHOOL)
    taker = known(desk, "xin", Role.HOST, SCHOOL)
    with desk.db.write() as connection:
        handed = hand_over_all(connection, desk.book, giver, taker, reason="调离", today=DAY, at=AT)
    assert (handed.projects, handed.roles) == (2, ((Role.HOST, SCHOOL),))
    emails = [desk.show(one)["contact_email"] for one in (first, second, done)]
    assert emails == ["xin@example.cn", "xin@example.cn", "lin@example.cn"]
    assert mails(desk, "hand_over") == [("xin@example.cn", "pending", "")]
    assert mails(desk, "hand_over.left") == [("lin@example.cn", "pending", "")]
    with desk.db.read() as connection:
        about = connection.execute(select(MAIL.c.about).where(MAIL.c.notice.like("hand_over%")))
        assert list(about.scalars()) == [f'{{"projects": [{first}, {second}]}}'] * 2
        gone = find_actor(connection, "lin")
    assert gone is not None and gone.grants == ()
    assert desk.complaints() == []


def test_a_coordinators_scope_and_waiting_mail_move(desk: Desk) -> None:
    one = desk.admit()
    old = known(desk, "old", Role.COORDINATOR, OFFICE)
    new = known(desk, "new", Role.COORDINATOR, "另一厅")
    desk.live(one, "submitted")
    with desk.db.write() as connection:
        handed = hand_over_all(connection, desk.book, old, new, reason="轮岗", today=DAY, at=AT)
    assert handed.projects == 0
    assert [row for row in mails(desk, "submit") if "lin" not in row[0]] == [
        ("old@example.cn", "suppressed", "handed_over"),
        ("new@example.cn", "pending", ""),
    ]


def test_nobody_hands_over_to_the_unreachable(desk: Desk) -> None:
    one, other = known(desk, "a", Role.HOST, SCHOOL), known(desk, "b", Role.HOST, SCHOOL)
    with desk.db.write() as connection:
        nowhere = add_person(connection, "c", "c", "")
        lost = add_person(connection, "d", "d", "D@example.cn")
        mark = {"email": "d@example.cn", "since": AT, "status": "", "said": "no such user"}
        connection.execute(insert(ADDRESS).values(mark))
    for taker in (one, nowhere, lost):
        with pytest.raises(NotAllowed), desk.db.write() as connection:
            hand_over_all(connection, desk.book, one, taker, reason="", today=DAY, at=AT)
    assert other != one and CLERK.login == "lin"
