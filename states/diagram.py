"""The lifecycle table as a Mermaid state diagram with Chinese labels."""

from __future__ import annotations

from states.lifecycle import FINAL, LIFECYCLE
from states.terms import State


def mermaid() -> str:
    """A `stateDiagram-v2` whose nodes and arrows are exactly the lifecycle table."""
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f"    {state.value}: {state.label.zh}" for state in State]
    lines.append(f"    [*] --> {State.DRAFTED.value}")
    for step in LIFECYCLE:
        if step.target is not None:
            who = "、".join(role.label.zh for role in step.by)
            if step.twice:
                second = "、".join(role.label.zh for role in step.twice)
                who += "，另一人复核" if step.twice == step.by else f"，{second}确认"
            arrow = f"{step.source.value} --> {step.target.value}"
            lines.append(f"    {arrow}: {step.action.label.zh}（{who}）")
    lines += [f"    {state.value} --> [*]" for state in State if state in FINAL]
    for step in LIFECYCLE:
        if step.target is None:
            who = "、".join(role.label.zh for role in step.by) + (
                "，另一人复核" if step.twice else ""
            )
            text = f"{step.action.label.zh}（{who}）：回到来处"
            lines.append(f"    note right of {step.source.value}: {text}")
    return "\n".join(lines) + "\n"
