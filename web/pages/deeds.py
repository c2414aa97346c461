"""Doing something with a project: the form of each deed, and what the engine answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from states.actions import ACTIONS
from states.arrival import Received, received, received_as
from states.choices import Choice, Chooser
from states.decide import blocks
from states.findings import Finding
from states.form_reading import Problem, read_day, read_form
from states.places import where
from states.policy import Policy
from states.remedy import remedy_of
from states.terms import STAFF, Act, Action, Role, Text, known_deed
from web.kept_files import KEPT, file_name, opened, sealed, uploads
from web.numbers import number_of
from web.pages.deed_parts import (
    around,
    is_offered,
    prefilled,
    said_of,
)
from web.pages.deed_unit import begun_with, save_back, unit_of, with_experts
from web.pages.project import found_for
from web.rendering import go, page
from web.site import Site, site_of
from web.visiting import Posted, Signed, values
from workflow.accounts.sessions import Visitor
from workflow.deeds import Deed, LostRace, Outcome, Refused
from workflow.engine import perform
from workflow.numbers import proposal
from workflow.papers import PaperRefused, store_bytes
from workflow.people import Actor
from workflow.project.events import Entry, history
from workflow.project.explain import Known, Option, is_personal, option, worth_saying
from workflow.project.seen import is_inside

ACTING = STAFF | {Role.HOST}
routes = APIRouter(include_in_schema=False)


@dataclass
class Form:
    """A form as it stands on the page: what was typed, and what is wrong with it."""

    typed: dict[str, str]
    on: str
    on_behalf: bool = False
    papers: dict[str, Any] = field(default_factory=dict)  # stored already
    problems: dict[str, Text] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    happened: list[Entry] = field(default_factory=list)
    save_unit: bool = False  # what the unit's profile knows goes back into it


CAME = "received."  # before the paper's own key: how it came, where no file is kept


@routes.get("/projects/{project_id}/do/{deed}")
def show(request: Request, project_id: int, deed: str, visitor: Signed) -> Response:
    what = _asked_for(deed)
    asked = {f.name: request.query_params.get(f.name, "")[:200] for f in ACTIONS[what].form}
    typed = {name: text for name, text in asked.items() if text}
    return _form(
        request, project_id, what, visitor, Form(typed, site_of(request).today().isoformat())
    )


@routes.post("/projects/{project_id}/do/{deed}")
def send(request: Request, project_id: int, deed: str, visitor: Signed, form: Posted) -> Response:
    site, what = site_of(request), _asked_for(deed)
    with site.db.read() as connection:
        facts, _, policy = found_for(request, connection, project_id, visitor.actor)
        unit = unit_of(connection, what, ACTIONS[what].form, facts, visitor.actor)
    sent = values(form)
    typed = {f.name: sent.get(f.name, "") for f in ACTIONS[what].form}
    typed = with_experts(unit, typed, map(str, form.getlist("expert")))
    filled = Form(typed, sent.get("on", ""), on_behalf=bool(sent.get("on_behalf")))
    filled.save_unit = bool(sent.get("save_unit"))
    given, problems = read_form(what, typed)
    filled.problems = _by_field(problems)
    if not filled.on:  # a host's own step has no date to choose
        filled.on = site.today().isoformat()
    on = read_day(filled.on)
    if on is None:
        filled.problems["on"] = BAD_DAY
    if not ACTING.isdisjoint(visitor.actor.roles_over(facts)):  # nobody else leaves files here
        _take_papers(site, visitor, project_id, filled, form)
    if filled.problems or on is None:
        return _form(request, project_id, what, visitor, filled, status=422)
    act = Deed(
        what,
        visitor.actor,
        given,
        filled.papers,
        on,
        on_behalf=filled.on_behalf,
        seen=number_of(sent.get("seen", "")),
    )
    label = said_of(what, facts, policy.categories[facts.category], typed)
    host = Role.HOST in visitor.actor.roles_over(facts)
    return _perform(request, project_id, act, visitor, filled, (label, policy), host=host)


def _perform(
    request: Request,
    project_id: int,
    act: Deed,
    visitor: Visitor,
    filled: Form,
    said: tuple[Text, Policy],
    *,
    host: bool,
) -> Response:
    site = site_of(request)
    try:
        done = perform(site.db, site.book, project_id, act, today=site.today(), at=site.now())
    except Refused as refused:
        filled.findings = tuple(refused.findings)
        status = 403 if any(is_personal(f) for f in refused.findings) else 422
        return _form(request, project_id, act.what, visitor, filled, status=status)
    except LostRace:
        with site.db.read() as connection:
            facts, _, policy = found_for(request, connection, project_id, visitor.actor)
            inside = is_inside(visitor.actor, facts)
            filled.happened = history(
                connection,
                project_id,
                policy,
                facts.category,
                inside=inside,
                since=act.seen or 0,
            )
        return _form(request, project_id, act.what, visitor, filled, status=409)
    told = _outcome(done, *said, host=host)
    if filled.save_unit:
        with site.db.write() as connection:
            facts, *_ = found_for(request, connection, project_id, visitor.actor)
            if save_back(connection, facts, visitor.actor, act.given, at=site.now()):
                told = Text(told.zh + SAVED.zh, f"{told.en} {SAVED.en}")
    return go(request, f"/projects/{project_id}", told)


def _outcome(done: Outcome, label: Text, policy: Policy, *, host: bool) -> Text:
    """What came of it, with the flags that were raised, on what they rest, and what can still be
    done about each. `label`: what the deed is called; `host`: whether its host is told."""
    said = PROPOSED if done.pending else DONE
    head = said.format(deed=label)
    flags = [] if done.pending else worth_saying(done.findings)
    told = [(f.message, _places(f, policy), remedy_of(f, host=host)) for f in flags]
    zh = "".join(f"提示：{said.zh}{by.zh}{do.zh}" for said, by, do in told)
    en = "".join(f" Flag: {said.en}{by.en} {do.en}".rstrip() for said, by, do in told)
    return Text(head.zh + zh, head.en + en)


def _places(found: Finding, policy: Policy) -> Text:
    """The clauses that a finding cites, in brackets."""
    cited = [where(policy.clauses[key], policy) for key in found.clauses if key in policy.clauses]
    zh, en = ("、".join(one.zh for one in cited), ", ".join(one.en for one in cited))
    return Text(f"（{zh}）", f" ({en})") if cited else Text("", "")


def _asked_for(name: str) -> Action | Act:
    """The step or act of that name; else there is no such page."""
    found = known_deed(name)
    if found is None:
        raise HTTPException(404)
    return found


def _by_field(problems: list[Problem]) -> dict[str, Text]:
    return {problem.field: problem.message for problem in problems}


def _place(visitor: Visitor, project_id: int, key: str) -> str:
    return f"{visitor.login}:{project_id}:{key}"


def _take_papers(site: Site, visitor: Visitor, project_id: int, filled: Form, form: Any) -> None:
    """Store what was chosen; what was stored for an earlier try of this form stays."""
    for name, text in values(form).items():
        key = name.removeprefix(KEPT)
        if name.startswith(KEPT):
            kept = opened(site.key.secret, _place(visitor, project_id, key), text)
            if kept:
                filled.papers[key] = kept
        way = name.removeprefix(CAME)
        if name.startswith(CAME) and text in set(Received):
            filled.papers.setdefault(way, received_as(Received(text)))
    for key, file in uploads(form).items():
        try:
            name = file_name(file.filename or "")
            content = file.file.read()
            filled.papers[key] = store_bytes(site.settings.papers_folder, name, content)
        except PaperRefused as refused:
            filled.problems[f"paper.{key}"] = refused.text


def _form(
    request: Request,
    project_id: int,
    what: Action | Act,
    visitor: Visitor,
    filled: Form,
    status: int = 200,
) -> Response:
    """The page of a deed: its form, or why there is none for this visitor now."""
    site, actor = site_of(request), visitor.actor
    with site.db.read() as connection:
        facts, version, policy = found_for(request, connection, project_id, actor)
        known = Known(connection, site.book, policy, project_id, facts, site.today())
        one = option(known, what, actor)
        beside = around(known, one, actor)
        number = proposal(connection, [facts]) if what is Action.PLAN else None
    category = policy.categories[facts.category]
    if status == 200 and not filled.typed:
        own = ({"number": str(number)} if number else {}) | prefilled(what, facts, category)
        filled.typed = begun_with(what, own, facts, beside["unit"], actor)
    offered = is_offered(one)
    shown = {
        "what": what,
        "called": said_of(what, facts, category, filled.typed),
        "facts": facts,
        "category": category,
        "project_id": project_id,
        "version": version,
        "one": one,
        "form": filled,
        "choices": _offered(
            what, Chooser(facts, policy, site.book.calendar, _doers(one, filled, actor))
        ),
        "tickets": _tickets(site, visitor, project_id, filled),
        "offered": offered,
        "ways": tuple(Received),
        "policy": policy,
        "asked": policy.asked_about(facts.category),
        "inside": is_inside(actor, facts),
        "against": filled.findings or _against(one, offered=offered),
        "readers": {one.role, *_doers(one, filled, actor), *actor.roles_over(facts)},
        "refused": bool(filled.findings),
    }
    if status == 200 and not offered:
        status = 403 if one.who else 409
    return page(request, "deed.html", status, **shown, **beside)


def _against(one: Option, *, offered: bool) -> tuple[Finding, ...]:
    """What is said before anything is sent: flags with the form, without one what stands against
    it alone."""
    found = worth_saying((*one.reasons, *one.besides))
    return found if offered else tuple(blocks(found))


def _offered(what: Action | Act, who: Chooser) -> dict[str, list[Choice]]:
    """Field -> what may be chosen in it, for those that have a list."""
    form = ACTIONS[what].form
    return {field.name: field.options.offered(who) for field in form if field.options}


def _doers(one: Option, filled: Form, actor: Actor) -> tuple[Role, ...]:
    """In whose place the form is filled in."""
    as_host = one.on_behalf or filled.on_behalf
    return (Role.HOST,) if as_host else actor.roles_over(one.case.facts)


def _tickets(site: Site, visitor: Visitor, project_id: int, filled: Form) -> dict[str, str]:
    secret = site.key.secret
    return {
        key: sealed(secret, _place(visitor, project_id, key), kept)
        for key, kept in filled.papers.items()
        if not received(kept)
    }


BAD_DAY = Text("日期无效，请写作 2025-03-31。", "This is no valid date; write it as 2025-03-31.")
SAVED = Text("单位资料已一并更新。", "The unit's profile is brought up to date.")
DONE = Text("已办理“{deed}”。", "“{deed}” is done.")
PROPOSED = Text(
    "已拟办“{deed}”，须由另一人复核后生效。",
    "“{deed}” is proposed and takes effect once a second person completes it.",
)
