"""People: who there is, what they may do, and how they get in when they are locked out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from states.terms import Role, Text
from web.links import link_to
from web.navigation import CARERS
from web.numbers import Id
from web.pages.admin.tabs import Reads, WorkForm, Works, room
from web.rendering import go
from web.site import site_of
from web.visiting import values
from workflow.accounts import reset
from workflow.accounts.care import Carer, carer_of
from workflow.accounts.links import BY_HAND, BY_MAIL
from workflow.accounts.reset import REFUSALS, Search
from workflow.accounts.sessions import Visitor
from workflow.imports.people_file import check_contact, check_person, check_scope
from workflow.imports.words import CellError
from workflow.mail.outbox import queue_sign_in

routes = APIRouter(include_in_schema=False)
Word = Annotated[str, Query(max_length=200)]
Given = dict[str, str]
Work = Callable[[Connection, Carer], None]
EMPTY = dict.fromkeys(("login", "name", "role", "scope", "email", "phone"), "")


@routes.get("/admin/people")
def people(
    request: Request, visitor: Reads, q: Word = "", role: Word = "", after: Word = ""
) -> Response:
    search = Search(q.strip(), role if role in set(Role) else "")
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        rows, following = reset.listed(connection, who, search, after)
    known: dict[str, Any] = {
        "rows": rows,
        "following": following,
        "after": after,
        "roles": list(Role),
    }
    works = visitor.has(*CARERS)
    return room(request, visitor, "people.html", search=search, works=works, **known)


@routes.get("/admin/people/new")
def new_person(request: Request, visitor: Works, scope: Word = "") -> Response:
    return _new(request, visitor, EMPTY | {"scope": scope})


def _new(request: Request, visitor: Visitor, given: Given, problem: Text | None = None) -> Response:
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
    roles = [role for role in Role if role in (who.over or {Role.HOST})]
    known: dict[str, Any] = {
        "roles": roles,
        "given": EMPTY | given,
        "problem": problem,
        "units": sorted(who.units),
    }
    status = 422 if problem else 200
    return room(request, visitor, "person_new.html", status, everybody=bool(who.over), **known)


@routes.post("/admin/people")
def add(request: Request, visitor: Works, form: WorkForm) -> Response:
    site, given = site_of(request), EMPTY | values(form)
    try:
        entry = check_person(**{name: given[name] for name in EMPTY})
        with site.db.write() as connection:
            person = reset.add(connection, carer_of(connection, visitor), entry, site.now())
    except CellError as error:
        return _new(request, visitor, given, error.sentence)
    except REFUSALS as refused:
        return _new(request, visitor, given, refused.text)
    return go(request, f"/admin/people/{person}", ADDED.format(name=entry.name))


@routes.get("/admin/people/{number}")
def person(request: Request, visitor: Reads, number: Id) -> Response:
    return _person(request, visitor, number)


def _person(
    request: Request,
    visitor: Visitor,
    number: int,
    problem: Text | None = None,
    given: Given | None = None,
    once: dict[str, Any] | None = None,
) -> Response:
    """The page of somebody. `once`: a password or link that is shown on this page alone."""
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        found = reset.one(connection, who, number)
    if found is None:
        raise HTTPException(404)
    works = visitor.has(*CARERS)
    cares = works and found["cares"]
    known: dict[str, Any] = {"person": found, "problem": problem, "once": once}
    known |= {"given": {name: found[name] for name in CHANGED} | (given or {})}
    known |= {"cares": cares, "everybody": bool(who.over)}
    known |= {"roles": [role for role in Role if role in who.over]}
    known |= {"now": site_of(request).now()}
    status = 422 if problem else 200
    return room(request, visitor, "person.html", status, **known)


CHANGED = ("name", "email", "phone")


@routes.post("/admin/people/{number}")
def change(request: Request, visitor: Works, form: WorkForm, number: Id) -> Response:
    given = {name: values(form).get(name, "") for name in CHANGED}

    def work(connection: Connection, who: Carer) -> None:
        reset.change(connection, who, number, check_contact(**given), site_of(request).now())

    return _done(request, visitor, number, work, SAVED, given)


@routes.post("/admin/people/{number}/roles")
def give_role(request: Request, visitor: Works, form: WorkForm, number: Id) -> Response:
    given = values(form)

    def work(connection: Connection, who: Carer) -> None:
        role = given.get("role", "")
        if role not in set(Role):
            raise CellError(NO_ROLE)
        scope = check_scope(Role(role), given.get("scope", ""))
        at = site_of(request).now()
        reset.give_role(connection, who, number, Role(role), scope, at=at)

    return _done(request, visitor, number, work, GIVEN)


@routes.post("/admin/people/{number}/roles/{held}")
def take_role(request: Request, visitor: Works, _: WorkForm, number: Id, held: Id) -> Response:
    def work(connection: Connection, who: Carer) -> None:
        reset.take_role(connection, who, number, held, site_of(request).now())

    return _done(request, visitor, number, work, TAKEN)


@routes.post("/admin/people/{number}/{act}")
def do(request: Request, visitor: Works, _: WorkForm, number: Id, act: str) -> Response:
    site = site_of(request)
    if act in ONCE:
        return _shown_once(request, visitor, number, act)
    if act == "mail-link":
        return _mailed(request, visitor, number)
    if act not in reset.PLAIN:
        raise HTTPException(404)

    def work(connection: Connection, who: Carer) -> None:
        reset.PLAIN[act](connection, who, number, site.now())

    return _done(request, visitor, number, work, DONE[act])


def _shown_once(request: Request, visitor: Visitor, number: int, act: str) -> Response:
    site = site_of(request)
    shown: dict[str, Any] = {"kind": act, "days": BY_HAND.days, "value": ""}

    def work(connection: Connection, who: Carer) -> None:
        make = reset.new_password if act == "password" else reset.new_link
        hosts = site.settings.hosts_online
        shown["value"], shown["told"] = make(connection, who, number, site.now(), hosts=hosts)
        if act == "link":
            shown["value"] = link_to(request, shown["value"])

    refused = _refused(request, visitor, number, work)
    return refused or _person(request, visitor, number, once=shown)


def _mailed(request: Request, visitor: Visitor, number: int) -> Response:
    site = site_of(request)

    def work(connection: Connection, who: Carer) -> None:
        hosts = site.settings.hosts_online
        secret = reset.mailed_link(connection, who, number, site.now(), hosts=hosts)
        link, on = link_to(request, secret), site.today()
        queue_sign_in(connection, number, link, on=on, at=site.now(), by=who.login)

    minutes = int(BY_MAIL.total_seconds() // 60)
    return _done(request, visitor, number, work, MAILED.format(n=minutes))


def _done(
    request: Request,
    visitor: Visitor,
    number: int,
    work: Work,
    said: Text,
    given: Given | None = None,
) -> Response:
    """Do it and go back to the person, or say there what is wrong."""
    refused = _refused(request, visitor, number, work, given)
    return refused or go(request, f"/admin/people/{number}", said)


def _refused(
    request: Request, visitor: Visitor, number: int, work: Work, given: Given | None = None
) -> Response | None:
    """Do it in one transaction; what is to be shown where that cannot be, else None."""
    try:
        with site_of(request).db.write() as connection:
            who = carer_of(connection, visitor)
            if reset.one(connection, who, number) is None:
                raise HTTPException(404)
            work(connection, who)
    except CellError as error:
        return _person(request, visitor, number, error.sentence, given)
    except REFUSALS as refused:
        return _person(request, visitor, number, refused.text, given)
    return None


ONCE = ("password", "link")
ADDED = Text("已新增“{name}”。可发送登录邮件，或生成一次性密码。", "{name} is added.")
SAVED = Text("已保存。", "Saved.")
GIVEN = Text("已授予角色。", "The role is given.")
TAKEN = Text("已收回角色，并已退出其登录。", "The role is taken away; sessions have ended.")
MAILED = Text(
    "登录邮件已排队发送，链接{n}分钟内有效。",
    "A sign-in mail is queued; its link lasts {n} minutes.",
)
NO_ROLE = Text("请选择角色", "Choose a role")
DONE = {
    "disable": Text(
        "账号已停用，其登录、访问令牌和日历订阅均已失效。",
        "The account is disabled; its sessions, tokens and feed have ended.",
    ),
    "enable": Text("账号已启用。", "The account is enabled."),
    "unlock": Text("已解除锁定。", "Unlocked."),
    "end-sessions": Text("已退出其在所有浏览器上的登录。", "All sessions have ended."),
}
