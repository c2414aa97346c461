"""Rules at their boundary, named by clause: report and money."""

from __future__ import annotations

from typing import Any

import pytest
from cases import day, facts, findings, said

from states.terms import Action, Role, State

FLAG, BLOCK = "flag", "block"
PAPERS = (
    "opening_notice",
    "summary_report",
    "settlement_table",
    "trainee_list",
    "attendance_sheets",
    "satisfaction_survey",
    "research_report",
    "news_items",
)


def host_reports(known: Any = None, **more: Any) -> dict[str, Any]:
    return {"deed": Action.REPORT, "known": known or facts(), "role": Role.HOST, **more}


# -- Report ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "last", "after"),
    [
        ("2025-05-15", "2025-06-16", "2025-06-17"),  # 15 June is a Sunday
        ("2025-01-31", "2025-02-28", "2025-03-01"),  # no 31 February
        ("2025-08-28", "2025-09-28", "2025-09-29"),  # a Sunday that is worked
        ("2025-09-01", "2025-10-09", "2025-10-10"),  # 1 October opens a long holiday
        ("2025-10-31", "2025-12-01", "2025-12-02"),  # 30 November is a Sunday
        ("2025-11-30", "2025-12-30", "2025-12-31"),
    ],
)
@pytest.mark.parametrize(
    ("category", "clause"),
    [("national_funded", "R25-15b"), ("demonstration", "R25-20"), ("engineering", "R25-20")],
)
def test_r25_15b_r25_20_reported_in_time(
    category: str, clause: str, ends: str, last: str, after: str
) -> None:
    held = facts(category=category, actual_opens=day("2025-01-01"), actual_ends=day(ends))
    in_time = said("reported_in_time", **host_reports(held, on=day(last)))
    late = said("reported_in_time", **host_reports(held, on=day(after)))
    assert (in_time, late) == ([], [(FLAG, clause, "on")])


def test_r25_20_the_first_report_counts() -> None:
    known = facts(actual_ends=day("2025-05-15"), reported_on=day("2025-06-16"))
    assert said("reported_in_time", **host_reports(known)) == []


@pytest.mark.parametrize("category", ["national_self_funded", "ordinary"])
def test_r25_16_r25_19_no_window_where_nothing_is_paid(category: str) -> None:
    known = facts(category=category, actual_ends=day("2025-05-15"))
    assert said("reported_in_time", **host_reports(known)) == []


def test_r25_20_each_paper_is_asked_for_and_only_the_receipt_may_follow() -> None:
    missing = said("papers_present", **host_reports())
    assert missing == [(BLOCK, "R25-20", key) for key in (*PAPERS, "subsidy_receipt")]
    promised = {"promised": day("2025-07-01")}
    assert said("papers_present", **host_reports(**promised)) == [
        *missing[:-1],
        (FLAG, "R25-20", "subsidy_receipt"),
    ]
    handed_in = {"papers": (*PAPERS, "subsidy_receipt")}
    assert said("papers_present", **host_reports(**handed_in)) == []


def test_r25_20_what_was_handed_in_before_need_not_come_again() -> None:
    known = facts(papers={key: {"version": 1} for key in PAPERS})
    found = said("papers_present", **host_reports(known))
    assert found == [(BLOCK, "R25-20", "subsidy_receipt")]


def test_an_unknown_paper_is_refused() -> None:
    found = said("papers_known", **host_reports(papers=("summary_reprot", "trainee_list")))
    assert found == [(BLOCK, "", "summary_reprot")]


def test_r25_13_national_classes_report_assessment_and_trainees() -> None:
    found = said("milestones_recorded", **host_reports(facts(category="national_funded")))
    assert found == [(FLAG, "R25-13", "assessed"), (FLAG, "R25-13", "trainees_submitted")]


# -- Money ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "clause", "cap"),
    [
        ("national_funded", "R25-15a", 10_500_000),
        ("demonstration", "R25-17", 5_000_000),
        ("engineering", "R25-18", 5_000_000),
    ],
)
def test_r25_15a_r25_17_r25_18_the_cap_to_the_fen(category: str, clause: str, cap: int) -> None:
    reported = facts(State.REPORTED, category=category)
    above = said("amount_within_cap", Action.SUBSIDISE, reported, amount=cap + 1)
    assert said("amount_within_cap", Action.SUBSIDISE, reported, amount=cap) == []
    assert above == [(BLOCK, clause, "amount")]


@pytest.mark.parametrize(
    ("category", "clause"), [("national_self_funded", "R25-16"), ("ordinary", "R25-19")]
)
def test_r25_16_r25_19_never_a_subsidy(category: str, clause: str) -> None:
    reported = facts(State.REPORTED, category=category)
    for amount in (0, 1):
        found = said("has_subsidy", Action.SUBSIDISE, reported, amount=amount)
        assert found == [(BLOCK, clause, "category")]
    assert said("ends_without_subsidy", Action.CLOSE, reported) == []


@pytest.mark.parametrize("category", ["national_funded", "demonstration", "engineering"])
def test_a_funded_class_is_not_closed(category: str) -> None:
    known = facts(State.REPORTED, category=category)
    assert [found[0] for found in said("ends_without_subsidy", Action.CLOSE, known)] == [BLOCK]
    assert said("has_subsidy", Action.SUBSIDISE, known) == []


@pytest.mark.parametrize(
    ("category", "left", "expected"),
    [
        ("demonstration", 5_000_000, []),
        ("demonstration", 4_999_999, [(BLOCK, "R25-17", "amount")]),
        ("demonstration", None, []),  # its budget is not known
        ("national_funded", 0, []),  # not ours to check
    ],
)
def test_r25_17_the_provincial_fund(category: str, left: int | None, expected: list[Any]) -> None:
    reported = facts(State.REPORTED, category=category)
    given = {"amount": 5_000_000, "fund_left": left}
    assert said("fund_has_room", Action.SUBSIDISE, reported, **given) == expected


def test_r25_21_open_flags_are_shown_before_money_is_decided() -> None:
    flags = {
        "filed_in_time": {"zh": "逾期5天。", "disposed": {"outcome": "accepted"}},
        "enough_trainees": {"zh": "研修学员20人，少于30人。", "en": "20 trainees, fewer than 30."},
    }
    found = findings(Action.SUBSIDISE, facts(State.REPORTED, flags=flags), amount=1)
    assert [(f.rule, f.severity.value) for f in found] == [("flags_disposed", FLAG)]
    assert found[0].message.zh == "尚有1项提示未核定：研修学员20人，少于30人。"
    assert found[0].message.en == "1 flag(s) not yet disposed of: 20 trainees, fewer than 30."


def test_r25_20_a_promise_that_was_not_kept_is_a_flag() -> None:
    known = {"promised": {"subsidy_receipt": "2025-07-01"}}
    open_promise = facts(State.REPORTED, **known)
    kept = facts(State.REPORTED, **known, papers={"subsidy_receipt": {"version": 1}})
    found = said("promises_kept", Action.SUBSIDISE, open_promise, amount=1)
    assert found == [(FLAG, "R25-20", "subsidy_receipt")]
    assert said("promises_kept", Action.SUBSIDISE, kept, amount=1) == []
