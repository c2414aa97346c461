"""What officials keep among themselves: words, notes and proposals that no host is told of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.terms import Act, Action, Role

# What officials say to each other: deed -> fields that its host does not see.
INTERNAL: dict[str, frozenset[str]] = {
    Action.REVIEW.value: frozenset({"opinion", "late_reason"}),
    Act.DISPOSE.value: frozenset({"reason"}),
}
INTERNAL_FACTS = frozenset({"pending", "follow_up", "inspections"})


def is_internal(deed: str, role: str, given: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    """Whether no host is told of this event at all: officials' notes; an inspection that leaves
    nothing to mend; what an official proposed for a second person, or the end of that without a
    decision."""
    if deed == Act.INSPECT:
        return not given.get("mend_by")
    settling = deed in (Act.CANCEL, Act.NOTE) or bool(changes.get("pending"))
    return settling and role != Role.HOST
