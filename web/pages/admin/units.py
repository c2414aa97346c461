"""Units: who works there, what they run, and their profile."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from states.discretion import masked
from states.terms import Role
from web.numbers import Number
from web.pages.admin.people import carer_of
from web.pages.admin.tabs import Reads, room
from web.site import site_of
from workflow import profiles

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
def unit(request: Request, visitor: Reads, number: Number) -> Response:
    with site_of(request).db.read() as connection:
        who = carer_of(connection, visitor)
        found = profiles.unit(connection, number)
        if found is None or not (who.sees_everybody or found["name"] in who.units):
            raise HTTPException(404)
        profile = profiles.profile(connection, number)
    if not profiles.sees_number(visitor.actor, found["name"]):
        profile["account_number"] = masked(profile["account_number"])
    known: dict[str, Any] = {"fields": profiles.FIELDS, "expert": profiles.EXPERT}
    cares = who.cares_for([(Role.HOST, found["name"])])
    return room(request, visitor, "unit.html", unit=found, profile=profile, cares=cares, **known)
