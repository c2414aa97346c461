"""When reminders go out, in words."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.pages.admin.tabs import Reads, room
from web.site import site_of
from workflow.mail.log import step_label

routes = APIRouter(include_in_schema=False)


@routes.get("/admin/ladders")
def ladders(request: Request, visitor: Reads) -> Response:
    rows = [
        (kind.label, [(step_label(rung.key), rung.tells) for rung in ladder.rungs])
        for kind, ladder in site_of(request).book.ladders.items()
    ]
    return room(request, visitor, "ladders.html", rows=rows)
