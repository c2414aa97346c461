"""What each rule can say, to every role: what only informs neither forbids nor asks, and nobody is
sent to himself.

The findings are those of the one judge, of cases that let every rule speak.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from cases import CALENDAR, YEARS, day

from config.policy_files import load_policy
from states.actions import ROWS
from states.decide import judge, roles_now
from states.example import filled
from states.facts import Facts
from states.findings import Case, Finding
from states.remedy import FOR_OFFICIALS, REMEDIES, remedy
from states.rules.every import EVERY
from states.terms import Act, Action, Role, Severity, State

EARLY, LATE = day("2025-01-02"), day("2026-03-02")
# All that can be amiss with a project: everything late, sent back, promised, flagged.
AMISS: dict[str, Any] = {
    "opens_earliest": day("2025-05-12"),
    "opens_latest": day("2025-05-12"),
    "planned_ends": day("2025-05-15"),
    "known_on": day("2025-01-02"),
    "place": "福州",
    "mend_by": day("2025-06-02"),
    "mend_from": day("2025-05-20"),
    "promised": {"subsidy_receipt": "2025-06-02"},
    "flags": {"long_enough": {"clause": "", "zh": "研修2天。", "en": "2 days.", "deed": "hold"}},
    "announced_on": day("2025-01-02"),
    "acknowledged_on": day("2025-01-03"),
}
# What was done too late, or a plan that came too late for it.
DONE: tuple[dict[str, Any], ...] = (
    {},
    {"mend_in": None, "known_on": day("2025-05-02"), "announced_on": None, "acknowledged_on": None},
    {"submitted_on": day("2026-02-02"), "filed_on": day("2025-05-11")},
    {"actual_ends": day("2026-01-10"), "pending": {"deed": "withdraw", "by": "x", "given": {}}},
)
WRONG: dict[str, Any] = {
    **{"opens": day("2025-12-20"), "ends": day("2025-12-21"), "place": "厦门"},
    **{"trainees": 101, "online_trainees": 100, "staff": 40, "amount": 10**10, "undo": True},
    **{"category": "no", "code": "no", "name": "no", "kind": "no", "flag": "no", "channel": "no"},
    **{"outcome": "no", "enterprise": True, "mend_by": day("2025-01-02"), "host": "某公司"},
    **{"due_on": day("2024-01-02"), "follow_up": day("2024-01-02"), "promised": day("2026-05-04")},
}
GIVEN: tuple[dict[str, Any], ...] = (
    {},
    WRONG,
    {
        **WRONG,
        "trainees": 3,
        "online_trainees": 4,
        "opens": day("2027-05-01"),
        "ends": day("2027-05-03"),
    },
    {"late_reason": "事由", "opinion": "同意", "outcome": "mend", "flag": "long_enough"},
    {"mend_by": day("2026-05-04"), "kind": "completion", "due_on": day("2025-01-02")},
    {"kind": "reimbursement", "due_on": day("2027-05-04")},
)


@cache
def said() -> tuple[tuple[Case, Finding], ...]:
    """Each finding once in each of its wordings, with a case of it, for every role."""
    found = {
        (one.rule, one.severity, one.message.zh, case.role): (case, one)
        for case in _cases()
        for one in judge(case)
    }
    return tuple(found.values())


def _cases() -> Iterator[Case]:
    for policy in YEARS:
        for category in load_policy(policy).categories:
            for state in State:
                for done in DONE:
                    known = {**AMISS, "mend_in": state, "came_from": State.PLANNED, **done}
                    yield from _deeds(_project(state, policy, category, known))


def _project(state: State, policy: str, category: str, known: dict[str, Any]) -> Facts:
    basic = {"year": YEARS[policy], "name": "甲班", "host": "福建理工大学", "category": category}
    return Facts(state=state, policy=policy, **{**basic, **known})


def _deeds(project: Facts) -> Iterator[Case]:
    law = load_policy(project.policy)
    for deed in (*Action, *Act):
        able = roles_now(deed, project)
        yield Case(project, law, CALENDAR, deed, Role.AUDITOR, LATE, LATE)
        for role in able and (*able, Role.COORDINATOR):
            case = Case(project, law, CALENDAR, deed, role, LATE, LATE, same_hand=True)
            yield replace(case, on=EARLY, supposed=True)
            yield replace(case, on=day("2027-01-04"))
            yield replace(filled(case), on=day("2025-06-01"), fund_left=0)
            for given in (*GIVEN, {"category": project.category}):
                papers = frozenset({"no"})
                yield replace(case, given=given, papers=papers, without_file=papers)
    if project.state is State.REVIEWED:  # a plan in which no days stand
        dateless = replace(project, opens_earliest=None, opens_latest=None, planned_ends=None)
        yield Case(dateless, law, CALENDAR, Action.PLAN, Role.PROVINCE, LATE, LATE)


def test_every_rule_speaks_here() -> None:
    """Else what a new rule says would be held to nothing."""
    rules = {rule.__name__ for some in (*(row.rules for row in ROWS), EVERY) for rule in some}
    spoken = {found.rule for _, found in said()}
    assert rules - spoken == set()
    assert (FOR_OFFICIALS | set(REMEDIES)) <= spoken


WALLS = re.compile("请|不能|不得|只能|必须|须|无法|不予(?!补助)|禁止|[a-z_]{3,}")
ENGLISH_WALLS = re.compile(
    r"\b(please|cannot|must|only|not possible|not allowed|[a-z]+_[a-z_]+)\b", re.I
)


def test_what_only_informs_is_no_wall_and_asks_nobody() -> None:
    """A flag is kept and read by hosts and officials alike: it says what is so, in no program's
    keys."""
    flags = [f for _, f in said() if f.severity is Severity.FLAG]
    assert [f.message.zh for f in flags if WALLS.search(f.message.zh)] == []
    assert [f.message.en for f in flags if ENGLISH_WALLS.search(f.message.en)] == []


def test_nobody_is_sent_to_himself() -> None:
    """What stands against a deed names another to ask, never the role of its reader."""
    wrong = [
        (case.role, found.message.zh)
        for case, found in said()
        if re.search(
            f"(请|请向|请与|由|只能由)[^，。；]{{0,8}}{_name(case.role)}[^，。；]{{0,24}}"
            "(办理|代录|受理|决定|联系|登记)(?!的)",
            found.message.zh,
        )
        and found.severity is Severity.BLOCK
    ]
    assert wrong == []


def _name(role: Role) -> str:
    return re.escape(role.label.zh)


@pytest.mark.parametrize("role", Role)
def test_who_can_settle_it_is_told_to_others_only(role: Role) -> None:
    for _, found in said():
        assert role not in found.others({role})
        assert found.others({role}) in ((), found.who)


def test_what_can_be_done_about_a_flag_is_said_by_the_readers_side() -> None:
    """No official is told to explain to the province, or to wait for it."""
    flags = {found.key: found for _, found in said() if found.severity is Severity.FLAG}
    for key in flags:
        theirs = remedy(key, host=False)
        assert not re.search("请|省厅|咨询|核定", theirs.zh), (key, theirs.zh)
        assert "承办单位" not in remedy(key, host=True).zh
