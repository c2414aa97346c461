"""What may be chosen in a form: the values that the rules will accept for these facts.

One source for the rules that refuse anything else and for the lists on a page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from states.calendar import WorkCalendar
from states.facts import Facts, Standing
from states.forms import OUTCOMES
from states.policy import Category, Policy, ReasonCode
from states.terms import ASKED_BY_SYSTEM, Act, Action, Channel, Role, Text
from states.wanted import Wanted, wanted

Choice = tuple[str, Text]


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


def choices(
    deed: Action | Act,
    facts: Facts,
    policy: Policy,
    calendar: WorkCalendar,
    roles: Collection[Role],
) -> Mapping[str, list[Choice]]:
    """Field name -> values with their labels, for those fields of the deed that are chosen."""
    category = policy.categories[facts.category]
    if deed is Action.PLAN:
        return {"category": [(c.key, c.label) for c in policy.categories.values()]}
    if deed is Act.RECLASSIFY:
        others = [c for c in policy.categories.values() if c.key != facts.category]
        return {"category": [(c.key, c.label) for c in others]}
    if deed is Act.NOTE:
        return {"channel": [(one.value, one.label) for one in Channel]}
    if deed is Action.REJECT:
        fitting = fitting_reasons(facts, policy, category)
        return {"code": [(reason.key, reason.shown) for reason in fitting]}
    if deed is Act.EXTEND:
        return {
            "kind": [(k, w.kind.label) for k, w in extendable(facts, category, calendar).items()]
        }
    if deed is Act.MILESTONE:
        listed = [m for m in category.milestones if m.by in roles]
        listed.sort(key=lambda m: m.key in facts.milestones)  # what is missing comes first
        return {"name": [(m.key, m.label) for m in listed]}
    if deed is Act.DISPOSE:
        flags = [(k, _told(facts, k)) for k in facts.to_dispose]
        return {"flag": flags, "outcome": list(OUTCOMES.items())}
    return {}


def _told(facts: Facts, key: str) -> Text:
    return Text(facts.flags[key]["zh"], facts.flags[key]["en"])
