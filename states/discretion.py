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
INTERNAL_FACTS = frozenset({"pending", "follow_up"})


def is_internal(deed: str, changes: Mapping[str, Any], role: str) -> bool:
    """Whether no host is told of this event at all: a note; what an official proposed for a second
    person to complete, or the end of that without a decision."""
    settling = deed == Act.CANCEL.value or bool(changes.get("pending"))
    return deed == Act.NOTE.value or (settling and role != Role.HOST.value)
