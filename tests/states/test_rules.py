"""Rules at their boundary, named by clause: application, dates, filing."""

from __future__ import annotations

from typing import Any

import pytest
from cases import HELD_DAYS, case, day, facts, findings, hold, said

from config.policy_files import load_policy
from states.consequence import ending
from states.findings import Finding
from states.terms import Act, Action, Kind, Role, State

FLAG, BLOCK = "flag", "block"


# -- Application ----------------------------------------------------------------------------------


def test_r24_08_an_enterprise_must_be_qualified_and_able_to_invoice() -> None:
    drafted = facts(State.DRAFTED, "fujian-2024")
    host = {"role": Role.HOST, "papers": ("application_form",)}

    def of(**given: Any) -> list[tuple[str, str, str]]:
        return said("enterprise_qualified", Action.SUBMIT, drafted, **host, **given)

    lacking = [(BLOCK, "R24-08", fact) for fact in ("training_qualified", "can_invoice")]
    assert of() == of(enterprise=False) == []
    assert of(enterprise=True) == lacking
    assert of(enterprise=True, training_qualified=True) == lacking[1:]
    assert of(enterprise=True, training_qualified=True, can_invoice=False) == lacking[1:]
    assert of(enterprise=True, training_qualified=True, can_invoice=True) == []


def test_r24_13_the_form_is_asked_for() -> None:
    drafted = facts(State.DRAFTED, "fujian-2024")
    missing = [(BLOCK, "R24-13", "application_form")]
    assert said("papers_present", Action.SUBMIT, drafted, role=Role.HOST) == missing
    with_form = {"role": Role.HOST, "papers": ("application_form",)}
    assert said("papers_present", Action.SUBMIT, drafted, **with_form) == []


@pytest.mark.parametrize(
    ("on", "role", "reason", "expected"),
    [
        ("2024-01-14", Role.COORDINATOR, None, []),
        ("2024-01-15", Role.COORDINATOR, None, []),
        ("2024-01-16", Role.COORDINATOR, None, [(BLOCK, "R24-13", "on")]),
        ("2024-01-16", Role.COORDINATOR, "来晚了", [(BLOCK, "R24-13", "on")]),
        ("2024-01-16", Role.PROVINCE, None, [(BLOCK, "R24-13", "on")]),
        ("2024-01-16", Role.PROVINCE, "台风停工", [(FLAG, "R24-13", "on")]),
    ],
)
def test_r24_13_the_window(on: str, role: Role, reason: str | None, expected: list[Any]) -> None:
    given = {"opinion": "同意", "late_reason": reason, "role": role, "on": day(on)}
    submitted = facts(State.SUBMITTED, "fujian-2024")
    assert said("reached_in_time", Action.REVIEW, submitted, **given) == expected


def test_2025_states_no_window() -> None:
    given = {"opinion": "同意", "on": day("2025-12-31")}
    assert said("reached_in_time", Action.REVIEW, facts(State.SUBMITTED), **given) == []


# -- Dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opens", "ends", "expected"),
    [
        ("2025-05-12", "2025-05-12", []),
        ("2025-05-12", "2025-05-11", [(BLOCK, "", "ends")]),
        ("2025-12-31", "2026-01-03", []),
        ("2024-12-31", "2025-01-03", [(BLOCK, "", "opens")]),
        ("2026-01-01", "2026-01-04", [(BLOCK, "", "opens")]),
    ],
)
@pytest.mark.parametrize("deed", [Act.CONFIRM_DATES, Action.PLAN, Action.HOLD, Act.CHANGE])
def test_dates_in_order(deed: Any, opens: str, ends: str, expected: list[Any]) -> None:
    state = State.REVIEWED if deed is Action.PLAN else State.PLANNED
    role = Role.HOST if deed is Act.CHANGE else Role.PROVINCE
    given = {"opens": day(opens), "ends": day(ends), "role": role}
    if deed is Action.HOLD and opens[:4] != "2025":
        expected = []  # what has happened is recorded, in whatever year
    assert said("dates_in_order", deed, facts(state), **given) == expected


def test_a_new_last_day_is_held_against_the_first_day_on_record() -> None:
    planned = {"role": Role.HOST, "ends": day("2025-05-11")}
    assert said("dates_in_order", Act.CHANGE, facts(State.PLANNED), **planned) == [
        (BLOCK, "", "ends")
    ]
    held = facts(actual_opens=day("2025-05-12"), actual_ends=day("2025-05-15"))
    assert said("dates_in_order", Act.CORRECT, held, ends=day("2025-05-11")) == [
        (BLOCK, "", "ends")
    ]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [("2025-11-30", []), ("2025-12-01", [(FLAG, "R25-04", "ends")])],
)
def test_r25_04_planned_dates(ends: str, expected: list[Any]) -> None:
    given = {"opens": day("2025-11-27"), "ends": day(ends)}
    assert said("can_end_in_time", Act.CONFIRM_DATES, facts(State.PLANNED), **given) == expected


def test_the_plan_names_the_time_unless_it_is_known() -> None:
    unknown = facts(State.REVIEWED, opens_earliest=None, opens_latest=None, planned_ends=None)
    assert said("plan_dates_known", Action.PLAN, unknown, number=1) == [(BLOCK, "", "opens")]
    assert said("plan_dates_known", Action.PLAN, unknown, opens=day("2025-05-12")) == []
    assert said("plan_dates_known", Action.PLAN, facts(State.REVIEWED), number=1) == []


def test_a_project_is_planned_in_a_category_of_the_year() -> None:
    reviewed = facts(State.REVIEWED)
    assert said("category_known", Action.PLAN, reviewed, category="特色班") == [
        (BLOCK, "", "category")
    ]
    assert said("category_known", Action.PLAN, reviewed, category="engineering") == []


@pytest.mark.parametrize(("on", "expected"), [("2025-05-16", []), ("2025-05-17", ["on"])])
def test_nothing_is_recorded_before_it_has_happened(on: str, expected: list[str]) -> None:
    found = findings(
        Action.CLOSE, facts(State.HELD), on=day(on), today=day("2025-05-16"), role=Role.HOST
    )
    future = [f for f in found if f.rule == "not_in_the_future"]
    assert [f.fact for f in future] == expected
    assert [f.earliest for f in future] == [day(on) for _ in expected]


@pytest.mark.parametrize(
    ("today", "expected"), [("2025-05-14", [day("2025-05-15")]), ("2025-05-15", [])]
)
def test_a_class_is_recorded_on_its_last_day_at_the_earliest(today: str, expected: Any) -> None:
    given = {"on": day(today), "today": day(today), **HELD_DAYS}
    found: list[Finding] = findings(Action.HOLD, facts(State.FILED), **given)
    assert [f.earliest for f in found if f.rule == "has_ended"] == expected


# -- Filing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "clause"),
    [
        ("national_funded", "R25-06a"),
        ("national_self_funded", "R25-06a"),
        ("demonstration", "R25-07"),
    ],
)
@pytest.mark.parametrize(
    ("on", "late"), [("2025-04-11", False), ("2025-04-12", False), ("2025-04-13", True)]
)
def test_r25_06a_r25_07_filed_in_time(category: str, clause: str, on: str, late: bool) -> None:
    planned = facts(State.PLANNED, category=category)
    expected = [(FLAG, clause, "on")] if late else []
    assert said("filed_in_time", Action.FILE, planned, role=Role.HOST, on=day(on)) == expected


def test_r25_07_the_filing_of_an_engineering_class_is_advice_and_never_a_flag() -> None:
    planned = facts(State.PLANNED, category="engineering")
    late = day("2025-05-12")
    found = findings(Action.FILE, planned, role=Role.HOST, on=late, today=late)
    assert found == []
    assert hold("filed_before_holding", "engineering") == []


def test_r25_07_the_first_filing_counts() -> None:
    again = facts(State.PLANNED, filed_on=day("2025-04-12"))
    late = {"role": Role.HOST, "on": day("2025-04-30")}
    assert said("filed_in_time", Action.FILE, again, **late) == []


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("2025-04-12", {"filed_in_time": [(FLAG, "R25-07", "on")], "plan_came_late": []}),
        ("2025-04-13", {"filed_in_time": [], "plan_came_late": [(FLAG, "R25-07", "known_on")]}),
    ],
)
def test_a_plan_that_came_late_is_not_the_hosts_fault(known: str, expected: dict[str, Any]) -> None:
    planned = facts(State.PLANNED, known_on=day(known))
    late = {"role": Role.HOST, "on": day("2025-04-20")}
    assert {rule: said(rule, Action.FILE, planned, **late) for rule in expected} == expected


def test_r25_07_holding_without_a_filing_is_a_flag_and_no_wall() -> None:
    planned = facts(State.PLANNED)
    assert said("filed_before_holding", Action.HOLD, planned, **HELD_DAYS) == [
        (FLAG, "R25-07", "filed_on")
    ]
    ordinary = facts(State.PLANNED, category="ordinary")
    assert said("filed_before_holding", Action.HOLD, ordinary, **HELD_DAYS) == []


def test_r25_07_holding_with_a_filing_that_was_sent_back_and_not_mended_is_a_flag() -> None:
    sent_back = {
        "filed_on": day("2025-04-10"),
        "mend_in": State.PLANNED,
        "mend_by": day("2025-04-20"),
    }
    unmended = facts(State.PLANNED, **sent_back)
    assert said("filed_before_holding", Action.HOLD, unmended, **HELD_DAYS) == [
        (FLAG, "R25-07", "mended_on")
    ]
    mended = facts(State.FILED, **sent_back, mended_on=day("2025-04-20"))
    assert said("filed_before_holding", Action.HOLD, mended, **HELD_DAYS) == []


@pytest.mark.parametrize(
    ("on", "late"), [("2025-04-19", False), ("2025-04-20", False), ("2025-04-21", True)]
)
def test_what_was_sent_back_is_mended_by_its_date(on: str, late: bool) -> None:
    back = {"mend_in": State.PLANNED, "mend_by": day("2025-04-20")}
    expected = [(FLAG, "", "mend_by")] if late else []
    given = {"role": Role.HOST, "on": day(on)}
    assert said("mended_in_time", Action.FILE, facts(State.PLANNED, **back), **given) == expected
    assert said("mended_in_time", Action.REPORT, facts(State.HELD, **back), **given) == []


def test_the_category_of_a_case_is_the_one_that_is_being_given() -> None:
    planning = case(Action.PLAN, facts(State.REVIEWED), category="engineering")
    assert planning.category.key == "engineering"


def test_a_host_that_dates_its_claim_back_is_flagged_and_a_receipt_is_not() -> None:
    held, given = facts(State.HELD), {"role": Role.HOST, "on": day("2025-06-03")}
    back = said("dated_by_receipt", Action.REPORT, held, today=day("2025-06-04"), **given)
    assert back == [(FLAG, "", "on")]
    assert said("dated_by_receipt", Action.REPORT, held, today=day("2025-06-03"), **given) == []
    late = {"today": day("2025-06-04"), "on_behalf": True}
    assert said("dated_by_receipt", Action.REPORT, held, **given, **late) == []


@pytest.mark.parametrize(
    ("category", "zh"),
    [
        ("demonstration", "，可能影响补助，由省厅核定。"),
        ("engineering", "，可能影响补助，由省厅核定。"),
        ("national_funded", "，可能不再予以资助，由人社部事业单位人事服务中心审核。"),
        ("national_self_funded", "。"),
        ("ordinary", "。"),
    ],
)
def test_a_consequence_is_said_only_where_a_clause_says_it(category: str, zh: str) -> None:
    policy = load_policy("fujian-2025")
    assert ending(policy, policy.categories[category], Kind.COMPLETION).zh == zh


def test_no_clause_makes_a_late_national_filing_cost_anything() -> None:
    policy = load_policy("fujian-2025")
    for key in ("national_funded", "national_self_funded", "engineering"):
        assert ending(policy, policy.categories[key], Kind.FILING).zh == "。"
    assert ending(policy, policy.categories["demonstration"], Kind.FILING).zh != "。"


def test_r25_05_other_dates_than_the_plans_are_a_change_not_a_confirmation() -> None:
    planned = facts(State.PLANNED)
    same = {"opens": day("2025-05-12"), "ends": day("2025-05-15")}
    assert said("confirmed_as_planned", Act.CONFIRM_DATES, planned, **same) == []
    moved = same | {"opens": day("2025-05-13")}
    found = said("confirmed_as_planned", Act.CONFIRM_DATES, planned, **moved)
    assert found == [(FLAG, "R25-02", "opens")]


def test_nothing_is_dated_before_what_it_follows() -> None:
    held = facts(State.HELD, actual_ends=day("2025-05-15"))
    early = {"on": day("2025-05-14"), "role": Role.HOST}
    assert said("not_before_its_time", Action.REPORT, held, **early) == [(BLOCK, "", "on")]
    early |= {"on": day("2025-05-15")}
    assert said("not_before_its_time", Action.REPORT, held, **early) == []
