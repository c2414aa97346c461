"""Totality: whatever the tables of the design do not list is refused, whoever asks."""

from __future__ import annotations

import re
from itertools import product

import pytest
from cases import case, facts

from config.policy_files import load_policy
from states.actions import ACTIONS, ROWS
from states.decide import judge, second_by
from states.diagram import mermaid
from states.lifecycle import FINAL
from states.machine import move, origins
from states.rules.every import EVERY
from states.terms import (
    REJECTED_AS,
    Act,
    Action,
    Channel,
    Entry,
    Force,
    Kind,
    Role,
    Severity,
    State,
)

# By hand from the design's tables, not derived from states/lifecycle.py.
# Each line: action, from, to, who; a second person after the colon.
STEPS = """
submit     drafted    submitted   host
review     submitted  reviewed    coordinator,province
plan       reviewed   planned     province
file       planned    filed       host
hold       filed      held        host,province
hold       planned    held        host,province
report     held       reported    host
subsidise  reported   subsidised  province:province
close      held       closed      host,province
close      reported   closed      host,province
send_back  submitted  drafted     coordinator,province
send_back  reviewed   drafted     province
send_back  filed      planned     province
send_back  reported   held        province
reject     submitted  rejected    coordinator,province
reject     reviewed   rejected    province
reject     planned    rejected    province
reject     filed      rejected    province
reject     held       rejected    province
reject     reported   rejected    province
withdraw   drafted    withdrawn   host
withdraw   submitted  withdrawn   host
withdraw   reviewed   withdrawn   host
withdraw   planned    withdrawn   host:province
withdraw   filed      withdrawn   host:province
reinstate  rejected   -           province
reinstate  withdrawn  -           province
reinstate  closed     -           province
reinstate  subsidised -           province:province
"""
# Each line: act, where, who. `supply` and `cancel` serve the promised papers and the two-person
# steps of the design.
ACTS = """
confirm_dates  planned,filed                              host,province
change         planned,filed                              host
postpone       planned,filed                              host
extend         drafted,submitted,reviewed,planned,filed,held,reported  province
transfer       drafted,submitted,reviewed,planned,filed,held,reported  province
hand_over      drafted,submitted,reviewed,planned,filed,held,reported  host,coordinator,province
reclassify     reviewed,planned,filed                     province
inspect        planned,filed,held,reported                coordinator,province
note           *                                          host,coordinator,province
milestone      planned,filed,held,reported,subsidised     host,province
correct        held,reported,subsidised,closed            province
dispose        *                                          province
supply         planned,filed,held,reported,subsidised     host
cancel         *                                          host,province
announce planned,filed province
acknowledge planned,filed,held,reported host
"""


def listed(text: str) -> set[Role]:
    return {Role(name) for name in text.split(",")}


ARROWS: dict[tuple[State, Action], tuple[str, set[Role], set[Role]]] = {}
for _action, _source, _target, _who in map(str.split, STEPS.strip().splitlines()):
    _first, _, _second = _who.partition(":")
    _pair = (listed(_first), listed(_second) if _second else set())
    ARROWS[State(_source), Action(_action)] = (_target, *_pair)
GROUNDS: dict[Act, tuple[set[State], set[Role]]] = {
    Act(act): (set(State) if where == "*" else {State(s) for s in where.split(",")}, listed(who))
    for act, where, who in map(str.split, ACTS.strip().splitlines())
}
PLACES = [None, *State]


def refusals(deed: Action | Act, state: State, role: Role) -> list[str]:
    found = judge(case(deed, facts(state), role=role))
    return [f.rule for f in found if f.rule in ("right_order", "right_role")]


@pytest.mark.parametrize("state", State)
def test_every_action_outside_the_table_is_refused(state: State) -> None:
    for action, role in product(Action, Role):
        _, who, _ = ARROWS.get((state, action), ("", set(), set()))
        expected = [] if role in who else ["right_role"] if who else ["right_order"]
        assert refusals(action, state, role) == expected, (action, role)


@pytest.mark.parametrize("state", State)
def test_every_act_outside_the_table_is_refused(state: State) -> None:
    for act, role in product(Act, Role):
        states, who = GROUNDS[act]
        right = [] if role in who else ["right_role"]
        expected = right if state in states else ["right_order"]
        assert refusals(act, state, role) == expected, (act, role)


def test_a_refusal_by_the_table_is_the_only_finding() -> None:
    assert [f.rule for f in judge(case(Action.SUBSIDISE, facts(State.DRAFTED)))] == ["right_order"]


@pytest.mark.parametrize("state", State)
def test_the_second_person_is_the_tables(state: State) -> None:
    for action in Action:
        _, _, second = ARROWS.get((state, action), ("", set(), set()))
        assert set(second_by(action, state)) == second, action
    for act in Act:
        money = act is Act.CORRECT and state is State.SUBSIDISED
        assert set(second_by(act, state)) == ({Role.PROVINCE} if money else set()), act


@pytest.mark.parametrize(("state", "action"), list(product(State, Action)))
def test_the_machine_moves_as_the_table_says(state: State, action: Action) -> None:
    target, _, _ = ARROWS.get((state, action), ("", None, None))
    for came_from in PLACES:
        if target == "-":
            back = came_from is not None and (came_from, state.value) in WAYS
            expected = came_from if back else None
        else:
            expected = State(target) if target else None
        assert move(state, action, came_from) is expected, came_from


WAYS = {(source, target) for (source, _), (target, _, _) in ARROWS.items()}


@pytest.mark.parametrize("final", [State.REJECTED, State.WITHDRAWN, State.CLOSED, State.SUBSIDISED])
def test_reinstate_goes_back_to_where_it_came_from(final: State) -> None:
    expected = {source for source, target in WAYS if target == final.value}
    assert set(origins(final)) == expected
    assert {move(final, Action.REINSTATE, origin) for origin in expected} == expected


def test_only_reinstatement_leaves_a_final_state() -> None:
    assert {State.REJECTED, State.WITHDRAWN, State.CLOSED, State.SUBSIDISED} == FINAL


@pytest.mark.parametrize("words", [State, Action, Act, Entry, Role, Channel, Kind, Severity, Force])
def test_every_word_has_a_label_in_both_languages(words: type[State]) -> None:
    for word in words:
        assert re.search(r"[一-鿿]", word.label.zh), word
        assert re.search(r"[A-Za-z]", word.label.en), word


def test_every_action_has_one_row() -> None:
    assert set(ACTIONS) == {*Action, *Act}
    assert len(ROWS) == len(ACTIONS)


def test_rejected_says_what_it_means_wherever_it_can_happen() -> None:
    assert set(REJECTED_AS) == set(origins(State.REJECTED))


def test_every_rule_cites_clauses_that_a_policy_knows() -> None:
    newest, older = load_policy("fujian-2025"), load_policy("fujian-2024")
    # A national class of at most 100: 2025 no longer says so, and leaves the figure unstated.
    gone = {"R24-05"}
    for rule in {*EVERY, *(rule for row in ROWS for rule in row.rules)}:
        assert rule.__doc__, rule
        for clause in re.findall(r"R\d\d-\d\d[a-z]?", rule.__doc__):
            assert clause in (older if clause in gone else newest).clauses, (rule, clause)


@pytest.mark.parametrize("name", ["fujian-2024", "fujian-2025", "xinjiang-2025"])
def test_every_duty_names_a_rule_and_a_clause(name: str) -> None:
    policy = load_policy(name)
    rules = {rule.__name__ for row in ROWS for rule in row.rules}
    assert set(policy.duties) - rules == set()
    assert set(policy.duties.values()) - set(policy.clauses) == set()


def test_the_diagram_has_exactly_the_arrows() -> None:
    drawn = re.findall(r"^ +(\w+) --> (\w+): (\w+)（", mermaid(), re.MULTILINE)
    expected = [
        (state.value, target, action.label.zh)
        for (state, action), (target, _, _) in ARROWS.items()
        if target != "-"
    ]
    assert sorted(drawn) == sorted(expected)
    assert re.findall(r"\[\*\] --> (\w+)", mermaid()) == ["drafted"]
    ends = {"rejected", "withdrawn", "closed", "subsidised"}
    assert set(re.findall(r"(\w+) --> \[\*\]", mermaid())) == ends
    assert set(re.findall(r"^    (\w+): ", mermaid(), re.MULTILINE)) == {s.value for s in State}
