"""One project: what it is, whose move it is, what can be done and why not, all that has happened."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from notifications.coming import coming
from states.choices import ENDS_OF_FLAGS
from states.course import is_asked, onward
from states.facts import Facts
from states.labels import money_label, paper_labels, state_label
from states.policy import Policy
from states.terms import Act, Kind
from web.downloads import kept_paper
from web.pages.project_parts import (
    bar,
    clauses_of,
    deadline_rows,
    notice_labels,
    option_groups,
    recordable,
    stages,
)
from web.rendering import page
from web.site import site_of
from web.visiting import Signed
from workflow.mail.desk import status_label
from workflow.mail.log import reason_label, step_label
from workflow.people import Actor
from workflow.project.events import history, paper, paper_versions
from workflow.project.explain import Known, ending_of, option, options, possible
from workflow.project.mails import mails, silences
from workflow.project.moves import moves
from workflow.project.seen import is_inside, one_project, seen_by

routes = APIRouter(include_in_schema=False)
MAIL_COLOUR = {
    "pending": "blue",
    "leased": "blue",
    "sent": "green",
    "failed": "amber",
    "dead": "red",
    "awaiting": "amber",
    "suppressed": "",
}
NEXT_REMINDERS = 6  # on the project's own page; its history has them all
MAIL_WORDS: dict[str, Any] = {
    "mail_status": status_label,
    "mail_colour": MAIL_COLOUR,
    "reason_label": reason_label,
    "step_label": step_label,
    "kind_label": lambda kind: Kind(kind).label,
}


@routes.get("/projects/{project_id}")
def show(request: Request, project_id: int, visitor: Signed) -> Response:
    site = site_of(request)
    today = site.today()
    with site.db.read() as connection:
        project = one_project(connection, site.book, project_id, visitor.actor)
        if project is None:
            raise HTTPException(404)
        facts = project.facts
        known = Known(connection, site.book, project.policy, project_id, facts, today)
        found = {
            deed.value: option(known, deed, visitor.actor, ask=deed in onward(facts.state))
            for deed in possible(known)
        }
        waiting = list(moves(known, project, found, visitor.actor))
        to_come = coming(connection, site.book, project_id, today=today, inside=project.inside)
        then = list(islice(to_come, NEXT_REMINDERS + 1))
    groups = option_groups(found.values(), waiting)
    rows = deadline_rows(project, site.book.calendar, today)
    values: dict[str, Any] = {
        "project": project,
        "policy": project.policy,
        "inside": project.inside,
        "facts": facts,
        "label": state_label(facts, project.category),
        "bar": bar(facts, project.category),
        "moves": waiting,
        "groups": groups,
        "rows": rows,
        "coming": then[:NEXT_REMINDERS],
        "more_coming": len(then) > NEXT_REMINDERS,
        "money": money_label(project.category),
        "is_asked": partial(is_asked, category=project.category),
        "stages": stages(facts, project.category),
        "clauses": clauses_of(project, waiting, groups, rows),
        "notice_label": notice_labels(project.category),
        "fund": project.policy.funds.get(project.category.fund or ""),
        "outcomes": ENDS_OF_FLAGS,
        "may_dispose": found[Act.DISPOSE.value].open,
        "asked": project.policy.asked_about(facts.category),
        "may_record": recordable(found.get(Act.MILESTONE.value), project, visitor.actor),
    }
    return page(request, "project.html", **values, **MAIL_WORDS)


@routes.get("/projects/{project_id}/history")
def whole_history(request: Request, project_id: int, visitor: Signed) -> Response:
    """All that has happened, every version of every paper, every mail and what was not sent."""
    site = site_of(request)
    with site.db.read() as connection:
        facts, _, policy = found_for(request, connection, project_id, visitor.actor)
        inside = is_inside(visitor.actor, facts)
        events = history(connection, project_id, policy, facts.category, inside=inside)
        mail = mails(connection, project_id, inside=inside)
        silent = silences(connection, project_id, inside=inside)
        then = list(coming(connection, site.book, project_id, today=site.today(), inside=inside))
    values: dict[str, Any] = {
        "facts": facts,
        "project_id": project_id,
        "events": events[::-1],
        "versions": paper_versions(events),
        "labels": paper_labels(policy.categories[facts.category]),
        "notice_label": notice_labels(policy.categories[facts.category]),
        "mail": mail,
        "silent": silent,
        "coming": then,
        "asked": policy.asked_about(facts.category),
    }
    return page(request, "history.html", **values, **MAIL_WORDS)


@routes.get("/projects/{project_id}/why")
def why(request: Request, project_id: int, visitor: Signed) -> Response:
    """Every step and act as it stands for the visitor."""
    site = site_of(request)
    with site.db.read() as connection:
        facts, _, policy = found_for(request, connection, project_id, visitor.actor)
        found = options(connection, site.book, project_id, visitor.actor, today=site.today())
    values: dict[str, Any] = {
        "facts": facts,
        "policy": policy,
        "found": found,
        "ending": partial(ending_of, official=is_inside(visitor.actor, facts)),
        "project_id": project_id,
        "asked": policy.asked_about(facts.category),
    }
    return page(request, "why.html", **values)


@routes.get("/projects/{project_id}/papers/{key}/{version}")
def download(
    request: Request, project_id: int, key: str, version: int, visitor: Signed
) -> Response:
    """One version of a paper, to be saved: what somebody has uploaded is never shown as a page."""
    site = site_of(request)
    with site.db.read() as connection:
        facts, _, _ = found_for(request, connection, project_id, visitor.actor)
        inside = is_inside(visitor.actor, facts)
        kept = paper(connection, project_id, key, version, inside=inside)
    return kept_paper(site, kept)


def found_for(
    request: Request, connection: Connection, project_id: int, actor: Actor
) -> tuple[Facts, int, Policy]:
    """Facts, version and policy of a project that the actor may see; else 404."""
    found = seen_by(connection, site_of(request).book, project_id, actor)
    if found is None:
        raise HTTPException(404)
    facts, _, version, policy = found
    return facts, version, policy
