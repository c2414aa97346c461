"""The append-only history: how an event is hashed, and how events fold into facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from states.facts import Json, merge
from workflow.tables import EVENT

COLUMNS = tuple(column.name for column in EVENT.columns)
HASHED = tuple(name for name in COLUMNS if name != "hash")
ALWAYS = tuple(name for name in HASHED if name != "let_in_by")
NO_EVENT = "0" * 64  # what the first event of a project names as the one before


def _day_or_moment(value: Any) -> str:
    if isinstance(value, datetime):  # the same moment whatever zone it was given in
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_day_or_moment
)


def dump(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, Chinese as it is, dates in ISO form."""
    return _ENCODER.encode(value)


def event_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 over every column but the hash itself, in the order of the table.

    By whose making somebody was signed in comes last, and only where it was somebody else's:
    events from before it was noted keep their hash.
    """
    values = [event[name] for name in ALWAYS]
    if event["let_in_by"]:
        values.append(event["let_in_by"])
    return sha256(dump(values).encode()).hexdigest()


def fold(changes: Iterable[str]) -> Json:
    """The facts that a project's events, given by their `changes` in order, add up to."""
    facts: Json = {}
    for text in changes:
        facts = merge(facts, json.loads(text))
    return facts
