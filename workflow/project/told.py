"""What somebody filled in, told again: labels and values as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.choices import Choice
from states.discretion import masked
from states.forms import FORMS, OUTCOMES
from states.labels import overtaking
from states.policy import Policy
from states.terms import Act, Action, Channel, Kind, State, Text, known_deed, yuan

Line = tuple[Text, Text]
YES, NO = Text("是", "yes"), Text("否", "no")
MORE = {
    "reason": Text("事由", "reason"),
    "plan_row": Text("计划文件的行号", "row of the plan file"),
    "differs": Text("不一致的内容", "what differs"),
    "proposal": Text("拟办事项", "proposal"),
    "overtaken_by": Text("已另行办理", "done instead"),
}


def told(
    deed: str,
    given: Mapping[str, Any],
    policy: Policy,
    category: str,
    *,
    flags: Mapping[str, Text] | None = None,
) -> list[Line]:
    """(label, value) of each thing that was given with a deed, in the order of its form.

    `flags`: what the flags of the project say, by their keys.
    """
    named = known_deed(deed)
    fields = {field.name: field for field in FORMS[named]} if named else {}
    order = [*fields, *(name for name in given if name not in fields)]
    lines = []
    for name in order:
        if given.get(name) in (None, ""):
            continue
        field = fields.get(name)
        label = field.label if field else MORE.get(name, Text(name, name))
        kind = field.kind if field else "text"
        value = _value(named, name, kind, given[name], policy, category)
        if named is Act.DISPOSE and name == "flag":
            value = (flags or {}).get(given[name], value)
        lines.append((label, value))
    return lines


def _value(
    deed: Action | Act | None, name: str, kind: str, value: Any, policy: Policy, category: str
) -> Text:
    if kind == "yuan":
        return Text(f"{yuan(value)}元", f"{yuan(value)} yuan")
    if kind == "account":
        return Text(masked(str(value)), masked(str(value)))
    if kind == "yes":
        return YES if value else NO
    if name in ("proposal", "overtaken_by") and category in policy.categories:
        return overtaking(str(value), State.PLANNED, policy.categories[category])
    listed = dict(_known(deed, name, policy, category))
    plain = Text(str(value), str(value))
    return listed.get(str(value), plain)


def _known(deed: Action | Act | None, name: str, policy: Policy, category: str) -> list[Choice]:
    """The labels of what was chosen from a list."""
    if (deed, name) == (Action.PLAN, "category"):
        return [(c.key, c.label) for c in policy.categories.values()]
    if (deed, name) == (Action.REJECT, "code"):
        return [(reason.key, reason.label) for reason in policy.reasons.values()]
    if (deed, name) == (Act.EXTEND, "kind"):
        return [(kind.value, kind.label) for kind in Kind]
    if (deed, name) == (Act.MILESTONE, "name"):
        known = policy.categories.get(category)
        return [(m.key, m.label) for m in known.milestones] if known else []
    if (deed, name) == (Act.NOTE, "channel"):
        return [(one.value, one.label) for one in Channel]
    return list(OUTCOMES.items()) if (deed, name) == (Act.DISPOSE, "outcome") else []
