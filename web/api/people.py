"""Who there is: oneself, and the people whom one sees."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from states.terms import OFFICIALS, Role
from web.api.callers import Caller, in_role, key_of
from web.api.describing import KeyCursor, Limit, ListedByKey, both, following, problems
from web.api.problems import spoken
from web.api.projects import clean
from web.numbers import Id
from web.site import site_of
from workflow.accounts import reset
from workflow.accounts.care import Carer, carer_of
from workflow.accounts.reset import Search
from workflow.accounts.sessions import Visitor
from workflow.office_tables import TokenScope

routes = APIRouter(tags=[both("人员和单位", "people")])
Official = Annotated[Visitor, Depends(in_role(*OFFICIALS))]


class Held(BaseModel):
    role: Role
    scope: str


class HeldRole(Held):
    id: int = Field(description=both("收回角色时使用", "by which it is taken away"))


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


class Person(BaseModel):
    id: int
    login: str
    name: str
    email: str
    phone: str
    active: bool
    language: Literal["zh", "en"]
    roles: list[HeldRole]


class People(ListedByKey):
    items: list[Person]


class PersonInFull(Person):
    """Somebody, and how they sign in."""

    cares: bool = Field(description=both("由本人管理", "the caller looks after this account"))
    password: bool = Field(description=both("已设密码", "has a password"))
    must_change: bool
    locked_until: datetime | None
    sessions: int = Field(description=both("当前登录数", "living sessions"))
    by_mail_alone: bool = Field(
        description=both("登录链接只发到本人邮箱", "gets sign-in links by mail alone")
    )
    warnings: list[str] = Field(
        description=both(
            "须核对之处，如与他人共用邮箱", "what to look at, such as a shared mailbox"
        )
    )


@routes.get(
    "/people",
    summary=both("人员", "People"),
    description=both(
        "按登录名排列；主管（推荐）单位联系人只见所联系单位的经办人。",
        "By login; coordinators see the clerks of their own units.",
    ),
    responses=problems(),
)
def list_people(
    request: Request,
    response: Response,
    visitor: Official,
    q: Annotated[
        str,
        Query(max_length=200, description=both("姓名、登录名、邮箱或单位", "name, login, unit")),
    ] = "",
    role: Role | None = None,
    cursor: KeyCursor = "",
    limit: Limit = 50,
) -> People:
    search = Search(clean(q).strip(), role.value if role else "")
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        rows, then = reset.listed(connection, who, search, clean(cursor), limit=limit)
    items = [Person.model_validate(_with_roles(row)) for row in rows]
    return People(items=items, **following(request, response, then))


@routes.get("/people/{person_id}", summary=both("一个人员", "One person"), responses=problems(404))
def one_person(request: Request, visitor: Official, person_id: Id) -> PersonInFull:
    with site_of(request).db.read() as connection:
        return person_out(connection, carer_of(connection, visitor), person_id, spoken(request))


def person_out(
    connection: Connection, who: Carer, person_id: int, language: str = "zh"
) -> PersonInFull:
    """Somebody as they stand; 404 for whom the caller does not see."""
    found = reset.one(connection, who, person_id)
    if found is None:
        raise HTTPException(404)
    warning = found["warning"]
    warnings = {"warnings": [warning.in_(language)] if warning else []}
    return PersonInFull.model_validate(_with_roles(found) | warnings)


def _with_roles(row: dict[str, Any]) -> dict[str, Any]:
    held = [{"id": n, "role": role, "scope": scope} for n, role, scope in row["grants"]]
    return row | {"roles": held}
