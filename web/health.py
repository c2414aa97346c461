"""What a monitor asks: whether the process lives, and whether it can do its work."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from workflow.database import Database
from workflow.migrations import is_current

HEADERS = {"Cache-Control": "no-store"}


def router(db: Database) -> APIRouter:
    """`/healthz` and `/readyz`, open to everybody; they tell nothing about what is inside."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "ok"}, headers=HEADERS)

    @routes.get("/readyz")
    def ready() -> JSONResponse:
        """503 while the database cannot be reached or is of another version."""
        try:
            current = is_current(db)
        except Exception:  # whatever keeps the database away
            return JSONResponse({"status": "unreachable"}, 503, headers=HEADERS)
        said = {"status": "ok" if current else "other version"}
        return JSONResponse(said, 200 if current else 503, headers=HEADERS)

    return routes
