"""A host's own unit: its profile, which the forms take over."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from states.terms import Role, Text
from web.navigation import HOSTS
from web.rendering import go, page
from web.site import site_of
from web.visiting import allowed, posted_by, values
from workflow.accounts.sessions import Visitor
from workflow.office import profiles

routes = APIRouter(include_in_schema=False)
Host = Annotated[Visitor, Depends(allowed(*HOSTS))]
Form = Annotated[FormData, Depends(posted_by(allowed(*HOSTS)))]
SPARE = 3  # empty rows for more experts


@routes.get("/me/unit")
def my_unit(
    request: Request, visitor: Host, unit: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    name, number = _own(request, visitor, unit)
    with site_of(request).db.read() as connection:
        known = profiles.profile(connection, number)
    return _page(request, visitor, name, known, {})


@routes.post("/me/unit")
def save(request: Request, visitor: Host, form: Form) -> Response:
    site, given = site_of(request), values(form)
    name, number = _own(request, visitor, given.get("unit_name", ""))
    read, problems = profiles.read_profile(given)
    if problems:
        typed = read | {field.name: given.get(field.name, "") for field in profiles.FIELDS}
        wrong = {problem.field: problem.message for problem in problems}
        return _page(request, visitor, name, typed, wrong, 422)
    with site.db.write() as connection:
        profiles.save_profile(connection, number, read, by=visitor.login, at=site.now())
    return go(request, f"/me/unit?unit={quote(name, safe='')}", SAVED)


def _own(request: Request, visitor: Visitor, wanted: str) -> tuple[str, int]:
    """The unit asked for, if it is the visitor's, else the first of theirs; 404 for another's."""
    mine = visitor.actor.units(Role.HOST)
    name = wanted or (mine[0] if mine else "")
    if name not in mine:
        raise HTTPException(404)
    with site_of(request).db.read() as connection:
        number = profiles.unit_id(connection, name)
    if number is None:
        raise HTTPException(404)
    return name, number


def _page(
    request: Request,
    visitor: Visitor,
    name: str,
    profile: dict[str, Any],
    problems: dict[str, Text],
    status: int = 200,
) -> Response:
    mine = visitor.actor.units(Role.HOST)
    blank = dict.fromkeys((field.name for field in profiles.EXPERT), "")
    rows = [*profile["experts"], *[blank] * SPARE][: profiles.MOST_EXPERTS]
    known: dict[str, Any] = {"fields": profiles.FIELDS, "expert": profiles.EXPERT, "rows": rows}
    shown: dict[str, Any] = {"profile": profile, "problems": problems, "units": mine, "unit": name}
    with site_of(request).db.read() as connection:
        shown["contacts"] = profiles.contacts(connection, name)
    return page(request, "my_unit.html", status, **known, **shown)


SAVED = Text("单位资料已保存。", "The unit's profile is saved.")
