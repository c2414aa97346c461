"""Batches: listed, made, read, filled in, ordered, given up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from states.form_reading import MAX_LINE, Problem
from states.terms import STAFF, Action, State, Text
from web.api.batch_shapes import Batch, BatchSummary, batch_out, summary_of
from web.api.callers import in_role, writer_in
from web.api.describing import (
    Cursor,
    IdempotencyKey,
    Limit,
    Listed,
    Number,
    both,
    following,
    problems,
)
from web.api.once import once
from web.api.problems import Unfit, spoken
from web.api.projects import Name, clean
from web.navigation import WATCHERS
from web.numbers import Id
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.batches.edits import Wanted, begin, candidates, drop, put_in
from workflow.batches.prepared import MOST_LINES, SORTS, find, listed

routes = APIRouter(tags=[both("批量办理", "batches")])
Reader = Annotated[Visitor, Depends(in_role(*WATCHERS))]
Worker = Annotated[Visitor, Depends(in_role(*STAFF))]
Doer = Annotated[Visitor, Depends(writer_in(*STAFF))]
Projects = Annotated[list[Number], Field(max_length=MOST_LINES)]


class Batches(Listed):
    items: list[BatchSummary]


@routes.get(
    "/batches",
    summary=both("批次列表", "List batches"),
    description=both(
        "从新到旧；主管（推荐）单位联系人只见本单位的批次。",
        "Newest first; coordinators see those of their own unit.",
    ),
    responses=problems(),
)
def list_batches(
    request: Request, response: Response, visitor: Reader, cursor: Cursor = 0, limit: Limit = 50
) -> Batches:
    with site_of(request).db.read() as connection:
        found = listed(connection, visitor.actor, before=cursor or None, limit=limit + 1)
    shown, language = found[:limit], spoken(request)
    then = shown[-1][0].id if len(found) > limit else None
    items = [BatchSummary(**summary_of(batch, n, language)) for batch, n in shown]
    return Batches(items=items, **following(request, response, then))


class NewBatch(BaseModel):
    model_config = ConfigDict(extra="forbid")
    deed: Action = Field(description="review, plan, reject, subsidise")
    title: str = Field(default="", max_length=MAX_LINE)
    projects: Projects = Field(
        default_factory=list,
        description=both(
            "放入的项目，不在本人范围内的略过", "put in; those out of scope are passed over"
        ),
    )


@routes.post(
    "/batches",
    summary=both("新建批次", "Make a batch"),
    description=both(
        "准备一批决定：审核推荐、列入计划、不予通过、补助审定；公布前不办理任何项目。",
        "Prepares decisions on many projects; nothing is done before it is published.",
    ),
    status_code=201,
    response_model=Batch,
    responses=problems(400, 409),
)
def make_batch(
    request: Request,
    visitor: Doer,
    new: NewBatch,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    if new.deed not in SORTS:
        raise Unfit([Problem("deed", NO_SORT.format(known=", ".join(SORTS)))])
    site, language = site_of(request), spoken(request)

    def work(connection: Connection) -> Batch:
        number = begin(connection, visitor.actor, new.deed, new.title, at=site.now())
        put_in(connection, visitor.actor, number, new.projects)
        return batch_out(connection, site, visitor, number, language)

    return once(request, visitor, new.model_dump_json(), work, status=201)


@routes.get(
    "/batches/{batch_id}",
    summary=both("一个批次的全部情况", "One batch in full"),
    responses=problems(404),
)
def one_batch(request: Request, visitor: Reader, batch_id: Id) -> Batch:
    site = site_of(request)
    with site.db.read() as connection:
        return batch_out(connection, site, visitor, batch_id, spoken(request))


class Candidate(BaseModel):
    """A project that could be put in."""

    id: int
    year: int
    number: int | None
    name: str
    host: str
    department: str
    category: str
    state: State
    version: int


class Candidates(Listed):
    items: list[Candidate]


@routes.get(
    "/batches/{batch_id}/candidates",
    summary=both("可以放入批次的项目", "Projects that could be put in"),
    responses=problems(404),
)
def list_candidates(
    request: Request,
    response: Response,
    visitor: Worker,
    batch_id: Id,
    q: Annotated[str, Query(max_length=100)] = "",
    category: Name = "",
    department: Name = "",
    year: Annotated[int | None, Query(ge=1990, lt=2200)] = None,
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> Candidates:
    wanted = Wanted(clean(q), clean(category), clean(department), year)
    actor = visitor.actor
    with site_of(request).db.read() as connection:
        batch = find(connection, actor, batch_id)
        found = candidates(connection, actor, batch, wanted, after=cursor, limit=limit)
    then = found[limit - 1].id if len(found) > limit else None
    items = [Candidate.model_validate(row, from_attributes=True) for row in found[:limit]]
    return Candidates(items=items, **following(request, response, then))


class Added(BaseModel):
    model_config = ConfigDict(extra="forbid")
    projects: Projects


@routes.post(
    "/batches/{batch_id}/lines",
    summary=both("放入项目", "Put projects in"),
    description=both(
        "排在最后；已在批次中或不在本人范围内的略过。",
        "At the end; those in it already or out of scope are passed over.",
    ),
    response_model=Batch,
    responses=problems(400, 404, 409),
)
def add_lines(
    request: Request,
    visitor: Doer,
    batch_id: Id,
    added: Added,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site, language = site_of(request), spoken(request)

    def work(connection: Connection) -> Batch:
        put_in(connection, visitor.actor, batch_id, added.projects)
        return batch_out(connection, site, visitor, batch_id, language)

    return once(request, visitor, added.model_dump_json(), work)


@routes.post(
    "/batches/{batch_id}/drop",
    summary=both("作废批次", "Give a batch up"),
    description=both(
        "此后只能查看，项目不受影响。", "It can only be read then; no project is touched."
    ),
    response_model=Batch,
    responses=problems(404, 409),
)
def drop_batch(
    request: Request,
    visitor: Doer,
    batch_id: Id,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site, language = site_of(request), spoken(request)

    def work(connection: Connection) -> Batch:
        drop(connection, visitor.actor, batch_id, at=site.now())
        return batch_out(connection, site, visitor, batch_id, language)

    return once(request, visitor, "", work)


NO_SORT = Text("可选：{known}。", "Known: {known}.")
