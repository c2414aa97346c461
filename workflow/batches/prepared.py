"""Batches: decisions on many projects that are prepared together, line by line.

Here they are kept and found; workflow/batches/edits.py changes what is prepared, and
workflow/batches/publishing.py does it, at once or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, true

from states.actions import ACTIONS
from states.actions.row import Batch
from states.facts import Facts, Json
from states.lifecycle import LIFECYCLE
from states.terms import Action, Role, State, Text
from workflow.office_tables import BATCH, LINE, BatchStatus
from workflow.people import Actor
from workflow.races import moved_on
from workflow.scopes import sees_all, visible
from workflow.tables import GRANT, PERSON, PROJECT

MOST_LINES = 200
SHOWN = 30  # batches on a page


class Stage(Enum):
    """How far a batch is. Proposed: the first of two people has done his part."""

    PREPARED = "prepared", Text("准备中", "In preparation")
    PROPOSED = "proposed", Text("待另一人复核", "Waits for a second person")
    PUBLISHED = "published", Text("已公布", "Published")
    DROPPED = "dropped", Text("已作废", "Dropped")

    def __init__(self, key: str, label: Text) -> None:
        self.key, self.label = key, label


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as it stands. `fields`: as typed, read by states/form_reading.py when it is published."""

    id: int
    deed: Action
    title: str
    fields: dict[str, str]
    papers: Json
    made_by: str
    made_at: datetime
    status: BatchStatus
    ended_by: str
    ended_at: datetime | None
    proposed_by: str
    proposed_at: str

    @property
    def stage(self) -> Stage:
        if self.status is BatchStatus.PREPARED and self.proposed_by:
            return Stage.PROPOSED
        return next(stage for stage in Stage if stage.key == self.status.value)

    @property
    def can_change(self) -> bool:
        return self.stage is Stage.PREPARED


@dataclass(frozen=True, slots=True)
class Line:
    """A project of a batch. `seen`: its version when it was put in, at the end its last event;
    `changed`: whether anything that matters has happened since."""

    project_id: int
    place: int
    seen: int
    fields: dict[str, str]
    version: int
    changed: bool
    facts: Facts = field(repr=False)


class NoSuchBatch(Exception):
    """There is none of that number, or it is not theirs to see."""


class BatchOver(Exception):
    """The batch is not in preparation any more, or not as it was shown; `text` says which."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def sorts_for(actor: Actor) -> list[Action]:
    """The batches that somebody may prepare: as the table of the life has it."""
    mine = {step.action for step in LIFECYCLE if actor.roles & {*step.by}}
    return [deed for deed in SORTS if deed in mine]


# The decisions that can be prepared together, in the order of the course.
SORTS: tuple[Action, ...] = tuple(deed for deed in Action if ACTIONS[deed].batch)


def form_of(batch: Prepared) -> Batch:
    """What is filled in for a batch, once for all and line by line."""
    found = ACTIONS[batch.deed].batch
    assert found is not None
    return found


def sources(deed: Action) -> list[State]:
    """The states from which the deed leads on."""
    return [step.source for step in LIFECYCLE if step.action is deed]


def find(connection: Connection, actor: Actor, batch_id: int, *, lock: bool = False) -> Prepared:
    """The batch; NoSuchBatch if it is not theirs to see. `lock`: until the transaction ends."""
    query = select(BATCH).where(BATCH.c.id == batch_id, _theirs(actor))
    row = connection.execute(query.with_for_update(of=BATCH) if lock else query).one_or_none()
    if row is None:
        raise NoSuchBatch
    return _read(row)


def listed(
    connection: Connection, actor: Actor, *, before: int | None = None, limit: int = SHOWN
) -> list[tuple[Prepared, int]]:
    """Batches with their number of lines, the newest first, `limit` at most."""
    lines = select(func.count()).where(LINE.c.batch_id == BATCH.c.id).scalar_subquery()
    query = select(BATCH, lines.label("lines")).where(_theirs(actor)).order_by(BATCH.c.id.desc())
    if before is not None:
        query = query.where(BATCH.c.id < before)
    return [(_read(row), row.lines) for row in connection.execute(query.limit(limit))]


def lines_of(
    connection: Connection, batch_id: int, actor: Actor | None = None
) -> tuple[list[Line], int]:
    """The lines in their order, those that the actor may see, and how many are hidden from him."""
    shown = visible(actor) if actor else true()
    rows = connection.execute(
        select(LINE, PROJECT.c.version, PROJECT.c.facts, shown.label("shown"))
        .join_from(LINE, PROJECT, LINE.c.project_id == PROJECT.c.id)
        .where(LINE.c.batch_id == batch_id)
        .order_by(LINE.c.place, LINE.c.project_id)
    ).all()
    later = moved_on(connection, {r.project_id: r.seen for r in rows if r.version != r.seen})
    found = [_line(row, row.project_id in later) for row in rows if row.shown]
    return found, len(rows) - len(found)


def fingerprint(batch: Prepared, lines: Sequence[Line]) -> str:
    """Changes with whatever would be done: what was previewed is what is published."""
    said: list[Any] = [batch.deed.value, batch.fields, batch.papers, batch.proposed_by]
    said += [[line.project_id, line.place, line.seen, line.fields] for line in lines]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:24]


def packed(batch: Prepared) -> dict[str, str]:
    """The columns that keep what may change."""
    given = {"fields": batch.fields, "by": batch.proposed_by, "at": batch.proposed_at}
    kept = {"given": given, "papers": batch.papers}
    return {name: json.dumps(value, ensure_ascii=False) for name, value in kept.items()}


def _theirs(actor: Actor) -> ColumnElement[bool]:
    """All for those who see everything; else one's own, and those of colleagues of the unit."""
    if sees_all(actor):
        return true()
    maker = and_(GRANT.c.person_id == PERSON.c.id, PERSON.c.login == BATCH.c.made_by)
    ours = GRANT.c.scope.in_(actor.units(Role.COORDINATOR))
    colleague = exists().where(maker, GRANT.c.role == Role.COORDINATOR.value, ours)
    office = exists().where(maker, GRANT.c.role == Role.PROVINCE.value)
    return or_(BATCH.c.made_by == actor.login, and_(colleague, ~office))


def _read(row: Any) -> Prepared:
    given = json.loads(row.given)
    return Prepared(
        id=row.id,
        deed=Action(row.deed),
        title=row.title,
        fields=given.get("fields", {}),
        papers=json.loads(row.papers),
        made_by=row.made_by,
        made_at=row.made_at,
        status=BatchStatus(row.status),
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        proposed_by=given.get("by", ""),
        proposed_at=given.get("at", ""),
    )


def _line(row: Any, changed: bool) -> Line:
    facts = Facts.read(json.loads(row.facts))
    fields = json.loads(row.given)
    return Line(row.project_id, row.place, row.seen, fields, row.version, changed, facts)
