"""The workplace: what each of somebody's roles should see first, on one page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from notifications.watch.clock_guard import clock_alarm
from notifications.watch.heartbeat import last_beat
from notifications.watch.standing import QUIET
from states.terms import Role, State
from web.rendering import page
from web.site import Site, site_of
from web.visiting import Signed
from workflow import workplace, workplace_counts
from workflow.accounts.sessions import Visitor
from workflow.my_projects import my_projects
from workflow.office_health import office_health
from workflow.watching import Scope, scope_of

routes = APIRouter(include_in_schema=False)


@routes.get("/")
def show(request: Request, visitor: Signed) -> Response:
    site = site_of(request)
    scope = scope_of(visitor.actor)
    parts: dict[str, Any] = {"office": None, "mine": None, "health": None}
    with site.db.read() as connection:
        if visitor.has(Role.HOST):
            parts["mine"] = my_projects(connection, site.book, visitor.actor, today=site.today())
        if scope:
            parts["office"] = _office(connection, site, scope)
        if visitor.has(Role.ADMIN):
            parts["health"] = _health(connection, site)
    return page(request, "workplace.html", **parts, greeting=_roles(visitor))


def _office(connection: Connection, site: Site, scope: Scope) -> dict[str, Any]:
    """What officials see; auditors only how much there is, and what happened."""
    today = site.today()
    year = workplace_counts.latest_year(connection, today)
    found: dict[str, Any] = {
        "scope": scope,
        "acts": scope.role is not Role.AUDITOR,
        "counts": workplace_counts.counts(connection, scope, today),
        "cap": workplace_counts.CAP,
        "year": year,
        "states": workplace_counts.counts_by_state(connection, scope, year),
        "state_labels": {state.value: state.label for state in State},
        "cap_states": workplace_counts.CAP_STATES,
        "recent": workplace.recent(connection, scope),
    }
    if found["acts"]:
        found |= {
            "to_do": workplace.to_do(connection, site.book, scope),
            "late": workplace.late(connection, scope, today),
            "week": workplace.due_this_week(connection, scope, today),
            "openings": workplace.openings(connection, scope, today),
            "unrecorded": workplace.unrecorded(connection, scope, today),
            "to_confirm": workplace.to_confirm(connection, scope, today),
            "flagged": workplace.flagged(connection, scope),
        }
    return found


def _health(connection: Connection, site: Site) -> dict[str, Any]:
    beat = last_beat(connection)
    return {
        "beat": beat,
        "silent": beat is None or site.now() - beat.at > QUIET,
        "alarm": clock_alarm(connection),
        "counts": office_health(connection, site.now()),
    }


def _roles(visitor: Visitor) -> list[tuple[Role, str]]:
    return list(visitor.actor.grants)
