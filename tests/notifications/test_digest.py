"""Digests: weekly for coordinators, daily for the province, in scope, fresh, none when empty."""

from __future__ import annotations

import json
from typing import Any

import pytest
from desk import Desk, day, morning
from sqlalchemy import select, update
from test_application_window import applied, submit

from notifications.digest import gather, queue_digests
from notifications.letters.digest_letter import Digest, render_digest
from states.mailing import Mode, Sort
from states.terms import Act, Action, Role, State
from workflow.mail import preferences
from workflow.mail_tables import MAIL
from workflow.people import Actor
from workflow.tables import PERSON
from workflow.workplace.counts import counts
from workflow.workplace.watching import scope_of

COORDINATOR, PROVINCE = "coordinator@example.cn", "province@example.cn"


def queue(desk: Desk, on: str) -> list[tuple[str, str, str]]:
    """Queue the digests of a day; every digest row so far: address, status, reason."""
    queue_digests(desk.db, desk.book, as_of=day(on), at=morning(on))
    return desk.mails("to_email", "status", "reason", purpose="digest")


def read(desk: Desk, email: str, on: str) -> Digest | None:
    """The newest digest of a person as it would be written on that day."""
    with desk.db.read() as connection:
        its = (MAIL.c.to_email == email, MAIL.c.purpose == "digest")
        query = select(MAIL).where(*its).order_by(MAIL.c.id.desc()).limit(1)
        return gather(connection, desk.book, connection.execute(query).one(), day(on))


def said(rows: Any) -> list[tuple[int | None, str, str]]:
    return [(row.project_id, row.what.zh, row.note.zh) for row in rows]


def test_nothing_to_say_is_silence_on_record_and_no_mail(desk: Desk) -> None:
    desk.staff()
    desk.plan({})  # filing by 08-15
    assert queue(desk, "2025-06-09") == [
        (COORDINATOR, "suppressed", "empty"),
        (PROVINCE, "suppressed", "empty"),
    ]


def test_twice_on_a_day_is_once_and_a_day_off_is_none(desk: Desk) -> None:
    desk.staff()
    desk.plan({})
    assert queue(desk, "2025-08-10") == []  # a Sunday
    first = queue(desk, "2025-08-11")
    assert first == [(COORDINATOR, "pending", ""), (PROVINCE, "pending", "")]
    assert queue(desk, "2025-08-11") == first


def test_the_weeks_first_working_day_and_no_later_one(desk: Desk) -> None:
    """Monday 2025-05-05 is a holiday, Tuesday works."""
    desk.staff()
    desk.plan({"opens_earliest": "2025-06-09", "opens_latest": "2025-06-09", "planned_ends": None})
    assert queue(desk, "2025-05-05") == []
    assert queue(desk, "2025-05-06") == [(COORDINATOR, "pending", ""), (PROVINCE, "pending", "")]
    assert [row[0] for row in queue(desk, "2025-05-07")] == [COORDINATOR, PROVINCE, PROVINCE]
    assert [row[0] for row in queue(desk, "2025-05-12")].count(COORDINATOR) == 2


def test_what_is_late_due_and_about_to_open(desk: Desk) -> None:
    desk.staff()
    late, soon, opening, far = desk.plan(
        {
            "opens_earliest": "2025-08-20",
            "opens_latest": "2025-08-20",
            "planned_ends": "2025-08-23",
        },
        {},  # filing by 08-15
        {
            "opens_earliest": "2025-08-14",
            "opens_latest": "2025-08-14",
            "planned_ends": "2025-08-17",
        },
        {
            "opens_earliest": "2025-11-03",
            "opens_latest": "2025-11-03",
            "planned_ends": "2025-11-06",
        },
    )
    desk.do(opening, Action.FILE, "2025-07-10", by=Role.HOST)
    queue(desk, "2025-08-11")
    found = read(desk, COORDINATOR, "2025-08-11")
    assert found is not None
    assert said(found.overdue) == [(late, "开班前报送", "已逾期22天")]
    assert said(found.due_this_week) == [(soon, "开班前报送", "")]  # nothing that no notice asks
    assert said(found.openings) == [(opening, "开班", "福州，张三")]
    assert found.openings[0].by == day("2025-08-14")
    assert far not in {row[0] for row in said(found.overdue + found.due_this_week)}


def test_a_coordinator_reads_of_the_own_department_only(desk: Desk) -> None:
    desk.staff()
    mine, other = desk.plan({}, {"department": "省科技厅"})
    queue(desk, "2025-08-11")
    found = read(desk, COORDINATOR, "2025-08-11")
    assert found is not None and [row.project_id for row in found.due_this_week] == [mine]
    whole = read(desk, PROVINCE, "2025-08-11")
    assert whole is not None and [row.project_id for row in whole.due_this_week] == [mine, other]


def test_what_waits_for_whom(desk: Desk) -> None:
    desk.staff()
    filed, reported, applied = desk.plan({}, {}, {"state": State.SUBMITTED})
    desk.do(filed, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(reported, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(reported, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.do(reported, Action.REPORT, "2025-09-22", by=Role.HOST)
    queue(desk, "2025-09-22")
    province, coordinator = (read(desk, who, "2025-09-22") for who in (PROVINCE, COORDINATOR))
    assert province is not None and coordinator is not None
    assert said(province.waiting) == [
        (filed, "开班前报送材料待备案", ""),
        (reported, "待审定补助，另有1项提示待核定", ""),
    ]
    assert said(coordinator.waiting) == [(applied, "待审核推荐", "")]
    desk.do(reported, Action.SUBSIDISE, "2025-09-23", login="p1", amount=4_000_000)
    again = read(desk, PROVINCE, "2025-09-23")
    assert again is not None
    assert said(again.waiting)[1] == (reported, "拟办“审定补助”待另一人复核", "")


def test_new_is_what_came_since_the_last_digest(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})
    queue(desk, "2025-07-30")
    desk.do(project, Action.FILE, "2025-07-31", by=Role.HOST)
    queue(desk, "2025-08-01")
    found = read(desk, PROVINCE, "2025-08-01")
    assert found is not None and [(row.what.zh, row.by) for row in found.new] == [
        ("已办理：报送开班通知和实施方案", day("2025-07-31"))
    ]
    desk.do(project, Act.MILESTONE, "2025-08-01", name="filing_confirmed")
    assert queue(desk, "2025-08-04")[-1] == (PROVINCE, "suppressed", "empty")  # old news by then


def test_mail_that_died_is_named_with_the_servers_words(desk: Desk) -> None:
    desk.staff()
    desk.plan({}, {"department": "省科技厅", "contact_email": "b@example.cn"})
    desk.sweep("2025-08-08")
    with desk.db.write() as connection:
        values = {
            "status": "dead",
            "last_reply": "550 no such user",
            "subject": "【开班前报送提醒】",
        }
        connection.execute(update(MAIL).values(values))
    queue(desk, "2025-08-11")
    found, whole = (read(desk, who, "2025-08-11") for who in (COORDINATOR, PROVINCE))
    assert found is not None and whole is not None
    assert [(row.project_id, row.note.zh) for row in found.died] == [(1, "550 no such user")]
    assert {row.project_id for row in whole.died} == {1, 2}
    assert found.died[0].what.zh == "发往a@example.cn的邮件“【开班前报送提醒】”未送达"


def test_what_is_settled_before_it_is_written_is_left_out(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})
    queue(desk, "2025-08-11")
    desk.do(project, Action.FILE, "2025-08-11", by=Role.HOST)
    found = read(desk, COORDINATOR, "2025-08-11")
    assert found is not None and found.due_this_week == ()


@pytest.mark.parametrize(("mode", "reason"), [(Mode.OFF, "muted")])
def test_who_wants_none_gets_none(desk: Desk, mode: Mode, reason: str) -> None:
    desk.staff()
    desk.plan({})
    with desk.db.write() as connection:
        who = connection.execute(select(PERSON.c.id).where(PERSON.c.email == COORDINATOR)).scalar()
        assert who is not None
        preferences.prefer(connection, who, Sort.DIGEST, mode)
    assert queue(desk, "2025-08-11")[0] == (COORDINATOR, "suppressed", reason)


def test_a_person_of_the_province_who_also_coordinates_gets_one(desk: Desk) -> None:
    desk.person("both@example.cn", (Role.COORDINATOR, "省林业局"), (Role.PROVINCE, ""))
    desk.plan({})
    assert queue(desk, "2025-08-11") == [("both@example.cn", "pending", "")]
    about = json.loads(desk.mails("about", purpose="digest")[0])
    assert (about["departments"], about["projects"]) == (None, [1])


def test_openings_alone_are_no_reason_to_write(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({"opens_earliest": "2025-08-20", "opens_latest": "2025-08-20"})
    desk.do(project, Action.FILE, "2025-07-01", by=Role.HOST)
    desk.do(project, Act.MILESTONE, "2025-07-02", name="filing_confirmed")
    desk.do(project, Act.CONFIRM_DATES, "2025-07-02", opens="2025-08-20", ends="2025-08-29")
    assert queue(desk, "2025-08-18")[0] == (COORDINATOR, "suppressed", "empty")


ON_DAY = {"today": day("2025-08-11"), "at": morning("2025-08-11")}


def test_a_substitute_reads_it_once_in_the_others_place(desk: Desk) -> None:
    desk.staff()
    desk.plan({})
    with desk.db.write() as connection:
        people = select(PERSON.c.email, PERSON.c.id)
        ids = {row.email: row.id for row in connection.execute(people)}
        dates = (day("2025-08-11"), day("2025-08-15"))
        preferences.appoint(connection, ids[COORDINATOR], ids[PROVINCE], *dates, **ON_DAY)
    queue(desk, "2025-08-11")
    assert queue(desk, "2025-08-11") == [(PROVINCE, "pending", ""), (PROVINCE, "pending", "")]
    assert desk.mails("to_role", purpose="digest") == ["coordinator", "province"]
    assert desk.problems() == []


def test_a_coordinator_hears_what_was_decided_and_nothing_of_proposals(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.do(project, Action.REPORT, "2025-09-22", by=Role.HOST)
    queue(desk, "2025-09-22")
    desk.do(project, Action.SUBSIDISE, "2025-09-23", login="p1", amount=4_000_000)
    queue(desk, "2025-10-09")
    found = read(desk, COORDINATOR, "2025-10-09")
    assert found is None or found.new == ()
    desk.do(project, Action.SUBSIDISE, "2025-10-10", login="p2", amount=4_000_000)
    queue(desk, "2025-10-13")
    found = read(desk, COORDINATOR, "2025-10-13")
    assert found is not None and [(row.what.zh, row.by) for row in found.new] == [
        ("已办理：审定补助", day("2025-10-10"))
    ]


def of_province(desk: Desk, on: str) -> tuple[str, str]:
    """Status and reason of the province's digest of a day."""
    queue(desk, on)
    return desk.mails("status", "reason", purpose="digest", to_email=PROVINCE)[-1]


def test_the_same_as_the_one_before_is_silence_on_record(desk: Desk) -> None:
    """Issue 11: what waits is said once, not each morning; who had no digest yet gets theirs."""
    desk.staff()
    first, second = desk.plan({}, {})
    desk.do(first, Action.FILE, "2025-07-25", by=Role.HOST)
    assert of_province(desk, "2025-07-28") == ("pending", "")
    assert of_province(desk, "2025-07-29") == ("suppressed", "unchanged")
    assert of_province(desk, "2025-08-04") == ("suppressed", "unchanged")
    desk.do(second, Action.FILE, "2025-08-04", by=Role.HOST)
    assert of_province(desk, "2025-08-05") == ("pending", "")  # new, and waits
    assert of_province(desk, "2025-08-06") == ("suppressed", "unchanged")
    desk.do(second, Act.MILESTONE, "2025-08-06", name="filing_confirmed")
    assert of_province(desk, "2025-08-07") == ("pending", "")  # fewer wait than was said
    desk.do(first, Act.MILESTONE, "2025-08-07", name="filing_confirmed")
    assert of_province(desk, "2025-08-08") == ("suppressed", "empty")


def test_what_is_overdue_is_told_once_a_week(desk: Desk) -> None:
    """A day more of lateness is nothing new; a week of it is."""
    desk.staff()
    desk.plan({})  # filing by 08-15
    days = ("2025-08-18", "2025-08-19", "2025-08-22", "2025-08-25", "2025-08-26")
    told = [of_province(desk, day)[1] for day in days]
    assert told == ["", "unchanged", "unchanged", "", "unchanged"]


def test_a_digest_that_did_not_arrive_is_not_the_one_before(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})
    desk.do(project, Action.FILE, "2025-07-28", by=Role.HOST)
    assert of_province(desk, "2025-07-29") == ("pending", "")
    with desk.db.write() as connection:
        connection.execute(update(MAIL).values({"status": "dead"}))
    assert of_province(desk, "2025-07-30") == ("pending", "")


@pytest.mark.parametrize(
    "on", ["2025-05-26", "2025-08-11", "2025-08-18", "2025-09-22", "2025-10-20", "2025-12-08"]
)
def test_a_digest_counts_as_the_workplace_counts(desk: Desk, on: str) -> None:
    """Issue 11: one project with two things overdue is one, and what nobody is urged by is seen in
    both; provisional dates count by their latest day in both."""
    desk.staff()
    window = {"opens_earliest": "2025-09-01", "opens_latest": "2025-09-30", "planned_ends": None}
    _, _, filed, *_ = desk.plan(
        {},
        window,
        {},
        {"department": "省科技厅"},
        {"state": State.SUBMITTED},
    )
    late = {
        "name": "晚班",
        "number": 9,
        "opens_earliest": "2025-06-02",
        "planned_ends": "2025-06-05",
    }
    desk.plan(late | {"opens_latest": "2025-06-02"}, today="2025-05-12")  # after its filing day
    desk.do(filed, Action.FILE, "2025-05-20", by=Role.HOST)
    people = {
        COORDINATOR: Actor("c", "", ((Role.COORDINATOR, "省林业局"),)),
        PROVINCE: Actor("p", "", ((Role.PROVINCE, ""),)),
    }
    for email, actor in people.items():
        scope = scope_of(actor)
        assert scope is not None
        queue(desk, on)
        found = read(desk, email, on)
        with desk.db.read() as connection:
            told = counts(connection, scope, day(on))
        seen = {"late": 0, "week": 0, "waiting": 0}
        if found:
            seen["late"], seen["week"] = len(found.overdue), len(found.due_this_week)
            seen["waiting"] = len(found.waiting)
        assert seen == {name: told[name] for name in seen}, email


def test_a_class_that_is_over_and_unrecorded_is_named(desk: Desk) -> None:
    """Issue 11: its planned end has passed and nobody has said how it went."""
    desk.staff()
    [project] = desk.plan({})  # until 09-18
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.do(project, Act.MILESTONE, "2025-08-02", name="filing_confirmed")
    queue(desk, "2025-09-18")
    assert read(desk, PROVINCE, "2025-09-18") is None
    queue(desk, "2025-09-19")
    found = read(desk, PROVINCE, "2025-09-19")
    assert found is not None and said(found.unrecorded) == [(project, "计划结束日", "福州，张三")]
    assert found.unrecorded[0].by == day("2025-09-18")
    assert "计划结束日已过、尚未登记办班（1项）" in render_digest(found).text
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    found = read(desk, PROVINCE, "2025-09-19")
    assert found is None or found.unrecorded == ()


def test_what_urges_nobody_is_no_reason_to_write(desk: Desk) -> None:
    """An application after its window is the province's alone to take: the department has nothing
    to do, and its workplace says so."""
    desk.staff()
    [project] = applied(desk, "甲班")
    submit(desk, project, "2024-01-22")
    desk.sweep("2024-01-22")
    queue(desk, "2024-01-22")
    assert queue(desk, "2024-01-29")[2] == (COORDINATOR, "suppressed", "empty")
