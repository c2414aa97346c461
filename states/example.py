"""An action as somebody would do it properly: with its form filled in from what is known of the
project, and the papers that it asks for attached.

Judging this instead of an empty form tells what stands against an action whatever is filled in.
Nothing here is ever stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from states.actions import ACTIONS
from states.facts import Facts
from states.findings import Case
from states.terms import Act, Action


def filled(case: Case) -> Case:
    """The same action with its form filled in and the papers that it asks for attached."""
    row = ACTIONS[case.deed]
    given = proposed(case.deed, case.facts) or row.example(case)
    return replace(case, given=given, papers=frozenset(row.attaches(case)))


def proposed(deed: Action | Act, facts: Facts) -> dict[str, Any]:
    """What the first of two people gave, where this action waits for the second."""
    if not facts.awaits(deed):
        return {}
    days = {field.name for field in ACTIONS[deed].form if field.kind == "date"}
    given: Mapping[str, Any] = facts.pending["given"]
    return {name: date.fromisoformat(v) if name in days else v for name, v in given.items()}
