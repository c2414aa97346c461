"""The web application: pages, API, calendar feeds, health, on one database."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web import calendar, failures, health
from web.api import callers
from web.api import rooms as api
from web.guarding import Guard
from web.links import NoAddress
from web.pages import (
    announcing,
    batch_publication,
    batches,
    calls,
    deeds,
    keys,
    mail,
    my_account,
    my_unit,
    pictures,
    project,
    project_export,
    project_steps,
    projects,
    signing_in,
    workplace,
)
from web.pages.admin import ROOMS
from web.rendering import STATIC
from web.site import Site
from workflow.accounts.passwords import Busy

PAGES = (
    signing_in,
    workplace,
    my_account,
    my_unit,
    keys,
    project_export,
    project_steps,
    projects,
    project,
    deeds,
    calls,
    announcing,
    batch_publication,
    batches,
    pictures,
    mail,
    *ROOMS,
)


def create_app(site: Site) -> FastAPI:
    """The application. Its documentation is served from here, not by FastAPI's own pages, which
    load scripts from elsewhere."""
    app = FastAPI(
        title="yanxiu", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.state.site = site
    app.include_router(health.router(site))
    app.include_router(calendar.router(site))
    for room in PAGES:
        app.include_router(room.routes)
    app.include_router(api.routes)
    app.include_router(api.open_routes)
    app.mount("/static", Kept(directory=STATIC), name="static")
    failures.install(app, {NoAddress: 503, Busy: 503})
    app.add_middleware(
        Guard,
        refuse=failures.turn_away,
        is_known=callers.is_known,
        base_url=site.settings.base_url,
    )
    return app


class Kept(StaticFiles):
    """Files whose address changes with their content, to be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer
