"""A batch before and at its publication: what would come of it, at once or not at all, back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from notifications.letters.foretold import subjects
from states.terms import Kind, Text
from web.pages import batches
from web.pages.batch_forms import money, people, title_of
from web.pages.batch_words import BACK, DONE, PROPOSED, stopped_by
from web.pages.batches import Sent, Worker, batch_of
from web.rendering import go, page
from web.site import site_of
from web.visiting import NotAllowed
from workflow.accounts.sessions import Visitor
from workflow.batch_edits import NotTheirs
from workflow.batch_publishing import BatchRefused, publish, take_back
from workflow.batch_rehearsal import rehearse
from workflow.batch_results import news
from workflow.batches import BatchOver, Stage, fingerprint, lines_of, sorts_for
from workflow.mail_log import reason_label
from workflow.people import names_of

routes = APIRouter(include_in_schema=False)


@routes.get("/batches/{number}/preview")
def preview(request: Request, number: int, visitor: Worker) -> Response:
    return _previewed(request, number, visitor)


def _previewed(
    request: Request,
    number: int,
    visitor: Visitor,
    status: int = 200,
    problem: Text | None = None,
) -> Response:
    """What would come of it, from the engine itself. Asks as often as there are lines, of which a
    batch has MOST_LINES at most."""
    site = site_of(request)
    today, at = site.today(), site.now()
    with site.db.read() as connection:
        batch = batch_of(connection, visitor, number)
        lines, hidden = lines_of(connection, batch.id, visitor.actor)
        heard = news(connection, batch.id)
        known: dict[str, Any] = {
            "batch": batch,
            "hidden": hidden,
            "news": heard,
            "names": names_of(connection, people(batch, heard)),
            "shares": money(connection, site.book, batch, lines),
        }
    if batch.stage not in (Stage.PREPARED, Stage.PROPOSED):
        return batches.shown(request, number, visitor, status, problem)
    subject = subjects(site.book, today, site.settings.base_url)
    verdicts = rehearse(site.db, site.book, visitor.actor, batch.id, subject, today=today, at=at)
    verdicts.sort(key=lambda one: (one.line.place, one.line.project_id))
    stopped = [v for v in verdicts if v.problems or v.line.changed]
    return page(
        request,
        "batch_preview.html",
        status,
        **known,
        verdicts=verdicts,
        stopped=stopped,
        mails=sum(len(v.mails) for v in verdicts),
        total=sum(v.amount or 0 for v in verdicts),
        shown=fingerprint(batch, lines),
        own_proposal=batch.proposed_by == visitor.login,
        may=batch.deed in sorts_for(visitor.actor),
        problem=problem,
        title_of=title_of,
        book=site.book,
        kind_label=lambda kind: Kind(kind).label,
        reason_label=reason_label,
    )


@routes.post("/batches/{number}/publish")
def publish_it(request: Request, number: int, visitor: Worker, form: Sent) -> Response:
    site = site_of(request)
    with site.db.read() as connection:
        batch_of(connection, visitor, number)
    try:
        shown = str(form.get("shown", ""))
        today, at = site.today(), site.now()
        done = publish(site.db, site.book, visitor.actor, number, shown, today=today, at=at)
    except NotTheirs:
        raise NotAllowed from None
    except BatchOver as over:
        return _previewed(request, number, visitor, 409, over.text)
    except BatchRefused as refused:
        return _previewed(request, number, visitor, 409, stopped_by(refused))
    said = (PROPOSED if done.pending else DONE).format(n=done.lines)
    return go(request, f"/batches/{number}", said)


@routes.post("/batches/{number}/back")
def back(request: Request, number: int, visitor: Worker, _: Sent) -> Response:
    """Take a proposed batch back, to change it."""
    site = site_of(request)
    with site.db.read() as connection:
        batch_of(connection, visitor, number)
    try:
        at = site.now()
        take_back(site.db, site.book, visitor.actor, number, today=site.today(), at=at)
    except NotTheirs:
        raise NotAllowed from None
    except BatchOver as over:
        return batches.shown(request, number, visitor, 409, over.text)
    except BatchRefused as refused:
        return batches.shown(request, number, visitor, 409, stopped_by(refused))
    return go(request, f"/batches/{number}", BACK)
