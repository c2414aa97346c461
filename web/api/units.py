"""Units: who works there, what they run, and the profile that forms take over."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from states.form_reading import Problem
from states.terms import Role
from web.api.callers import in_role, writer_in
from web.api.describing import (
    IdempotencyKey,
    KeyCursor,
    Limit,
    ListedByKey,
    both,
    following,
    problems,
)
from web.api.once import once
from web.api.people import Official
from web.api.problems import Unfit
from web.api.projects import clean
from web.navigation import HOSTS
from web.numbers import Id
from web.site import site_of
from workflow.accounts.care import carer_of
from workflow.accounts.sessions import Visitor
from workflow.office import profiles

routes = APIRouter(tags=[both("人员和单位", "people")])
Host = Annotated[Visitor, Depends(in_role(*HOSTS))]
HostWriter = Annotated[Visitor, Depends(writer_in(*HOSTS))]
Line = Annotated[str, StringConstraints(max_length=300)]


class Unit(BaseModel):
    id: int
    name: str
    kind: Literal["host", "department", "province"]
    email: str
    phone: str
    projects: int = Field(description=both("承办的项目数", "how many projects it hosts"))


class Units(ListedByKey):
    items: list[Unit]


class Colleague(BaseModel):
    id: int
    name: str
    email: str
    phone: str
    active: bool
    role: Role


class OfYear(BaseModel):
    year: int
    projects: int


class Expert(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Line = ""
    title: Line = ""
    unit: Line = ""
    field: Line = ""


class Profile(BaseModel):
    """What a unit fills in again and again; forms take it over."""

    account_name: str
    account_number: str = Field(
        description=both(
            "本单位和省厅可见全部，其余只见后四位", "whole for the unit and the province"
        )
    )
    bank: str
    address: str
    contact_name: str
    contact_phone: str
    contact_email: str
    experts: list[Expert]
    saved_by: str
    saved_at: datetime | None


class UnitInFull(BaseModel):
    id: int
    name: str
    kind: Literal["host", "department", "province"]
    email: str
    phone: str
    people: list[Colleague]
    projects: list[OfYear]
    profile: Profile


@routes.get(
    "/units",
    summary=both("单位", "Units"),
    description=both(
        "按名称排列；主管（推荐）单位联系人只见所联系的单位。",
        "By name; coordinators see their own units.",
    ),
    responses=problems(),
)
def list_units(
    request: Request,
    response: Response,
    visitor: Official,
    q: Annotated[str, Query(max_length=200, description=both("名称", "name"))] = "",
    cursor: KeyCursor = "",
    limit: Limit = 50,
) -> Units:
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        own = None if who.sees_everybody else who.units
        word, after = clean(q).strip(), clean(cursor)
        rows, then = profiles.units(connection, own, word, after, limit=limit)
    items = [Unit.model_validate(row) for row in rows]
    return Units(items=items, **following(request, response, then))


@routes.get(
    "/units/{unit_id}",
    summary=both("一个单位：人员、项目、资料", "One unit: people, projects, profile"),
    responses=problems(404),
)
def one_unit(request: Request, visitor: Official, unit_id: Id) -> UnitInFull:
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        found = profiles.unit(connection, unit_id)
        if found is None or not who.sees_unit(found["name"]):
            raise HTTPException(404)
        return _unit_out(connection, visitor, found)


def _unit_out(connection: Connection, visitor: Visitor, found: dict[str, Any]) -> UnitInFull:
    known = profiles.profile_for(connection, visitor.actor, found["id"], found["name"])
    years = [OfYear(year=year, projects=n) for year, n in found["projects"]]
    return UnitInFull.model_validate(found | {"projects": years, "profile": known})


class OwnUnit(BaseModel):
    id: int
    name: str
    profile: Profile


class OwnUnits(BaseModel):
    items: list[OwnUnit]


@routes.get(
    "/me/units",
    summary=both("本单位资料", "The profile of one's own unit"),
    responses=problems(),
)
def own_units(request: Request, visitor: Host) -> OwnUnits:
    with site_of(request).db.read() as connection:
        mine = profiles.own_units(connection, visitor.actor)
        return OwnUnits(items=[_own(connection, number, name) for number, name in mine.items()])


def _own(connection: Connection, number: int, name: str) -> OwnUnit:
    known = Profile.model_validate(profiles.profile(connection, number))
    return OwnUnit(id=number, name=name, profile=known)


class NewProfile(BaseModel):
    """What changes; what is not named stays."""

    model_config = ConfigDict(extra="forbid")
    account_name: Line | None = None
    account_number: Line | None = None
    bank: Line | None = None
    address: Line | None = None
    contact_name: Line | None = None
    contact_phone: Line | None = None
    contact_email: Line | None = None
    experts: Annotated[list[Expert], Field(max_length=profiles.MOST_EXPERTS)] | None = Field(
        default=None, description=both("给出的即为全部专家", "all of them, not only new ones")
    )


@routes.post(
    "/me/units/{unit_id}",
    summary=both("填写本单位资料", "Fill in the profile of one's own unit"),
    response_model=OwnUnit,
    responses=problems(400, 404, 409),
)
def save_profile(
    request: Request,
    visitor: HostWriter,
    unit_id: Id,
    new: NewProfile,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    at, given = site_of(request).now(), new.model_dump(exclude_none=True)

    def work(connection: Connection) -> OwnUnit:
        mine = profiles.own_units(connection, visitor.actor)
        if unit_id not in mine:
            raise HTTPException(404)
        read, wrong = profiles.read_profile(_flat(profiles.profile(connection, unit_id) | given))
        if wrong:
            raise Unfit([Problem(_place(one.field), one.message) for one in wrong])
        profiles.save_profile(connection, unit_id, read, by=visitor.login, at=at)
        return _own(connection, unit_id, mine[unit_id])

    return once(request, visitor, new.model_dump_json(), work)


def _flat(known: dict[str, Any]) -> dict[str, str]:
    """As the form of the page names its fields."""
    plain = {field.name: known[field.name] for field in profiles.FIELDS}
    experts = {
        f"expert_{name}_{n}": text
        for n, one in enumerate(known["experts"])
        for name, text in one.items()
    }
    return plain | experts


def _place(field: str) -> str:
    """Where a field of the form stands in a body."""
    return f"experts.{field.rpartition('_')[2]}" if field.startswith("expert_") else field
