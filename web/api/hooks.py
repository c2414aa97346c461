"""One's own webhooks: addresses that are told of every event in one's scope."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from states.form_reading import Problem
from web.api.callers import Caller, Writer
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.problems import Unfit
from web.numbers import Id
from web.site import site_of
from workflow import webhooks

routes = APIRouter(tags=[both("事件推送", "webhooks")])


class HookOut(BaseModel):
    id: int
    url: str
    made_at: datetime
    pending: int = Field(description=both("待推送", "events that wait"))
    dead: int = Field(description=both("一天内未能送达、已放弃", "events that were given up"))


class Hooks(BaseModel):
    items: list[HookOut]


class NewHook(BaseModel):
    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, StringConstraints(max_length=webhooks.LONGEST_URL)]
    secret: Annotated[str, StringConstraints(max_length=webhooks.LONGEST_SECRET)] = Field(
        default="", description=both("签名密钥，留空由系统生成", "signs; made here if empty")
    )


class Made(BaseModel):
    id: int
    url: str
    secret: str = Field(description=both("只显示这一次", "shown this once"))


@routes.get("/webhooks", summary=both("本人的推送地址", "One's webhooks"), responses=problems())
def list_hooks(request: Request, visitor: Caller) -> Hooks:
    with site_of(request).db.read() as connection:
        found = webhooks.webhooks(connection, visitor.person_id)
    return Hooks(items=[HookOut.model_validate(row) for row in found])


@routes.post(
    "/webhooks",
    summary=both("登记推送地址", "Register a webhook"),
    description=both(
        "此后本人范围内项目的每个事件都会按项目顺序推送到这个地址，并附签名。",
        "Every event of the projects in one's scope is told there, signed, in order per project.",
    ),
    status_code=201,
    response_model=Made,
    responses=problems(400, 409),
)
def add_hook(
    request: Request,
    visitor: Writer,
    new: NewHook,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    at = site_of(request).now()

    def work(connection: Connection) -> Made:
        try:
            number, secret = webhooks.register(
                connection, visitor.person_id, new.url, new.secret, at=at
            )
        except webhooks.WebhookProblem as problem:
            raise Unfit([Problem(problem.field, problem.text)]) from None
        return Made(id=number, url=new.url.strip(), secret=secret)

    return once(request, visitor, new.model_dump_json(), work, status=201)


@routes.delete(
    "/webhooks/{webhook_id}",
    summary=both("停止推送", "Remove a webhook"),
    status_code=204,
    responses=problems(404),
)
def remove_hook(request: Request, visitor: Writer, webhook_id: Id) -> None:
    with site_of(request).db.write() as connection:
        if not webhooks.remove(connection, visitor.person_id, webhook_id):
            raise HTTPException(404)
