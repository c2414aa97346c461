"""What differs between two policies: value by value, each with the clause that it now comes from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from typing import Any

from states.contact import Contact
from states.policy import (
    Clause,
    DeadlineRule,
    Figure,
    Fund,
    MilestoneRule,
    Policy,
    ReasonCode,
)
from states.policy_fields import PolicyField, says_something, values_of
from states.policy_rows import IN_FORCE, Row, rows
from states.terms import Text


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of two policies. `category`: "" for what holds for all; None: not there."""

    category: str
    key: str
    old: str | None
    new: str | None
    clause: str  # of the new value, else of the old


@dataclass(frozen=True, slots=True)
class Pair:
    """A value as two policies have it; None: only the other has it."""

    category: str
    old: Row | None
    new: Row | None

    @property
    def known(self) -> Row:
        found = self.new or self.old
        assert found is not None
        return found

    def said(self, language: str) -> tuple[str | None, str | None]:
        """What the former and the newer policy say."""
        was, now = (said(row.value, language) if row else None for row in (self.old, self.new))
        return was, now


def differences(old: Policy, new: Policy) -> list[Difference]:
    """In the order of the new policy, what is gone last."""
    return [_told(pair) for pair in differing(old, new)]


def differing(old: Policy, new: Policy) -> list[Pair]:
    """The values that are not the same, in the same order."""
    found = list(_between("", rows(old), rows(new), new.clauses))
    for key in dict.fromkeys((*new.categories, *old.categories)):
        before, after = old.categories.get(key), new.categories.get(key)
        was, now = rows(before) if before else [], rows(after) if after else []
        found += _between(key, was, now, new.clauses)
    return found


def _between(
    category: str, old: list[Row], new: list[Row], clauses: Collection[str]
) -> Iterator[Pair]:
    was, now = {row.key: row for row in old}, {row.key: row for row in new}
    for key in dict.fromkeys((*now, *was)):
        pair = Pair(category, was.get(key), now.get(key))
        if pair.old and pair.new:
            unlike = any(len(set(pair.said(one))) > 1 for one in LANGUAGES)
            if unlike or _rests_on_another(pair.old.clause, pair.new.clause, clauses):
                yield pair
        elif not isinstance(pair.known.value, Clause):
            # A clause that is new or gone shows in what rests on it.
            yield pair


def _rests_on_another(old: str, new: str, clauses: Collection[str]) -> bool:
    """Whether a value has left a clause that still stands. From year to year all clauses are others."""
    return old != new and old in clauses


def _told(pair: Pair) -> Difference:
    told = next((both for both in map(pair.said, LANGUAGES) if len(set(both)) > 1), None)
    if told is None and pair.old and pair.new:  # but for the clause the same
        was, now = pair.said("zh")
        told = f"{was} [{pair.old.clause}]", f"{now} [{pair.new.clause}]"
    assert told is not None
    return Difference(pair.category, pair.known.key, *told, pair.known.clause)


# -- A value in a line, for programs ----------------------------------------------------------------


LANGUAGES = ("zh", "en")


def said(value: Any, language: str = "zh") -> str:
    """All that a value says but its name and its clause."""
    if isinstance(value, Contact):
        return value.whole.in_(language)
    if not is_dataclass(value):
        return _plain(value, language)
    covered, words = TOGETHER.get(type(value), ((), lambda *_: []))
    rest = [one for one in values_of(type(value)) if one.name not in (*covered, "clause")]
    return ", ".join([*words(value, language), *_rest(value, rest, language)])


def _rest(thing: Any, fields: list[PolicyField], language: str) -> Iterator[str]:
    for one in fields:
        value, called = getattr(thing, one.name), one.name.replace("_", " ")
        if value is True:
            yield called
        elif isinstance(value, StrEnum | Text) or is_dataclass(value):
            yield from [said(value, language)] if says_something(value) else []
        elif value is not False and says_something(value) and value != one.of.default:
            yield f"{called} {said(value, language)}"


def _plain(value: Any, language: str) -> str:
    if value is IN_FORCE:
        return "required"
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return "、".join(_plain(one, language) for one in value)
    if isinstance(value, Mapping):
        return "、".join(f"{key} {_plain(inner, language)}" for key, inner in value.items())
    return str(value)


def _figure(figure: Figure, _: str = "") -> list[str]:
    value: Any = "—" if figure.value is None else figure.value
    if figure.unit == "yuan" and figure.value is not None:
        value = f"{figure.value / 100:.2f}"
    return [f"{value} {figure.unit} ({figure.severity.value}, {figure.basis.value})"]


def _deadline(rule: DeadlineRule, _: str) -> list[str]:
    if rule.fixed_on:
        return [rule.fixed_on.isoformat()]
    return [f"{rule.anchor.value} {rule.offset:+d} {rule.unit.value}"]


def _milestone(one: MilestoneRule, language: str) -> list[str]:
    at = one.flag_at.value if one.flag_at else "-"
    told = [one.label.in_(language), one.by.value, at, one.basis.value]
    stated = "stated" if one.dated else "no day stated"
    told += [f"by {one.due.value} ({stated})"] if one.due else []
    return told + ([one.ask.in_(language)] if one.ask != one.label else [])


def _fund(fund: Fund, language: str) -> list[str]:
    paid = "provincial" if fund.provincial else "national"
    return [fund.label.in_(language), paid, *_figure(fund.budget)]


def _reason(code: ReasonCode, _: str) -> list[str]:
    return ["、".join([*(state.value for state in code.states), *code.categories])]


# Fields that are said together, in other words than their own; all others follow.
TOGETHER: dict[type, tuple[tuple[str, ...], Callable[[Any, str], list[str]]]] = {
    Figure: (("value", "unit", "severity", "basis"), _figure),
    DeadlineRule: (("anchor", "fixed_on", "offset", "unit"), _deadline),
    MilestoneRule: (("label", "ask", "by", "flag_at", "basis", "due", "dated"), _milestone),
    Fund: (("label", "provincial", "budget"), _fund),
    ReasonCode: (("states", "categories"), _reason),
}
