"""Telling the hosts of an imported plan, and their confirming that the mail arrived."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from states.facts import Facts
from states.terms import Act, Role, Text
from web.numbers import Id
from web.rendering import go, page
from web.site import site_of
from web.visiting import allowed, posted_by
from workflow.accounts.sessions import Visitor
from workflow.announcing import NOBODY_LEFT, announce, untold
from workflow.deeds import Deed, Refused
from workflow.engine import perform_in, situation
from workflow.mail.confirming import confirmed_by
from workflow.people import Actor

routes = APIRouter(include_in_schema=False)
province = allowed(Role.PROVINCE)
Province = Annotated[Visitor, Depends(province)]
Pressed = Annotated[FormData, Depends(posted_by(province))]


@routes.post("/announce")
def tell(request: Request, visitor: Province, _: Pressed) -> Response:
    site = site_of(request)
    with site.db.write() as connection:
        when: dict[str, Any] = {"today": site.today(), "at": site.now()}
        done = announce(connection, site.book, visitor.actor, untold(connection), **when)
    said = SOME_UNREACHED if done.unreached else TOLD if done.told else NOBODY_LEFT
    return go(request, "/", said.format(n=len(done.told), without=len(done.unreached)))


@routes.get("/received/{mail}/{code}")
def ask(request: Request, mail: Id, code: str) -> Response:
    """Only a button: a scanner that follows links in mail must confirm nothing."""
    facts, row = _about(request, mail, code)
    return page(request, "received.html", facts=facts, outdated=row.outdated or facts.untold)


@routes.post("/received/{mail}/{code}")
def confirm(request: Request, mail: Id, code: str) -> Response:
    """Recorded as the host's own; once more changes nothing."""
    site = site_of(request)
    facts, row = _about(request, mail, code)
    if row.outdated or facts.untold:  # it told of other dates
        return page(request, "received.html", facts=facts, outdated=True)
    actor = Actor("", row.to_name or facts.host, ((Role.HOST, facts.host),))
    deed = Deed(Act.ACKNOWLEDGE, actor, {}, {}, site.today())
    when: dict[str, Any] = {"today": site.today(), "at": site.now()}
    try:
        with site.db.write(alone=False) as connection:
            perform_in(connection, site.book, row.project_id, deed, **when)
    except Refused:  # confirmed before, or the class is long over: the page says how it stands
        pass
    facts, _ = _about(request, mail, code)
    return page(request, "received.html", facts=facts, thanks=True)


def _about(request: Request, mail: int, code: str) -> tuple[Facts, Any]:
    """The project of the mail with this link, and the mail. 404 for any other link."""
    site = site_of(request)
    with site.db.read() as connection:
        row = confirmed_by(connection, mail, code[:100])
        if row is None:
            raise HTTPException(404)
        facts = situation(connection, site.book, row.project_id)[0]
    return facts, row


TOLD = Text("已通知{n}个项目的承办单位。", "The hosts of {n} project(s) are told.")
SOME_UNREACHED = Text(
    "已办理{n}个项目的通知，其中{without}个没有可用的邮箱，请电话通知。",
    "Done for {n} project(s); {without} of them have no address that works: call them.",
)
