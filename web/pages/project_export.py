"""What the list of projects shows, as a workbook to take along."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.downloads import project_workbook
from web.rendering import language_of
from web.searching import read_search
from web.site import site_of
from web.visiting import Signed

routes = APIRouter(include_in_schema=False)


@routes.get("/projects/export")
def export(request: Request, visitor: Signed) -> Response:
    search = read_search(request.query_params)
    return project_workbook(site_of(request), visitor.actor, search, language_of(request))
