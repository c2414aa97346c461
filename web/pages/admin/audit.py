"""Who changed what: the log of the office, and what somebody did in projects."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from web.numbers import Key
from web.pages.admin.tabs import Watches, room
from web.site import site_of
from workflow import office_log
from workflow.mail_desk import LARGEST_ID
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
        rows, last = office_log.deeds_of(connection, person.strip(), _key(before))
    following = f"{last[0].isoformat()}~{last[1]}~{last[2]}" if last else ""
    shown = [row | {"label": deed_label(row["deed"])} for row in rows]
    known: dict[str, Any] = {
        "rows": shown,
        "person": person.strip(),
        "following": following,
        "before": before,
    }
    return room(request, visitor, "audit_projects.html", **known)


def _key(given: str) -> tuple[datetime, int, int] | None:
    """As this page wrote it; anything else is the first page."""
    try:
        at, project, seq = given.split("~")
        found = datetime.fromisoformat(at), int(project), int(seq)
    except ValueError:
        return None
    return (
        found
        if found[0].tzinfo and 0 < found[1] <= LARGEST_ID and 0 <= found[2] <= LARGEST_ID
        else None
    )
