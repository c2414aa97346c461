"""Units: who works there, what they run, and their profile."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from states.terms import Role
from web.numbers import Id
from web.pages.admin.tabs import Reads, room
from web.site import site_of
from workflow.accounts.care import carer_of
from workflow.office import profiles

routes = APIRouter(include_in_schema=False)
Word = Annotated[str, Query(max_length=200)]


@routes.get("/admin/units")
def units(request: Request, visitor: Reads, q: Word = "", after: Word = "") -> Response:
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        own = None if who.sees_everybody else who.units
        rows, following = profiles.units(connection, own, q.strip(), after)
    known: dict[str, Any] = {
        "rows": rows,
        "following": following,
        "after": after,
        "word": q.strip(),
    }
    return room(request, visitor, "units.html", **known)


@routes.get("/admin/units/{number}")
def unit(request: Request, visitor: Reads, number: Id) -> Response:
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        found = profiles.unit(connection, number)
        if found is None or not who.sees_unit(found["name"]):
            raise HTTPException(404)
        profile = profiles.profile_for(connection, visitor.actor, number, found["name"])
    known: dict[str, Any] = {"fields": profiles.FIELDS, "expert": profiles.EXPERT}
    cares = who.cares_for([(Role.HOST, found["name"])])
    return room(request, visitor, "unit.html", unit=found, profile=profile, cares=cares, **known)
