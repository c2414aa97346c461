"""Taking people in: only those who are theirs to give, nobody himself, and row by row."""

from __future__ import annotations

import pytest
from stories import AT, OFFICE, SCHOOL, Desk

from states.terms import Role
from workflow.accounts.care import carer
from workflow.accounts.enrolment import Entry
from workflow.imports.people import Came, Taken, take_in
from workflow.people import Actor, add_person, grant, know_contacts, person_of

ELSEWHERE = "厦门软件学院"


@pytest.fixture
def ids(desk: Desk) -> dict[str, int]:
    desk.admit()
    desk.admit(name="另一班", host=ELSEWHERE, department="厦门市人社局")
    held = {
        "wang": (Role.PROVINCE, ""),
        "zhou": (Role.PROVINCE, ""),
        "root": (Role.ADMIN, ""),
        "chen": (Role.COORDINATOR, OFFICE),
        "lin": (Role.HOST, SCHOOL),
        "zhao": (Role.HOST, ELSEWHERE),
    }
    made = {}
    with desk.db.write() as connection:
        know_contacts(connection, [("", "", scope) for _, scope in held.values()])
        for login, (role, scope) in held.items():
            made[login] = add_person(connection, login, login, f"{login}@example.cn")
            grant(connection, made[login], role, scope)
    return made


def entry(login: str, role: Role, scope: str = "", email: str = "") -> Entry:
    return Entry(login, "新名", role, scope, email or f"{login}@example.cn", "")


def taken(
    desk: Desk, ids: dict[str, int], by: str, *entries: Entry, roles: tuple[tuple[Role, str], ...]
) -> list[Taken]:
    with desk.db.write() as connection:
        who = carer(connection, ids[by], Actor(by, by, roles)) if by else None
        return take_in(connection, enumerate(entries, start=2), who, at=AT)


PROVINCE, COORDINATOR = ((Role.PROVINCE, ""),), ((Role.COORDINATOR, OFFICE),)
CLERK = entry("new", Role.HOST, SCHOOL)


@pytest.mark.parametrize(
    ("by", "roles", "row"),
    [
        ("wang", PROVINCE, entry("wang", Role.HOST, SCHOOL)),  # oneself
        ("wang", PROVINCE, entry("new", Role.PROVINCE)),  # a second person of one's own making
        ("wang", PROVINCE, entry("new", Role.ADMIN)),
        ("wang", PROVINCE, entry("zhou", Role.HOST, SCHOOL)),  # a colleague's account
        ("wang", PROVINCE, entry("root", Role.HOST, SCHOOL)),
        ("chen", COORDINATOR, entry("new", Role.COORDINATOR, OFFICE)),
        ("chen", COORDINATOR, entry("new", Role.HOST, ELSEWHERE)),
        ("chen", COORDINATOR, entry("zhao", Role.HOST, SCHOOL)),  # another unit's clerk
    ],
)
def test_what_is_not_theirs_is_refused_and_leaves_nothing(
    desk: Desk, ids: dict[str, int], by: str, roles: tuple[tuple[Role, str], ...], row: Entry
) -> None:
    before = desk.rows()
    [one] = taken(desk, ids, by, row, roles=roles)
    assert (one.came, bool(one.said.zh), one.row) == (Came.REFUSED, True, 2)
    assert desk.rows() == before


def test_what_is_theirs_comes_in_beside_what_is_not(desk: Desk, ids: dict[str, int]) -> None:
    rows = (
        entry("zhao", Role.HOST, SCHOOL),
        CLERK,
        entry("other", Role.HOST, SCHOOL, "Wang@example.cn"),  # of one who decides on money
        entry("lin", Role.HOST, SCHOOL),
        CLERK,
    )
    found = taken(desk, ids, "chen", *rows, roles=COORDINATOR)
    assert [one.came for one in found] == [
        *(Came.REFUSED, Came.NEW, Came.REFUSED, Came.CHANGED, Came.SAME)
    ]
    with desk.db.read() as connection:
        assert person_of(connection, "lin").name == "新名"
        assert person_of(connection, "zhao").name == "zhao"
        assert person_of(connection, "other") is None


def test_the_local_operator_takes_in_everybody(desk: Desk, ids: dict[str, int]) -> None:
    rows = (entry("new", Role.ADMIN), entry("zhou", Role.HOST, SCHOOL))
    found = taken(desk, ids, "", *rows, roles=())
    assert [one.came for one in found] == [Came.NEW, Came.CHANGED]
