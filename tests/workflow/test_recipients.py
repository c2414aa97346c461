"""Substitutes, choices and marks: who is written to, and why somebody is not."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert
from stories import AT, OFFICE, SCHOOL, Desk

from states.facts import Facts
from states.mailing import Mode, Sort
from states.terms import Role, State
from workflow import preferences
from workflow.people import add_person, grant_once
from workflow.preferences import NotAllowed
from workflow.recipients import ADDRESS, Recipient, addressed

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
        preferences.appoint(connection, ids["chen"], ids["xu"], date(2025, 8, 7), date(2025, 8, 9))
    [one] = told(desk, Role.COORDINATOR, Sort.CHASING, on)
    assert one.email == email
    assert one.name == ("xu（代chen）" if email.startswith("xu") else "chen")


def test_a_later_appointment_replaces_what_overlaps(desk: Desk) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        preferences.appoint(connection, ids["chen"], ids["xu"], date(2025, 8, 1), date(2025, 8, 31))
        preferences.appoint(connection, ids["chen"], ids["lin"], date(2025, 8, 8), date(2025, 8, 8))
    assert told(desk, Role.COORDINATOR, Sort.CHASING)[0].email == "lin@example.cn"
    with desk.db.write() as connection:
        assert preferences.dismiss(connection, ids["chen"]) == 1
    assert told(desk, Role.COORDINATOR, Sort.CHASING)[0].email == "chen@example.cn"


def test_a_substitute_must_be_somebody_else_with_an_address(desk: Desk) -> None:
    ids = people(desk)
    with desk.db.write() as connection:
        nowhere = add_person(connection, "c", "c", "")
    turned = (date(2025, 8, 9), date(2025, 8, 7))
    for other, (first, last) in (
        (ids["chen"], turned[::-1]),
        (ids["xu"], turned),
        (nowhere, turned[::-1]),
    ):
        with pytest.raises(NotAllowed), desk.db.write() as connection:
            preferences.appoint(connection, ids["chen"], other, first, last)


def test_a_marked_address_is_silent_whatever_its_spelling(desk: Desk) -> None:
    people(desk)
    row = {"email": "lin@example.cn", "since": AT, "status": "5.1.1", "said": "no such user"}
    with desk.db.write() as connection:
        connection.execute(insert(ADDRESS).values(row))
    assert told(desk, Role.HOST, Sort.DEADLINES)[0].reason == "bounced"
