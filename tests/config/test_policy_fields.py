"""Every field of a policy is compared and shown: found by walking the law's classes, so that a field
that is added tomorrow is held as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest

from config.policy_files import SHIPPED, load_policy
from config.policy_reading import common_lines, differences, document_lines, lines
from states import comparing
from states.contact import Contact
from states.policy import FIGURES, DeadlineRule, Policy
from states.policy_fields import Mark, PolicyField, classes_of, fields_of, parts_of, values_of
from states.terms import State, Text

CLASSES = list(dict.fromkeys(classes_of(Policy)))
OWN_DESK = 'contact = { telephone = "1", post = { zh = "甲", en = "A" }, mailbox = "a@example.cn" }'


def single() -> list[tuple[type, PolicyField]]:
    """The fields that hold something by themselves: neither other objects, nor what follows from
    others."""
    return [
        (kind, one)
        for kind in CLASSES
        for one in values_of(kind)
        if Mark.DERIVED not in one.marks
        and not any(is_dataclass(inner) for inner in parts_of(one.type))
    ]


def named(value: object) -> str:
    return value.name if isinstance(value, PolicyField) else getattr(value, "__name__", "")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """A policy with an object of every class."""
    text = (SHIPPED / "fujian-2025.toml").read_text(encoding="utf-8")
    text = text.replace("[categories.ordinary]\n", f"[categories.ordinary]\n{OWN_DESK}\n")
    path = tmp_path_factory.mktemp("full") / "full.toml"
    path.write_text(text, encoding="utf-8")
    return load_policy(str(path))


def objects(thing: Any) -> Iterator[Any]:
    if is_dataclass(thing):
        yield thing
        thing = [getattr(thing, one.name) for one in fields_of(type(thing))]
    if isinstance(thing, Mapping):
        thing = list(thing.values())
    if isinstance(thing, list | tuple) and not isinstance(thing, Text):
        for inner in thing:
            yield from objects(inner)


def exchanged(thing: Any, old: Any, new: Any) -> Any:
    """The same with one object in the place of another."""
    if thing is old:
        return new
    if isinstance(thing, Mapping):
        return {key: exchanged(inner, old, new) for key, inner in thing.items()}
    if isinstance(thing, tuple) and not isinstance(thing, Text):
        return tuple(exchanged(inner, old, new) for inner in thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        names = [one.name for one in fields_of(type(thing))]
        return replace(thing, **{n: exchanged(getattr(thing, n), old, new) for n in names})
    return thing


def another(value: Any, field: PolicyField, policy: Policy) -> Any:
    """A value of the same type that is not the same."""
    marked = (*field.marks, *parts_of(field.type))
    kinds = [one for one in marked if isinstance(one, type) and one is not type(None)]
    kind = type(value) if value is not None else kinds[0]
    if kind is bool:
        return not value
    if kind is int:
        return (value or 0) + 1
    if issubclass(kind, StrEnum):
        return next(member for member in kind if member != value)
    if kind is date:
        return (value or date(2025, 1, 1)) + timedelta(days=1)
    if kind is Text:
        return Text(f"{value.zh}改", f"{value.en} changed") if value else Text("改", "changed")
    if issubclass(kind, str):
        if Mark.CLAUSE in marked:
            return next(clause for clause in policy.clauses if clause != value)
        return next(f for f in policy.funds if f != value) if field.name == "fund" else f"{value}x"
    if kind is tuple:
        states = [member for member in State if member not in value]
        return (*value, states[0] if State in marked else next(iter(policy.categories)))
    assert issubclass(kind, Mapping), kind
    return dict(list(value.items())[1:])


def test_the_fields_are_walked() -> None:
    """The net has its meshes: the classes are found, and fields that were once left out."""
    assert {kind.__name__ for kind in CLASSES} == {
        *("Policy", "Category", "Contact", "Document", "Clause", "Figure", "DeadlineRule"),
        *("PaperRule", "MilestoneRule", "Fund", "ReasonCode", "Announced"),
    }
    assert {"inclusive", "rolls", "forfeit", "note"} <= {
        one.name for kind, one in single() if kind is DeadlineRule
    }
    assert all(one.label.zh and one.label.en for kind in CLASSES for one in fields_of(kind))


@pytest.mark.parametrize(("kind", "one"), single(), ids=named)
def test_a_field_that_changes_is_a_difference_for_programs_and_in_words(
    full: Policy, kind: type, one: PolicyField
) -> None:
    before = next(thing for thing in objects(full) if type(thing) is kind)
    value = another(getattr(before, one.name), one, full)
    changed = exchanged(full, before, replace(before, **{one.name: value}))
    found = comparing.differences(full, changed)
    assert found and all(each.old != each.new for each in found)
    told = differences(full, changed)
    assert len(told) == len(found) and all(each.old != each.new for each in told)


@pytest.mark.parametrize(
    ("kind", "one"), [(k, one) for k, one in single() if Text in parts_of(one.type)], ids=named
)
def test_what_changes_in_english_alone_is_a_difference_too(
    full: Policy, kind: type, one: PolicyField
) -> None:
    known = (thing for thing in objects(full) if type(thing) is kind)
    before = next(thing for thing in known if getattr(thing, one.name))
    value = getattr(before, one.name)
    after = replace(before, **{one.name: Text(value.zh, f"{value.en} changed")})
    changed = exchanged(full, before, after)
    [found] = comparing.differences(full, changed)
    assert found.old != found.new and found.new is not None and "changed" in found.new
    [told] = differences(full, changed)
    assert told.old != told.new and told.new is not None and "changed" in told.new.said.zh


def test_a_value_that_rests_on_another_clause_is_a_difference_while_the_former_stands(
    full: Policy,
) -> None:
    """Between two years nearly all clauses are others: there it is none."""
    rule = full.categories["demonstration"].deadlines[0]
    [found] = comparing.differences(full, exchanged(full, rule, replace(rule, clause="R25-01")))
    assert (found.category, found.key, found.clause) == (
        *("demonstration", "deadline.filing", "R25-01"),
    )
    assert found.old is not None and found.old.endswith(" [R25-07]")
    assert found.new is not None and found.new.endswith(" [R25-01]")
    past = load_policy("fujian-2024")
    fees = [one.categories["demonstration"].figures["fee_from_trainees"] for one in (past, full)]
    assert [(fee.value, fee.clause) for fee in fees] == [(0, "R24-10"), (0, "R25-14")]
    keys = {(one.category, one.key) for one in comparing.differences(past, full)}
    assert ("demonstration", "figure.fee_from_trainees") not in keys


def test_every_figure_of_a_category_has_a_name_on_the_page(full: Policy) -> None:
    for category in full.categories.values():
        told = {line.key: line.what for line in lines(category, full)}
        for key in category.figures:
            assert told[f"figure.{key}"] == FIGURES[key][0]


def test_what_no_sentence_holds_is_shown_under_its_label(full: Policy) -> None:
    """A note, a day that a document is not older than, what the end is called by a reason."""
    engineering = {line.key: line.said.zh for line in lines(full.categories["engineering"], full)}
    assert "；说明：通知未要求工程领域专项开班前报送" in engineering["deadline.filing"]
    common = {line.key: line.said.zh for line in common_lines(full)}
    assert common["reason.misconduct"].endswith("据此结束时称：因违规行为终止")
    assert "工程领域专项 5" in common["announced"]
    assert any("不早于：2025年1月1日" in line.said.zh for line in document_lines(full))
    ordinary = full.categories["ordinary"]
    assert ordinary.contact == Contact("1", Text("甲", "A"), "a@example.cn")
    desk = {line.key: line.said.zh for line in lines(ordinary, full)}
    assert desk["contact"].startswith("电话1，")
