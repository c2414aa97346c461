"""What the list of projects shows, as a workbook to take along."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from web.rendering import language_of
from web.searching import read_search
from web.site import site_of
from web.visiting import Signed
from web.workbook import write_workbook
from workflow.project_filters import conditions
from workflow.project_list import everything
from workflow.project_rows import rows_of

routes = APIRouter(include_in_schema=False)
MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.get("/projects/export")
def export(request: Request, visitor: Signed) -> Response:
    """All rows of the filter in plan order; made as a file, sent piece by piece, then deleted."""
    site = site_of(request)
    search, today = read_search(request.query_params), site.today()
    language = language_of(request)
    handle, path = mkstemp(suffix=".xlsx")
    os.close(handle)
    try:
        with site.db.read() as connection:
            wanted = list(conditions(search, visitor.actor, today=today))
            ids = everything(connection, wanted, most=MOST_ROWS + 1, year=search.year)
            rows = rows_of(connection, site.book, ids, today=today)
            write_workbook(path, rows, language, most=MOST_ROWS, today=today)
    except BaseException:
        Path(path).unlink()
        raise
    name = f"projects-{today}.xlsx" if language == "en" else f"高级研修项目-{today}.xlsx"
    disposition = f"attachment; filename=\"projects-{today}.xlsx\"; filename*=UTF-8''{quote(name)}"
    return FileResponse(
        path,
        media_type=XLSX,
        headers={"Content-Disposition": disposition},
        background=BackgroundTask(Path(path).unlink),
    )
