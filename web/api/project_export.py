"""What the list of projects shows, as a workbook."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from web.api.callers import Caller
from web.api.describing import both, problems
from web.api.problems import spoken
from web.api.projects import Searched
from web.downloads import XLSX, project_workbook
from web.site import site_of

routes = APIRouter(tags=[both("项目", "projects")])


@routes.get(
    "/projects/export",
    summary=both("导出项目列表", "The list of projects as a workbook"),
    description=both(
        "按筛选条件导出全部行（xlsx），按计划顺序；一次最多2万行，超出的在表末说明。",
        "All rows of the filter in plan order; 20,000 at most, and the sheet says so.",
    ),
    responses=problems()
    | {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
    response_class=FileResponse,
)
def export(request: Request, visitor: Caller, search: Searched) -> Response:
    return project_workbook(site_of(request), visitor.actor, search, spoken(request))
