"""All of `/api/v1` in one router, its description, and the page that explains it."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Security
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBearer

from web.api import (
    accounts,
    actions,
    addresses,
    announcing,
    audit,
    batch_filling,
    batch_publication,
    batches,
    calendar,
    calls,
    health,
    hooks,
    mails,
    options,
    papers,
    people,
    policies,
    project_export,
    project_papers,
    projects,
    rules,
    statistics,
    units,
    views,
    wording_trials,
    wordings,
    workplace,
)
from web.api.actions import Doing
from web.api.describing import both
from web.api.guide import chapters
from web.api.problems import KINDS, Problem
from web.rendering import page
from web.visiting import find_visitor

PREFIX = "/api/v1"
RESOURCES = (  # in the order of the documentation
    people,
    accounts,
    units,
    workplace,
    calls,
    announcing,
    project_export,
    projects,
    views,
    options,
    actions,
    batches,
    batch_filling,
    batch_publication,
    papers,
    project_papers,
    statistics,
    mails,
    addresses,
    rules,
    policies,
    calendar,
    wordings,
    wording_trials,
    health,
    audit,
    hooks,
)
BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description=both("在“我的设置—访问令牌”中新建", "made at “My settings – tokens”"),
)

routes = APIRouter(prefix=PREFIX, dependencies=[Security(BEARER)])
for resource in RESOURCES:
    routes.include_router(resource.routes)

open_routes = APIRouter(include_in_schema=False)


@cache
def schema() -> dict[str, Any]:
    """The OpenAPI description of `/api/v1`, and of nothing else."""
    found = get_openapi(
        title="yanxiu 研修",
        version="1",
        description=both(
            "高级研修项目管理接口。出错时回答 application/problem+json。",
            "Training projects. Errors are application/problem+json.",
        ),
        routes=routes.routes,
    )
    shapes = found["components"]["schemas"]
    for model in (Problem, Doing):
        made = model.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes |= made.pop("$defs", {}) | {model.__name__: made}
    return found


@open_routes.get("/openapi.json")
def openapi() -> Response:
    return JSONResponse(schema())


@open_routes.get("/api/docs")
def docs(request: Request) -> Response:
    """Open to everybody; who is signed in keeps the menu."""
    find_visitor(request)
    kinds = [(name, title) for name, title in KINDS.items()]
    return page(request, "api_docs.html", chapters=chapters(schema()), kinds=kinds)
