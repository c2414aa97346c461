"""Telling the hosts of an imported plan that their projects are in it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from states.terms import Role
from web.api.callers import in_role, writer_in
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.announcing import announce, untold

routes = APIRouter(tags=[both("年度计划", "annual plan")])


class Untold(BaseModel):
    projects: list[int] = Field(description=both("项目编号", "ids"))


class Announcing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    projects: Annotated[list[int], Field(max_length=5000)] | None = Field(
        default=None, description=both("只通知这些项目；不填为全部", "only these; else all")
    )


class Told(BaseModel):
    told: list[int]
    unreached: list[int] = Field(
        description=both("没有可用邮箱、须电话通知的项目", "no address works: to be called")
    )


@routes.get(
    "/announcements",
    summary=both("尚未通知承办单位的项目", "Projects whose hosts are not told yet"),
    description=both(
        "由导入列入计划、尚未通知承办单位的项目。",
        "Imported with a plan, and nobody has told them.",
    ),
    responses=problems(),
)
def list_untold(request: Request, _: Annotated[Visitor, Depends(in_role(Role.PROVINCE))]) -> Untold:
    with site_of(request).db.read() as connection:
        return Untold(projects=untold(connection))


@routes.post(
    "/announcements",
    summary=both("通知承办单位", "Tell the hosts"),
    description=both(
        "每个项目只通知一次；邮件请承办单位确认收到，三个工作日内未确认的列入催办。",
        "Each once. The mail asks to be confirmed; who has not after three working days is called.",
    ),
    response_model=Told,
    responses=problems(400),
)
def tell_hosts(
    request: Request,
    visitor: Annotated[Visitor, Depends(writer_in(Role.PROVINCE))],
    asked: Announcing,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site = site_of(request)

    def work(connection: Connection) -> Told:
        chosen = untold(connection, among=asked.projects)
        when: dict[str, Any] = {"today": site.today(), "at": site.now()}
        done = announce(connection, site.book, visitor.actor, chosen, **when)
        return Told(told=list(done.told), unreached=list(done.unreached))

    return once(request, visitor, asked.model_dump_json(), work)
