"""The calls: whom to call today and why, a note on the spot, and a sheet to print."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from notifications.chat_text import calls_text, late_text
from states.actions import ACTIONS
from states.form_reading import read_form
from states.terms import STAFF, Act, Channel, Text
from web.numbers import number_of
from web.rendering import go, language_of, page
from web.site import Site, site_of
from web.visiting import allowed, posted_by, values
from workflow.accounts.sessions import Visitor
from workflow.deeds import Deed, NoSuchProject, Refused
from workflow.engine import perform_in
from workflow.project.seen import seen_by
from workflow.workplace.calls import calls
from workflow.workplace.watching import scope_of

routes = APIRouter(include_in_schema=False)
staff = allowed(*STAFF)
Staff = Annotated[Visitor, Depends(staff)]
NoteForm = Annotated[FormData, Depends(posted_by(staff))]
MOST = 40  # units on one sheet: nobody calls more in a day


@dataclass
class Noting:
    """A note as it was typed, for the page that says what is wrong with it."""

    projects: list[int]
    typed: dict[str, str]
    problems: dict[str, Text] = field(default_factory=dict)
    refused: list[Text] = field(default_factory=list)


@routes.get("/calls")
def show(request: Request, visitor: Staff, note: str = "") -> Response:
    """`note`: a project whose call is to be noted: its form stands open."""
    known = number_of(note)
    return _page(request, visitor, noting=Noting([known], {}) if known else None)


def _page(
    request: Request, visitor: Visitor, status: int = 200, noting: Noting | None = None
) -> Response:
    site = site_of(request)
    scope = scope_of(visitor.actor)
    assert scope is not None  # who is STAFF watches something
    with site.db.read() as connection:
        found = calls(connection, site.book, scope, today=site.today())
    shown = found[:MOST]
    more = len(found) - len(shown)
    known: dict[str, Any] = {
        "calls": shown,
        "more": more,
        "form": ACTIONS[Act.NOTE].form,
        "noting": noting,
    }
    return page(
        request, "calls.html", status, **known, channels=[(one.value, one.label) for one in Channel]
    )


@routes.get("/calls/text")
def as_text(request: Request, visitor: Staff, late: str = "") -> Response:
    """The list, or with `late` all that is overdue, to be copied into a group chat."""
    site, language = site_of(request), language_of(request)
    scope = scope_of(visitor.actor)
    assert scope is not None  # who is STAFF watches something
    today = site.today()
    with site.db.read() as connection:
        if late:
            text = late_text(connection, site.book, scope, today=today, language=language)
        else:
            found = calls(connection, site.book, scope, today=today)
            text = calls_text(connection, site.book, found, today=today, language=language)
    return page(request, "calls_text.html", text=text, late=bool(late))


@routes.post("/calls/note")
def record(request: Request, visitor: Staff, form: NoteForm) -> Response:
    site = site_of(request)
    typed = {name: text for name, text in values(form).items() if name != "project"}
    chosen = [number_of(str(number)) for number in form.getlist("project")]
    noting = Noting([number for number in chosen if number], typed)
    if not noting.projects:
        noting.refused = [NOTHING_CHOSEN]
        return _page(request, visitor, 422, noting)
    given, problems = read_form(Act.NOTE, typed)
    noting.problems = {problem.field: problem.message for problem in problems}
    if not problems:
        noting.refused = _perform(site, visitor, noting, given)
    if noting.problems or noting.refused:
        return _page(request, visitor, 422, noting)
    return go(request, "/calls", RECORDED.format(n=len(noting.projects)))


def _perform(site: Site, visitor: Visitor, noting: Noting, given: dict[str, Any]) -> list[Text]:
    """Note the same call with each project, or with none; why it was refused."""
    today, at = site.today(), site.now()
    deed = Deed(Act.NOTE, visitor.actor, given, {}, today)
    try:
        with site.db.write() as connection:
            for number in dict.fromkeys(noting.projects):
                if seen_by(connection, site.book, number, visitor.actor) is None:
                    raise NoSuchProject(number)
                perform_in(connection, site.book, number, deed, today=today, at=at)
    except Refused as refusal:
        return [finding.message for finding in refusal.findings]
    return []


NOTHING_CHOSEN = Text("请勾选本次联系涉及的项目。", "Tick the projects that the call was about.")
RECORDED = Text("已记录（{n}个项目）。", "The call is noted ({n} project(s)).")
