"""Forms: text becomes typed values, and every fault is a problem, never an exception."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.actions import ACTIONS
from states.form_reading import MAX_TEXT, read_form
from states.terms import Act, Action

TYPES = {
    "text": str,
    "line": str,
    "date": date,
    "count": int,
    "yuan": int,
    "yes": bool,
    "email": str,
    "account": str,
}
DEEDS = [*Action, *Act]
HELD = {"opens": "2025-05-12", "ends": "2025-05-15", "trainees": "32"}


def read(deed: Action | Act, name: str, text: str) -> Any:
    """The value, or the names of the fields that have a problem."""
    values, problems = read_form(deed, {name: text})
    return values[name] if not problems else [problem.field for problem in problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-03-31", date(2025, 3, 31)),
        ("2025年3月31日", date(2025, 3, 31)),
        ("2025.3.31", date(2025, 3, 31)),
        ("2025/03/31", date(2025, 3, 31)),
        ("２０２５－０３－３１", date(2025, 3, 31)),
        ("2025-02-29", ["opens"]),
        ("2025-13-01", ["opens"]),
        ("0000-01-01", ["opens"]),
        ("25-03-31", ["opens"]),
        ("5月", ["opens"]),
        ("2025-03-31 08:00", ["opens"]),
    ],
)
def test_a_date(text: str, expected: Any) -> None:
    assert read(Act.CONFIRM_DATES, "opens", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("32", 32),
        ("３２", 32),
        ("100000", 100_000),
        ("100001", ["trainees"]),
        ("-1", ["trainees"]),
        ("3.5", ["trainees"]),
        ("三十", ["trainees"]),
        ("1e3", ["trainees"]),
        ("9" * 5000, ["trainees"]),
    ],
)
def test_a_number_of_persons(text: str, expected: Any) -> None:
    assert read(Action.HOLD, "trainees", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50000", 5_000_000),
        ("50,000.01", 5_000_001),
        ("５００００", 5_000_000),
        ("0", 0),
        ("100000000", 10_000_000_000),
        ("100000000.01", ["amount"]),
        ("0.001", ["amount"]),
        ("1." + "0" * 40 + "1", ["amount"]),
        ("-1", ["amount"]),
        ("1e999999", ["amount"]),
        ("NaN", ["amount"]),
        ("sNaN", ["amount"]),
        ("Infinity", ["amount"]),
        ("五万", ["amount"]),
    ],
)
def test_an_amount_is_read_in_yuan_and_kept_in_fen(text: str, expected: Any) -> None:
    assert read(Action.SUBSIDISE, "amount", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("是", True),
        ("YES", True),
        ("1", True),
        ("否", False),
        ("无", False),
        ("false", False),
        ("也许", ["enterprise"]),
    ],
)
def test_a_yes_or_no(text: str, expected: Any) -> None:
    assert read(Action.SUBMIT, "enterprise", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  同意\n推荐 ", "同意\n推荐"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),  # kept as it is; writing a sheet must quote it
        ("{evil} %s", "{evil} %s"),
        ("长" * MAX_TEXT, "长" * MAX_TEXT),
        ("长" * (MAX_TEXT + 1), ["opinion"]),
        ("a\x00b", ["opinion"]),
        ("a\x1b[31mb", ["opinion"]),
        ("a\ud800b", ["opinion"]),
    ],
)
def test_a_text(text: str, expected: Any) -> None:
    assert read(Action.REVIEW, "opinion", text) == expected


def test_an_empty_text_counts_as_not_given() -> None:
    assert read_form(Action.REVIEW, {"opinion": "  ", "late_reason": ""}) == ({}, [])


def test_unknown_names_are_problems_and_the_rest_is_read() -> None:
    values, problems = read_form(Action.HOLD, {**HELD, "staf": "4", "{0}": "x"})
    expected = {"opens": date(2025, 5, 12), "ends": date(2025, 5, 15), "trainees": 32}
    assert values == expected
    assert [problem.field for problem in problems] == ["staf", "{0}"]


def test_each_wrong_field_has_its_own_problem() -> None:
    values, problems = read_form(Action.HOLD, {"opens": "x", "ends": "{y}", "trainees": "32"})
    assert values == {"trainees": 32}
    assert [problem.field for problem in problems] == ["opens", "ends"]
    assert "{y}" in problems[1].message.zh


@pytest.mark.parametrize("deed", DEEDS)
def test_a_form_names_each_field_once(deed: Action | Act) -> None:
    names = [field.name for field in ACTIONS[deed].form]
    assert len(names) == len(set(names))
    assert {field.kind for field in ACTIONS[deed].form} <= set(TYPES)


ANYTHING = st.text(st.characters(), max_size=60)
NUMBERS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.integers().map(str),
    st.floats().map(str),
    st.dates().map(str),
    st.from_regex(r"\d{1,4}[-./年]\d{1,3}[-./月]\d{1,3}日?", fullmatch=True),
    st.from_regex(r"[sS]?[nN]a[nN]\d*|-?\d+[eE]-?\d{1,9}", fullmatch=True),
)


@given(st.sampled_from(DEEDS), st.data())
def test_no_text_raises_and_every_value_has_its_type(deed: Action | Act, data: Any) -> None:
    kinds = {field.name: field.kind for field in ACTIONS[deed].form}
    names = st.one_of(st.sampled_from([*kinds, "nonsense"]), ANYTHING)
    raw = data.draw(st.dictionaries(names, st.one_of(ANYTHING, NUMBERS), max_size=6))
    values, problems = read_form(deed, raw)
    assert {name: type(value) for name, value in values.items()} == {
        name: TYPES[kinds[name]] for name in values
    }
    given_names = {name for name, text in raw.items() if text.strip() or name not in kinds}
    assert {*values, *(problem.field for problem in problems)} == given_names
    assert not set(values) & {problem.field for problem in problems}
    for value in values.values():
        str(value).encode()  # whatever is taken can be stored
