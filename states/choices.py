"""What may be chosen in a form: the values that the rules will accept for these facts.

One source for the rules that refuse anything else, for the lists on a page, and for saying what was
chosen again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from states.calendar import WorkCalendar
from states.facts import TO_MEND, Facts, Standing
from states.policy import Category, Policy, ReasonCode
from states.terms import ASKED_BY_SYSTEM, Channel, Kind, Role, Text
from states.wanted import Wanted, wanted

Choice = tuple[str, Text]


@dataclass(frozen=True, slots=True)
class Chooser:
    """For whom a list is made: the project as it stands, and in which roles it is looked at."""

    facts: Facts
    policy: Policy
    calendar: WorkCalendar
    roles: Collection[Role] = ()

    @property
    def category(self) -> Category:
        return self.policy.categories[self.facts.category]


@dataclass(frozen=True, slots=True)
class Record:
    """Where a value that was chosen is said again. `flags`: what the project's flags say."""

    policy: Policy
    category: str  # as it was then; the policy may know it no more
    flags: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Options:
    """The values of a field: those that may be chosen now, and all that can be on record."""

    offered: Callable[[Chooser], list[Choice]]
    known: Callable[[Record], list[Choice]]


def fitting_reasons(facts: Facts, policy: Policy, category: Category) -> list[ReasonCode]:
    """The reasons to reject that fit where the project stands."""
    return [
        reason
        for reason in policy.reasons.values()
        if facts.state in reason.states
        and (not reason.categories or category.key in reason.categories)
    ]


def extendable(facts: Facts, category: Category, calendar: WorkCalendar) -> dict[str, Wanted]:
    """The deadlines that the province may move, by the value of their kind."""
    return {
        want.kind.value: want
        for want in wanted(facts, category, calendar)
        if want.kind not in ASKED_BY_SYSTEM and want.standing in (Standing.OPEN, Standing.AHEAD)
    }


def _categories(where: Chooser | Record) -> list[Choice]:
    return [(one.key, one.label) for one in where.policy.categories.values()]


def _other_categories(who: Chooser) -> list[Choice]:
    return [(key, label) for key, label in _categories(who) if key != who.facts.category]


def _reasons(who: Chooser) -> list[Choice]:
    fitting = fitting_reasons(who.facts, who.policy, who.category)
    return [(reason.key, reason.shown) for reason in fitting]


def _all_reasons(record: Record) -> list[Choice]:
    return [(reason.key, reason.label) for reason in record.policy.reasons.values()]


def _extendable(who: Chooser) -> list[Choice]:
    found = extendable(who.facts, who.category, who.calendar)
    return [(key, want.kind.label) for key, want in found.items()]


def _milestones(who: Chooser) -> list[Choice]:
    listed = [one for one in who.category.milestones if one.by in who.roles]
    listed.sort(key=lambda one: one.key in who.facts.milestones)  # what is missing comes first
    return [(one.key, one.label) for one in listed]


def _all_milestones(record: Record) -> list[Choice]:
    known = record.policy.categories.get(record.category)
    return [(one.key, one.label) for one in known.milestones] if known else []


def _flags(who: Chooser) -> list[Choice]:
    flags = who.facts.flags
    return [(key, Text(flags[key]["zh"], flags[key]["en"])) for key in who.facts.to_dispose]


def _same(values: Collection[Choice]) -> Options:
    """A list that is the same for every project."""
    return Options(lambda _: list(values), lambda _: list(values))


OUTCOMES: dict[str, Text] = {
    "accepted": Text("予以认可", "Accepted"),
    TO_MEND: Text("限期补正", "To be mended"),
    "reduced": Text("核减补助", "Reduced"),
    "refused": Text("不予认可", "Refused"),
}
SETTLED = "settled"  # nobody's decision: the cause of a flag has gone (states/settling.py)
ENDS_OF_FLAGS = OUTCOMES | {SETTLED: Text("已消除", "Settled")}

CATEGORIES = Options(_categories, _categories)
OTHER_CATEGORIES = Options(_other_categories, _categories)
REASONS = Options(_reasons, _all_reasons)
DEADLINES = Options(_extendable, lambda _: [(kind.value, kind.label) for kind in Kind])
MILESTONES = Options(_milestones, _all_milestones)
FLAGS = Options(_flags, lambda record: list(record.flags.items()))
CHANNELS = _same([(one.value, one.label) for one in Channel])
OUTCOMES_OF_FLAGS = _same(OUTCOMES.items())
