"""The web application: so far calendar feeds and health; the pages will join it here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import FastAPI

from config.rulebook import Rulebook
from notifications.calendars.feeds import Key
from web import calendar, health
from workflow.database import Database


@dataclass(frozen=True)
class Site:
    """What the pages need. `today` gives the Chinese calendar day; it may be moved for a
    demonstration."""

    db: Database
    book: Rulebook
    key: Key
    today: Callable[[], date]


def create_app(site: Site) -> FastAPI:
    """The application on one database. Its documentation pages load scripts from elsewhere, so
    they are left out until they can be served from here."""
    app = FastAPI(title="yanxiu", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health.router(site.db))
    app.include_router(calendar.router(site.db, site.book, site.key, site.today))
    return app
