"""Decisions in batches: prepare, fill in, preview, publish at once or not at all."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from states.actions import ACTIONS
from states.terms import STAFF, Action, State, Text
from web.navigation import WATCHERS
from web.numbers import Id, Key
from web.pages.batch_forms import (
    Letter,
    edit_of,
    line_choices,
    numbers,
    people,
    said_for_all,
    title_of,
)
from web.pages.batch_words import ADDED, DROPPED, KEPT, NONE_TICKED, TO_CORRECT
from web.rendering import go, page
from web.site import site_of
from web.visiting import allowed, posted_by
from workflow.accounts.sessions import Visitor
from workflow.batches.edits import (
    PAGE,
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
from workflow.batches.money import money
from workflow.batches.prepared import (
    MOST_LINES,
    SHOWN,
    BatchOver,
    Stage,
    find,
    form_of,
    lines_of,
    listed,
    sorts_for,
)
from workflow.batches.results import news, results
from workflow.lists.rows import NOT_KNOWN
from workflow.numbers import proposal
from workflow.papers import PaperRefused
from workflow.people import names_of
from workflow.tables import LARGEST_ID

routes = APIRouter(include_in_schema=False)
READERS = allowed(*WATCHERS)
WORKERS = allowed(*STAFF)
Reader = Annotated[Visitor, Depends(READERS)]
Worker = Annotated[Visitor, Depends(WORKERS)]
Sent = Annotated[FormData, Depends(posted_by(WORKERS))]


@routes.get("/batches")
def all_batches(request: Request, visitor: Reader, before: Key = None) -> Response:
    with site_of(request).db.read() as connection:
        found = listed(connection, visitor.actor, before=before)
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
        about={deed: row.batch.about for deed, row in ACTIONS.items() if row.batch},
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
    except BatchOver as problem:
        return go(request, "/batches", problem.text, kind="bad")
    return go(request, f"/batches/{number}" if chosen else f"/batches/{number}/add")


@routes.get("/batches/{number}")
def show(request: Request, number: Id, visitor: Reader) -> Response:
    return shown(request, number, visitor)


def shown(
    request: Request,
    number: int,
    visitor: Visitor,
    status: int = 200,
    problem: Text | None = None,
) -> Response:
    site = site_of(request)
    with site.db.read() as connection:
        batch = find(connection, visitor.actor, number)
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
        if batch.deed is Action.PLAN:
            known["next_number"] = proposal(connection, [line.facts for line in lines])
    sort = form_of(batch)
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
def edit(request: Request, number: Id, visitor: Worker, form: Sent) -> Response:
    """Keep what was typed; the button says what besides: order, remove, number, go on."""
    site = site_of(request)
    with site.db.read() as connection:
        batch = find(connection, visitor.actor, number)
        lines, _ = lines_of(connection, batch.id, visitor.actor)
    try:
        changed = edit_of(form, batch, lines, Letter(site.settings.papers_folder))
        with site.db.write() as connection:
            problems = save(connection, visitor.actor, batch.id, changed)
    except BatchOver as over:
        return shown(request, number, visitor, 409, over.text)
    except PaperRefused as refused:
        return shown(request, number, visitor, 422, refused.text)
    here = f"/batches/{number}"
    if problems:
        return go(request, here, TO_CORRECT.format(n=len(problems)), kind="bad")
    then = {"add": f"{here}/add", "preview": f"{here}/preview"}.get(str(form.get("then")))
    return go(request, then) if then else go(request, here, KEPT)


@routes.get("/batches/{number}/add")
def choose(
    request: Request,
    number: Id,
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
        batch = find(connection, visitor.actor, number)
        after = max(0, min(after, LARGEST_ID))
        found = candidates(connection, visitor.actor, batch, wanted, after=after)
        among = choices(connection, visitor.actor, batch)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    read = {key: site.book.category(name, key) for _, key, name, _ in among}
    labels = {k: NOT_KNOWN if isinstance(one, Text) else one.label for k, one in read.items()}
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
def add(request: Request, number: Id, visitor: Worker, form: Sent) -> Response:
    site = site_of(request)
    try:
        with site.db.write() as connection:
            count = put_in(connection, visitor.actor, number, numbers(form, "project"))
    except BatchOver as over:
        return go(request, f"/batches/{number}", over.text, kind="bad")
    said = ADDED.format(n=count) if count else NONE_TICKED
    where = f"/batches/{number}" if count else f"/batches/{number}/add"
    return go(request, where, said, kind="good" if count else "bad")


@routes.post("/batches/{number}/drop")
def drop_it(request: Request, number: Id, visitor: Worker, _: Sent) -> Response:
    site = site_of(request)
    try:
        with site.db.write() as connection:
            drop(connection, visitor.actor, number, at=site.now())
    except BatchOver as over:
        return shown(request, number, visitor, 409, over.text)
    return go(request, "/batches", DROPPED)
