"""Saved views: searches of projects under a name, one's own and those that colleagues share."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from states.form_reading import Problem
from states.terms import OFFICIALS
from web.api.callers import Caller, Writer
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.problems import Unfit
from web.api.projects import clean
from web.numbers import Id
from web.searching import tidied
from web.site import site_of
from web.visiting import NotAllowed
from workflow.lists.saved_views import View, ViewProblem, drop_view, save_view, views

routes = APIRouter(tags=[both("保存的视图", "saved views")])


class ViewOut(BaseModel):
    """A search under a name; whoever opens it sees his own scope."""

    id: int
    name: str
    search: str = Field(description=both("接在 /projects? 之后", "goes after /projects?"))
    shared: bool
    by: str = Field(description=both("何人共享，空为本人的", "who shares it; empty: one's own"))


class Views(BaseModel):
    items: list[ViewOut]


class NewView(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, StringConstraints(max_length=200)]
    search: Annotated[str, StringConstraints(max_length=4000)] = Field(
        default="",
        description=both("项目列表的查询串，不认识的略去", "as of /projects; what is unknown goes"),
    )
    shared: bool = Field(
        default=False, description=both("与机关同事共享", "shown to all who work in the offices")
    )


@routes.get("/views", summary=both("保存的视图", "Saved views"), responses=problems())
def list_views(request: Request, visitor: Caller) -> Views:
    with_shared = visitor.has(*OFFICIALS)
    with site_of(request).db.read() as connection:
        found = views(connection, visitor.person_id, with_shared=with_shared)
    return Views(items=[_out(view) for view in found])


def _out(view: View) -> ViewOut:
    return ViewOut.model_validate(view, from_attributes=True)


@routes.post(
    "/views",
    summary=both("保存视图", "Save a view"),
    description=both("同名的被替换。", "One of the same name is replaced."),
    status_code=201,
    response_model=ViewOut,
    responses=problems(400, 409),
)
def keep_view(
    request: Request,
    visitor: Writer,
    new: NewView,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    if new.shared and not visitor.has(*OFFICIALS):
        raise NotAllowed

    def work(connection: Connection) -> ViewOut:
        search, owner = tidied(clean(new.search)), visitor.person_id
        try:
            return _out(save_view(connection, owner, clean(new.name), search, shared=new.shared))
        except ViewProblem as problem:
            raise Unfit([Problem("name", problem.text)]) from None

    return once(request, visitor, new.model_dump_json(), work, status=201)


@routes.delete(
    "/views/{view_id}",
    summary=both("删除视图", "Delete a view"),
    description=both("只能删除本人的。", "One's own only."),
    status_code=204,
    responses=problems(404),
)
def remove_view(request: Request, visitor: Writer, view_id: Id) -> None:
    with site_of(request).db.write() as connection:
        if not drop_view(connection, visitor.person_id, view_id):
            raise HTTPException(404)
