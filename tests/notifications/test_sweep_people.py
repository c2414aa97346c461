"""Who gets which mail of a sweep, and that sweeps at the same time double nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from databases import Empty
from desk import Desk, HandClock, day, morning
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.rulebook import Rulebook
from notifications.mailbox import Mailbox
from notifications.worker import JOBS
from states.terms import Act, Action, Entry, Role
from workflow.admission import Newcomer, admit
from workflow.deeds import Deed
from workflow.engine import perform
from workflow.people import Actor


def test_several_due_things_of_a_person_are_one_mail(desk: Desk) -> None:
    """Filing by 08-15 twice, and a week before it one row a project; one address in all."""
    desk.plan({}, {}, {"contact_email": "b@example.cn"})
    result = desk.sweep("2025-08-08")
    assert (result.mails, result.reminders) == (2, 3)
    assert desk.mails("to_email", "key") == [
        ("a@example.cn", "remind:2025-08-08:a@example.cn:1"),
        ("b@example.cn", "remind:2025-08-08:b@example.cn:1"),
    ]
    queued = desk.ledger("recipient", "mail_id", status="queued")
    assert queued == [("a@example.cn", 1), ("a@example.cn", 1), ("b@example.cn", 2)]


def test_the_named_jobs_share_one_mail_a_person(desk: Desk) -> None:
    """On 08-15: filing of one class, report of another, recording of a third."""
    ended = {"opens_earliest": "2025-08-11", "opens_latest": "2025-08-11"}
    filed = ended | {"planned_ends": "2025-08-14"}
    held, *_ = desk.plan({}, filed, {})
    desk.hold(held, "2025-07-21", "2025-07-12", "2025-07-15")
    for kinds in JOBS.values():
        desk.sweep("2025-08-15", kinds)
    told = desk.ledger("kind", "step", "mail_id", status="queued", role="host")
    assert sorted(told) == [
        ("filing", "D-0", 2),  # mail 1 is the receipt of the record; a class that is over: no plan
        ("recording", "D+1", 2),
        ("reimbursement", "D-0", 2),
    ]
    assert len(desk.mails("id", to_email="a@example.cn", purpose="reminder")) == 1


def test_a_person_in_two_roles_gets_one_row_a_step(desk: Desk) -> None:
    both = "a@example.cn"
    desk.person(both, (Role.COORDINATOR, "省林业局"), (Role.PROVINCE, ""))
    desk.plan({})
    desk.sweep("2025-08-22")  # D+7 tells all three roles
    told = desk.ledger("recipient", "role", step="D+7", kind="filing")
    assert told == [(both, "host")]
    assert len(desk.mails("id")) == 1


def test_a_coordinator_hears_of_the_own_department_only(desk: Desk) -> None:
    desk.staff()
    desk.plan({}, {"department": "省科技厅"})
    desk.sweep("2025-08-18")
    told = desk.ledger("project_id", "recipient", role="coordinator", status="queued")
    assert told == [(1, "coordinator@example.cn")]


def at_once(*calls: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(calls)) as pool:
        for future in [pool.submit(call) for call in calls]:
            future.result()


def test_sweeps_at_the_same_time_double_nothing(desk: Desk) -> None:
    desk.staff()
    desk.sample("2025-01-02")
    rows: Counter[tuple[object, ...]] = Counter()
    for on in ("2025-04-11", "2025-08-15", "2025-11-24"):
        at_once(*(lambda: desk.sweep(on) for _ in range(3)))  # noqa: B023 - done before it moves
        key = ("project_id", "kind", "round", "due_on", "step", "recipient")
        rows = Counter(desk.ledger(*key))
        mails = Counter(desk.mails("to_email", on_date=day(on)))
        assert set(mails.values()) == {1}
    assert set(rows.values()) == {1}
    assert None not in desk.ledger("mail_id", status="queued")
    assert desk.problems() == []


def test_the_three_jobs_at_the_same_minute_make_one_mail_a_person(desk: Desk) -> None:
    desk.staff()
    desk.sample("2025-01-02")
    at_once(*(lambda kinds=kinds: desk.sweep("2025-08-15", kinds) for kinds in JOBS.values()))
    mails = Counter(desk.mails("to_email", on_date=day("2025-08-15")))
    assert (set(mails.values()), len(mails) > 1) == ({1}, True)
    assert desk.problems() == []


SPAN = [day("2025-07-14") + timedelta(days=n) for n in range(45)]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(sweeps=st.sets(st.sampled_from(SPAN), min_size=1, max_size=12))
@example(sweeps={SPAN[0], SPAN[-1]})
def test_every_step_up_to_the_last_sweep_stands_in_the_ledger_once(
    sweeps: set[date], empty_database: Empty, book: Rulebook
) -> None:
    with TemporaryDirectory() as folder, empty_database(Path(folder)) as db:
        _stands_once(Desk(db, book), sweeps)


def _stands_once(desk: Desk, sweeps: set[date]) -> None:
    book = desk.book
    desk.plan({})
    for on in sorted(sweeps):
        desk.sweep(on)
    worked = [on for on in sweeps if book.calendar.is_working(on)]
    [(advised, due, kind)] = [
        row for row in desk.deadlines("advised_on", "due_on", "kind") if row[2] == "filing"
    ]
    rises = book.stepper.rises(book.ladders[kind], advised, due)
    expected = [(r.rung.key, r.on) for r in rises if worked and r.on <= max(worked)]
    assert desk.ledger("step", "on_date", kind="filing", role="host") == expected
    latest = {max((on for _, on in expected if on <= swept), default=None) for swept in worked}
    announced = desk.ledger("on_date", kind="filing", status="queued", role="host")
    assert announced == sorted(on for on in latest if on)


def test_a_mail_that_was_written_takes_no_more_reminders(
    quick_desk: Desk, mailbox: Mailbox
) -> None:
    """A reminder that came after the mail was written goes into a second mail of the day."""
    desk = quick_desk
    desk.plan({})
    desk.sweep("2025-08-08", JOBS["filing-reminders"])
    clock = HandClock(morning("2025-08-08"))
    clock.forward(minutes=5)
    assert desk.delivery(mailbox.port, clock).run().sent == 1
    desk.plan({"name": "研修班2号", "number": 2}, today="2025-08-08")
    desk.sweep("2025-08-08")
    assert desk.mails("key") == [f"remind:2025-08-08:a@example.cn:{n}" for n in (1, 2)]


# -- Whom a step concerns -------------------------------------------------------------------------


def drafted(desk: Desk) -> int:
    """A draft of 2024, whose application must be in by 2024-01-15, and its coordinator."""
    desk.staff()
    stored = {
        "state": "drafted",
        "policy": "fujian-2024",
        "year": 2024,
        "name": "甲班",
        "host": "甲单位",
        "department": "省林业局",
        "category": "demonstration",
        "contact_name": "张三",
        "contact_email": "a@example.cn",
    }
    new = Newcomer(Entry.OPEN_BOOKS, stored)
    on = day("2023-12-01")
    with desk.db.write() as connection:
        [project] = admit(connection, desk.book, [new], person="", today=on, at=morning(on))
    return project


def test_an_application_is_announced_to_drafter_and_department(desk: Desk) -> None:
    """R24-13: the department gathers what its hosts draft, and it must be in by 01-15."""
    drafted(desk)
    desk.sweep("2024-01-08")
    told = desk.ledger("recipient", "role", "step", "status", step="D-7")
    assert told == [
        ("a@example.cn", "host", "D-7", "queued"),
        ("coordinator@example.cn", "coordinator", "D-7", "queued"),
    ]


def test_a_host_that_has_handed_in_is_not_urged(desk: Desk) -> None:
    project = drafted(desk)
    actor = Actor("a", "张三", ((Role.HOST, "甲单位"),))
    papers = {"application_form": {"sha256": "0", "name": "x", "size": 1}}
    on = day("2024-01-05")
    deed = Deed(Action.SUBMIT, actor, {}, papers, on)
    perform(desk.db, desk.book, project, deed, today=on, at=morning(on))
    desk.sweep("2024-01-08")
    assert desk.ledger("role", "status", "reason", step="D-7") == [
        ("host", "suppressed", "not_theirs"),
        ("coordinator", "queued", ""),
    ]


def test_a_class_moved_into_the_past_concerns_its_own_people_only(desk: Desk) -> None:
    """The record of a class that had been held early; nobody else is woken."""
    desk.staff()
    [project] = desk.plan({"opens_earliest": "2025-10-20", "opens_latest": "2025-10-20"})
    moved = {"opens": "2025-07-01", "ends": "2025-07-04", "reason": "已提前办班"}
    desk.do(project, Act.CHANGE, "2025-09-01", by=Role.HOST, **moved)
    assert desk.mails("to_role", purpose="result") == ["host"]
    desk.sweep_daily("2025-09-01", "2025-10-31")
    assert set(desk.ledger("role", status="queued")) <= {"host"}


def test_a_class_moved_later_is_still_chased_when_it_is_late(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan({})  # filing by 08-15
    moved = {"opens": "2025-09-18", "ends": "2025-09-21", "reason": "师资"}
    desk.do(project, Act.CHANGE, "2025-08-20", by=Role.HOST, **moved)  # by 08-18: had passed
    desk.sweep_daily("2025-08-20", "2025-08-29")
    queued = desk.ledger("step", "role", status="queued", kind="filing", round=2)
    assert queued == [
        ("D+3", "host"),
        ("D+3", "coordinator"),
        ("D+7", "host"),
        ("D+7", "coordinator"),
        ("D+7", "province"),
    ]


def test_no_question_about_an_opening_that_has_begun(desk: Desk) -> None:
    desk.plan({})  # opens 09-15
    desk.sweep("2025-09-04")
    desk.sweep("2025-09-15")  # the worker was down on the days of the question
    told = desk.ledger("step", "status", "reason", kind="opening")
    assert told == [("D-10", "suppressed", "overtaken"), ("D-3", "suppressed", "overtaken")]
