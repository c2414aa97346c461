"""The list of projects: search, filters, pages, and searches kept under a name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from states.terms import OFFICIALS, STAFF, Text
from web.navigation import HOSTS
from web.numbers import Id
from web.rendering import go, page
from web.searching import chips, read_cursor, read_search, tidied, write_cursor, write_search
from web.site import Site, site_of
from web.visiting import Posted, Signed, values
from workflow.accounts.sessions import Visitor
from workflow.lists.choices import choices
from workflow.lists.filters import conditions
from workflow.lists.finding import Found, find
from workflow.lists.rows import project_rows
from workflow.lists.saved_views import ViewProblem, drop_view, save_view, views
from workflow.lists.search import PAGE, Order, Search
from workflow.lists.several import called, possible

routes = APIRouter(include_in_schema=False)


@routes.get("/projects")
def listed(request: Request, visitor: Signed) -> Response:
    site = site_of(request)
    search = read_search(request.query_params)
    cursor = read_cursor(request.query_params, search.order)
    today = site.today()
    with site.db.read() as connection:
        wanted = list(conditions(search, visitor.actor, today=today))
        found = find(connection, wanted, search.order, cursor, limit=PAGE, year=search.year)
        ids = [place.id for place in found.places]
        rows = project_rows(connection, site.book, ids, today=today)
        known = _around(connection, site, visitor, search)
    return page(
        request,
        "projects.html",
        rows=rows,
        broken=list(dict.fromkeys(row.unreadable for row in rows if row.unreadable)),
        found=found,
        links=_links(search, found, back=cursor is not None and cursor.back),
        deeds=[(deed.value, called(deed)) for deed in possible(visitor.actor)],
        **known,
    )


def _around(connection: Connection, site: Site, visitor: Visitor, search: Search) -> dict[str, Any]:
    """What stands around the rows: filters and their choices, orders, views."""
    known = choices(connection, site.book, visitor.actor)
    own = write_search(search)
    kept = views(connection, visitor.person_id, with_shared=visitor.has(*OFFICIALS))
    return {
        "search": search,
        "choices": known,
        "chips": list(chips(search, known)),
        "orders": [(one, write_search(replace(search, order=one))) for one in Order],
        "query": own,
        "views": kept,
        "may_share": visitor.has(*OFFICIALS),
        "has_turn": visitor.has(*STAFF, *HOSTS),
    }


@dataclass(frozen=True, slots=True)
class Links:
    """Query strings of the neighbouring pages; empty where there is none."""

    previous: str = ""
    next: str = ""
    further: str = ""  # the search went far without filling the page, and can go on


def _links(search: Search, found: Found, *, back: bool) -> Links:
    places = found.places
    previous = next_ = further = ""
    if found.unfinished:
        further = write_cursor(search, found.unfinished, back=back)
    if places and found.before and not (back and further):
        previous = write_cursor(search, places[0], back=True)
    if places and found.after and (back or not further):
        next_ = write_cursor(search, places[-1])
    return Links(previous, next_, further)


@routes.post("/projects/views")
def keep(request: Request, visitor: Signed, form: Posted) -> Response:
    site = site_of(request)
    given = values(form)
    search = tidied(given.get("search", ""))
    shared = given.get("shared") == "1" and visitor.has(*OFFICIALS)
    where = f"/projects?{search}" if search else "/projects"
    try:
        with site.db.write() as connection:
            name = given.get("name", "")
            save_view(connection, visitor.person_id, name, search, shared=shared)
    except ViewProblem as problem:
        return go(request, where, problem.text, kind="bad")
    return go(request, where, KEPT)


@routes.post("/projects/views/{number}/delete")
def drop(request: Request, visitor: Signed, form: Posted, number: Id) -> Response:
    site = site_of(request)
    with site.db.write() as connection:
        gone = drop_view(connection, visitor.person_id, number)
    search = tidied(values(form).get("search", ""))
    where = f"/projects?{search}" if search else "/projects"
    return go(request, where, DROPPED) if gone else go(request, where, NO_VIEW, kind="bad")


KEPT = Text("视图已保存，可在“我的视图”中打开。", "The view is saved; find it under “Views”.")
DROPPED = Text("视图已删除。", "The view is deleted.")
NO_VIEW = Text("没有这个视图，可能已被删除。", "There is no such view; it may be gone already.")
