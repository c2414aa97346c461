"""A mere note takes nobody's form away; anything that a rule judges does; of two at once one wins."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from stories import CLERK, COORDINATOR, FILING, FORM, WANG, ZHOU, Desk

from config.calendar_files import work_calendar
from config.policy_files import load_policy
from states.decide import judge
from states.example import filled
from states.facts import UNJUDGED, Facts
from states.findings import Case
from states.terms import Act, Action, Role, State
from workflow.deeds import LostRace, Refused
from workflow.races import has_moved_on, matters, moved_on
from workflow.tables import EVENT

NOTE = {"channel": "phone", "person": "林老师", "promise": "下周办", "follow_up": date(2025, 3, 10)}
CHANGED_BY_NOTE = {"follow_up"}


class Watched(Facts):
    """Facts that fail where anything is looked at that no rule is said to look at."""

    def __getattribute__(self, name: str) -> Any:
        if name in UNJUDGED:
            raise AssertionError(f"a rule looks at {name}")
        return super().__getattribute__(name)


def case(state: State, deed: Action | Act, role: Role) -> Case:
    basic = {"policy": "fujian-2025", "year": 2025, "name": "班", "host": "某校"}
    known = Watched(state=state, category="demonstration", **basic)  # type: ignore[arg-type]
    day = date(2025, 6, 2)
    policy = load_policy("fujian-2025")
    return Case(known, policy, work_calendar(), deed, role, day, day)


@pytest.mark.parametrize("deed", [*Action, *Act])
def test_no_rule_looks_at_what_is_said_to_be_unjudged(deed: Action | Act) -> None:
    assert {f.name for f in fields(Facts)} >= UNJUDGED
    for state in State:
        for role in Role:
            asked = case(state, deed, role)
            judge(asked)
            judge(filled(asked))


def test_a_note_changes_nothing_else(desk: Desk) -> None:
    one = desk.admit()
    desk.do(one, Act.NOTE, COORDINATOR, "2025-03-03", **NOTE)
    with desk.db.read() as connection:
        changes = connection.execute(select(EVENT.c.changes).where(EVENT.c.seq == 2)).scalar_one()
    assert json.loads(changes).keys() == CHANGED_BY_NOTE and not matters(changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, False),
        ({"follow_up": "2025-03-10"}, False),
        ({"follow_up": None, "state": "filed"}, True),
        ({"follow_up": "2025-03-10", "papers": {"x": {}}}, True),
        ({"pending": None}, True),
    ],
)
def test_what_matters(changes: dict[str, Any], expected: bool) -> None:
    assert matters(json.dumps(changes)) is expected


def test_a_note_in_between_lets_the_form_through(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")  # version 4
    for n in range(2):
        desk.do(one, Act.NOTE, WANG, "2025-03-03", **NOTE | {"promise": f"第{n}次"})
    done = desk.do(one, Action.FILE, CLERK, "2025-04-10", papers=FILING, seen=4)
    assert (done.version, desk.show(one)["state"]) == (7, "filed")
    assert desk.complaints() == []


def test_what_else_happened_besides_the_note_still_counts(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "planned")
    desk.do(one, Act.NOTE, WANG, "2025-03-03", **NOTE)
    desk.do(one, Act.HAND_OVER, WANG, "2025-03-03", contact_name="新联系人")
    desk.do(one, Act.NOTE, WANG, "2025-03-04", channel="phone", person="新联系人")
    before = desk.rows()
    for seen in (4, 5):
        with pytest.raises(LostRace):
            desk.do(one, Action.FILE, CLERK, "2025-04-10", papers=FILING, seen=seen)
    assert desk.rows() == before
    desk.do(one, Action.FILE, CLERK, "2025-04-10", papers=FILING, seen=6)


def test_a_version_that_never_was_is_a_lost_race(desk: Desk) -> None:
    one = desk.admit()
    for seen in (0, 99):
        with pytest.raises(LostRace):
            desk.do(one, Action.SUBMIT, CLERK, "2025-01-08", papers=FORM, seen=seen)


def test_each_project_is_looked_at_from_its_own_version(desk: Desk) -> None:
    one, other = desk.admit(), desk.admit(name="另一班")
    desk.live(one, "planned")
    desk.do(one, Act.NOTE, WANG, "2025-03-03", **NOTE)
    desk.live(other, "reviewed")
    with desk.db.read() as connection:
        assert moved_on(connection, {one: 4, other: 1}) == {other}
        assert moved_on(connection, {one: 3, other: 2}) == {one, other}
        assert not has_moved_on(connection, one, seen=4, version=5)


@pytest.mark.parametrize("attempt", range(3))
def test_a_note_and_a_step_at_once_both_go_through(desk: Desk, attempt: int) -> None:
    one = desk.admit(name=f"班{attempt}")
    desk.live(one, "planned")
    outcomes = at_once(
        lambda: desk.do(one, Action.FILE, CLERK, "2025-04-10", papers=FILING, seen=4),
        *[lambda: desk.do(one, Act.NOTE, ZHOU, "2025-04-10", **NOTE | {"follow_up": None})] * 3,
    )
    assert outcomes[0] == "won"
    shown = desk.show(one)
    assert shown["state"] == "filed" and outcomes[1:].count("won") + 5 == shown["version"]
    assert desk.complaints() == []


def test_of_two_with_one_version_one_wins_though_a_note_came_between(desk: Desk) -> None:
    one = desk.admit()
    desk.live(one, "reviewed")
    desk.do(one, Act.NOTE, WANG, "2025-02-19", channel="phone", person="林老师")

    def plan(number: int) -> Any:
        return lambda: desk.do(one, Action.PLAN, WANG, "2025-02-20", number=number, seen=3)

    assert sorted(at_once(plan(7), plan(8))) == ["LostRace", "won"]
    assert desk.show(one)["version"] == 5 and desk.complaints() == []


def at_once(*deeds: Any) -> list[str]:
    gate = Barrier(len(deeds))

    def run(deed: Any) -> str:
        gate.wait()
        try:
            deed()
        except (Refused, LostRace) as lost:
            return type(lost).__name__
        return "won"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
