"""Calls, inspections and changes of category: at the boundary."""

from __future__ import annotations

import pytest
from cases import case, day, facts, findings, said

from states.discretion import is_internal
from states.effects import effects
from states.facts import Facts, as_json, merge
from states.lifecycle import ACT_RULES
from states.mailing import told
from states.terms import Act, Action, Role, State

ON = day("2025-04-01")
CALL = {"channel": "phone", "person": "林老师"}


def after(known: Facts, deed: Act, **given: object) -> Facts:
    """The facts after the deed."""
    stored = {"state": known.state.value, "policy": known.policy, "year": known.year}
    stored |= {"name": known.name, "host": known.host, "category": known.category}
    if known.follow_up:
        stored["follow_up"] = as_json(known.follow_up)
    return Facts.read(merge(stored, effects(case(deed, known, on=ON, today=ON, **given), 2)))


@pytest.mark.parametrize("state", State)
def test_a_call_can_be_noted_in_every_state(state: State) -> None:
    assert findings(Act.NOTE, facts(state), on=ON, today=ON, **CALL) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"channel": "fax"}, [("block", "", "channel")]),
        ({"channel": "in_person"}, []),
    ],
)
def test_a_note_says_how_somebody_was_reached(given: dict[str, str], expected: object) -> None:
    more = CALL | given
    assert said("channel_known", Act.NOTE, facts(), on=ON, today=ON, **more) == expected


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ("2025-03-31", [("block", "", "follow_up")]),
        ("2025-04-01", []),
        ("2025-04-02", []),
    ],
)
def test_the_next_call_is_not_before_this_one(again: str, expected: object) -> None:
    given = CALL | {"follow_up": day(again)}
    assert said("call_again_ahead", Act.NOTE, facts(), on=ON, today=ON, **given) == expected


def test_a_note_keeps_when_to_call_again_and_nothing_that_was_said() -> None:
    known = facts(State.PLANNED)
    changes = effects(case(Act.NOTE, known, on=ON, **CALL, follow_up=day("2025-04-03")), 2)
    assert changes == {"follow_up": "2025-04-03"}
    assert effects(case(Act.NOTE, known, on=ON, **CALL), 2) == {"follow_up": None}


def test_a_step_makes_the_promised_call_idle() -> None:
    known = facts(State.PLANNED, follow_up=day("2025-04-03"))
    changes = effects(case(Action.FILE, known, role=Role.HOST, on=ON), 2)
    assert changes["follow_up"] is None
    other = effects(case(Act.SUPPLY, known, role=Role.HOST, on=ON), 2)
    assert other == {}


@pytest.mark.parametrize("state", [State.PLANNED, State.FILED, State.HELD, State.REPORTED])
def test_r25_24_what_is_to_be_mended_is_a_flag_and_told(state: State) -> None:
    clean, faulty = {"findings": "良好"}, {"findings": "签到缺失", "mend_by": day("2025-04-10")}
    rule = "mending_after_inspection"
    assert said(rule, Act.INSPECT, facts(state), on=ON, today=ON, **clean) == []
    found = said(rule, Act.INSPECT, facts(state), on=ON, today=ON, **faulty)
    assert found == [("flag", "R25-24", "2025-04-01")]
    tells = [
        told(Act.INSPECT, state, after(facts(state), Act.INSPECT, **given), Role.PROVINCE, ON)
        for given in (clean, faulty)
    ]
    assert tells == [(), (Role.HOST,)]


def test_two_inspections_are_two_flags() -> None:
    faulty = {"findings": "签到缺失", "mend_by": day("2025-04-10")}
    keys = {
        found.key
        for on in (day("2025-04-01"), day("2025-04-02"))
        for found in findings(Act.INSPECT, facts(State.PLANNED), on=on, today=on, **faulty)
    }
    assert keys == {
        "mending_after_inspection.2025-04-01",
        "mending_after_inspection.2025-04-02",
    }


@pytest.mark.parametrize(
    ("category", "rule"),
    [
        ("demonstration", "category_differs"),
        ("unheard_of", "category_known"),
        ("ordinary", None),
    ],
)
def test_r25_01_another_category_that_the_year_has(category: str, rule: str | None) -> None:
    given = {"category": category, "reason": "财政资助转自筹"}
    blocked = [f.rule for f in findings(Act.RECLASSIFY, facts(State.PLANNED), on=ON, **given)]
    assert blocked == ([rule] if rule else [])


def test_another_category_is_told_to_host_and_department() -> None:
    changed = after(facts(State.PLANNED), Act.RECLASSIFY, category="ordinary", reason="转自筹")
    assert changed.category == "ordinary"
    assert ACT_RULES[Act.RECLASSIFY].tells == (Role.HOST, Role.COORDINATOR)


@pytest.mark.parametrize(
    ("deed", "role", "given", "hidden"),
    [
        ("note", "province", {}, True),
        ("note", "coordinator", {}, True),
        ("note", "host", {}, False),
        ("inspect", "province", {}, True),
        ("inspect", "province", {"mend_by": "2025-04-10"}, False),
        ("file", "host", {}, False),
    ],
)
def test_what_officials_say_among_themselves(
    deed: str, role: str, given: dict[str, str], hidden: bool
) -> None:
    assert is_internal(deed, role, given, {}) is hidden
