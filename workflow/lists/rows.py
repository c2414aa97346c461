"""What a list shows of each project: a page's rows in two queries, whatever stands in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.facts import Facts
from states.labels import state_label
from states.lateness import last_day, look
from states.terms import Force, Kind, Text
from states.waiting import waiting
from workflow.lateness import ASKED
from workflow.tables import DEADLINE, PROJECT


@dataclass(frozen=True, slots=True)
class Due:
    """The next thing that a notice asks for. `late`: whole days, 0 if it is not late;
    `blameless`: the plan itself came after the day."""

    kind: Kind
    on: date
    provisional: bool
    late: int
    blameless: bool


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project as a list shows it. Amount in fen."""

    id: int
    version: int
    year: int
    number: int | None
    name: str
    host: str
    department: str
    category: Text
    state: str
    state_label: Text
    place: str
    opens: date | None
    ends: date | None
    schedule: str  # as written, where the dates are not certain
    provisional: bool
    due: Due | None
    flags: int
    waits: tuple[Text, ...]  # what it waits for from coordinators and the province
    facts: Facts
    unreadable: Text | None  # why its policy cannot be read: it is shown as far as is stored

    @property
    def amount(self) -> int | None:
        return self.facts.amount


def project_rows(
    connection: Connection, book: Rulebook, ids: Sequence[int], *, today: date
) -> list[ProjectRow]:
    """The projects of these ids, in that order; an id that is not there is left out."""
    columns = (PROJECT.c.id, PROJECT.c.version, PROJECT.c.opens, PROJECT.c.ends, PROJECT.c.facts)
    found = connection.execute(select(*columns).where(PROJECT.c.id.in_(ids))).all()
    due = _next_due(connection, ids)
    rows = {row.id: _row(row, book, due.get(row.id), today) for row in found}
    return [rows[number] for number in ids if number in rows]


def rows_of(
    connection: Connection, book: Rulebook, stretches: Iterable[list[int]], *, today: date
) -> Iterator[ProjectRow]:
    """The rows of many projects, a stretch of ids at a time."""
    for ids in stretches:
        yield from project_rows(connection, book, ids, today=today)


def _next_due(connection: Connection, ids: Sequence[int]) -> dict[int, Any]:
    columns = ("project_id", "kind", "due_on", "late_after", "force", "provisional")
    query = (
        select(*(DEADLINE.c[name] for name in columns))
        .where(ASKED, DEADLINE.c.project_id.in_(ids))
        .order_by(DEADLINE.c.due_on.desc(), DEADLINE.c.id.desc())
    )
    return {row.project_id: row for row in connection.execute(query)}  # the first stays


def _row(row: Any, book: Rulebook, due: Any, today: date) -> ProjectRow:
    facts = Facts.read(json.loads(row.facts))
    found = book.category(facts.policy, facts.category)
    category, unreadable = (None, found) if isinstance(found, Text) else (found, None)
    return ProjectRow(
        id=row.id,
        version=row.version,
        year=facts.year,
        number=facts.number,
        name=facts.name,
        host=facts.host,
        department=facts.department,
        category=category.label if category else NOT_KNOWN,
        state=facts.state.value,
        state_label=state_label(facts, category) if category else facts.state.label,
        place=facts.place,
        opens=row.opens,
        ends=row.ends,
        schedule=facts.schedule_text,
        provisional=facts.dates.open_window,
        due=_due(due, facts, today) if due else None,
        flags=len(facts.open_flags),
        waits=tuple(one.what for one in waiting(facts, category)) if category else (WAITS,),
        facts=facts,
        unreadable=unreadable,
    )


def _due(row: Any, facts: Facts, today: date) -> Due:
    kind = Kind(row.kind)
    seen = look(kind, Force(row.force), facts, row.late_after, today)
    by = last_day(facts, row.due_on, row.late_after, today)
    return Due(kind, by, bool(row.provisional), seen.late, seen.blameless)


NOT_KNOWN = Text("（类别暂不能读取）", "(category cannot be read)")
WAITS = Text("所依据的政策文件有误，暂不能办理", "its policy cannot be read: steps wait")
