"""What a monitor asks: whether the process lives, and whether it can do its work."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from notifications.sending.recall import standing_halt
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
        while a policy by which projects are judged cannot be read. That mail is halted after a
        restore is said beside it: pages and steps work, and a person lets it go on."""
        found = probe.found()
        return JSONResponse(found, 200 if found["status"] == "ok" else 503, headers=HEADERS)

    return routes


@dataclass
class Probe:
    """Tries the database as a step would: a locked or a full one can still be read. Of many who ask
    at once one finds out, so that whoever asks often costs little."""

    site: Site
    _one: Lock = field(default_factory=Lock)
    _begun: int = 0
    _said: dict[str, str] = field(default_factory=dict)

    def found(self) -> dict[str, str]:
        known = self._begun
        with self._one:
            if self._begun == known:  # else one that began since has found it out
                self._begun += 1
                self._said = self._tried()
            return self._said

    def _tried(self) -> dict[str, str]:
        db, site = self.site.db, self.site
        try:
            if not is_current(db):
                return {"status": "other version"}
            with db.write(alone=False, patience=PATIENCE) as connection:
                kept.put(connection, PROBE, str(self._begun))
            with db.read() as connection:
                broken = unreadable_policies(connection, site.book)
                halt = standing_halt(connection, site.settings.data_dir, site.now())
            return {"status": "rules" if broken else "ok"} | ({"mail": "halted"} if halt else {})
        except DatabaseProblem:
            return {"status": "unreachable"}
