"""`yanxiu policy`: what ships, every value with its clause, and why a file is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from typing import Any

import pytest
from command import REPOSITORY, Command

from config.policy_files import load_policy
from states.policy_fields import fields_of
from states.terms import Text

SHIPPED = ["fujian-2024", "fujian-2025", "xinjiang-2025"]
FUJIAN = REPOSITORY / "config" / "policies" / "fujian-2025.toml"


def test_list(run: Command) -> None:
    found = run.json("policy", "list")
    assert [one["id"] for one in found] == SHIPPED
    assert found[1]["year"] == 2025
    assert "demonstration" in found[1]["categories"]
    assert all(name in run.ok("policy", "list").out for name in SHIPPED)


def test_show(run: Command) -> None:
    found = run.json("policy", "show", "fujian-2025")
    assert found["categories"]["demonstration"]["cap"]["value"] == 5_000_000  # fen
    shown = run.ok("policy", "show", "fujian-2025").out
    assert "R25-07" in shown
    assert "开班日前1个月" in shown
    assert "50,000 元" in shown
    assert "系统推定（无文件依据）" in shown
    assert (
        "1 month(s) before the first day"
        in run.ok("policy", "show", "fujian-2025", LANGUAGE="en").out
    )


def told(thing: Any, found: Any) -> None:
    """That what the command printed is the object, field by field."""
    if is_dataclass(thing):
        assert list(found) == [one.name for one in fields_of(type(thing))]
        for name in found:
            told(getattr(thing, name), found[name])
    elif isinstance(thing, Mapping):
        assert list(found) == [str(getattr(key, "value", key)) for key in thing]
        for inner, shown in zip(thing.values(), found.values(), strict=True):
            told(inner, shown)
    elif isinstance(thing, tuple) and not isinstance(thing, Text):
        for inner, shown in zip(thing, found, strict=True):
            told(inner, shown)
    elif isinstance(thing, Text):
        assert found == thing.zh
    else:
        assert found == (thing.isoformat() if isinstance(thing, date) else thing)


@pytest.mark.parametrize("name", SHIPPED)
def test_show_tells_every_field_of_every_object(run: Command, name: str) -> None:
    """By walking the law's objects: what is added to a class is told as well."""
    told(load_policy(name), run.json("policy", "show", name))


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_holds(run: Command, name: str) -> None:
    assert run.json("policy", "check", name)["ok"] is True


def test_a_file_of_ones_own_is_checked_where_it_lies(run: Command) -> None:
    text = FUJIAN.read_text(encoding="utf-8").replace('"fujian-2025"', '"henan-2027"', 1)
    (run.cwd / "henan-2027.toml").write_text(text, encoding="utf-8")
    assert run.json("policy", "check", "./henan-2027.toml")["id"] == "henan-2027"
    found = run.json(
        *("deadlines", "--policy", "./henan-2027.toml", "--category", "demonstration"),
        *("--opens", "2027-05-10"),
    )
    assert found[0]["due_on"] == "2027-04-10"
    assert found[0]["provisional"] is True  # no official calendar of that year


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("id = 3\n", "["),
        ("this is no toml", "bad.toml"),
        ("", "bad.toml [id]"),
        (FUJIAN.read_text(encoding="utf-8") + "\nnonsense = 1\n", "nonsense"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_reason(
    run: Command, text: str, named: str
) -> None:
    (run.cwd / "bad.toml").write_text(text, encoding="utf-8")
    result = run("policy", "check", "bad.toml", "--json")
    assert result.code == 1
    assert "bad.toml" in result.sentence
    assert named in result.sentence
    assert result.json == {"error": result.sentence}


def test_unknown_names(run: Command) -> None:
    for words in (("show", "nowhere"), ("check", "nowhere")):
        result = run("policy", *words)
        assert result.code == 2
        assert "fujian-2025" in result.sentence  # says what there is
    assert "不存在" in run("policy", "check", "./nowhere.toml").sentence


def test_diff_names_each_value_that_changed_with_its_clause(run: Command) -> None:
    text = FUJIAN.read_text(encoding="utf-8")
    changed = text.replace("value = 105000", "value = 95000").replace(
        'R25-20", forfeit = "R25-21" }', 'R25-20" }', 1
    )
    (run.cwd / "draft.toml").write_text(changed, encoding="utf-8")
    cap = "105000.00 yuan (block, stated)"
    found = run.json("policy", "diff", "fujian-2025", "./draft.toml")
    assert [set(one) for one in found] == [{"category", "key", "old", "new", "clause"}] * len(found)
    of_cap = [one for one in found if one["key"] == "cap"]
    assert of_cap == [
        {
            "category": "national_funded",
            "key": "cap",
            "old": cap,
            "new": cap.replace("105", "95"),
            "clause": "R25-15a",
        }
    ]
    [other] = [one for one in found if one["key"] != "cap"]
    assert (other["category"], other["key"]) == ("demonstration", "deadline.reimbursement")
    shown = run.ok("policy", "diff", "fujian-2025", "./draft.toml").out
    assert "105,000 元" in shown and "95,000 元" in shown and "逾期可能影响补助" in shown


def test_diff_of_a_policy_with_itself_is_empty(run: Command) -> None:
    assert run.json("policy", "diff", "fujian-2025", "fujian-2025") == []
    assert "没有不同" in run.ok("policy", "diff", "fujian-2025", "fujian-2025").out
    assert run("policy", "diff", "fujian-2025", "nowhere").code == 2


def test_what_differs_between_years_and_provinces_is_all_in_words(run: Command) -> None:
    for other in ("fujian-2024", "xinjiang-2025"):
        keys = {one["key"] for one in run.json("policy", "diff", other, "fujian-2025")}
        assert {"cap", "figure.min_trainees"} <= keys
        shown = run.ok("policy", "diff", other, "fujian-2025").out
        assert [key for key in keys if "." in key and key in shown] == []


def test_the_cap_is_shown_to_block(run: Command) -> None:
    """R25-15a, R25-17: what is above it cannot be decided; it is no flag that is left to a person."""
    shown = run.ok("policy", "show", "fujian-2025").out
    caps = [line for line in shown.splitlines() if line.startswith("补助上限")]
    assert [line for line in caps if "提示" in line] == []
    assert sum("超过上限的，暂不能办理" in line for line in caps) == 3
