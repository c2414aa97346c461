"""A batch before and at its publication: what would come of it, at once or not at all, back."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from notifications.letters.foretold import subjects
from states.terms import Kind, Text
from web.numbers import Id
from web.pages import batches
from web.pages.batch_forms import people, title_of
from web.pages.batch_words import BACK, DONE, PROPOSED
from web.pages.batches import Sent, Worker
from web.rendering import go, page
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.batches.prepared import BatchOver, find
from workflow.batches.publishing import BatchRefused, publish, take_back
from workflow.batches.rehearsal import rehearse
from workflow.batches.results import news
from workflow.mail.log import reason_label
from workflow.people import names_of

routes = APIRouter(include_in_schema=False)


@routes.get("/batches/{number}/preview")
def preview(request: Request, number: Id, visitor: Worker) -> Response:
    return _previewed(request, number, visitor)


def _previewed(
    request: Request,
    number: int,
    visitor: Visitor,
    status: int = 200,
    problem: Text | None = None,
) -> Response:
    """What would come of it, from the engine itself."""
    site = site_of(request)
    today, at = site.today(), site.now()
    with site.db.read() as connection:
        batch = find(connection, visitor.actor, number)
        heard = news(connection, batch.id)
        names = names_of(connection, people(batch, heard))
    subject = subjects(site.book, today)
    try:
        found = rehearse(site.db, site.book, visitor.actor, number, subject, today=today, at=at)
    except BatchOver:
        return batches.shown(request, number, visitor, status, problem)
    return page(
        request,
        "batch_preview.html",
        status,
        found=found,
        batch=found.batch,
        news=heard,
        names=names,
        problem=problem,
        title_of=title_of,
        book=site.book,
        kind_label=lambda kind: Kind(kind).label,
        reason_label=reason_label,
    )


@routes.post("/batches/{number}/publish")
def publish_it(request: Request, number: Id, visitor: Worker, form: Sent) -> Response:
    site = site_of(request)
    shown, actor = str(form.get("shown", "")), visitor.actor
    today, at = site.today(), site.now()
    try:
        with site.db.write() as connection:
            done = publish(connection, site.book, actor, number, shown, today=today, at=at)
    except BatchOver as over:
        return _previewed(request, number, visitor, 409, over.text)
    except BatchRefused as refused:
        return _previewed(request, number, visitor, 409, refused.text)
    said = (PROPOSED if done.pending else DONE).format(n=done.lines)
    return go(request, f"/batches/{number}", said)


@routes.post("/batches/{number}/back")
def back(request: Request, number: Id, visitor: Worker, _: Sent) -> Response:
    """Take a proposed batch back, to change it."""
    site = site_of(request)
    today, at = site.today(), site.now()
    try:
        with site.db.write() as connection:
            take_back(connection, site.book, visitor.actor, number, today=today, at=at)
    except BatchOver as over:
        return batches.shown(request, number, visitor, 409, over.text)
    except BatchRefused as refused:
        return batches.shown(request, number, visitor, 409, refused.text)
    return go(request, f"/batches/{number}", BACK)
