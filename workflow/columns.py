"""The columns of a project's row that follow from its facts, drawn so that lists can ask for them."""

from __future__ import annotations

from datetime import date
from typing import Any

from states.facts import Facts, Json
from states.policy import Policy
from states.terms import STAFF, Role
from states.waiting import waiting
from workflow.identity import identity
from workflow.shelving import shelved

DRAWN = (
    "policy",
    "year",
    "number",
    "name",
    "host",
    "category",
    "department",
    "state",
)


def drawn(stored: Json, facts: Facts, policy: Policy) -> dict[str, Any]:
    """The columns of a project row that follow from its facts, for queries. `facts` is `stored`,
    read."""
    day = date.fromisoformat
    opens = stored.get("actual_opens") or stored.get("opens_earliest")
    ends = stored.get("actual_ends") or stored.get("planned_ends")
    return {
        **{name: stored.get(name) for name in DRAWN},
        "department": stored.get("department", ""),
        "contact_email": facts.contact_email,
        "identity": identity(stored["name"], stored["host"]),
        "opens": day(opens) if opens else None,
        "ends": day(ends) if ends else None,
        **shelved(stored),
        "waits_for": _waits_for(facts, policy),
        "follow_up": facts.follow_up,
        "news": facts.news,
    }


def _waits_for(facts: Facts, policy: Policy) -> str:
    """The role among officials whose move it is, empty: nobody's."""
    roles = {one.role for one in waiting(facts, policy.categories[facts.category])}
    return next((role.value for role in Role if role in roles & STAFF), "")
