"""How projects come onto the books: in bulk, with their first event and their deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from config.rulebook import Rulebook
from states.facts import Facts, Json
from states.policy import Policy
from states.terms import Entry
from states.wanted import wanted
from workflow import deadlines
from workflow.columns import drawn
from workflow.engine import APPEND
from workflow.history import NO_EVENT, dump, event_hash
from workflow.policy_texts import keep_texts
from workflow.statements import Statement
from workflow.tables import PROJECT
from workflow.webhooks import queue_admitted

_PROJECT = Statement(
    insert(PROJECT).returning(PROJECT.c.id),
    [column.name for column in PROJECT.columns if column.name != "id"],
)
_HEAD = Statement(
    update(PROJECT).where(PROJECT.c.id == bindparam("row_id")).values(head=bindparam("new_head"))
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A project to admit: its facts as JSON, and how it came."""

    entry: Entry
    stored: Json


def admit(
    connection: Connection,
    book: Rulebook,
    newcomers: Sequence[Newcomer],
    *,
    person: str,
    today: date,
    at: datetime,
) -> list[int]:
    """Insert projects with their first event and deadlines; their ids in the same order.

    Steps of the ladder before `today` are recorded as silent: a late import must not flood.
    """
    ids, events, heads, due = [], [], [], []
    for new in newcomers:
        facts = Facts.read(new.stored)
        policy = book.policy(facts.policy)
        row = drawn(new.stored, facts, policy) | {"facts": dump(new.stored)}
        [(project_id,)] = _PROJECT.run(connection, row | {"version": 1, "head": ""})
        event = _first_event(project_id, new, policy, person=person, today=today, at=at)
        ids.append(project_id)
        events.append(event)
        heads.append({"row_id": project_id, "new_head": event["hash"]})
        due += [
            deadlines.new_row(project_id, facts, want, 1, book, today)
            for want in wanted(facts, policy.categories[facts.category], book.calendar)
        ]
    _HEAD.many(connection, heads)
    APPEND.many(connection, events)
    deadlines.INSERT.many(connection, due)
    keep_texts(connection, book, [event["policy"] for event in events])
    stored = {number: new.stored for number, new in zip(ids, newcomers, strict=True)}
    queue_admitted(connection, stored, at=at)
    return ids


def _first_event(
    project_id: int, new: Newcomer, policy: Policy, *, person: str, today: date, at: datetime
) -> dict[str, Any]:
    event: dict[str, Any] = {
        "project_id": project_id,
        "seq": 1,
        "recorded_at": at,
        "on_date": today,
        "deed": new.entry.value,
        "source": new.stored["state"],
        "target": new.stored["state"],
        "person": person,
        "role": "",
        "on_behalf": False,
        "machine": True,
        "let_in_by": "",
        "given": "{}",
        "changes": dump(new.stored),
        "findings": "[]",
        "policy": policy.id,
        "policy_digest": policy.digest,
        "prev": NO_EVENT,
    }
    return event | {"hash": event_hash(event)}
