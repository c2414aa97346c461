"""Who there is: oneself; for administrators also units and people."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from states.terms import Role
from web.api.callers import Caller, in_role, key_of
from web.api.describing import Cursor, Limit, Listed, both, paged, problems
from web.site import site_of
from workflow.browsing import people_page, units_page
from workflow.office_tables import TokenScope

routes = APIRouter(tags=[both("人员和单位", "people")])
ADMINS = [Depends(in_role(Role.ADMIN))]


class Held(BaseModel):
    role: Role
    scope: str


class TokenOut(BaseModel):
    name: str
    scope: TokenScope
    ends_at: datetime | None


class Me(BaseModel):
    """The person who calls, and by which token."""

    login: str
    name: str
    language: Literal["zh", "en"]
    roles: list[Held]
    token: TokenOut | None


@routes.get("/me", summary=both("当前身份和权限", "Who calls"), responses=problems())
def me(request: Request, visitor: Caller) -> Me:
    key = key_of(request)
    token = TokenOut(name=key.name, scope=key.scope, ends_at=key.ends_at) if key else None
    return Me(
        login=visitor.login,
        name=visitor.name,
        language="en" if visitor.language == "en" else "zh",
        roles=[Held(role=role, scope=scope) for role, scope in visitor.actor.grants],
        token=token,
    )


class Unit(BaseModel):
    id: int
    name: str
    kind: Literal["host", "department", "province"]
    email: str
    phone: str


class Units(Listed):
    items: list[Unit]


@routes.get(
    "/units",
    summary=both("单位（系统管理员）", "Units (administrators)"),
    dependencies=ADMINS,
    responses=problems(),
)
def list_units(
    request: Request, response: Response, cursor: Cursor = 0, limit: Limit = 50
) -> Units:
    with site_of(request).db.read() as connection:
        page = units_page(connection, after=cursor, limit=limit)
    items = [Unit.model_validate(row) for row in page.rows]
    return Units(items=items, **paged(request, response, page))


class Person(BaseModel):
    id: int
    login: str
    name: str
    email: str
    phone: str
    active: bool
    language: Literal["zh", "en"]
    roles: list[Held]


class People(Listed):
    items: list[Person]


@routes.get(
    "/people",
    summary=both("人员（系统管理员）", "People (administrators)"),
    dependencies=ADMINS,
    responses=problems(),
)
def list_people(
    request: Request, response: Response, cursor: Cursor = 0, limit: Limit = 50
) -> People:
    with site_of(request).db.read() as connection:
        page = people_page(connection, after=cursor, limit=limit)
    items = [Person.model_validate(row) for row in page.rows]
    return People(items=items, **paged(request, response, page))
