"""People from a workbook: tried first, with a result for each row; then imported."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from states.terms import Text
from web.pages.admin.tabs import RuleForm, Rules, room, uploaded
from web.site import site_of
from web.visiting import values
from workflow.accounts.care import carer_of
from workflow.imports.people import Came, take_in
from workflow.imports.people_file import PeopleFile, read_people
from workflow.imports.words import ReadingError
from workflow.office.log import note

routes = APIRouter(include_in_schema=False)
MOST = 1000  # people at a time: nobody else can write meanwhile


@routes.get("/admin/people/import")
def form(request: Request, visitor: Rules) -> Response:
    return room(request, visitor, "people_import.html", problem=None, results=None)


@routes.post("/admin/people/import")
def load(request: Request, visitor: Rules, form: RuleForm) -> Response:
    site, given = site_of(request), uploaded(form)
    if given is None:
        return _again(request, visitor, NO_FILE)
    try:
        found = _read(*given)
    except ReadingError as error:
        return _again(request, visitor, error.text)
    if len(found.entries) > MOST:
        return _again(request, visitor, TOO_MANY.format(most=MOST))
    dry = values(form).get("dry") == "1"
    with site.db.write() as connection:
        who = carer_of(connection, visitor)
        results = take_in(connection, found.entries, who, at=site.now())
        if dry:
            connection.rollback()
        else:
            done = sum(one.came is not Came.REFUSED for one in results)
            said = f"{done}/{len(results) + len(found.rejected)}"
            about, at = given[0], site.now()
            note(connection, visitor.login, "people_imported", about=about, detail=said, at=at)
    known: dict[str, Any] = {"results": results, "rejected": found.rejected, "dry": dry}
    return room(request, visitor, "people_import.html", problem=None, name=given[0], **known)


def _read(name: str, content: bytes) -> PeopleFile:
    """Through a file: the reader of workbooks opens nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"people{Path(name).suffix[:10] or '.xlsx'}"
        path.write_bytes(content)
        return read_people(path)


def _again(request: Request, visitor: Any, problem: Text) -> Response:
    known: dict[str, Any] = {"problem": problem, "results": None}
    return room(request, visitor, "people_import.html", 422, **known)


TOO_MANY = Text(
    "一次最多导入{most}人，请分成几个文件。",
    "{most} people at a time are the most; split the file.",
)
NO_FILE = Text("请选择 xlsx 文件。", "Choose an xlsx file.")
