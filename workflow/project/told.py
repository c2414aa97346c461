"""What somebody filled in, told again: labels and values as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.actions import ACTIONS
from states.actions.fields import Field
from states.choices import Record
from states.discretion import masked
from states.labels import overtaking
from states.policy import Policy
from states.terms import State, Text, known_deed, yuan

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
    fields = {field.name: field for field in ACTIONS[named].form} if named else {}
    record = Record(policy, category, flags or {})
    order = [*fields, *(name for name in given if name not in fields)]
    lines = []
    for name in order:
        if given.get(name) in (None, ""):
            continue
        field = fields.get(name)
        label = field.label if field else MORE.get(name, Text(name, name))
        lines.append((label, _value(field, name, given[name], record)))
    return lines


def _value(field: Field | None, name: str, value: Any, record: Record) -> Text:
    kind = field.kind if field else "text"
    if kind == "yuan":
        return Text(f"{yuan(value)}元", f"{yuan(value)} yuan")
    if kind == "account":
        return Text(masked(str(value)), masked(str(value)))
    if kind == "yes":
        return YES if value else NO
    categories = record.policy.categories
    if name in ("proposal", "overtaken_by") and record.category in categories:
        return overtaking(str(value), State.PLANNED, categories[record.category])
    listed = dict(field.options.known(record)) if field and field.options else {}
    return listed.get(str(value), Text(str(value), str(value)))
