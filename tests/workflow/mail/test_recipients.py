"""Substitutes, choices and marks: who is written to, and why somebody is not."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, insert, select
from stories import AT, OFFICE, SCHOOL, Desk

from states.facts import Facts
from states.mailing import Mode, Sort
from states.terms import Role, State
from workflow.mail import preferences
from workflow.mail.preferences import NotAllowed
from workflow.mail.recipients import Recipient, addressed
from workflow.mail_tables import ADDRESS, MAIL
from workflow.people import add_person, grant_once

FACTS = Facts(
    State.PLANNED,
    "fujian-2025",
    2025,
    "甲班",
    SCHOOL,
    "demonstration",
    department=OFFICE,
    contact_name="林老师",
    contact_email="lin@example.cn",
)
ON = date(2025, 8, 8)
MARK = {"email": "xu@example.cn", "since": AT, "status": "5.1.1", "said": "no such user"}


def people(desk: Desk) -> dict[str, int]:
    found = {}
    with desk.db.write() as connection:
        for login, role, scope in (
            ("lin", Role.HOST, SCHOOL),
            ("chen", Role.COORDINATOR, OFFICE),
            ("xu", Role.COORDINATOR, "另一厅"),
        ):
            found[login] = add_person(connection, login, login, f"{login}@example.cn")
            grant_once(connection, found[login], role, scope)
    return found


def appoint(connection: Connection, person: int, other: int, first: date, last: date) -> None:
    preferences.appoint(connection, person, other, first, last, today=ON, at=AT)


def told(desk: Desk, role: Role, sort: Sort, on: date = ON) -> list[Recipient]:
    with desk.db.read() as connection:
        return addressed(connection, role, FACTS, sort, on=on)


def test_nobody_chose_anything(desk: Desk) -> None:
    people(desk)
    assert told(desk, Role.HOST, Sort.DEADLINES) == [Recipient("林老师", "lin@example.cn")]
    assert told(desk, Role.COORDINATOR, Sort.CHASING) == [Recipient("chen", "chen@example.cn")]


@pytest.mark.parametrize(("mode", "reason"), [(Mode.OFF, "muted"), (Mode.DIGEST, "in_digest")])
def test_a_coordinators_choice(desk: Desk, mode: Mode, reason: str) -> None:
    chen = people(desk)["chen"]
    with desk.db.write() as connection:
        preferences.prefer(connection, chen, Sort.RESULTS, mode)
    assert told(desk, Role.COORDINATOR, Sort.RESULTS) == [
        Recipient("chen", "chen@example.cn", reason)
    ]
    assert told(desk, Role.COORDINATOR, Sort.CHASING)[0].reason == ""


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.DIGEST])
@pytest.mark.parametrize("sort", [Sort.DEADLINES, Sort.RESULTS, Sort.ALARMS])
def test_what_a_notice_requires_cannot_be_muted(desk: Desk, sort: Sort, mode: Mode) -> None:
    lin = people(desk)["lin"]
    with pytest.raises(NotAllowed), desk.db.write() as connection:
        preferences.prefer(connection, lin, sort, mode)
    assert told(desk, Role.HOST, sort)[0].reason == ""


def test_nobody_puts_chasing_into_a_digest_that_is_off(desk: Desk) -> None:
    chen = people(desk)["chen"]
    with desk.db.write() as connection:
        preferences.prefer(connection, chen, Sort.DIGEST, Mode.OFF)
    with pytest.raises(NotAllowed), desk.db.write() as connection:
        preferences.prefer(connection, chen, Sort.CHASING, Mode.DIGEST)
    with desk.db.write() as connection:
        preferences.prefer(connection, chen, Sort.DIGEST, Mode.AT_ONCE)
        preferences.prefer(connection, chen, Sort.CHASING, Mode.DIGEST)
    with pytest.raises(NotAllowed), desk.db.write() as connection:
        preferences.prefer(connection, chen, Sort.DIGEST, Mode.OFF)


@pytest.mark.parametrize(
    ("on", "email"),
    [
        (date(2025, 8, 6), "chen@example.cn"),
        (date(2025, 8, 7), "xu@example.cn"),
        (date(2025, 8, 9), "xu@example.cn"),
        (date(2025, 8, 10), "chen@example.cn"),
    ],
)
def test_a_substitute_stands_in_from_the_first_day_to_the_last(
    desk: Desk, on: date, email: str
) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        appoint(connection, ids["chen"], ids["xu"], date(2025, 8, 7), date(2025, 8, 9))
    [one] = told(desk, Role.COORDINATOR, Sort.CHASING, on)
    assert one.email == email
    assert one.name == ("xu（代chen）" if email.startswith("xu") else "chen")


def test_a_later_appointment_replaces_what_overlaps(desk: Desk) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        appoint(connection, ids["chen"], ids["xu"], date(2025, 8, 1), date(2025, 8, 31))
        appoint(connection, ids["chen"], ids["lin"], date(2025, 8, 8), date(2025, 8, 8))
    assert told(desk, Role.COORDINATOR, Sort.CHASING)[0].email == "lin@example.cn"
    with desk.db.write() as connection:
        assert preferences.dismiss(connection, ids["chen"]) == 1
    assert told(desk, Role.COORDINATOR, Sort.CHASING)[0].email == "chen@example.cn"


def test_a_substitute_must_be_somebody_else_with_an_address(desk: Desk) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        nowhere = add_person(connection, "c", "c", "")
    turned = (date(2025, 8, 9), date(2025, 8, 7))
    endless = (date(2025, 8, 9), date(2026, 8, 10))
    for other, (first, last) in (
        (ids["xu"], endless),
        (ids["chen"], turned[::-1]),
        (ids["xu"], turned),
        (nowhere, turned[::-1]),
    ):
        with pytest.raises(NotAllowed), desk.db.write() as connection:
            appoint(connection, ids["chen"], other, first, last)


def test_a_marked_address_is_silent_whatever_its_spelling(desk: Desk) -> None:
    people(desk)
    row = {"email": "lin@example.cn", "since": AT, "status": "5.1.1", "said": "no such user"}
    with desk.db.write() as connection:
        connection.execute(insert(ADDRESS).values(row))
    assert told(desk, Role.HOST, Sort.DEADLINES)[0].reason == "bounced"


def test_nobody_stands_in_whom_mail_does_not_reach(desk: Desk) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        connection.execute(insert(ADDRESS).values(MARK))
    with pytest.raises(NotAllowed) as refusal, desk.db.write() as connection:
        appoint(connection, ids["chen"], ids["xu"], ON, ON)
    assert refusal.value.text.zh == (
        "xu 的邮箱 xu@example.cn 有退信标记，不能接收他人的邮件；"
        "请核实邮箱后用 yanxiu mail clear 取消标记，或另选他人。"
    )


def test_a_year_is_the_longest(desk: Desk) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        appoint(connection, ids["chen"], ids["xu"], ON, date(2026, 8, 8))


def substitutions(desk: Desk) -> list[tuple[str, str, str]]:
    columns = (MAIL.c.to_email, MAIL.c.status, MAIL.c.reason)
    query = select(*columns).where(MAIL.c.notice == "substitute").order_by(MAIL.c.id)
    with desk.db.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_the_coordinator_hears_who_stands_in_for_a_clerk_once(desk: Desk) -> None:
    ids = people(desk)
    desk.admit()
    for _ in range(2):
        with desk.db.write() as connection:
            appoint(connection, ids["lin"], ids["xu"], ON, ON)
    assert substitutions(desk) == [("chen@example.cn", "pending", "")]


def test_a_colleague_hears_who_stands_in_for_a_coordinator(desk: Desk) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        appoint(connection, ids["chen"], ids["xu"], ON, ON)
    assert substitutions(desk) == [("", "suppressed", "no_address")]  # there is no colleague
    with desk.db.write() as connection:
        other = add_person(connection, "wu", "wu", "wu@example.cn")
        grant_once(connection, other, Role.COORDINATOR, OFFICE)
        appoint(connection, ids["chen"], ids["xu"], ON, ON)
    assert substitutions(desk)[1:] == [("wu@example.cn", "pending", "")]
