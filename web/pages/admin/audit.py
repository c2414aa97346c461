"""Who changed what: the log of the office, and what somebody did in projects."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from web.numbers import Key
from web.pages.admin.tabs import Watches, room
from web.site import site_of
from workflow.office import log as office_log
from workflow.queries import deed_label

routes = APIRouter(include_in_schema=False)
Word = Annotated[str, Query(max_length=200)]


@routes.get("/admin/audit")
def audit(
    request: Request,
    visitor: Watches,
    person: Word = "",
    what: Word = "",
    q: Word = "",
    before: Key = None,
) -> Response:
    search = office_log.Search(person.strip(), what, q.strip())
    with site_of(request).db.read() as connection:
        rows, following = office_log.lines(connection, search, before)
    known: dict[str, Any] = {
        "rows": rows,
        "following": following,
        "search": search,
        "before": before,
    }
    return room(request, visitor, "audit.html", whats=office_log.WHAT, **known)


@routes.get("/admin/audit/projects")
def deeds(request: Request, visitor: Watches, person: Word = "", before: Word = "") -> Response:
    with site_of(request).db.read() as connection:
        rows, last = office_log.deeds_of(connection, person.strip(), office_log.read_key(before))
    shown = [row | {"label": deed_label(row["deed"])} for row in rows]
    known: dict[str, Any] = {
        "rows": shown,
        "person": person.strip(),
        "following": office_log.written_key(last),
        "before": before,
    }
    return room(request, visitor, "audit_projects.html", **known)
