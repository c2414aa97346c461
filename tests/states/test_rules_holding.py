"""Rules at their boundary, named by clause: the class as it was held."""

from __future__ import annotations

from typing import Any

import pytest
from cases import HELD_DAYS, day, facts, findings, hold, said

from states.terms import Action, State

FLAG, BLOCK = "flag", "block"


@pytest.mark.parametrize(
    ("ends", "late"), [("2025-11-29", False), ("2025-11-30", False), ("2025-12-01", True)]
)
def test_r25_04_completed_by_30_november_inclusive_sunday_or_not(ends: str, late: bool) -> None:
    expected = [(FLAG, "R25-04", "ends")] if late else []
    assert hold("completed_in_time", opens=day("2025-11-28"), ends=day(ends)) == expected


@pytest.mark.parametrize(
    ("category", "clause", "least"),
    [
        ("national_funded", "R25-08a", 50),
        ("national_self_funded", "R25-08a", 50),
        ("demonstration", "R25-09", 30),
        ("engineering", "R25-09", 30),
        ("ordinary", "R25-09", 30),
    ],
)
def test_r25_08a_r25_09_enough_trainees(category: str, clause: str, least: int) -> None:
    few = [(FLAG, clause, "trainees")]
    assert hold("enough_trainees", category, trainees=least - 1) == few
    assert hold("enough_trainees", category, trainees=least) == []
    # Online trainees are trainees.
    assert hold("enough_trainees", category, trainees=least, online_trainees=least // 2) == []


def test_the_figures_are_those_of_the_year() -> None:
    given = {
        **HELD_DAYS,
        "on": day("2024-05-16"),
        "opens": day("2024-05-13"),
        "ends": day("2024-05-16"),
    }

    def of(rule: str, category: str, trainees: int) -> list[tuple[str, str, str]]:
        known = facts(State.PLANNED, "fujian-2024", category=category)
        return said(rule, Action.HOLD, known, trainees=trainees, **given)

    assert of("enough_trainees", "ordinary", 24) == [(FLAG, "R24-04", "trainees")]
    assert of("enough_trainees", "ordinary", 25) == []
    assert of("not_too_many_trainees", "national_funded", 100) == []
    assert of("not_too_many_trainees", "national_funded", 101) == [(FLAG, "R24-05", "trainees")]


@pytest.mark.parametrize(
    ("trainees", "staff", "expected"),
    [
        (55, 5, []),
        (55, 6, [(FLAG, "R25-08b", "staff")]),
        (50, 5, []),
        (200, 10, []),
        (200, 11, [(FLAG, "R25-08b", "staff")]),
        (9, 0, []),
        (9, 1, [(FLAG, "R25-08b", "staff")]),
    ],
)
def test_r25_08b_staff_rounded_down_and_capped(
    trainees: int, staff: int, expected: list[Any]
) -> None:
    given = {"trainees": trainees, "staff": staff}
    assert hold("staff_within_limit", "national_funded", **given) == expected
    assert hold("staff_within_limit", "demonstration", **given) == []


@pytest.mark.parametrize(
    ("online", "trainees", "expected"),
    [(15, 30, []), (16, 30, [(FLAG, "R25-12", "online_trainees")]), (15, 31, []), (0, 0, [])],
)
def test_r25_12_at_most_half_online(online: int, trainees: int, expected: list[Any]) -> None:
    given = {"online_trainees": online, "trainees": trainees}
    assert hold("online_within_share", **given) == expected


def test_online_trainees_are_among_the_trainees() -> None:
    counted = hold("online_within_trainees", trainees=30, online_trainees=30)
    impossible = hold("online_within_trainees", trainees=30, online_trainees=31)
    assert (counted, impossible) == ([], [(BLOCK, "", "online_trainees")])


@pytest.mark.parametrize(
    ("category", "ends", "expected"),
    [
        ("national_funded", "2025-05-15", [(FLAG, "R25-08c", "ends")]),  # 4 days
        ("national_funded", "2025-05-16", []),  # 5, arrival and departure counted
        ("demonstration", "2025-05-13", [(FLAG, "R25-09", "ends")]),  # 2: not about 4
        ("demonstration", "2025-05-14", []),
        ("demonstration", "2025-05-16", []),
        ("demonstration", "2025-05-17", [(FLAG, "R25-09", "ends")]),
    ],
)
def test_r25_08c_r25_09_length(category: str, ends: str, expected: list[Any]) -> None:
    assert hold("long_enough", category, ends=day(ends)) == expected


@pytest.mark.parametrize(
    ("opens", "expected"),
    [
        ("2025-05-11", [(FLAG, "R25-02", "opens")]),
        ("2025-05-12", []),
        ("2025-05-13", [(FLAG, "R25-02", "opens")]),
    ],
)
def test_r25_02_held_as_planned(opens: str, expected: list[Any]) -> None:
    assert hold("held_as_planned", opens=day(opens)) == expected


def test_r25_02_any_day_of_a_window_is_as_planned() -> None:
    window = {"opens_earliest": day("2025-05-01"), "opens_latest": day("2025-05-31")}
    planned = facts(State.PLANNED, **window, planned_ends=None)
    for opens, flagged in (("2025-05-01", 0), ("2025-05-31", 0), ("2025-06-01", 1)):
        given = {"opens": day(opens), "ends": day("2025-06-03")}
        assert len(said("held_as_planned", Action.HOLD, planned, **given)) == flagged


def test_r25_06_r25_07_milestones_that_should_stand_are_flags_of_whom_they_concern() -> None:
    def missing(**known: Any) -> list[tuple[str, str]]:
        found = findings(Action.HOLD, facts(State.FILED, **known), **HELD_DAYS)
        return [(f.fact, f.clause) for f in found if f.rule == "milestones_recorded"]

    assert missing() == [("filing_confirmed", "R25-07")]
    assert missing(milestones={"filing_confirmed": {"on": "2025-04-15"}}) == []
    assert missing(category="national_funded") == [
        ("consulted", "R25-06a"),
        ("notice_issued", "R25-06b"),
        ("platform_declared", "R25-06b"),
        ("platform_approved", "R25-06b"),
    ]


@pytest.mark.parametrize(
    ("place", "ends", "fact"),
    [
        ("福州市", "2025-05-15", None),
        ("福州市鼓楼区", "2025-05-15", None),  # the same place, told more closely
        (None, "2025-05-15", None),
        ("厦门市", "2025-05-15", "place"),
        ("福州市", "2025-05-14", "ends"),
        ("福州市", "2025-05-16", "ends"),
    ],
)
def test_r25_02_place_and_last_day_are_the_plans(
    place: str | None, ends: str, fact: str | None
) -> None:
    """R25-02: time and place are not changed at will; what was announced is the plan by then."""
    known = facts(State.FILED, filed_on=day("2025-04-11"), place="福州市")
    heads = {"trainees": 60, "online_trainees": 0, "staff": 4}
    given = {"opens": day("2025-05-12"), "ends": day(ends), **heads}
    given |= {"place": place} if place else {}
    found = said("held_as_planned", Action.HOLD, known, **given)
    assert found == ([("flag", "R25-02", fact)] if fact else [])
