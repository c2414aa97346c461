"""Decisions in batches: prepare, fill in, preview, publish at once or not at all."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from notifications.letters.foretold import subjects
from states.terms import Action, Kind, Role, State, Text
from web.pages.batch_forms import (
    Letter,
    edit_of,
    line_choices,
    money,
    numbers,
    people,
    said_for_all,
    title_of,
)
from web.pages.batch_words import (
    ABOUT,
    ADDED,
    BACK,
    DONE,
    DROPPED,
    KEPT,
    NONE_TICKED,
    PROPOSED,
    TO_CORRECT,
    stopped_by,
)
from web.rendering import go, page
from web.site import site_of
from web.visiting import NotAllowed, allowed, posted_by
from workflow.accounts.sessions import Visitor
from workflow.batch_edits import (
    PAGE,
    NotTheirs,
    Wanted,
    begin,
    candidates,
    choices,
    drop,
    form_fields,
    problems_of,
    put_in,
    save,
)
from workflow.batch_publishing import BatchRefused, publish, take_back
from workflow.batch_rehearsal import rehearse
from workflow.batch_results import news, results
from workflow.batches import (
    MOST_LINES,
    SHOWN,
    SORTS,
    BatchOver,
    NoSuchBatch,
    Prepared,
    Stage,
    find,
    fingerprint,
    lines_of,
    listed,
    sorts_for,
)
from workflow.mail_desk import LARGEST_ID
from workflow.mail_log import reason_label
from workflow.papers import PaperRefused
from workflow.people import names_of

routes = APIRouter(include_in_schema=False)
READERS = allowed(Role.COORDINATOR, Role.PROVINCE, Role.AUDITOR)
WORKERS = allowed(Role.COORDINATOR, Role.PROVINCE)
Reader = Annotated[Visitor, Depends(READERS)]
Worker = Annotated[Visitor, Depends(WORKERS)]
Sent = Annotated[FormData, Depends(posted_by(WORKERS))]


def _batch(connection: Any, visitor: Visitor, number: int) -> Prepared:
    try:
        return find(connection, visitor.actor, number if 0 < number <= LARGEST_ID else 0)
    except NoSuchBatch:
        raise HTTPException(404) from None


@routes.get("/batches")
def all_batches(request: Request, visitor: Reader, before: int | None = None) -> Response:
    with site_of(request).db.read() as connection:
        found = listed(connection, visitor.actor, before=before and min(before, LARGEST_ID))
        names = names_of(connection, (login for batch, _ in found for login in people(batch)))
    more = found[-1][0].id if len(found) == SHOWN else None
    return page(
        request,
        "batches.html",
        batches=found,
        more=more,
        before=before,
        names=names,
        sorts=sorts_for(visitor.actor),
        about=ABOUT,
        title_of=title_of,
    )


@routes.post("/batches")
def start(request: Request, visitor: Worker, form: Sent) -> Response:
    """A new batch, empty or with projects ticked elsewhere (fields `project`)."""
    site = site_of(request)
    deed = str(form.get("deed", ""))
    if deed not in set(Action):
        raise HTTPException(400)
    try:
        with site.db.write() as connection:
            title = str(form.get("title", ""))
            number = begin(connection, visitor.actor, Action(deed), title, at=site.now())
            chosen = numbers(form, "project")
            put_in(connection, visitor.actor, number, chosen)
    except NotTheirs:
        raise NotAllowed from None
    except BatchOver as problem:
        return go(request, "/batches", problem.text, kind="bad")
    return go(request, f"/batches/{number}" if chosen else f"/batches/{number}/add")


@routes.get("/batches/{number}")
def show(request: Request, number: int, visitor: Reader) -> Response:
    return _shown(request, number, visitor)


def _shown(
    request: Request,
    number: int,
    visitor: Visitor,
    status: int = 200,
    problem: Text | None = None,
) -> Response:
    site = site_of(request)
    with site.db.read() as connection:
        batch = _batch(connection, visitor, number)
        lines, hidden = lines_of(connection, batch.id, visitor.actor)
        heard = news(connection, batch.id)
        known: dict[str, Any] = {"batch": batch, "lines": lines, "hidden": hidden, "news": heard}
        known["names"] = names_of(connection, people(batch, heard))
        if batch.stage is Stage.PUBLISHED:
            known["results"] = results(connection, site.book, batch, lines)
            known |= {"title_of": title_of, "problem": problem}
            known["said_for_all"] = said_for_all(site.book, batch, lines)
            return page(request, "batch_done.html", status, **known)
        known["shares"] = money(connection, site.book, batch, lines)
    sort = SORTS[batch.deed]
    known |= {
        "problems": problems_of(batch, lines),
        "shared": form_fields(batch.deed, sort.shared),
        "own": form_fields(batch.deed, sort.own),
        "choices": line_choices(site.book, batch, lines),
        "may": batch.deed in sorts_for(visitor.actor),
        "problem": problem,
        "most": MOST_LINES,
    }
    return page(request, "batch.html", status, **known, title_of=title_of, book=site.book)


@routes.post("/batches/{number}")
def edit(request: Request, number: int, visitor: Worker, form: Sent) -> Response:
    """Keep what was typed; the button says what besides: order, remove, number, go on."""
    site = site_of(request)
    with site.db.read() as connection:
        batch = _batch(connection, visitor, number)
        lines, _ = lines_of(connection, batch.id, visitor.actor)
    try:
        changed = edit_of(form, batch, lines, Letter(site.settings.data_dir / "papers"))
        with site.db.write() as connection:
            problems = save(connection, visitor.actor, batch.id, changed)
    except NotTheirs:
        raise NotAllowed from None
    except BatchOver as over:
        return _shown(request, number, visitor, 409, over.text)
    except PaperRefused as refused:
        return _shown(request, number, visitor, 422, refused.text)
    here = f"/batches/{number}"
    if problems:
        return go(request, here, TO_CORRECT.format(n=len(problems)), kind="bad")
    then = {"add": f"{here}/add", "preview": f"{here}/preview"}.get(str(form.get("then")))
    return go(request, then) if then else go(request, here, KEPT)


@routes.get("/batches/{number}/add")
def choose(
    request: Request,
    number: int,
    visitor: Worker,
    q: Annotated[str, Query(max_length=200)] = "",
    category: Annotated[str, Query(max_length=200)] = "",
    department: Annotated[str, Query(max_length=200)] = "",
    year: str = "",
    after: int = 0,
) -> Response:
    site = site_of(request)
    chosen_year = int(year) if year.isdecimal() and len(year) == 4 else None
    wanted = Wanted(q, category, department, chosen_year)
    with site.db.read() as connection:
        batch = _batch(connection, visitor, number)
        after = max(0, min(after, LARGEST_ID))
        found = candidates(connection, visitor.actor, batch, wanted, after=after)
        among = choices(connection, visitor.actor, batch)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    labels = {key: site.book.policy(name).categories[key].label for _, key, name, _ in among}
    return page(
        request,
        "batch_add.html",
        batch=batch,
        found=found[:PAGE],
        more=more,
        wanted=wanted,
        labels=labels,
        departments=sorted({department for department, *_ in among if department}),
        years=sorted({year for *_, year in among}, reverse=True),
        state_label=lambda state: State(state).label,
        title_of=title_of,
    )


@routes.post("/batches/{number}/add")
def add(request: Request, number: int, visitor: Worker, form: Sent) -> Response:
    site = site_of(request)
    try:
        with site.db.write() as connection:
            _batch(connection, visitor, number)
            count = put_in(connection, visitor.actor, number, numbers(form, "project"))
    except NotTheirs:
        raise NotAllowed from None
    except BatchOver as over:
        return go(request, f"/batches/{number}", over.text, kind="bad")
    said = ADDED.format(n=count) if count else NONE_TICKED
    where = f"/batches/{number}" if count else f"/batches/{number}/add"
    return go(request, where, said, kind="good" if count else "bad")


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
        batch = _batch(connection, visitor, number)
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
        return _shown(request, number, visitor, status, problem)
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
        _batch(connection, visitor, number)
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
        _batch(connection, visitor, number)
    try:
        at = site.now()
        take_back(site.db, site.book, visitor.actor, number, today=site.today(), at=at)
    except NotTheirs:
        raise NotAllowed from None
    except BatchOver as over:
        return _shown(request, number, visitor, 409, over.text)
    except BatchRefused as refused:
        return _shown(request, number, visitor, 409, stopped_by(refused))
    return go(request, f"/batches/{number}", BACK)


@routes.post("/batches/{number}/drop")
def drop_it(request: Request, number: int, visitor: Worker, _: Sent) -> Response:
    site = site_of(request)
    try:
        with site.db.write() as connection:
            _batch(connection, visitor, number)
            drop(connection, visitor.actor, number, at=site.now())
    except NotTheirs:
        raise NotAllowed from None
    except BatchOver as over:
        return _shown(request, number, visitor, 409, over.text)
    return go(request, "/batches", DROPPED)
