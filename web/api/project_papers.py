"""The papers of a project: every version of each, listed and to be saved."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, Field

from states.labels import paper_labels
from states.terms import Text
from web.api.callers import Caller
from web.api.describing import both, problems
from web.api.problems import spoken
from web.api.projects import seen
from web.api.shapes import HOW, NO_FILE
from web.downloads import kept_paper
from web.numbers import Id
from web.site import site_of
from workflow.project.events import history, paper, paper_versions
from workflow.project.seen import is_inside
from workflow.tables import LARGEST_ID

routes = APIRouter(tags=[both("材料", "papers")])


class PaperVersion(BaseModel):
    """One version of a paper; the newest of each comes first."""

    key: str
    label: str
    version: int
    current: bool = Field(description=both("现行版本", "the version that counts"))
    name: str
    size: int = Field(description=both("字节", "bytes"))
    sha256: str
    received: str = Field(description=HOW)
    on: date
    seq: int = Field(description=both("随哪一条办理记录送来", "the event that brought it"))


class PaperVersions(BaseModel):
    items: list[PaperVersion]


@routes.get(
    "/projects/{project_id}/papers",
    summary=both("全部材料及其各个版本", "All papers, every version"),
    responses=problems(404),
)
def list_papers(request: Request, visitor: Caller, project_id: Id) -> PaperVersions:
    site, language = site_of(request), spoken(request)
    with site.db.read() as connection:
        facts, _, _ = seen(connection, site, visitor, project_id)
        policy, inside = site.book.policy(facts.policy), is_inside(visitor.actor, facts)
        events = history(connection, project_id, policy, facts.category, inside=inside)
    labels = paper_labels(policy.categories[facts.category])
    items = [
        PaperVersion(
            key=key,
            label=labels.get(key, Text(key, key)).in_(language),
            current=facts.papers.get(key, {}).get("version") == one["version"],
            **{name: (NO_FILE | one)[name] for name in (*NO_FILE, "version", "on", "seq")},
        )
        for key, versions in paper_versions(events).items()
        for one in versions
    ]
    return PaperVersions(items=items)


@routes.get(
    "/projects/{project_id}/papers/{key}",
    summary=both("下载一份材料", "Download a paper"),
    description=both("默认现行版本。", "The version that counts, unless another is named."),
    responses=problems(404)
    | {
        200: {
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            }
        }
    },
    response_class=FileResponse,
)
def download(
    request: Request,
    visitor: Caller,
    project_id: Id,
    key: str,
    version: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description=both("版本", "which version"))
    ] = None,
) -> Response:
    site = site_of(request)
    with site.db.read() as connection:
        facts, _, _ = seen(connection, site, visitor, project_id)
        inside = is_inside(visitor.actor, facts)
        wanted = version or facts.papers.get(key, {}).get("version", 0)
        kept = paper(connection, project_id, key, wanted, inside=inside)
    return kept_paper(site, kept)
