"""Cases for the rules: a demonstration class of 12 to 15 May 2025, changed where a test says so."""

from __future__ import annotations

from datetime import date
from typing import Any

from config.calendar_files import work_calendar
from config.policy_files import load_policy
from states.decide import judge
from states.facts import Facts
from states.findings import Case, Finding
from states.terms import Act, Action, Role, State

CALENDAR = work_calendar()
YEARS = {"fujian-2024": 2024, "fujian-2025": 2025, "xinjiang-2025": 2025}
FAR = date(2027, 1, 4)  # a day on which all that a test speaks of has passed


def day(text: str) -> date:
    return date.fromisoformat(text)


HELD_DAYS = {"opens": day("2025-05-12"), "ends": day("2025-05-15")}


def facts(state: State = State.HELD, policy: str = "fujian-2025", **known: Any) -> Facts:
    basic: dict[str, Any] = {
        "year": YEARS[policy],
        "name": "智能制造高级研修班",
        "host": "福建理工大学",
        "category": "demonstration",
    }
    dates: dict[str, Any] = {}
    if policy == "fujian-2025":
        dates = {
            "opens_earliest": day("2025-05-12"),
            "opens_latest": day("2025-05-12"),
            "planned_ends": day("2025-05-15"),
        }
    return Facts(state=state, policy=policy, **{**basic, **dates, **known})


def case(
    deed: Action | Act,
    known: Facts,
    *,
    role: Role = Role.PROVINCE,
    on: date = FAR,
    today: date = FAR,
    papers: tuple[str, ...] = (),
    on_behalf: bool = False,
    fund_left: int | None = None,
    **given: Any,
) -> Case:
    return Case(
        facts=known,
        policy=load_policy(known.policy),
        calendar=CALENDAR,
        deed=deed,
        role=role,
        today=today,
        on=on,
        given=given,
        papers=frozenset(papers),
        on_behalf=on_behalf,
        fund_left=fund_left,
    )


def said(rule: str, deed: Action | Act, known: Facts, **more: Any) -> list[tuple[str, str, str]]:
    """(severity, clause, fact) of each finding of this rule, through the one judge."""
    found = [finding for finding in findings(deed, known, **more) if finding.rule == rule]
    return [(finding.severity.value, finding.clause, finding.fact) for finding in found]


def findings(deed: Action | Act, known: Facts, **more: Any) -> list[Finding]:
    return judge(case(deed, known, **more))


def hold(rule: str, category: str = "demonstration", **given: Any) -> list[tuple[str, str, str]]:
    """What the rule says of a class of 60, nobody online, 4 staff, unless given otherwise."""
    heads = {"trainees": 60, "online_trainees": 0, "staff": 4}
    known = facts(State.FILED, category=category, filed_on=day("2025-04-11"))
    return said(rule, Action.HOLD, known, **{**HELD_DAYS, **heads, **given})
