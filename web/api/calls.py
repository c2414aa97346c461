"""Whom to call today and why. A call is noted by the act `note` of its project."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from notifications.chat_text import calls_text, late_text
from states.terms import STAFF, Role
from web.api.callers import in_role
from web.api.describing import both, problems
from web.api.problems import spoken
from web.api.shapes import fields_of
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.workplace.calls import Call, Matter, calls
from workflow.workplace.watching import scope_of

routes = APIRouter(tags=[both("催办", "calls")])


class NoteOut(BaseModel):
    """What was said in the last call."""

    on: date
    person: str
    channel: str
    promise: str
    promised_for: str
    by: str
    let_in_by: str = Field(
        description=both(
            "登录方式由他人设置的，为其登录名",
            "login of who made the way in by which it was done, if that was somebody else",
        )
    )


class MatterOut(BaseModel):
    """One thing that a call is about."""

    project_id: int
    number: int | None
    name: str
    what: str
    due: date | None
    provisional: bool
    left: int = Field(description=both("剩余工作日", "working days left"))
    late: int = Field(description=both("逾期天数", "days late"))
    blameless: bool
    follow_up: date | None
    note: NoteOut | None
    mailed_at: datetime | None
    subject: str


class CallOut(BaseModel):
    """A unit with all that it is to be called about."""

    unit: str
    role: Role
    person: str
    phone: str
    promised: bool = Field(
        description=both("约定今天或之前再联系", "was to be called again by now")
    )
    called: bool = Field(description=both("今天已联系", "was called today"))
    matters: list[MatterOut]


class Calls(BaseModel):
    items: list[CallOut]


class CallsText(BaseModel):
    text: str


@routes.get(
    "/calls",
    summary=both("今天给谁打电话，为什么", "Whom to call today, and why"),
    description=both(
        "约定的在前，其次最紧急的；催办记录用项目的 note 办理。",
        "Those promised first, then what is most urgent; note a call by the act `note`.",
    ),
    responses=problems(),
)
def list_calls(request: Request, visitor: Annotated[Visitor, Depends(in_role(*STAFF))]) -> Calls:
    site, language = site_of(request), spoken(request)
    scope = scope_of(visitor.actor)
    assert scope is not None  # who is STAFF watches something
    with site.db.read() as connection:
        found = calls(connection, site.book, scope, today=site.today())
    return Calls(items=[_out(call, language) for call in found])


@routes.get(
    "/calls/text",
    summary=both("联系单或逾期事项的文字", "The call list, or what is late, as text"),
    description=both(
        "可粘贴到工作群，不含链接、邮箱、个人电话和账号；late=true 为全部逾期事项。",
        "For a group chat: no links, addresses, accounts or telephones of people; "
        "`late`: all that is overdue.",
    ),
    responses=problems(),
)
def text_of_calls(
    request: Request, visitor: Annotated[Visitor, Depends(in_role(*STAFF))], late: bool = False
) -> CallsText:
    site, language = site_of(request), spoken(request)
    scope = scope_of(visitor.actor)
    assert scope is not None  # who is STAFF watches something
    today = site.today()
    with site.db.read() as connection:
        if late:
            text = late_text(connection, site.book, scope, today=today, language=language)
        else:
            found = calls(connection, site.book, scope, today=today)
            text = calls_text(connection, site.book, found, today=today, language=language)
    return CallsText(text=text)


def _out(call: Call, language: str) -> CallOut:
    matters = [_matter(one, language) for one in call.matters]
    return CallOut.model_validate(fields_of(call, language) | {"matters": matters})


def _matter(matter: Matter, language: str) -> MatterOut:
    note = NoteOut.model_validate(fields_of(matter.note, language)) if matter.note else None
    return MatterOut.model_validate(fields_of(matter, language) | {"note": note})
