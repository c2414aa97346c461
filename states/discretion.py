"""What officials say among themselves, and a host does not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.terms import Act, Role


def among_officials(deed: str, role: str, given: Mapping[str, Any]) -> bool:
    """Whether an event is for officials only: their notes of calls, and inspections that leave
    nothing to mend."""
    if deed == Act.NOTE:
        return role != Role.HOST
    return deed == Act.INSPECT and not given.get("mend_by")
