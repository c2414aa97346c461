"""The mail room: what was sent to whom, what was not and why, and what a person does about it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from notifications.coming import coming
from notifications.mail_texts import html_of, told
from notifications.sending.outside import delivering
from notifications.sending.writing import writer_for
from states.form_reading import Problem
from states.terms import OFFICIALS, Kind, Role, Text
from web.api.callers import Caller, in_role, writer_in
from web.api.describing import Cursor, IdempotencyKey, Limit, Listed, both, following, problems
from web.api.once import once
from web.api.problems import Unfit, spoken
from web.api.projects import clean
from web.api.shapes import Mail, mail_out, said
from web.navigation import CARERS
from web.numbers import Id
from web.site import Site, site_of
from workflow.accounts.sessions import Visitor
from workflow.mail import room as mail_room
from workflow.mail.acts import LONGEST_NOTE, BadNote, NoSuchMail, act_on
from workflow.mail.desk import BY_HAND, STATES
from workflow.mail.log import outcome_label, reason_label, step_label
from workflow.mail.room import ACTS, Search, reader_of
from workflow.mail_tables import MailStatus
from workflow.project.seen import is_inside, seen_by
from workflow.tables import LARGEST_ID

routes = APIRouter(tags=[both("邮件", "mail")])
Room = Annotated[Visitor, Depends(in_role(*OFFICIALS))]
Worker = Annotated[Visitor, Depends(writer_in(*CARERS))]
MailAct = StrEnum("MailAct", {name.upper(): name for name in ACTS})  # type: ignore[misc]
MailState = StrEnum("MailState", {name.upper(): name for name in STATES})  # type: ignore[misc]


class Mails(Listed):
    items: list[Mail]


@routes.get(
    "/mail",
    summary=both("邮件记录", "The mail log"),
    description=both(
        "本人范围内项目的邮件，从旧到新；承办单位只见发给承办单位的。",
        "Mails about the projects of one's scope, oldest first; hosts see those to hosts only.",
    ),
    responses=problems(),
)
def list_mail(
    request: Request,
    response: Response,
    visitor: Caller,
    project: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    status: MailState | None = None,
    q: Annotated[
        str,
        Query(max_length=100, description=both("收件人、邮箱或主题", "name, address or subject")),
    ] = "",
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> Mails:
    search = Search(status.value if status else "", clean(q).strip(), project)
    with site_of(request).db.read() as connection:
        rows, then = mail_room.mails_onward(
            connection, reader_of(visitor), search, after=cursor, limit=limit
        )
    items = [mail_out(row, spoken(request)) for row in rows]
    return Mails(items=items, **following(request, response, then))


class ComingOut(BaseModel):
    """A reminder that is to come, as the dates stand."""

    on: date
    kind: Kind
    due_on: date
    provisional: bool
    step: str
    label: str
    role: Role
    to_name: str
    to_email: str
    reason: str = Field(description=both("届时不发的原因，空为会发", "why it will not go out"))


@routes.get(
    "/projects/{project_id}/coming-mails",
    summary=both("今后的提醒", "The reminders to come"),
    description=both(
        "按目前日期推算；届时已办结的不再发送，日期变动后重新推算。承办单位只见发给承办单位的。",
        "As the dates stand; what is done by then sends none, moved dates move them. Hosts see those "
        "to the host only.",
    ),
    responses=problems(404),
)
def list_coming(request: Request, visitor: Caller, project_id: Id) -> list[ComingOut]:
    site = site_of(request)
    with site.db.read() as connection:
        found = seen_by(connection, site.book, project_id, visitor.actor)
        if found is None:
            raise HTTPException(404)
        inside = is_inside(visitor.actor, found[0])
        then = list(coming(connection, site.book, project_id, today=site.today(), inside=inside))
    language = spoken(request)
    return [
        ComingOut(
            **asdict(one)
            | {"reason": reason_label(one.reason).in_(language) if one.reason else ""},
            label=step_label(one.step).in_(language),
        )
        for one in then
    ]


class AttemptOut(BaseModel):
    """What became of the mail, line by line."""

    at: datetime
    outcome: str
    label: str
    reply: str = Field(description=both("服务器答复，或经办人说明", "a server's words, or a note"))
    person: str = Field(description=both("登录名，空为程序", "login; empty: the program"))


class CarriedOut(BaseModel):
    """A reminder in the mail."""

    project_id: int
    project: str
    kind: Kind
    step: str
    label: str
    due_on: date


class MarkOut(BaseModel):
    """An address at which mail did not arrive; nothing is sent there meanwhile."""

    email: str
    since: datetime
    status: str
    said: str = Field(description=both("服务器原话", "the server's words"))


class FullMail(Mail):
    """A mail with its text, and what became of it."""

    went_to: str = Field(description=both("实际发往", "where it really went"))
    text: str = Field(description=both("登录邮件不显示", "not shown of sign-in mails"))
    html: str | None
    attached: list[str]
    waits: str = Field(
        description=both("政策文件有误而暂不能写成的原因", "why a file of rules keeps it waiting")
    )
    draft: bool = Field(description=both("尚未写成，可能变动", "not written yet; may change"))
    attempts: list[AttemptOut]
    reminders: list[CarriedOut]
    marks: list[MarkOut]
    acts: list[str] = Field(description=both("现在可作的处理", "what may be done to it now"))


@routes.get(
    "/mail/{mail_id}",
    summary=both("一封邮件", "One mail"),
    description=both(
        "内容、发送经过和可作的处理；承办单位不开放。",
        "Its text, what became of it, and what may be done to it; not for hosts.",
    ),
    responses=problems(404),
)
def one_mail(request: Request, visitor: Room, mail_id: Id) -> FullMail:
    site, language = site_of(request), spoken(request)
    with site.db.read() as connection:
        mail = mail_room.one(connection, reader_of(visitor), mail_id, site.now())
    if mail is None:
        raise NoSuchMail
    return _full(site, mail, language)


def _full(site: Site, mail: dict[str, Any], language: str) -> FullMail:
    writer = writer_for(site.book, site.settings)
    read = told(site.db, writer, mail, today=site.today(), at=site.now())
    return FullMail(
        **mail_out(mail, language).model_dump(),
        went_to=mail["went_to"],
        text=read.text,
        html=html_of(mail),
        attached=list(read.attached),
        draft=read.draft,
        waits=read.waits.in_(language) if read.waits else "",
        attempts=[
            _labelled(AttemptOut, row, outcome_label(row["outcome"]), language)
            for row in mail["attempts"]
        ],
        reminders=[
            _labelled(CarriedOut, row, step_label(row["step"]), language)
            for row in mail["reminders"]
        ],
        marks=[MarkOut(**row) for row in mail["marks"]],
        acts=mail["acts"],
    )


def _labelled(shape: Any, row: dict[str, Any], label: Text, language: str) -> Any:
    return shape(**said(row, language) | {"label": label.in_(language)})


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE, strip_whitespace=True)] = Field(
        default="",
        description=both("一行；登记人工送达时必填", "one line; needed for `by_hand`"),
    )


class Handled(BaseModel):
    """The mail as it stands now."""

    id: int
    status: MailStatus
    status_label: str
    acts: list[str]


@routes.post(
    "/mail/{mail_id}/{act}",
    summary=both("处理一封邮件", "Act on a mail"),
    description=both(
        "hold 扣下、release 放行、resend 重发、by_hand 登记为人工送达；不能办理的回答409并说明原因。",
        "hold, release, resend, or by_hand (delivered otherwise); 409 says why it cannot be done.",
    ),
    responses=problems(400, 404, 409),
    response_model=Handled,
)
def act_on_mail(
    request: Request,
    visitor: Worker,
    mail_id: Id,
    act: MailAct,
    given: Note,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    at, reader, language = site_of(request).now(), reader_of(visitor), spoken(request)

    def work(connection: Connection) -> Handled:
        try:
            act_on(connection, reader, mail_id, act.value, given.note, at=at)
        except BadNote as wrong:
            raise Unfit([Problem("note", wrong.text)]) from None
        if act.value == BY_HAND:
            delivered.add(connection, mail_id, at)
        mail = mail_room.one(connection, reader, mail_id, at)
        assert mail is not None  # it was there, and this transaction holds it
        return Handled(**said(mail, language))

    with delivering(site_of(request).settings.data_dir) as delivered:
        return once(request, visitor, given.model_dump_json(), work)
