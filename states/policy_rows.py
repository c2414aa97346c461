"""A policy as rows: every value with the name that it has in any policy, its label and its clause.

Found by walking the fields, so that nothing that a policy says is left out where two are compared or
one is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any

from states.policy import FIGURES, Category, Figure, Policy
from states.policy_fields import (
    Mark,
    PolicyField,
    fields_of,
    name_of,
    says_something,
    values_of,
)
from states.terms import Labelled, Text


@dataclass(frozen=True, slots=True)
class Row:
    """One value: a rule, a figure, a paper, or what stands alone. `key` names it across policies."""

    key: str
    label: Text
    value: Any
    clause: str


def rows(thing: Policy | Category) -> list[Row]:
    """What holds for all categories, or what one category says, in the order of the fields."""
    known = [one for one in values_of(type(thing)) if Mark.DERIVED not in one.marks]
    found = [one for one in known if one.name != "categories"]
    return [row for one in found for row in _rows(one, getattr(thing, one.name))]


def _rows(one: PolicyField, value: Any) -> Iterator[Row]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            name = f"{_single(one.name)}.{key}"
            label = FIGURES[key][0] if key in FIGURES else _labelled(one.label, key)
            if isinstance(inner, tuple):
                for each in inner:
                    yield Row(f"{name}.{name_of(each)}", label, each, clause_of(each))
            elif isinstance(inner, str):  # a duty: a rule that the clause puts in force
                yield Row(name, label, IN_FORCE, inner)
            else:
                yield Row(name, label, inner, clause_of(inner))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for each in value:
            label = _labelled(one.label, name_of(each))
            yield Row(f"{_single(one.name)}.{name_of(each)}", label, each, clause_of(each))
    elif says_something(value) and value != one.of.default:
        yield Row(one.name, one.label, value, clause_of(value))


def clause_of(value: Any) -> str:
    """Where a value comes from: its own clause, or that of the figure in it."""
    if not is_dataclass(value):
        return ""
    within = [getattr(value, one.name) for one in fields_of(type(value))]
    own = getattr(value, "clause", None)
    return own or next((one.clause for one in within if isinstance(one, Figure)), None) or ""


def _single(name: str) -> str:
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def _labelled(label: Text, key: object) -> Text:
    """With what it is for, where that has a label: 期限：开班前报送."""
    return OF.format(label=label, key=key.label) if isinstance(key, Labelled) else label


IN_FORCE = True
OF = Text("{label}：{key}", "{label}: {key}")
