"""What a monitor asks: whether the process lives, and whether it can do its work."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from web.site import Site
from workflow import kept
from workflow.migrations import is_current
from workflow.refresh import unreadable_policies
from workflow.storage import DatabaseProblem

HEADERS = {"Cache-Control": "no-store"}
PATIENCE = 1.0  # seconds to wait for others who write
PROBE = "web.probe"


def router(site: Site) -> APIRouter:
    """`/healthz` and `/readyz`, open to everybody; they tell nothing about what is inside."""
    routes = APIRouter(include_in_schema=False)
    probe = Probe(site)

    @routes.get("/healthz")
    async def alive() -> JSONResponse:
        return JSONResponse({"status": "ok"}, headers=HEADERS)

    @routes.get("/readyz")
    def ready() -> JSONResponse:
        """503 while the database cannot be reached, read or written or is of another version, and
        while a policy by which projects are judged cannot be read."""
        found = probe.found()
        return JSONResponse({"status": found}, 200 if found == "ok" else 503, headers=HEADERS)

    return routes


@dataclass
class Probe:
    """Tries the database as a step would: a locked or a full one can still be read. Of many who ask
    at once one finds out, so that whoever asks often costs little."""

    site: Site
    _one: Lock = field(default_factory=Lock)
    _begun: int = 0
    _said: str = ""

    def found(self) -> str:
        known = self._begun
        with self._one:
            if self._begun == known:  # else one that began since has found it out
                self._begun += 1
                self._said = self._tried()
            return self._said

    def _tried(self) -> str:
        db = self.site.db
        try:
            if not is_current(db):
                return "other version"
            with db.write(alone=False, patience=PATIENCE) as connection:
                kept.put(connection, PROBE, str(self._begun))
            with db.read() as connection:
                return "rules" if unreadable_policies(connection, self.site.book) else "ok"
        except DatabaseProblem:
            return "unreachable"
