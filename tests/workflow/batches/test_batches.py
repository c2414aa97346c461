"""Decisions in batches: all lines or none, two people for money, mails only afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from threading import Barrier, Thread

import pytest
from stories import AT, AUDITOR, COORDINATOR, OTHER_COORDINATOR, WANG, ZHOU, Desk

from notifications.letters.foretold import subjects
from states.terms import Act, Action, Role, Text
from workflow.accounts.enrolment import Entry, enrol
from workflow.batches.edits import Edit, NotTheirs, Wanted, begin, candidates, drop, put_in, save
from workflow.batches.lines import Verdict
from workflow.batches.prepared import (
    BatchOver,
    NoSuchBatch,
    Stage,
    find,
    fingerprint,
    lines_of,
    listed,
    sorts_for,
)
from workflow.batches.publishing import BatchRefused, Published, publish, take_back
from workflow.batches.rehearsal import rehearse
from workflow.batches.results import news, results
from workflow.mail_tables import MAIL
from workflow.people import Actor

DAY = date(2025, 2, 20)
LETTER = {"sha256": "a" * 64, "name": "推荐函.pdf", "size": 9}


def projects(desk: Desk, state: str, count: int = 3) -> list[int]:
    found = []
    for n in range(count):
        one = desk.admit(name=f"研修班{n}", contact_email=f"c{n}@example.cn")
        desk.live(one, state)
        found.append(one)
    return found


def prepared(
    desk: Desk,
    actor: Actor,
    deed: Action,
    chosen: Iterable[int],
    shared: dict[str, str] | None = None,
    **own: dict[int, str],
) -> int:
    """A batch with these projects; `own`: by field the value of each project."""
    with desk.db.write() as connection:
        batch = begin(connection, actor, deed, "第一批", at=AT)
        put_in(connection, actor, batch, chosen)
    fill(desk, actor, batch, shared or {}, **own)
    return batch


def fill(
    desk: Desk, actor: Actor, batch: int, shared: dict[str, str], **own: dict[int, str]
) -> None:
    lines: dict[int, dict[str, str]] = {}
    for name, values in own.items():
        for project, value in values.items():
            lines.setdefault(project, {})[name] = value
    with desk.db.write() as connection:
        save(connection, actor, batch, Edit("第一批", shared, lines))


def shown(desk: Desk, actor: Actor, batch: int) -> str:
    with desk.db.read() as connection:
        found = find(connection, actor, batch)
        return fingerprint(found, lines_of(connection, batch, actor)[0])


def go(desk: Desk, actor: Actor, batch: int, on: date = DAY, seen: str = "") -> Published:
    seen = seen or shown(desk, actor, batch)
    with desk.db.write() as connection:
        return publish(connection, desk.book, actor, batch, seen, today=on, at=AT)


def looked(desk: Desk, actor: Actor, batch: int, on: date = DAY) -> list[Verdict]:
    subject = subjects(desk.book, on)
    return rehearse(desk.db, desk.book, actor, batch, subject, today=on, at=AT).verdicts


def stage(desk: Desk, batch: int) -> Stage:
    with desk.db.read() as connection:
        return find(connection, WANG, batch).stage


def states(desk: Desk, chosen: Iterable[int]) -> list[str]:
    return [desk.show(one)["state"] for one in chosen]


def plan_of(desk: Desk, chosen: list[int]) -> int:
    numbers = {one: str(n) for n, one in enumerate(chosen, start=1)}
    return prepared(desk, WANG, Action.PLAN, chosen, {"document_number": "闽1号"}, number=numbers)


# -- All or nothing -------------------------------------------------------------------------------


def test_a_plan_is_published_at_once(desk: Desk) -> None:
    chosen = projects(desk, "reviewed")
    batch = plan_of(desk, chosen)
    mails = desk.count(MAIL)
    assert go(desk, WANG, batch) == Published(3, pending=False)
    assert states(desk, chosen) == ["planned"] * 3
    told = [(desk.show(one)["number"], desk.show(one)["document_number"]) for one in chosen]
    assert told == [(1, "闽1号"), (2, "闽1号"), (3, "闽1号")]
    assert (stage(desk, batch), desk.count(MAIL)) == (Stage.PUBLISHED, mails + 3)
    assert desk.complaints() == []


def test_a_failing_line_keeps_every_other_from_being_done(desk: Desk) -> None:
    chosen = projects(desk, "reviewed")
    batch = prepared(desk, WANG, Action.PLAN, chosen, number={chosen[0]: "1", chosen[2]: "3"})
    before = desk.rows()
    with pytest.raises(BatchRefused) as refusal:
        go(desk, WANG, batch)
    told = [(v.line.project_id, [p.rule for p in v.problems]) for v in refusal.value.verdicts]
    assert told == [(chosen[1], ["form_complete"])]
    assert desk.rows() == before


def test_a_line_that_moved_on_is_named_and_nothing_is_written(desk: Desk) -> None:
    chosen = projects(desk, "reviewed")
    batch = plan_of(desk, chosen)
    desk.do(chosen[1], Act.HAND_OVER, WANG, "2025-02-19", contact_name="新联系人")
    seen = shown(desk, WANG, batch)
    before = desk.rows()
    with pytest.raises(BatchRefused) as refusal:
        go(desk, WANG, batch, seen=seen)
    assert [v.line.project_id for v in refusal.value.verdicts] == [chosen[1]]
    assert desk.rows() == before
    with desk.db.read() as connection:
        heard = news(connection, batch)
    assert {one: [n.what.zh for n in said] for one, said in heard.items()} == {
        chosen[1]: ["更换联系人"]
    }


def test_a_mere_note_is_no_news_and_stops_no_batch(desk: Desk) -> None:
    chosen = projects(desk, "reviewed")
    batch = plan_of(desk, chosen)
    for one in chosen[:2]:
        desk.do(one, Act.NOTE, ZHOU, "2025-02-19", channel="phone", person="林老师")
    desk.do(chosen[0], Act.HAND_OVER, WANG, "2025-02-19", contact_name="新联系人")
    with desk.db.read() as connection:
        heard, (lines, _) = news(connection, batch), lines_of(connection, batch)
    assert {one: [n.what.zh for n in said] for one, said in heard.items()} == {
        chosen[0]: ["催办记录", "更换联系人"]
    }
    assert {line.project_id for line in lines if line.changed} == {chosen[0]}
    with desk.db.write() as connection:
        edit = Edit("第一批", {}, {}, looked_at=frozenset(chosen[:1]))
        save(connection, WANG, batch, edit)
    assert go(desk, WANG, batch) == Published(3, pending=False)
    assert desk.complaints() == []


def test_once_it_has_been_looked_at_again_it_goes_through(desk: Desk) -> None:
    chosen = projects(desk, "reviewed")
    batch = plan_of(desk, chosen)
    desk.do(chosen[1], Act.HAND_OVER, WANG, "2025-02-19", contact_name="新联系人")
    with desk.db.write() as connection:
        looked_at = frozenset({chosen[1]})
        edit = Edit("第一批", {}, {}, looked_at=looked_at, number=True, number_from=11)
        save(connection, WANG, batch, edit)
    go(desk, WANG, batch)
    assert [desk.show(one)["number"] for one in chosen] == [11, 12, 13]


def test_what_was_typed_wrong_is_kept_and_told(desk: Desk) -> None:
    [one] = projects(desk, "reported", 1)
    batch = prepared(desk, WANG, Action.SUBSIDISE, [one])
    with desk.db.write() as connection:
        edit = Edit("第一批", {}, {one: {"amount": "四万"}})
        problems = save(connection, WANG, batch, edit)
    assert {key: [p.field for p in said] for key, said in problems.items()} == {one: ["amount"]}
    with desk.db.read() as connection:
        assert lines_of(connection, batch)[0][0].fields == {"amount": "四万"}
    with pytest.raises(BatchRefused):
        go(desk, WANG, batch)


# -- Preview --------------------------------------------------------------------------------------


def test_a_rehearsal_tells_what_will_be_and_keeps_nothing(desk: Desk) -> None:
    chosen = projects(desk, "reviewed", 2)
    batch = plan_of(desk, chosen)
    before = desk.rows()
    first, _ = looked(desk, WANG, batch)
    assert desk.rows() == before
    assert (first.problems, first.state.zh) == ([], "已列入年度计划")
    assert {row.kind for row in first.deadlines} == {
        *("filing", "completion", "recording", "opening")
    }
    assert [(row.to_email, subject) for row, subject in first.mails] == [
        ("c0@example.cn", "【列入计划】“研修班0”已列入年度计划")
    ]
    go(desk, WANG, batch)
    shown_now = desk.show(chosen[0])["deadlines"]
    kept = {(d["kind"], d["due_on"]) for d in shown_now if d["standing"] == "open"}
    assert {(row.kind, row.due_on) for row in first.deadlines} == kept


def test_a_rehearsal_tells_of_every_line_that_cannot_be_done(desk: Desk) -> None:
    chosen = projects(desk, "reviewed")
    batch = plan_of(desk, chosen)
    for n, one in enumerate(chosen[:2], start=1):
        desk.do(one, Action.PLAN, WANG, "2025-02-19", number=n)
    verdicts = looked(desk, WANG, batch)
    told = {v.line.project_id: [p.rule for p in v.problems] for v in verdicts}
    assert told == {chosen[0]: ["right_order"], chosen[1]: ["right_order"], chosen[2]: []}


# -- Money ----------------------------------------------------------------------------------------


JULY = date(2025, 7, 1)


def money(desk: Desk, amount: str = "48000") -> tuple[int, list[int]]:
    chosen = projects(desk, "reported", 2)
    amounts = dict.fromkeys(chosen, amount)
    return prepared(desk, WANG, Action.SUBSIDISE, chosen, amount=amounts), chosen


def test_money_takes_two_people_and_mails_wait_for_the_second(desk: Desk) -> None:
    batch, chosen = money(desk)
    mails = desk.count(MAIL)
    assert go(desk, WANG, batch, JULY) == Published(2, pending=True)
    assert (stage(desk, batch), states(desk, chosen)) == (Stage.PROPOSED, ["reported"] * 2)
    assert desk.count(MAIL) == mails
    with pytest.raises(BatchRefused) as refusal:
        go(desk, WANG, batch, JULY)
    rules = [p.rule for v in refusal.value.verdicts for p in v.problems]
    assert rules == ["second_person", "second_person"]
    assert go(desk, ZHOU, batch, JULY) == Published(2, pending=False)
    assert (stage(desk, batch), states(desk, chosen)) == (Stage.PUBLISHED, ["subsidised"] * 2)
    assert desk.count(MAIL) == mails + 2
    assert [desk.show(one)["amount"] for one in chosen] == [4_800_000] * 2
    assert desk.complaints() == []


def test_the_preview_of_a_proposal_shows_the_end(desk: Desk) -> None:
    batch, _ = money(desk)
    for actor in (WANG, ZHOU):
        told = [(v.state.zh, v.problems, len(v.mails)) for v in looked(desk, actor, batch, JULY)]
        assert told == [("补助已审定", [], 1)] * 2
    go(desk, WANG, batch, JULY)
    for actor in (WANG, ZHOU):
        told = [(v.state.zh, v.problems, len(v.mails)) for v in looked(desk, actor, batch, JULY)]
        assert told == [("补助已审定", [], 1)] * 2


def test_a_proposed_batch_is_taken_back_as_a_whole(desk: Desk) -> None:
    batch, chosen = money(desk)
    go(desk, WANG, batch, JULY)
    with desk.db.write() as connection, pytest.raises(BatchOver):
        save(connection, WANG, batch, Edit("x", {}, {}))
    with desk.db.write() as connection:
        take_back(connection, desk.book, ZHOU, batch, today=JULY, at=AT)
    assert stage(desk, batch) is Stage.PREPARED
    assert ["pending" in desk.show(one) for one in chosen] == [False, False]
    assert go(desk, ZHOU, batch, JULY).pending


def test_an_amount_above_the_cap_stops_the_batch(desk: Desk) -> None:
    batch, chosen = money(desk, "50000.01")
    with pytest.raises(BatchRefused) as refusal:
        go(desk, WANG, batch, JULY)
    assert {p.clause for v in refusal.value.verdicts for p in v.problems} == {"R25-17"}
    assert ["pending" in desk.show(one) for one in chosen] == [False, False]


def test_what_another_person_has_proposed_alone_is_not_completed_by_the_way(desk: Desk) -> None:
    batch, chosen = money(desk)
    desk.do(chosen[0], Action.SUBSIDISE, ZHOU, JULY, amount=4_800_000)
    fill_seen(desk, batch, chosen)
    with pytest.raises(BatchRefused) as refusal:
        go(desk, WANG, batch, JULY)
    [verdict] = refusal.value.verdicts
    assert verdict.line.project_id == chosen[0]
    assert desk.show(chosen[0])["state"] == "reported"


def fill_seen(desk: Desk, batch: int, chosen: list[int]) -> None:
    with desk.db.write() as connection:
        lines = {one: {"amount": "48000"} for one in chosen}
        save(connection, WANG, batch, Edit("x", {}, lines, looked_at=frozenset(chosen)))


# -- Two at once ----------------------------------------------------------------------------------


def test_of_two_publishers_one_wins_and_the_other_sees_so(desk: Desk) -> None:
    chosen = projects(desk, "reviewed")
    batch = plan_of(desk, chosen)
    seen, start = shown(desk, WANG, batch), Barrier(2)
    mails = desk.count(MAIL)
    came: list[object] = []

    def run(actor: Actor) -> None:
        start.wait()
        try:
            came.append(go(desk, actor, batch, seen=seen))
        except BatchOver as problem:
            came.append(problem.text)

    threads = [Thread(target=run, args=(actor,)) for actor in (WANG, ZHOU)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one for one in came if isinstance(one, Published)] == [Published(3, pending=False)]
    [lost] = [one for one in came if isinstance(one, Text)]
    assert lost.zh.startswith("该批次已公布（")
    assert desk.count(MAIL) == mails + 3
    assert [desk.show(one)["version"] for one in chosen] == [4, 4, 4]
    assert desk.complaints() == []


def test_what_was_changed_since_it_was_shown_is_not_published(desk: Desk) -> None:
    chosen = projects(desk, "reviewed", 2)
    batch = plan_of(desk, chosen)
    seen = shown(desk, WANG, batch)
    fill(desk, ZHOU, batch, {}, number={chosen[0]: "9", chosen[1]: "8"})
    with pytest.raises(BatchOver):
        go(desk, WANG, batch, seen=seen)
    assert states(desk, chosen) == ["reviewed"] * 2


# -- The coordinator's recommendation -------------------------------------------------------------


def test_a_coordinator_recommends_in_order_with_one_letter(desk: Desk) -> None:
    chosen = projects(desk, "submitted")
    batch = prepared(desk, COORDINATOR, Action.REVIEW, chosen)
    places = {chosen[0]: 3, chosen[1]: 1, chosen[2]: 2}
    with desk.db.write() as connection:
        own = {chosen[1]: {"opinion": "优先推荐"}}
        edit = Edit("推荐", {"opinion": "同意推荐"}, own, places, letter=LETTER)
        save(connection, COORDINATOR, batch, edit)
    go(desk, COORDINATOR, batch, date(2025, 1, 10))
    said = [json.loads(desk.show(one)["history"][-1]["given"])["opinion"] for one in chosen]
    assert said == [
        "同意推荐（推荐排序：第3位，共3项）",
        "优先推荐（推荐排序：第1位，共3项）",
        "同意推荐（推荐排序：第2位，共3项）",
    ]
    papers = [desk.show(one)["papers"]["recommendation_letter"]["sha256"] for one in chosen]
    assert papers == ["a" * 64] * 3


def test_nobody_prepares_what_the_law_does_not_give_him(desk: Desk) -> None:
    assert sorts_for(COORDINATOR) == [Action.REVIEW, Action.REJECT]
    assert set(sorts_for(WANG)) == {Action.REVIEW, Action.PLAN, Action.REJECT, Action.SUBSIDISE}
    assert sorts_for(AUDITOR) == []
    with desk.db.write() as connection, pytest.raises(NotTheirs):
        begin(connection, COORDINATOR, Action.PLAN, "x", at=AT)


def test_only_projects_of_the_own_scope_come_in(desk: Desk) -> None:
    mine = projects(desk, "submitted", 1)
    other = {"host": "厦门软件学院", "department": "厦门市人社局"}
    foreign = desk.admit(name="另一班", **other)
    batch = prepared(desk, COORDINATOR, Action.REVIEW, [*mine, foreign])
    with desk.db.read() as connection:
        lines, hidden = lines_of(connection, batch, COORDINATOR)
        found = find(connection, COORDINATOR, batch)
        rest = candidates(connection, COORDINATOR, found, Wanted())
    assert ([line.project_id for line in lines], hidden, rest) == (mine, 0, [])


def test_a_batch_is_seen_by_colleagues_and_the_province_only(desk: Desk) -> None:
    with desk.db.write() as connection:
        enrol(
            connection,
            Entry("chen", "陈处", Role.COORDINATOR, "省教育厅", "", ""),
            by="admin",
            at=AT,
        )
        enrol(connection, Entry("wang", "王经办", Role.PROVINCE, "", "", ""), by="admin", at=AT)
    one = prepared(desk, COORDINATOR, Action.REVIEW, projects(desk, "submitted", 1))
    two = prepared(desk, WANG, Action.PLAN, [])
    colleague = Actor("liu", "刘处", ((Role.COORDINATOR, "省教育厅"),))
    with desk.db.read() as connection:
        for actor, sees in (
            (COORDINATOR, [one]),
            (colleague, [one]),
            (OTHER_COORDINATOR, []),
            (WANG, [two, one]),
            (AUDITOR, [two, one]),
        ):
            assert [batch.id for batch, _ in listed(connection, actor)] == sees, actor
        with pytest.raises(NoSuchBatch):
            find(connection, OTHER_COORDINATOR, one)


# -- Afterwards -----------------------------------------------------------------------------------


def test_a_published_batch_tells_what_came_of_it(desk: Desk) -> None:
    chosen = projects(desk, "reviewed", 2)
    said = {"code": "not_selected", "text": "名额有限"}
    batch = prepared(desk, WANG, Action.REJECT, chosen, said)
    go(desk, WANG, batch)
    desk.do(chosen[0], Action.REINSTATE, WANG, "2025-03-01", reason="复核后恢复")
    with desk.db.read() as connection:
        found = find(connection, WANG, batch)
        lines, _ = lines_of(connection, batch)
        came = results(connection, desk.book, found, lines)
    told = {one: (came[one].state.zh, came[one].mails, came[one].silent) for one in chosen}
    assert told == dict.fromkeys(chosen, ("未列入年度计划", 1, 0))


def test_a_dropped_batch_stays_but_does_nothing(desk: Desk) -> None:
    chosen = projects(desk, "reviewed", 1)
    batch = plan_of(desk, chosen)
    with desk.db.write() as connection:
        drop(connection, WANG, batch, at=AT)
    with pytest.raises(BatchOver):
        go(desk, WANG, batch)
    assert (stage(desk, batch), states(desk, chosen)) == (Stage.DROPPED, ["reviewed"])
