"""What a host has to mend: papers that were sent back, and flags disposed of as 限期补正."""

from __future__ import annotations

from datetime import date

from states.facts import TO_MEND, Facts, Json, Standing
from states.lifecycle import ACT_RULES, FINAL
from states.policy import Category
from states.terms import Act, Action, Role, State, Text


def is_sent_back(facts: Facts) -> bool:
    """Whether papers lie with the host to be mended and handed in again."""
    return facts.mend_in is facts.state and not facts.mended_on


def to_mend(facts: Facts) -> dict[str, Json]:
    """The flags that the host has still to see to, by their keys."""
    return {
        key: flag
        for key, flag in facts.flags.items()
        if _is_dated(flag) and _met_on(flag) is None and flag["disposed"]["outcome"] == TO_MEND
    }


def by_flags(facts: Facts) -> bool:
    """Whether what is to be mended is what was flagged."""
    return bool(to_mend(facts)) and not is_sent_back(facts)


def asked_by_flags(facts: Facts) -> tuple[date, Standing, date | None] | None:
    """By when flags are to be mended, how that stands, when it was met; None where none ever was.
    Of several the earliest that is open, else the last that was."""
    flags = [flag for flag in facts.flags.values() if _is_dated(flag)]
    if not flags:
        return None
    waiting = [_by(flag) for flag in to_mend(facts).values()]
    if waiting and facts.state not in FINAL:
        return min(waiting), Standing.OPEN, None
    met = [(day, _by(flag)) for flag in flags if (day := _met_on(flag))]
    if met and not waiting:
        day, by = max(met)
        return by, Standing.MET, day
    return max(_by(flag) for flag in flags), Standing.LIFTED, None


def _is_dated(flag: Json) -> bool:
    return bool(flag.get("disposed", {}).get("mend_by"))


def _by(flag: Json) -> date:
    return date.fromisoformat(flag["disposed"]["mend_by"])


def _met_on(flag: Json) -> date | None:
    """When it was mended: something came, its cause went, or the province took it as it is."""
    disposed = flag["disposed"]
    met = disposed.get("mended_on") or (disposed["outcome"] in MET and disposed["on"])
    return date.fromisoformat(met) if met else None


MET = ("accepted", "settled")


def items(facts: Facts) -> Text:
    """What is to be mended, in words."""
    if not by_flags(facts):
        return Text(facts.mend_items, facts.mend_items)
    flags = to_mend(facts).values()
    zh = "；".join(flag["zh"].rstrip("。") for flag in flags)
    return Text(zh, "; ".join(flag["en"].rstrip(".") for flag in flags))


def where(facts: Facts) -> State | None:
    """The stage to which what is to be mended belongs."""
    return facts.state if by_flags(facts) else facts.mend_in


MENDED_BY: dict[State, Action] = {
    State.DRAFTED: Action.SUBMIT,
    State.PLANNED: Action.FILE,
    State.HELD: Action.REPORT,
}


def mends_by(facts: Facts, category: Category) -> Action | Act | None:
    """The deed by which the host mends what it is asked for first."""
    if is_sent_back(facts):
        return MENDED_BY.get(facts.state)
    flags = to_mend(facts)
    if not flags:
        return None
    rule, _, what = min(flags, key=lambda key: _by(flags[key])).partition(".")
    own = {m.key for m in category.milestones if m.by is Role.HOST}
    deed = Act.MILESTONE if rule == "milestones_recorded" and what in own else Act.SUPPLY
    return deed if facts.state in ACT_RULES[deed].states else None
