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
                who += "，另一人复核" if step.twice == step.by else "，省厅确认"
            arrow = f"{step.source.value} --> {step.target.value}"
            lines.append(f"    {arrow}: {step.action.label.zh}（{who}）")
    lines += [f"    {state.value} --> [*]" for state in State if state in FINAL]
    lines.append("    note right of rejected: 恢复办理（省厅）：从各终态回到其来处")
    return "\n".join(lines) + "\n"
