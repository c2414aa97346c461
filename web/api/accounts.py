"""Looking after accounts: somebody new, changed, given a role, shut out, let in again.

No secret is ever answered: whoever has forgotten the password is sent a link that signs in once.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from states.terms import Role
from web.api.callers import writer_in
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.people import PersonInFull, person_out
from web.api.problems import spoken
from web.links import link_to
from web.navigation import CARERS
from web.numbers import Id
from web.site import site_of
from workflow.accounts import reset
from workflow.accounts.care import Carer, carer_of
from workflow.accounts.sessions import Visitor
from workflow.imports.people_file import check_contact, check_person, check_scope
from workflow.mail.outbox import queue_sign_in

routes = APIRouter(tags=[both("人员和单位", "people")])
Doer = Annotated[Visitor, Depends(writer_in(*CARERS))]
Line = Annotated[str, StringConstraints(max_length=300)]


class NewPerson(BaseModel):
    model_config = ConfigDict(extra="forbid")
    login: Line = Field(default="", description=both("空为以邮箱登录", "empty: the address"))
    name: Line
    role: Role
    scope: Line = Field(
        default="", description=both("承办单位或主管（推荐）单位", "the unit or department")
    )
    email: Line = ""
    phone: Line = ""


@routes.post(
    "/people",
    summary=both("新增人员", "Register somebody"),
    description=both(
        "主管（推荐）单位联系人只能为所联系的单位开设承办单位账号。",
        "Coordinators register clerks of their own units only.",
    ),
    status_code=201,
    response_model=PersonInFull,
    responses=problems(400, 409),
)
def add_person(
    request: Request,
    visitor: Doer,
    new: NewPerson,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    entry = check_person(**new.model_dump(mode="json"))
    at = site_of(request).now()

    def work(connection: Connection) -> PersonInFull:
        who = carer_of(connection, visitor)
        added = reset.add(connection, who, entry, at)
        return person_out(connection, who, added, spoken(request))

    return once(request, visitor, new.model_dump_json(), work, status=201)


class Contact(BaseModel):
    """What changes; what is not named stays."""

    model_config = ConfigDict(extra="forbid")
    name: Line | None = None
    email: Line | None = None
    phone: Line | None = None


@routes.post(
    "/people/{person_id}",
    summary=both("变更姓名、邮箱、电话", "Change name, address, telephone"),
    response_model=PersonInFull,
    responses=problems(400, 404, 409),
)
def change_person(
    request: Request,
    visitor: Doer,
    person_id: Id,
    contact: Contact,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    at, given = site_of(request).now(), contact.model_dump(exclude_none=True)

    def work(connection: Connection, who: Carer) -> None:
        known = person_out(connection, who, person_id).model_dump()
        fields = {name: given.get(name, known[name]) for name in Contact.model_fields}
        reset.change(connection, who, person_id, check_contact(**fields), at)

    return _done(request, visitor, person_id, contact.model_dump_json(), work)


class NewRole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Role
    scope: Line = ""


@routes.post(
    "/people/{person_id}/roles",
    summary=both("授予角色", "Give a role"),
    response_model=PersonInFull,
    responses=problems(400, 404, 409),
)
def give_role(
    request: Request,
    visitor: Doer,
    person_id: Id,
    new: NewRole,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    at, scope = site_of(request).now(), check_scope(new.role, new.scope)

    def work(connection: Connection, who: Carer) -> None:
        reset.give_role(connection, who, person_id, new.role, scope, at=at)

    return _done(request, visitor, person_id, new.model_dump_json(), work)


@routes.delete(
    "/people/{person_id}/roles/{role_id}",
    summary=both("收回角色", "Take a role away"),
    description=both("同时退出其登录。", "Sessions end with it."),
    status_code=204,
    responses=problems(404),
)
def take_role(request: Request, visitor: Doer, person_id: Id, role_id: Id) -> None:
    site = site_of(request)
    with site.db.write() as connection:
        who = carer_of(connection, visitor)
        held = person_out(connection, who, person_id).roles
        if who.over and role_id not in {one.id for one in held}:
            raise HTTPException(404)
        reset.take_role(connection, who, person_id, role_id, site.now())


class Care(StrEnum):
    """What is done to an account."""

    DISABLE = "disable"
    ENABLE = "enable"
    UNLOCK = "unlock"
    END_SESSIONS = "end-sessions"
    MAIL_LINK = "mail-link"


@routes.post(
    "/people/{person_id}/{act}",
    summary=both(
        "停用、启用、解锁、退出登录、发送登录邮件", "Disable, enable, unlock, sign out, mail a link"
    ),
    description=both(
        "mail-link 把一次性登录链接发到本人邮箱；链接不在应答中出现。承办单位不能访问本系统页面的"
        "（hosts_online = false），不为其发送，应答422。",
        "`mail-link` mails a link that signs in once to the person's own address, and never here; "
        "422 for hosts that do not reach the pages (hosts_online = false).",
    ),
    response_model=PersonInFull,
    responses=problems(404, 409),
)
def care_for(
    request: Request,
    visitor: Doer,
    person_id: Id,
    act: Care,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site = site_of(request)
    at, today = site.now(), site.today()

    def work(connection: Connection, who: Carer) -> None:
        if act is Care.MAIL_LINK:
            hosts = site.settings.hosts_online
            secret = reset.mailed_link(connection, who, person_id, at, hosts=hosts)
            link = link_to(request, secret)
            queue_sign_in(connection, person_id, link, on=today, at=at, by=who.login)
        else:
            reset.PLAIN[act.value](connection, who, person_id, at)

    return _done(request, visitor, person_id, "", work)


def _done(
    request: Request,
    visitor: Visitor,
    person_id: int,
    asked: str,
    work: Callable[[Connection, Carer], None],
) -> Response:
    """Do it to somebody whom the caller sees, once, and answer how they stand then."""

    def seen(connection: Connection) -> PersonInFull:
        who = carer_of(connection, visitor)
        person_out(connection, who, person_id)
        work(connection, who)
        return person_out(connection, who, person_id, spoken(request))

    return once(request, visitor, asked, seen)
