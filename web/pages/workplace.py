"""The workplace: what each of somebody's roles should see first, on one page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from notifications.sending.recall import standing_halt
from notifications.watch.clock_guard import clock_alarm
from notifications.watch.heartbeat import last_beat
from notifications.watch.standing import QUIET, holidays
from states.terms import Role, State
from web.rendering import page
from web.site import Site, site_of
from web.visiting import Signed
from workflow.accounts.sessions import Visitor
from workflow.office.contacts import contact_gap
from workflow.office.health import office_health
from workflow.refresh import unreadable_policies
from workflow.workplace import counts as workplace_counts
from workflow.workplace.my_projects import my_projects
from workflow.workplace.office import office
from workflow.workplace.watching import scope_of

routes = APIRouter(include_in_schema=False)


@routes.get("/")
def show(request: Request, visitor: Signed) -> Response:
    site = site_of(request)
    scope = scope_of(visitor.actor)
    parts: dict[str, Any] = {
        "office": None,
        "mine": None,
        "health": None,
        "gap": None,
        "holidays": None,
        "broken": (),
    }
    parts["halt"] = None
    parts["asked"] = site.whom_to_ask()
    if visitor.has(Role.PROVINCE, Role.ADMIN):
        parts["gap"] = contact_gap(parts["asked"])
        parts["holidays"] = holidays(site.book.calendar, site.today())
    with site.db.read() as connection:
        if visitor.has(Role.PROVINCE, Role.ADMIN):
            parts["halt"] = standing_halt(connection, site.settings.data_dir, site.now())
        if scope or visitor.has(Role.ADMIN):
            parts["broken"] = unreadable_policies(connection, site.book)
        if visitor.has(Role.HOST):
            parts["mine"] = my_projects(connection, site.book, visitor.actor, today=site.today())
        if scope:
            parts["office"] = office(connection, site.book, scope, site.today())
        if visitor.has(Role.ADMIN):
            parts["health"] = _health(connection, site)
    caps: dict[str, Any] = {"cap": workplace_counts.CAP, "cap_states": workplace_counts.CAP_STATES}
    labels = {state.value: state.label for state in State}
    known: dict[str, Any] = {"greeting": _roles(visitor), "state_labels": labels}
    return page(request, "workplace.html", **parts, **caps, **known)


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
