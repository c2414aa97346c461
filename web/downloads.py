"""Files to be saved: what somebody has uploaded is never shown as a page."""

from __future__ import annotations

from urllib.parse import quote

from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException

from states.facts import Json
from web.site import Site
from workflow.papers import path_of

FOLDER = "papers"


def kept_paper(site: Site, kept: Json | None) -> FileResponse:
    """A paper by what the history keeps of it; 404 where there is none, or its file is gone."""
    path = path_of(site.settings.data_dir / FOLDER, kept["sha256"]) if kept else None
    if kept is None or path is None or not path.is_file():
        raise HTTPException(404)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(kept['name'], safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return FileResponse(path, media_type="application/octet-stream", headers=headers)
