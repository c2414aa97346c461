"""What a batch came to, and what happened to its projects since they were put in: read from the
history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from config.rulebook import Rulebook
from states.facts import Json
from states.labels import rejected_label
from states.terms import Action, State, Text
from workflow.batches.prepared import Line, Prepared
from workflow.mail_tables import MAIL, MailStatus
from workflow.office_tables import LINE
from workflow.queries import deed_label
from workflow.races import matters
from workflow.tables import EVENT


@dataclass(frozen=True, slots=True)
class News:
    """An event since a line was put in."""

    what: Text
    person: str
    at: datetime
    let_in_by: str  # who made the way in by which it was done, if somebody else


def news(connection: Connection, batch_id: int) -> dict[int, list[News]]:
    """By project: what happened since the batch saw it, oldest first; only where it matters."""
    rows = connection.execute(
        select(EVENT.c.project_id, EVENT.c.deed, EVENT.c.person, EVENT.c.recorded_at)
        .add_columns(EVENT.c.changes, EVENT.c.let_in_by)
        .join_from(LINE, EVENT, EVENT.c.project_id == LINE.c.project_id)
        .where(LINE.c.batch_id == batch_id, EVENT.c.seq > LINE.c.seen)
        .order_by(EVENT.c.project_id, EVENT.c.seq)
    )
    found: dict[int, list[News]] = {}
    moved = set()
    for row in rows:
        one = News(deed_label(row.deed), row.person, row.recorded_at, row.let_in_by)
        found.setdefault(row.project_id, []).append(one)
        if matters(row.changes):
            moved.add(row.project_id)
    return {project: happened for project, happened in found.items() if project in moved}


@dataclass(frozen=True, slots=True)
class Result:
    """What the batch did with a line: the state it led to, what was flagged, the mails about it."""

    state: Text
    target: str
    on: date
    amount: int | None
    flags: int
    mails: int
    silent: int  # mails that were not sent, with a reason


def results(
    connection: Connection, book: Rulebook, batch: Prepared, lines: list[Line]
) -> dict[int, Result]:
    """By project. A line's `seen` is the event that the batch brought about."""
    its = and_(EVENT.c.project_id == LINE.c.project_id, EVENT.c.seq == LINE.c.seen)
    events = connection.execute(select(EVENT).join_from(LINE, EVENT, its).where(_of(batch))).all()
    mails = _mails(connection, batch)
    facts = {line.project_id: line.facts for line in lines}
    found = {}
    for event in events:
        known = facts.get(event.project_id)
        if known is None:
            continue
        changes = json.loads(event.changes)
        label = State(event.target).label
        if batch.deed is Action.REJECT:
            category = book.category(event.policy, known.category)
            if not isinstance(category, Text):
                label = rejected_label(State(event.source), category, _code(changes))
        sent, silent = mails.get(event.project_id, (0, 0))
        found[event.project_id] = Result(
            state=label,
            target=event.target,
            on=event.on_date,
            amount=_amount(changes),
            flags=len(json.loads(event.findings)),
            mails=sent,
            silent=silent,
        )
    return found


def _of(batch: Prepared) -> Any:
    return LINE.c.batch_id == batch.id


def _code(changes: Json) -> str:
    """The reason of a rejection."""
    return str(changes.get("rejected", {}).get("code", ""))


def _amount(changes: Json) -> int | None:
    return changes.get("amount")


def _mails(connection: Connection, batch: Prepared) -> dict[int, tuple[int, int]]:
    """By project: mails that are sent or will be, and those that are not."""
    its = and_(MAIL.c.project_id == LINE.c.project_id, MAIL.c.event_seq == LINE.c.seen)
    silent = func.sum(case((MAIL.c.status == MailStatus.SUPPRESSED.value, 1), else_=0))
    rows = connection.execute(
        select(MAIL.c.project_id, func.count(), silent)
        .join_from(LINE, MAIL, its)
        .where(_of(batch))
        .group_by(MAIL.c.project_id)
    )
    return {row[0]: (row[1] - row[2], row[2]) for row in rows}
