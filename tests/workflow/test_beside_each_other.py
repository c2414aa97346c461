"""On PostgreSQL several write at once: whatever reads a project and writes from it holds it.

SQLite has one writer, which hid that. Each test stops one piece of work after it has read and
before it has written for good, and lets another go as far as it gets.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from interleaving import Pause, Pausing, together
from sqlalchemy import Connection, func, insert, select, update
from stories import AT, CLERK, COORDINATOR, FILING, OFFICE, SCHOOL, START, WANG, ZHOU, Desk

from config.rulebook import Rulebook
from notifications.digest import queue_digests
from notifications.sending.rate_limit import take_slot
from notifications.sweep import sweep
from states.mailing import Mode, Sort
from states.policy import Policy
from states.terms import Act, Action, Role, State
from workflow.accounts import links, passwords
from workflow.accounts.enrolment import Entry, enrol
from workflow.batches.edits import begin, put_in
from workflow.batches.prepared import BatchOver, find, fingerprint, lines_of
from workflow.batches.publishing import publish
from workflow.database import Database
from workflow.deeds import Deed, LostRace, Outcome, Refused
from workflow.engine import perform, perform_in
from workflow.hand_over import hand_over_all
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.lists import runs
from workflow.lists.saved_views import save_view, views
from workflow.mail import desk as mail_desk
from workflow.mail.attempts import MailRefused
from workflow.mail.preferences import NotAllowed, appoint, prefer, stand_ins
from workflow.mail_tables import MAIL
from workflow.office.profiles import of_host, save_some
from workflow.office_tables import BATCH, CREDENTIAL, LinkUse
from workflow.refresh import refresh
from workflow.tables import PERSON, PROJECT, UNIT

SAMPLE = Path("config/samples/plan-2025.xlsx").resolve()
JUNE = {"opens": date(2025, 6, 9), "ends": date(2025, 6, 12)}
MOVED = {"reason": "场地调整", **JUNE}


@pytest.fixture
def desk(postgres_db: Database, book: Rulebook) -> Desk:
    return Desk(postgres_db, book)


def pausing(desk: Desk, pause: Pause) -> Rulebook:
    return Pausing.of(desk.book, pause)


def deed(what: Any, by: Any, on: str, *papers: str, **given: Any) -> Deed:
    files = {key: {"sha256": "0" * 64, "name": f"{key}.pdf", "size": 1} for key in papers}
    return Deed(what, by, given, files, date.fromisoformat(on))


def do(desk: Desk, one: int, act: Deed, pause: Pause = lambda: None) -> Outcome:
    return perform(desk.db, pausing(desk, pause), one, act, today=act.on, at=AT)


# -- Steps on one project ---------------------------------------------------------------------------


def test_refresh_leaves_no_deadline_of_an_old_date(desk: Desk) -> None:
    """255 of 2,000 deadlines stood at old dates: the facts were read, changed by somebody else,
    and then written from."""
    first, second = (desk.admit(name=f"研修班{n}") for n in (1, 2))
    for one in (first, second):
        desk.live(one, "planned")
    moved = deed(Act.CHANGE, CLERK, "2025-03-10", "change_notice", **MOVED)
    came = together(  # stops over the first of a batch; the second's facts are read by then
        desk.db,
        lambda pause: refresh(desk.db, Pausing.of(desk.book, pause, at="ladder")),
        lambda: do(desk, second, moved),
    )
    assert came[0] == 2 and came[1].version == 5
    assert desk.standing(second)["filing"][1] == "2025-05-09"
    assert desk.complaints() == []


def test_a_step_under_way_is_not_overtaken_by_refresh(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    moved = deed(Act.CHANGE, CLERK, "2025-03-10", "change_notice", **MOVED)
    came = together(
        desk.db,
        lambda pause: do(desk, one, moved, pause),
        lambda: refresh(desk.db, desk.book),
    )
    assert came[0].version == 5 and came[1] == 1
    assert desk.complaints() == []


def test_steps_that_name_no_version_follow_each_other(desk: Desk) -> None:
    """3,490 of 4,563 were answered 409: each read before the one ahead had written."""
    one = desk.admit()
    note = deed(Act.NOTE, COORDINATOR, "2025-03-03", channel="phone", person="林老师")
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: do(desk, one, note), range(40)))
    assert sorted(outcome.version for outcome in done) == list(range(2, 42))
    assert desk.complaints() == []


def test_who_waited_is_judged_by_what_was_left_to_him(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    file = deed(Action.FILE, CLERK, "2025-04-10", *FILING)
    first, second = together(
        desk.db, lambda pause: do(desk, one, file, pause), lambda: do(desk, one, file)
    )
    assert first.state is State.FILED
    assert [found.rule for found in second.findings] == ["right_order"]


def test_who_saw_an_older_version_still_loses(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    file = replace(deed(Action.FILE, CLERK, "2025-04-10", *FILING), seen=4)
    first, second = together(
        desk.db, lambda pause: do(desk, one, file, pause), lambda: do(desk, one, file)
    )
    assert (first.version, type(second)) == (5, LostRace)


def test_one_second_person_completes_a_subsidy(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "reported")
    desk.do(one, Action.SUBSIDISE, WANG, "2025-07-01", amount=4_800_000)
    third = replace(ZHOU, login="wu", name="吴复核")
    again = [deed(Action.SUBSIDISE, who, "2025-07-02", amount=4_800_000) for who in (ZHOU, third)]
    first, second = together(
        desk.db, lambda pause: do(desk, one, again[0], pause), lambda: do(desk, one, again[1])
    )
    assert first.state is State.SUBSIDISED and isinstance(second, Refused)
    assert desk.complaints() == []


# -- Steps on several projects ----------------------------------------------------------------------


@dataclass(frozen=True)
class Budgeted(Rulebook):
    """The provincial funds have a budget that is enough for one subsidy."""

    def policy(self, name: str) -> Policy:
        known = super().policy(name)
        funds = {
            key: replace(fund, budget=replace(fund.budget, value=5_000_000))
            for key, fund in known.funds.items()
        }
        return replace(known, funds=funds)


def test_two_subsidies_do_not_overdraw_a_fund(desk: Desk) -> None:
    """Also holds `fund_left`: the budget of a fund, which no policy that ships states."""
    book = desk.book
    poor = Budgeted(book.calendar, book.ladders, book.stepper, book.own_policies)
    both = [desk.admit(name=f"研修班{n}", contact_email=f"c{n}@example.cn") for n in (1, 2)]
    for one in both:
        desk.live(one, "reported")
        desk.do(one, Action.SUBSIDISE, WANG, "2025-07-01", amount=4_800_000)
    second = deed(Action.SUBSIDISE, ZHOU, "2025-07-02", amount=4_800_000)

    def spend(connection: Connection, one: int) -> Outcome:
        return perform_in(connection, poor, one, second, today=second.on, at=AT)

    def first(pause: Pause) -> Outcome:
        with desk.db.write(alone=False) as connection:
            done = spend(connection, both[0])
            pause()
        return done

    def other() -> Outcome:
        with desk.db.write(alone=False) as connection:
            return spend(connection, both[1])

    done, refused = together(desk.db, first, other)
    assert done.state is State.SUBSIDISED
    assert [found.rule for found in refused.findings] == ["fund_has_room"]


def beside(
    desk: Desk, first: Callable[[Connection], Any], second: Callable[[Connection], Any]
) -> list[Any]:
    """Two steps in transactions that go beside others; the first stops before it commits."""

    def stops(pause: Pause) -> Any:
        with desk.db.write(alone=False) as connection:
            done = first(connection)
            pause()
            return done

    def goes() -> Any:
        with desk.db.write(alone=False) as connection:
            return second(connection)

    return together(desk.db, stops, goes)


def step(desk: Desk, one: int, act: Deed) -> Callable[[Connection], Outcome]:
    return lambda connection: perform_in(connection, desk.book, one, act, today=act.on, at=AT)


def test_two_projects_do_not_take_one_name(desk: Desk) -> None:
    both = [desk.admit(name=f"研修班{n}") for n in (1, 2)]
    for one in both:
        desk.live(one, "planned")
    renamed = deed(Act.CHANGE, CLERK, "2025-03-10", "change_notice", reason="更名", name="新班")
    first, second = beside(desk, *(step(desk, one, renamed) for one in both))
    assert first.version == 5
    assert [found.rule for found in second.findings] == ["name_taken"]


def test_two_projects_do_not_get_one_number(desk: Desk) -> None:
    both = [desk.admit(name=f"研修班{n}") for n in (1, 2)]
    for one in both:
        desk.live(one, "reviewed")
    planned = deed(Action.PLAN, WANG, "2025-02-20", number=7)
    first, second = beside(desk, *(step(desk, one, planned) for one in both))
    assert first.state is State.PLANNED and isinstance(second, Refused)


def test_two_steps_bring_the_same_new_person(desk: Desk) -> None:
    both = [desk.admit(name=f"研修班{n}") for n in (1, 2)]
    for one in both:
        desk.live(one, "planned")
    given = {"contact_name": "新联系人", "contact_email": "new@example.cn", "reason": "岗位调整"}
    over = deed(Act.HAND_OVER, COORDINATOR, "2025-03-10", **given)
    done = beside(desk, *(step(desk, one, over) for one in both))
    assert [outcome.version for outcome in done] == [5, 5]
    with desk.db.read() as connection:
        new = select(func.count()).where(PERSON.c.email == "new@example.cn")
        assert connection.execute(new).scalar_one() == 1


def test_the_rate_to_a_mail_server_holds_for_several_workers(desk: Desk) -> None:
    slots = beside(desk, *(lambda c: take_slot(c, 1.0, AT) for _ in range(2)))
    assert sorted((one - AT).total_seconds() for one in slots) == [0, 1]


# -- What is done alone -----------------------------------------------------------------------------


def alone(
    desk: Desk,
    first: Callable[[Connection], Any],
    second: Callable[[Connection], Any] | None = None,
) -> list[Any]:
    """The same work twice, or two, each in a transaction of its own as pages, API and commands
    begin one; the first stops before it commits."""

    def stops(pause: Pause) -> Any:
        with desk.db.write() as connection:
            done = first(connection)
            pause()
            return done

    def goes() -> Any:
        with desk.db.write() as connection:
            return (second or first)(connection)

    return together(desk.db, stops, goes)


def person(desk: Desk, login: str, role: Role = Role.HOST, scope: str = SCHOOL) -> int:
    with desk.db.write() as connection:
        new = Entry(login, login, role, scope, f"{login}@example.cn", "")
        enrol(connection, new, by="admin", at=AT)
        found = select(PERSON.c.id).where(PERSON.c.login == login)
        return int(connection.execute(found).scalar_one())


def test_whatever_is_not_said_to_go_beside_others_is_alone(desk: Desk) -> None:
    """The one rule from which the tests below follow, also for what is yet to be written."""
    counter = select(func.count()).select_from(UNIT)

    def count_and_add(connection: Connection) -> int:
        before = int(connection.execute(counter).scalar_one())
        connection.execute(
            insert(UNIT).values(name=f"第{before}个", kind="host", email="", phone="")
        )
        return before

    assert alone(desk, count_and_add) == [0, 1]


def test_a_step_waits_for_who_is_alone_and_the_other_way_round(desk: Desk) -> None:
    one = desk.admit()
    note = deed(Act.NOTE, COORDINATOR, "2025-03-03", channel="phone", person="林老师")
    version = select(PROJECT.c.version).where(PROJECT.c.id == one)

    def looks(pause: Pause) -> list[int]:
        with desk.db.write() as connection:
            before = connection.execute(version).scalar_one()
            pause()
            return [before, connection.execute(version).scalar_one()]

    came = together(desk.db, looks, lambda: do(desk, one, note))
    assert came[0] == [1, 1] and came[1].version == 2


def test_a_plan_that_is_imported_twice_at_once_is_there_once(desk: Desk) -> None:
    policy = desk.book.policy("fujian-2025")
    plan = read_plan(SAMPLE, policy)

    def take(book: Rulebook) -> int:
        return apply_plan(desk.db, book, policy, plan, today=START, at=AT).imported

    came = together(desk.db, lambda pause: take(pausing(desk, pause)), lambda: take(desk.book))
    assert came == [85, 0]


def test_an_import_does_not_undo_a_step_beside_it(desk: Desk) -> None:
    policy = desk.book.policy("fujian-2025")
    plan = read_plan(SAMPLE, policy)
    apply_plan(desk.db, desk.book, policy, plan, today=START, at=AT)
    rows = [replace(row, place="别处", planned_trainees=41) for row in plan.rows]
    with desk.db.read() as connection:
        one = connection.execute(select(PROJECT.c.id).order_by(PROJECT.c.id)).scalars().first()
    note = deed(Act.NOTE, WANG, "2025-03-03", channel="phone", person="某人")

    def take(pause: Pause) -> int:
        newer = replace(plan, rows=rows)
        return apply_plan(desk.db, pausing(desk, pause), policy, newer, today=START, at=AT).changed

    changed, done = together(desk.db, take, lambda: do(desk, one, note))
    assert changed == 85 and done.version == 3
    assert desk.complaints() == []


def test_a_sweep_does_not_remind_of_what_is_done_at_that_moment(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    file = deed(Action.FILE, CLERK, "2025-04-10", *FILING)
    first, second = together(
        desk.db,
        lambda pause: do(desk, one, file, pause),
        lambda: sweep(desk.db, desk.book, as_of=date(2025, 4, 10), at=AT),
    )
    assert first.state is State.FILED and second.reminders == 0
    assert desk.complaints() == []


def test_two_sweeps_at_once_remind_once(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")

    def go() -> Any:
        return sweep(desk.db, desk.book, as_of=date(2025, 4, 10), at=AT)

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: go(), range(2)))
    assert sum(result.reminders for result in both) == 1
    assert [mail["status"] for mail in desk.show(one)["mail"]].count("pending") >= 1
    assert desk.complaints() == []


def test_two_workers_queue_each_digest_once(desk: Desk) -> None:
    person(desk, "wang", Role.PROVINCE, "")
    with ThreadPoolExecutor(4) as pool:
        queued = pool.map(
            lambda _: queue_digests(desk.db, desk.book, as_of=date(2025, 4, 10), at=AT), range(4)
        )
    assert sum(queued) <= 1
    with desk.db.read() as connection:
        digests = select(func.count()).where(MAIL.c.purpose == "digest")
        assert connection.execute(digests).scalar_one() == 1


def test_a_batch_is_published_once(desk: Desk) -> None:
    chosen = [desk.admit(name=f"研修班{n}") for n in range(3)]
    for one in chosen:
        desk.live(one, "submitted")
    with desk.db.write() as connection:
        batch = begin(connection, COORDINATOR, Action.REVIEW, "第一批", at=AT)
        put_in(connection, COORDINATOR, batch, chosen)
        connection.execute(update(BATCH).values(given='{"fields": {"opinion": "同意"}}'))
    with desk.db.read() as connection:
        found = find(connection, COORDINATOR, batch)
        shown = fingerprint(found, lines_of(connection, batch, COORDINATOR)[0])
    day = date(2025, 1, 10)
    came = alone(desk, lambda c: publish(c, desk.book, COORDINATOR, batch, shown, today=day, at=AT))
    assert came[0].lines == 3 and isinstance(came[1], BatchOver)
    assert desk.complaints() == []


def test_a_run_on_several_projects_is_done_once_by_two(desk: Desk) -> None:
    chosen = [desk.admit(name=f"研修班{n}") for n in range(4)]
    for one in chosen:
        desk.live(one, "submitted")
    who = person(desk, "chen", Role.COORDINATOR, OFFICE)
    wanted = runs.Wanted("review", {"opinion": "同意"}, date(2025, 1, 10), "")
    with desk.db.write() as connection:
        assert runs.begin(connection, who, "t", wanted, dict.fromkeys(chosen, 2), at=AT)

    def work(_: int) -> int:
        def next_one() -> bool:
            asked = (desk.db, desk.book, who, "t", COORDINATOR)
            return runs.do_next(*asked, today=wanted.on, at=AT)

        return sum(1 for _ in iter(next_one, False))

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 4
    assert {desk.show(one)["version"] for one in chosen} == {3}


def test_a_link_signs_in_once(desk: Desk) -> None:
    who = person(desk, "lin")
    with desk.db.write() as connection:
        secret = links.make_link(connection, who, LinkUse.SIGN_IN, at=AT)
    came = beside(desk, *(lambda c: links.use_link(c, secret, at=AT) for _ in range(2)))
    assert came == [links.Way(who, LinkUse.SIGN_IN, ""), None]


def test_every_wrong_password_counts(desk: Desk) -> None:
    who = person(desk, "lin")
    with desk.db.write() as connection:
        passwords.set_password(connection, who, "correct horse battery", at=AT)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: passwords.sign_in(desk.db, "lin", "wrong", at=AT), range(4)))
    with desk.db.read() as connection:
        assert connection.execute(select(CREDENTIAL.c.failures)).scalar_one() == 4


def test_a_login_is_given_once(desk: Desk) -> None:
    entry = Entry("neu", "新人", Role.HOST, SCHOOL, "neu@example.cn", "")
    assert alone(desk, lambda c: enrol(c, entry, by="admin", at=AT)) == [
        (True, False),
        (False, False),
    ]


def test_two_choices_do_not_lead_a_mail_into_nothing(desk: Desk) -> None:
    """The digest off, and something put into the digest: each alone is allowed."""
    who = person(desk, "chen", Role.COORDINATOR, OFFICE)
    came = alone(
        desk,
        lambda c: prefer(c, who, Sort.DIGEST, Mode.OFF),
        lambda c: prefer(c, who, Sort.CHASING, Mode.DIGEST),
    )
    assert came[0] is None and isinstance(came[1], NotAllowed)


def test_one_substitute_at_a_time(desk: Desk) -> None:
    who, first, second = (person(desk, login) for login in ("a1", "b2", "c3"))
    days = (date(2025, 3, 10), date(2025, 3, 20))
    came = alone(
        desk,
        lambda c: appoint(c, who, first, *days, today=START, at=AT),
        lambda c: appoint(c, who, second, *days, today=START, at=AT),
    )
    assert came == [None, None]
    with desk.db.read() as connection:
        assert [row.name for row in stand_ins(connection, who, on=START)] == ["c3"]


def test_what_two_save_in_a_units_profile_stays(desk: Desk) -> None:
    person(desk, "lin")
    came = alone(
        desk,
        lambda c: save_some(c, SCHOOL, {"bank": "甲银行"}, by="lin", at=AT),
        lambda c: save_some(c, SCHOOL, {"address": "福州"}, by="lin", at=AT),
    )
    assert came == [True, True]
    with desk.db.read() as connection:
        kept = of_host(connection, SCHOOL)
    assert (kept["bank"], kept["address"]) == ("甲银行", "福州")


def test_a_view_of_one_name_is_one(desk: Desk) -> None:
    who = person(desk, "lin")
    came = alone(desk, lambda c: save_view(c, who, "我的", "state=filed", shared=False))
    with desk.db.read() as connection:
        [kept] = views(connection, who, with_shared=False)
    assert kept == came[1]


def test_a_mail_is_held_or_sent_by_hand_and_not_both(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    number = desk.show(one)["mail"][-1]["id"]
    done = {"by": "wang", "note": "x", "at": AT}
    came = alone(
        desk,
        lambda c: mail_desk.by_hand(c, number, **done),
        lambda c: mail_desk.hold(c, number, **done),
    )
    assert came[0] is None and isinstance(came[1], MailRefused)


def test_who_leaves_leaves_no_project_behind(desk: Desk) -> None:
    """A step gives somebody a project at the moment at which he hands all of his over."""
    one = desk.admit(contact_email="other@example.cn")
    desk.live(one, "planned")
    old, new = person(desk, "lin"), person(desk, "neu")
    given = {"contact_name": "林", "contact_email": "lin@example.cn", "reason": "岗位调整"}
    over = deed(Act.HAND_OVER, COORDINATOR, "2025-03-10", **given)

    def leave() -> int:
        with desk.db.write() as connection:
            return hand_over_all(
                connection, desk.book, old, new, reason="离岗", today=START, at=AT
            ).projects

    came = together(desk.db, lambda pause: do(desk, one, over, pause), leave)
    assert came[0].version == 5 and came[1] == 1
    assert desk.show(one)["contact_email"] == "neu@example.cn"
    assert desk.complaints() == []
