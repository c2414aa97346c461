"""Files to be saved: papers, which are never shown as a page, and the list of projects."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp
from urllib.parse import quote

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from states.facts import Json
from web.site import Site
from web.workbook import write_workbook
from workflow.lists.filters import conditions
from workflow.lists.finding import everything
from workflow.lists.rows import rows_of
from workflow.lists.search import Search
from workflow.papers import path_of
from workflow.people import Actor

MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def kept_paper(site: Site, kept: Json | None) -> FileResponse:
    """A paper by what the history keeps of it; 404 where there is none, or its file is gone."""
    digest = kept.get("sha256") if kept else None  # none where it came otherwise
    path = path_of(site.settings.papers_folder, digest) if digest else None
    if kept is None or path is None or not path.is_file():
        raise HTTPException(404)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(kept['name'], safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def project_workbook(site: Site, actor: Actor, search: Search, language: str) -> FileResponse:
    """All rows of the filter in plan order; made as a file, sent piece by piece, then deleted."""
    today = site.today()
    handle, path = mkstemp(suffix=".xlsx")
    os.close(handle)
    try:
        with site.db.read() as connection:
            wanted = list(conditions(search, actor, today=today))
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
