"""What is done to a batch while it is prepared: lines put in, filled in, ordered, taken out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from states.actions import ACTIONS
from states.facts import Json
from states.form_reading import MAX_LINE, Problem, read_form
from states.labels import LETTER
from states.terms import Action, Text
from workflow.batches.prepared import (
    MOST_LINES,
    BatchOver,
    Prepared,
    Stage,
    find,
    form_of,
    lines_of,
    packed,
    sorts_for,
    sources,
)
from workflow.identity import tidy
from workflow.lists.filters import with_words
from workflow.numbers import number_in_order
from workflow.office_tables import BATCH, LINE, BatchStatus
from workflow.people import Actor, names_of
from workflow.scopes import visible
from workflow.tables import PROJECT

PAGE = 50  # candidates on a page


class NotTheirs(Exception):
    """Somebody may look at the batch, or not even that, but not prepare it."""

    text = Text(
        "这一类批次由其他角色办理，您的账号只能查看。",
        "Batches of this sort are for another role to prepare; your account may only look at them.",
    )


def begin(connection: Connection, actor: Actor, deed: Action, title: str, *, at: datetime) -> int:
    """A new, empty batch; its number. NotTheirs: the actor may never do such a deed."""
    if deed not in sorts_for(actor):
        raise NotTheirs
    values = {"deed": deed.value, "title": _title(title, deed), "made_by": actor.login}
    values |= {"given": "{}", "papers": "{}", "status": BatchStatus.PREPARED.value, "ended_by": ""}
    done = connection.execute(insert(BATCH).values(**values, made_at=at).returning(BATCH.c.id))
    return int(done.scalar_one())


def _title(given: str, deed: Action) -> str:
    return tidy(given)[:MAX_LINE] or deed.label.zh


def opened(connection: Connection, actor: Actor, batch_id: int) -> Prepared:
    """The batch, locked, to be changed. BatchOver where it is past that; NotTheirs."""
    batch = find(connection, actor, batch_id, lock=True)
    if batch.deed not in sorts_for(actor):
        raise NotTheirs
    if not batch.can_change:
        raise BatchOver(over(connection, batch))
    return batch


def over(connection: Connection, batch: Prepared) -> Text:
    """Why a batch cannot be changed or done any more, and by whom it was ended."""
    who = batch.proposed_by if batch.stage is Stage.PROPOSED else batch.ended_by
    name = names_of(connection, [who]).get(who, who)
    return IS_OVER.format(stage=batch.stage.label, who=name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for among the projects that could be put in."""

    words: str = ""
    category: str = ""
    department: str = ""
    year: int | None = None


def candidates(
    connection: Connection,
    actor: Actor,
    batch: Prepared,
    wanted: Wanted,
    *,
    after: int = 0,
    limit: int = PAGE,
) -> list[Any]:
    """Rows of projects that the deed could lead on and that are not in it, by id; `limit` and one."""
    inside = select(LINE.c.project_id).where(LINE.c.batch_id == batch.id)
    states = [state.value for state in sources(batch.deed)]
    query = select(PROJECT).where(visible(actor), PROJECT.c.state.in_(states))
    query = query.where(PROJECT.c.id > after, PROJECT.c.id.not_in(inside))
    for column in ("category", "department", "year"):
        if value := getattr(wanted, column):
            query = query.where(PROJECT.c[column] == value)
    if wanted.words.strip():
        query = query.where(with_words(wanted.words).test(PROJECT.c))
    return list(connection.execute(query.order_by(PROJECT.c.id).limit(limit + 1)))


def choices(
    connection: Connection, actor: Actor, batch: Prepared
) -> list[tuple[str, str, str, int]]:
    """Department, category, policy and year of what could be put in, each once."""
    states = [state.value for state in sources(batch.deed)]
    columns = (PROJECT.c.department, PROJECT.c.category, PROJECT.c.policy, PROJECT.c.year)
    query = select(*columns).where(visible(actor), PROJECT.c.state.in_(states)).distinct()
    return [
        (row[0], row[1], row[2], row[3]) for row in connection.execute(query.order_by(*columns))
    ]


def put_in(connection: Connection, actor: Actor, batch_id: int, chosen: Iterable[int]) -> int:
    """Add projects at the end; how many. Those out of sight or in it already are passed over."""
    batch = opened(connection, actor, batch_id)
    lines, hidden = lines_of(connection, batch.id, actor)
    inside = {line.project_id for line in lines}
    asked = select(PROJECT.c.id, PROJECT.c.version).where(
        PROJECT.c.id.in_(sorted(set(chosen) - inside)[: MOST_LINES + 1]), visible(actor)
    )
    new = connection.execute(asked.order_by(PROJECT.c.id)).all()
    if len(lines) + hidden + len(new) > MOST_LINES:
        raise BatchOver(TOO_MANY.format(most=MOST_LINES))
    last = max((line.place for line in lines), default=0)
    rows = [
        {"batch_id": batch.id, "project_id": row.id, "place": n, "seen": row.version, "given": "{}"}
        for n, row in enumerate(new, start=last + 1)
    ]
    if rows:
        connection.execute(insert(LINE), rows)
    return len(rows)


@dataclass(frozen=True, slots=True)
class Edit:
    """What the page of a batch sends back. Amounts, dates and numbers as typed."""

    title: str
    fields: Mapping[str, str]
    lines: Mapping[int, Mapping[str, str]]
    places: Mapping[int, int] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    looked_at: frozenset[int] = frozenset()  # changed since they were put in, and known to be
    number: bool = False  # number the lines of a plan in their order
    number_from: int | None = None  # from here; None: after the highest of their list
    letter: Json | None = None  # a stored file; empty: take it out


Problems = dict[int, list[Problem]]  # by project, 0: what holds for all


def save(connection: Connection, actor: Actor, batch_id: int, edit: Edit) -> Problems:
    """Keep all that was typed, right or wrong, and say what is wrong with it."""
    batch = opened(connection, actor, batch_id)
    sort = form_of(batch)
    papers = batch.papers
    if sort.letter and edit.letter is not None:
        papers = {LETTER: edit.letter} if edit.letter else {}
    fields = _filled(edit.fields, sort.shared)
    batch = replace(batch, title=_title(edit.title, batch.deed), fields=fields, papers=papers)
    own = BATCH.c.id == batch.id
    connection.execute(update(BATCH).where(own).values(title=batch.title, **packed(batch)))
    lines, _ = lines_of(connection, batch.id, actor)
    kept = [line for line in lines if line.project_id not in edit.removed]
    kept.sort(key=lambda line: (edit.places.get(line.project_id, line.place), line.place))
    problems, rows = {0: read_form(batch.deed, batch.fields)[1]}, []
    filled = {
        line.project_id: _filled(edit.lines.get(line.project_id, line.fields), sort.own)
        for line in kept
    }
    if edit.number and "number" in sort.own:
        asked = [
            (one.project_id, one.facts, filled[one.project_id].get("category", "")) for one in kept
        ]
        found = number_in_order(connection, asked, edit.number_from)
        for line, number in zip(kept, found, strict=True):
            filled[line.project_id]["number"] = str(number)
    for place, line in enumerate(kept, start=1):
        fields = filled[line.project_id]
        problems[line.project_id] = read_form(batch.deed, fields)[1]
        seen = line.version if line.project_id in edit.looked_at else line.seen
        given = json.dumps(fields, ensure_ascii=False)
        its = {"row_batch": batch.id, "row_project": line.project_id}
        rows.append(its | {"new_place": place, "new_seen": seen, "new_given": given})
    if rows:
        connection.execute(KEEP, rows)
    gone = LINE.c.project_id.in_(sorted(edit.removed))
    connection.execute(delete(LINE).where(LINE.c.batch_id == batch.id, gone))
    return {project: found for project, found in problems.items() if found}


def _filled(given: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: given[name].strip() for name in names if given.get(name, "").strip()}


KEEP = (
    update(LINE)
    .where(LINE.c.batch_id == bindparam("row_batch"))
    .where(LINE.c.project_id == bindparam("row_project"))
    .values({name: bindparam(f"new_{name}") for name in ("place", "seen", "given")})
)


def problems_of(batch: Prepared, lines: Iterable[Any]) -> Problems:
    """What is wrong with what is kept."""
    found = {0: read_form(batch.deed, batch.fields)[1]}
    found |= {line.project_id: read_form(batch.deed, line.fields)[1] for line in lines}
    return {project: said for project, said in found.items() if said}


def drop(connection: Connection, actor: Actor, batch_id: int, *, at: datetime) -> None:
    """Give a batch up; it stays to be read."""
    batch = opened(connection, actor, batch_id)
    ended = {"status": BatchStatus.DROPPED.value, "ended_by": actor.login, "ended_at": at}
    connection.execute(update(BATCH).where(BATCH.c.id == batch.id).values(**ended))


def form_fields(deed: Action, names: Sequence[str]) -> list[Any]:
    """The fields of the deed's form that a batch asks for, in the batch's order. None has to be
    filled in before the batch is published: then the engine asks for what it needs."""
    form = {field.name: replace(field, required=False) for field in ACTIONS[deed].form}
    return [form[name] for name in names]


IS_OVER = Text(
    "该批次{stage}（{who}），不能再改动或公布。请查看最新情况。",
    "The batch is: {stage} ({who}); it can no longer be changed or published.",
)
TOO_MANY = Text("一批最多{most}个项目，请分批办理。", "A batch has {most} projects at most.")
