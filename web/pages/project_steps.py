"""One deed on several projects: fill in once, see what stands against each, do them one by one, and
see what came of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import Response
from sqlalchemy import Connection
from starlette.background import BackgroundTask
from starlette.datastructures import FormData, QueryParams

from states.actions.fields import Field
from states.arrival import Received
from states.form_reading import read_form
from states.terms import Act, Action, Text, deed_of
from web.numbers import number_of
from web.pages.deed_parts import prefilled
from web.rendering import as_day, go, page
from web.searching import tidied
from web.site import Site, site_of
from web.visiting import NotAllowed, Posted, Signed
from workflow.accounts.sessions import Visitor
from workflow.deeds import Deed
from workflow.lists import runs
from workflow.lists.arrivals import (
    ARRIVING,
    BY_PAPERS,
    EACH,
    Arrival,
    all_asked,
    named,
    own_words,
)
from workflow.lists.rows import ProjectRow
from workflow.lists.runs import How
from workflow.lists.several import (
    MOST,
    called,
    fitting,
    form_of,
    judged_lines,
    possible,
    seen_rows,
)
from workflow.storage import DatabaseProblem

routes = APIRouter(include_in_schema=False)
A_TICKET = r"[A-Za-z0-9_-]{16}"
Ticket = Annotated[str, Path(pattern=f"^{A_TICKET}$")]


def new_ticket() -> str:
    return token_urlsafe(12)


@dataclass(frozen=True)
class Asked:
    """What the address or the form says. `raw`: fields as typed; `seen`: id -> version."""

    deed: Action | Act
    ids: tuple[int, ...]
    seen: Mapping[int, int]
    raw: Mapping[str, str]
    on_text: str
    back: str  # query string of the list that this began from
    ticket: str = ""  # under which it is begun, from the page that showed what is to be done
    came: str = ""  # how papers were received that are entered for hosts
    papers: tuple[str, ...] = ()  # and which
    problems: dict[str, Text] = field(default_factory=dict)
    own: dict[int, dict[str, Any]] = field(default_factory=dict)  # read, of each project alone

    @property
    def common(self) -> dict[str, str]:
        """What is typed for all projects."""
        return {one.name: self.raw.get(one.name, "") for one in form_of(self.deed)}

    @property
    def arrival(self) -> Arrival | None:
        if self.deed not in BY_PAPERS or self.came not in set(Received):
            return None
        return Arrival(Received(self.came), self.papers)

    @property
    def where(self) -> str:
        return f"/projects?{self.back}" if self.back else "/projects"


@routes.get("/projects/steps")
def begin(request: Request, visitor: Signed) -> Response:
    """The form; an address with the ticked projects, so that it can be loaded again."""
    return _answer(request, visitor, _read(request.query_params, visitor), "form")


@routes.post("/projects/steps")
def go_on(request: Request, visitor: Signed, form: Posted) -> Response:
    """`stage`: form (typed values stay), check (what stands against each), do."""
    return _answer(request, visitor, _read(form, visitor), str(form.get("stage", "form")))


def _read(given: QueryParams | FormData, visitor: Visitor) -> Asked:
    wanted = str(given.get("deed", ""))
    deed = next((deed for deed in possible(visitor.actor) if deed.value == wanted), None)
    if deed is None:
        raise NotAllowed
    pairs = [str(value).partition(":") for value in given.getlist("seen")]
    read = [(number_of(i), number_of(v)) for i, _, v in pairs]
    seen = {i: v for i, v in read if i is not None and v is not None}
    ids = [i for v in given.getlist("project") if (i := number_of(str(v))) is not None]
    is_form = isinstance(given, FormData)  # an address fills nothing in
    names = [one.name for one in form_of(deed)]
    names += [named(i, f.name) for i in (*ids, *seen) for f in EACH.get(deed, ())]
    raw = {name: str(given.get(name, "")) for name in names if is_form and name in given}
    on = str(given.get("on", ""))
    ticket = str(given.get("ticket", ""))
    ticket = ticket if re.fullmatch(A_TICKET, ticket) else ""
    back = tidied(str(given.get("back", "")))
    came, papers = str(given.get("came", "")), tuple(map(str, given.getlist("paper")))
    return Asked(deed, tuple(ids), seen, raw, on, back, ticket, came, papers)


def _answer(request: Request, visitor: Visitor, asked: Asked, stage: str) -> Response:
    site = site_of(request)
    if not (asked.ids or asked.seen):
        return go(request, asked.where, NONE_TICKED, kind="bad")
    if len(asked.ids) > MOST:
        return go(request, asked.where, TOO_MANY.format(most=MOST), kind="bad")
    deed = _deed(asked, visitor, site)
    stage = "form" if asked.problems and stage != "form" else stage
    if stage == "do":
        return _begun(request, visitor, asked, deed)
    with site.db.read() as connection:
        rows = _rows(connection, site, visitor, asked)
        is_form = stage != "check"
        lines = judged_lines(
            connection,
            site.book,
            rows,
            deed,
            today=site.today(),
            arrival=asked.arrival,
            own=asked.own,
            form_open=is_form,
        )
    known: dict[str, Any] = {"stage": "form" if is_form else "check", "lines": lines}
    known["each"] = {row.id: _own_fields(asked, row) for row in rows}
    known["begun"] = _begun_with(asked, rows, site) if is_form and not asked.raw else {}
    known["ticket"] = new_ticket()
    known["listed"] = all_asked(asked.deed, rows, site.book) if asked.deed in ARRIVING else []
    lists = fitting(asked.deed, rows, site.book, visitor.actor)
    known |= {"choices": lists, "labels": {name: dict(pairs) for name, pairs in lists.items()}}
    status = 422 if is_form and asked.problems and request.method == "POST" else 200
    return page(request, "project_steps.html", status, **known, **_shown(asked, site))


def _rows(connection: Connection, site: Site, visitor: Visitor, asked: Asked) -> list[ProjectRow]:
    ids = asked.ids or tuple(asked.seen)
    return seen_rows(connection, site.book, visitor.actor, ids, today=site.today())


def _deed(asked: Asked, visitor: Visitor, site: Site) -> Deed:
    """The deed as filled in; `asked.problems` gets what is wrong with it."""
    given, problems = read_form(asked.deed, asked.common)
    found = {problem.field: problem.message for problem in problems}
    for number in (*asked.ids, *asked.seen):
        asked.own[number], wrong = read_form(asked.deed, own_words(asked.deed, asked.raw, number))
        found |= {named(number, problem.field): problem.message for problem in wrong}
    for one in form_of(asked.deed):
        if one.required and not asked.raw.get(one.name, "").strip():
            found[one.name] = NEEDED.format(label=one.label)
    on: date = site.today()
    try:
        on = as_day(asked.on_text.strip()) or on
    except ValueError:
        found["on"] = NO_DAY
    if asked.deed in BY_PAPERS:
        if asked.arrival is None:
            found["came"] = NO_WAY
        if not asked.papers:
            found["paper"] = NO_PAPER
    asked.problems.update(found)
    return Deed(asked.deed, visitor.actor, given, {}, on, on_behalf=asked.deed in ARRIVING)


def _own_fields(asked: Asked, row: ProjectRow) -> list[Field]:
    """What is filled in for this project alone; an empty one is told when all are checked."""
    fields = EACH.get(asked.deed, ())
    return [replace(one, name=named(row.id, one.name), required=False) for one in fields]


def _begun_with(asked: Asked, rows: list[ProjectRow], site: Site) -> dict[str, str]:
    """What the projects' own fields begin with: the planned days."""
    found: dict[str, str] = {}
    for row in rows if asked.deed in EACH else ():
        category = site.book.policy(row.facts.policy).categories[row.facts.category]
        typed = prefilled(asked.deed, row.facts, category)
        found |= {named(row.id, name): text for name, text in typed.items()}
    return found


def _begun(request: Request, visitor: Visitor, asked: Asked, deed: Deed) -> Response:
    """Keep what is to be done, lead to the page of its results, and do it in the background. The
    same form sent again finds it begun."""
    site, ticket = site_of(request), asked.ticket or new_ticket()
    with site.db.write() as connection:
        rows = _rows(connection, site, visitor, asked)
        seen = {row.id: asked.seen[row.id] for row in rows if row.id in asked.seen}
        wanted = runs.Wanted(deed.what.value, asked.raw, deed.on, asked.back, asked.arrival)
        begun = runs.begin(connection, visitor.person_id, ticket, wanted, seen, at=site.now())
    return _led_to(request, visitor, ticket, works=begun)


def _led_to(request: Request, visitor: Visitor, ticket: str, *, works: bool) -> Response:
    answer = go(request, f"/projects/steps/{ticket}")
    if works:
        answer.background = BackgroundTask(_carry_on, site_of(request), visitor, ticket)
    return answer


def _carry_on(site: Site, visitor: Visitor, ticket: str) -> None:
    """One project after the other until none is left; who asked is told on the page of results."""
    who = (visitor.person_id, ticket, visitor.actor)
    with suppress(DatabaseProblem):  # what is left then can be gone on with
        while runs.do_next(site.db, site.book, *who, today=site.today(), at=site.now()):
            pass


@routes.get("/projects/steps/{ticket}")
def results(request: Request, ticket: Ticket, visitor: Signed) -> Response:
    """How far it is and what came of each; only for who asked, a day long."""
    site, at = site_of(request), site_of(request).now()
    with site.db.read() as connection:
        run = runs.find(connection, visitor.person_id, ticket, at=at)
        if run is None:
            raise HTTPException(404)
        ids = [one.project_id for one in run.results]
        rows = seen_rows(connection, site.book, visitor.actor, ids, today=site.today())
    named = {row.id: row for row in rows}
    wanted = run.wanted
    came = (wanted.arrival.how.value, wanted.arrival.papers) if wanted.arrival else ("", ())
    on = wanted.on.isoformat()
    asked = Asked(deed_of(wanted.deed), (), {}, wanted.raw, on, wanted.back, "", *came)
    shown = [one for how in ORDER for one in run.results if one.how is how]
    counts = {how.value: sum(one.how is how for one in run.results) for how in How}
    known: dict[str, Any] = {
        "stage": "done",
        "ticket": ticket,
        "results": [(named[one.project_id], one) for one in shown if one.project_id in named],
        "counts": counts,
        "broken": run.is_broken(at),
    }
    return page(request, "project_steps.html", **known, **_shown(asked, site))


ORDER = (How.REFUSED, How.CHANGED, How.WAITING, How.DONE)  # what needs somebody comes first


@routes.post("/projects/steps/{ticket}")
def resume(request: Request, ticket: Ticket, visitor: Signed, _: Posted) -> Response:
    """Go on with what a broken process has left."""
    site = site_of(request)
    with site.db.write() as connection:
        taken = runs.take_up(connection, visitor.person_id, ticket, at=site.now())
    return _led_to(request, visitor, ticket, works=taken)


def _shown(asked: Asked, site: Site) -> dict[str, Any]:
    fresh = not (asked.raw or asked.came or asked.papers or asked.on_text)
    return {
        "deed": asked.deed,
        "called": called(asked.deed),
        "entered": asked.deed in ARRIVING,
        "ways": tuple(Received) if asked.deed in BY_PAPERS else (),
        "came": asked.came,
        "papers": asked.papers,
        "form": form_of(asked.deed),
        "book": site.book,
        "raw": asked.raw,
        "on": asked.on_text or site.today().isoformat(),
        "problems": {} if fresh else asked.problems,
        "back": asked.back,
        "where": asked.where,
    }


NONE_TICKED = Text("请先勾选要办理的项目。", "Tick the projects first.")
TOO_MANY = Text("一次最多办理{most}个项目。", "{most} projects at a time are the most.")
NEEDED = Text("请填写“{label}”。", "Fill in: {label}.")
NO_WAY = Text("请选择材料是怎样收到的。", "Say how the papers came.")
NO_PAPER = Text("请勾选已收到的材料。", "Tick the papers that came.")
NO_DAY = Text("请填写有效日期，如 2025-03-31。", "Write a date such as 2025-03-31.")
