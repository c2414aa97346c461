"""Who is disabled gets nothing more: what waits is withheld with that reason, what comes is not
sent, and whoever watches the projects is told and finds it on the workplace."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from stories import AT, CLERK, COORDINATOR, OFFICE, SCHOOL, WANG, Desk

from notifications.sweep import sweep
from states.mailing import Sort
from states.terms import Act, Action, Role
from workflow.accounts.leaving import disable
from workflow.mail.attempts import MailRefused
from workflow.mail.desk import requeue
from workflow.mail.recipients import addressed
from workflow.mail_tables import MAIL, REMINDER
from workflow.people import add_person, grant, know_contacts, person_id
from workflow.tables import PERSON
from workflow.workplace.tasks import unreachable
from workflow.workplace.watching import scope_of

ONE = "one@example.cn"
DAY = date(2025, 3, 13)  # thirty days before the filing is advised


def peopled(desk: Desk) -> None:
    with desk.db.write() as connection:
        for login, role, scope in (
            ("chen", Role.COORDINATOR, OFFICE),
            ("wang", Role.PROVINCE, ""),
        ):
            person = add_person(connection, login, login, f"{login}@example.cn")
            grant(connection, person, role, scope)


def planned(desk: Desk, name: str, **contact: Any) -> int:
    """A project in the plan, whose contact is a clerk of the host."""
    known = {"name": name, "contact_name": "张样", "contact_email": ONE} | contact
    project = desk.admit(state="planned", planned_on="2025-02-20", known_on="2025-02-20", **known)
    with desk.db.write() as connection:
        know_contacts(connection, [(known["contact_email"], known["contact_name"], SCHOOL)])
    return project


def leaves(desk: Desk, login: str) -> None:
    with desk.db.write() as connection:
        person = person_id(connection, login)
        assert person is not None
        disable(connection, person, at=AT)


def mails(desk: Desk) -> list[tuple[str, str, str, str]]:
    with desk.db.read() as connection:
        columns = (MAIL.c.notice, MAIL.c.to_email, MAIL.c.status, MAIL.c.reason)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(MAIL.c.id))]


def test_what_waits_and_what_comes_is_withheld_with_the_reason(desk: Desk) -> None:
    peopled(desk)
    first, second = planned(desk, "甲班"), planned(desk, "乙班")
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    assert ("reminder", ONE, "pending", "") in mails(desk)
    leaves(desk, "ONE@example.cn")
    found = mails(desk)
    assert {row[2:] for row in found if row[1] == ONE} == {("suppressed", "disabled")}
    [about] = [json.loads(row.about) for row in desk.rows()["mail"] if row.notice == "left"]
    assert [one["id"] for one in about["projects"]] == [first, second]
    assert ("left", "chen@example.cn", "pending", "") in found
    # What comes later: the next steps of the ladder, and results.
    sweep(desk.db, desk.book, as_of=date(2025, 4, 7), at=AT)
    desk.do(first, Action.REJECT, WANG, "2025-04-08", code="not_carried_out", text="未办班。")
    found = mails(desk)
    assert ("reject", ONE, "suppressed", "disabled") in found
    assert {row[2] for row in found if row[1] == ONE} == {"suppressed"}
    with desk.db.read() as connection:
        query = select(REMINDER.c.status, REMINDER.c.reason).where(REMINDER.c.recipient == ONE)
        said = connection.execute(query).all()
    assert said and {row.status for row in said} == {"suppressed"}
    assert {row.reason for row in said} <= {"disabled", "overtaken"}
    assert desk.complaints() == []


def test_nobody_sends_it_again(desk: Desk) -> None:
    peopled(desk)
    planned(desk, "甲班")
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    leaves(desk, ONE)
    [withheld] = [row.id for row in desk.rows()["mail"] if row.to_email == ONE]
    with pytest.raises(MailRefused, match="disabled"), desk.db.write() as connection:
        requeue(connection, withheld, by="wang", note="", at=AT)


def test_it_stands_on_the_workplace_until_there_is_another_contact(desk: Desk) -> None:
    peopled(desk)
    first, second = planned(desk, "甲班"), planned(desk, "乙班")
    leaves(desk, ONE)
    assert [task.project_id for task in left(desk)] == [first, second]
    assert "张样" in left(desk)[0].what.zh and left(desk)[0].deed == "hand_over"
    contact = {"contact_name": "新样", "contact_email": "new@example.cn"}
    desk.do(first, Act.HAND_OVER, COORDINATOR, "2025-03-20", **contact)
    assert [task.project_id for task in left(desk)] == [second]
    sweep(desk.db, desk.book, as_of=date(2025, 4, 7), at=AT)
    assert ("reminder", "new@example.cn", "pending", "") in mails(desk)


def left(desk: Desk) -> list[Any]:
    watching = scope_of(COORDINATOR)
    assert watching is not None
    with desk.db.read() as connection:
        return unreachable(connection, watching)


def test_who_reads_the_same_mailbox_goes_on_getting_what_is_theirs(desk: Desk) -> None:
    peopled(desk)
    planned(desk, "甲班")
    other = planned(desk, "乙班", contact_name="李样")
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    waiting = [row for row in desk.rows()["mail"] if row.purpose == "reminder"]
    assert {(row.to_name, row.to_email) for row in waiting} >= {("张样", ONE), ("李样", ONE)}
    leaves(desk, ONE)
    found = {row.to_name: row.status for row in desk.rows()["mail"] if row.to_email == ONE}
    assert found == {"张样": "suppressed", "李样": "pending"}
    assert other not in [task.project_id for task in left(desk)]
    with desk.db.read() as connection:
        query = select(PERSON.c.login, PERSON.c.name).where(PERSON.c.email == ONE)
        people = connection.execute(query.order_by(PERSON.c.id)).all()
    assert people == [(ONE, "张样"), (f"李样-{ONE}", "李样")]
    assert desk.complaints() == []


def test_the_last_coordinator_is_named_as_disabled(desk: Desk) -> None:
    """Not as nobody: the ledger says what became of whom it would have told."""
    peopled(desk)
    project = planned(desk, "甲班")
    leaves(desk, "chen")
    with desk.db.read() as connection:
        facts = desk_facts(desk, project)
        [to] = addressed(connection, Role.COORDINATOR, facts, Sort.CHASING, on=DAY)
    assert (to.email, to.reason) == ("chen@example.cn", "disabled")


def desk_facts(desk: Desk, project: int) -> Any:
    from workflow.engine import situation

    with desk.db.read() as connection:
        return situation(connection, desk.book, project)[0]


def test_addresses_that_differ_in_case_are_one_mailbox_and_one_mail(desk: Desk) -> None:
    """Also such as stand in the facts of older events."""
    peopled(desk)
    planned(desk, "甲班")
    planned(desk, "乙班", contact_email="ONE@Example.cn")
    sweep(desk.db, desk.book, as_of=DAY, at=AT)
    hosts = [row for row in desk.rows()["mail"] if row.purpose == "reminder"]
    assert [row.to_email for row in hosts if row.to_role == "host"] == [ONE]
    with desk.db.read() as connection:
        people = connection.execute(select(PERSON.c.login).where(PERSON.c.email == ONE)).all()
    assert people == [(ONE,)]
    assert desk.complaints() == []


def test_a_host_names_its_own_contact_and_the_office_is_told(desk: Desk) -> None:
    peopled(desk)
    project = planned(desk, "甲班")
    contact = {"contact_name": "新样", "contact_email": "New@example.cn"}
    desk.do(project, Act.HAND_OVER, CLERK, "2025-03-20", **contact)
    told = {row[:2] for row in mails(desk)}
    assert told == {
        ("hand_over", "new@example.cn"),
        ("hand_over", "chen@example.cn"),
        ("hand_over.left", ONE),
    }


def test_no_login_comes_to_the_mailbox_of_who_decides_on_money(desk: Desk) -> None:
    """Two logins of one mailbox would be two people in one hand, whoever named the contact."""
    project = planned(desk, "甲班")
    peopled(desk)
    taken = {"contact_name": "张三", "contact_email": "WANG@example.cn"}
    assert desk.refused(project, Act.HAND_OVER, CLERK, "2025-03-03", **taken) == ["own_mailbox"]
    with desk.db.write() as connection:  # as a plan does that names it
        know_contacts(connection, [("wang@example.cn", "张三", SCHOOL)])
        logins = connection.execute(select(PERSON.c.login)).scalars().all()
    assert sorted(logins) == ["chen", ONE, "wang"]
    shared = {"contact_name": "张三", "contact_email": "chen@example.cn"}  # decides on no money
    desk.do(project, Act.HAND_OVER, CLERK, "2025-03-04", **shared)
