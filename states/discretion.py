"""What is not told to everybody: what officials keep among themselves, and account numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.actions import ACTIONS
from states.terms import Act, Role, known_deed

# Told by its end only, save to the unit itself and to who pays, on the pages where they need it.
ACCOUNT_NUMBER = "account_number"
INTERNAL_FACTS = frozenset({"pending", "follow_up", "inspections"})


def internal_fields(deed: str) -> frozenset[str]:
    """What officials say to each other in it: the fields that its host does not see."""
    named = known_deed(deed)
    return ACTIONS[named].internal if named else frozenset()


def masked(number: str) -> str:
    """An account number but for its last four digits hidden."""
    return "•" * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else "•" * len(number)


def without_number(words: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, an account number by its end only."""
    known = words.get(ACCOUNT_NUMBER)
    return {**words, **({ACCOUNT_NUMBER: masked(known)} if known else {})}


def is_internal(deed: str, role: str, given: Mapping[str, Any], changes: Mapping[str, Any]) -> bool:
    """Whether no host is told of this event at all: officials' notes; an inspection that leaves
    nothing to mend; what an official proposed for a second person, or the end of that without a
    decision."""
    if deed == Act.INSPECT:
        return not given.get("mend_by")
    settling = deed in (Act.CANCEL, Act.NOTE) or bool(changes.get("pending"))
    return settling and role != Role.HOST
