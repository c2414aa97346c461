"""`yanxiu deadlines`: needs no database, and says which clause and which steps."""

from __future__ import annotations

from typing import Any

import pytest
from command import Command

KEYS = {"kind", "due_on", "advised_on", "force", "provisional", "clause", "trace"}
DATES = ("--opens", "2025-11-03", "--ends", "2025-11-06")


def deadlines(run: Command, category: str, opens: str, ends: str, **settings: object) -> Any:
    words = ("--policy", "fujian-2025", "--category", category, "--opens", opens, "--ends", ends)
    return run.json("deadlines", *words, **settings)


def days(found: Any) -> dict[str, tuple[str, str]]:
    return {one["kind"]: (one["due_on"], one["advised_on"]) for one in found}


def test_project_2_of_the_sample(run: Command) -> None:
    found = deadlines(run, "national_funded", "2025-03-31", "2025-04-04")
    assert {frozenset(one) for one in found} == {frozenset(KEYS)}
    assert days(found) == {
        "filing": ("2025-02-28", "2025-02-28"),
        "completion": ("2025-11-30", "2025-11-30"),
        "reimbursement": ("2025-05-06", "2025-04-30"),
    }
    assert all(one["force"] == "stated" and one["trace"] for one in found)
    assert not run.data.exists()


def test_project_6_of_the_sample(run: Command) -> None:
    found = deadlines(run, "demonstration", "2025-11-03", "2025-11-06")
    filing = found[0]
    assert (filing["kind"], filing["due_on"]) == ("filing", "2025-10-03")
    assert (filing["advised_on"], filing["clause"]) == ("2025-09-30", "R25-07")
    assert days(found)["reimbursement"] == ("2025-12-08", "2025-12-05")


@pytest.mark.parametrize(
    ("category", "kinds"),
    [
        ("national_funded", ["filing", "completion", "reimbursement"]),
        ("national_self_funded", ["filing", "completion"]),
        ("demonstration", ["filing", "completion", "reimbursement"]),
        ("engineering", ["filing", "completion", "reimbursement"]),
        ("ordinary", ["completion"]),
    ],
)
def test_each_category_has_its_kinds(run: Command, category: str, kinds: list[str]) -> None:
    found = deadlines(run, category, "2025-05-19", "2025-05-22")
    assert [one["kind"] for one in found] == kinds
    advisory = {one["kind"] for one in found if one["force"] == "advisory"}
    assert advisory == ({"filing"} if category == "engineering" else set())


def test_people_read_a_table_and_the_steps(run: Command) -> None:
    words = ("--policy", "fujian-2025", "--category", "demonstration", *DATES)
    shown = run.ok("deadlines", *words).out
    assert "开班前报送" in shown
    assert "2025-10-03   2025-09-30" in shown
    assert "向前推1个月：2025年10月3日（周五）" in shown
    english = run.ok("deadlines", *words, LANGUAGE="en").out
    assert "Filing before opening" in english
    assert "Required by the notice" in english


@pytest.mark.parametrize(
    ("policy", "category", "opens", "ends", "named"),
    [
        ("nowhere-2025", "demonstration", "2025-11-03", "", "nowhere-2025"),
        ("fujian-2025", "nothing", "2025-11-03", "", "nothing"),
        ("fujian-2025", "demonstration", "2025-02-30", "", "2025-02-30"),
        ("fujian-2025", "demonstration", "十一月", "", "十一月"),
        ("fujian-2025", "demonstration", "2025-11-03", "soon", "soon"),
        ("fujian-2025", "demonstration", "2025-11-03", "2025-11-02", "2025-11-02"),
        ("fujian-2025", "demonstration", "0001-01-01", "", "0001-01-01"),
        ("fujian-2025", "demonstration", "9999-12-31", "9999-12-31", "9999-12-31"),
    ],
)
def test_a_wrong_word_is_named(
    run: Command, policy: str, category: str, opens: str, ends: str, named: str
) -> None:
    options = ("--policy", policy, "--category", category, "--opens", opens, "--ends", ends)
    result = run("deadlines", *options, "--json")
    assert result.code == 2
    assert named in result.sentence
    assert result.sentence.endswith("。")
    assert result.json == {"error": result.sentence}
