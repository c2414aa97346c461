"""Papers: uploaded first and named by their hash, or sent along with a deed.

A hash is a capability: whoever knows that of a paper can attach it. Hashes are shown to those only
who may see the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.datastructures import UploadFile

from states.arrival import Received, received_as
from states.facts import Json
from states.form_reading import Problem
from states.terms import STAFF, Text
from web.api.callers import Writer, writer
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.problems import Unfit
from web.guarding import take_files
from web.kept_files import LONGEST_NAME, file_name
from web.navigation import HOSTS
from web.site import Site, site_of
from web.visiting import NotAllowed
from workflow.accounts.sessions import Visitor
from workflow.papers import path_of, store_bytes

routes = APIRouter(tags=[both("材料", "papers")])


class Attached(BaseModel):
    """A paper that was uploaded before."""

    model_config = ConfigDict(extra="forbid")
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME)]


class Came(BaseModel):
    """A paper of which no file is kept: how it came. For who enters it for the host."""

    model_config = ConfigDict(extra="forbid")
    received: Received


class Kept(BaseModel):
    """A file that is kept, ready to be attached."""

    sha256: str
    name: str
    size: int


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


async def read_upload(request: Request, _: Visitor = Depends(writer)) -> Json:  # noqa: B008
    take_files(request)
    form = await request.form(max_files=1, max_fields=0)
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise RequestValidationError([{"type": "missing", "loc": ("body", "file"), "msg": ""}])
    return await keep_upload(request, file)


async def keep_upload(request: Request, file: UploadFile) -> Json:
    """Store what came in; what the history keeps of it. Raises PaperRefused, and NotAllowed for
    those who only read: auditors and administrators leave no files here."""
    if not request.state.visitor.has(*STAFF, *HOSTS):
        raise NotAllowed
    folder = site_of(request).settings.papers_folder
    content = await file.read()
    return await run_in_threadpool(store_bytes, folder, file_name(file.filename or ""), content)


@routes.post(
    "/papers",
    summary=both("上传一份材料", "Upload a paper"),
    description=both(
        "最大50 MB；返回的 sha256 用于办理。同一文件只存一份。",
        "50 MB at most; attach it by its sha256. The same file is kept once.",
    ),
    status_code=201,
    response_model=Kept,
    responses=problems(400, 409),
    openapi_extra=BODY,
)
def upload(
    request: Request,
    visitor: Writer,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
    kept: Json = Depends(read_upload),  # noqa: B008
) -> Response:
    asked = f"{kept['sha256']} {kept['name']}"
    return once(request, visitor, asked, lambda _: Kept(**kept), status=201)


def attach(site: Site, papers: Mapping[str, Attached | Came]) -> dict[str, Json]:
    """The papers of a deed as the history keeps them. Unfit for one that was never uploaded."""
    folder = site.settings.papers_folder
    found: dict[str, Json] = {}
    missing = []
    for key, paper in papers.items():
        if isinstance(paper, Came):
            found[key] = received_as(paper.received)
            continue
        path = path_of(folder, paper.sha256)
        if path.is_file():
            size = path.stat().st_size
            found[key] = {"sha256": paper.sha256, "name": file_name(paper.name), "size": size}
        else:
            missing.append(Problem(f"papers.{key}", NOT_THERE))
    if missing:
        raise Unfit(missing)
    return found


NOT_THERE = Text(
    "没有这份文件，请先上传（POST /papers）。",
    "There is no such file; upload it first (POST /papers).",
)
