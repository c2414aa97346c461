"""A batch before and at its publication: what would come of it, at once or not at all, back."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from notifications.letters.foretold import subjects
from states.terms import Kind
from web.api.batch_shapes import Batch, FundOut, batch_out, fund_out
from web.api.batches import Doer, Worker
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.problems import FindingOut, finding_out, said_of_line, spoken
from web.numbers import Id
from web.site import site_of
from workflow.batches.lines import Verdict
from workflow.batches.publishing import publish, take_back
from workflow.batches.rehearsal import rehearse
from workflow.mail.log import reason_label

routes = APIRouter(tags=[both("批量办理", "batches")])


class DueThen(BaseModel):
    """A deadline that is open afterwards."""

    kind: Kind
    label: str
    due_on: date
    provisional: bool


class MailThen(BaseModel):
    """A mail that would go out."""

    to_name: str
    to_email: str
    subject: str
    reason: str = Field(
        description=both("不发送的原因，空为发送", "why it is not sent; empty: it is")
    )
    reason_label: str


class LineThen(BaseModel):
    """What would come of a line. Amount in fen."""

    project_id: int
    place: int
    name: str
    changed: bool
    amount: int | None
    problems: list[FindingOut]
    flags: list[FindingOut]
    state_label: str = Field(description=both("办理后的状态", "the state that it leads to"))
    deadlines: list[DueThen]
    mails: list[MailThen]


class Preview(BaseModel):
    """What would come of a batch, tried out by the engine itself; nothing was done."""

    id: int
    shown: str = Field(description=both("公布时原样传回", "give it back to publish"))
    can_publish: bool = Field(description=both("本人现在可以公布", "the caller can publish it now"))
    own: bool = Field(description=both("由本人拟办，须另一人复核", "proposed by the caller"))
    stopped: int = Field(description=both("暂不能办理的项目数", "lines that stand in the way"))
    mails: int
    total: int = Field(description=both("金额合计（分）", "of all amounts, in fen"))
    hidden: int
    funds: list[FundOut]
    lines: list[LineThen]


@routes.get(
    "/batches/{batch_id}/preview",
    summary=both("预览效果和邮件", "Preview effects and mails"),
    description=both(
        "由办理规则实际试算，不留下任何内容。两人办理的，一并试算第二人复核后的结果。",
        "Tried out by the rules themselves, and nothing is kept; where two people are needed, as it "
        "will be after the second.",
    ),
    responses=problems(404, 409),
)
def preview_batch(request: Request, visitor: Worker, batch_id: Id) -> Preview:
    site, language = site_of(request), spoken(request)
    today, at = site.today(), site.now()
    subject = subjects(site.book, today)
    found = rehearse(site.db, site.book, visitor.actor, batch_id, subject, today=today, at=at)
    return Preview(
        id=batch_id,
        shown=found.shown,
        can_publish=found.can_publish,
        own=found.own,
        stopped=found.stopped,
        mails=found.mails,
        total=found.total,
        hidden=found.hidden,
        funds=[fund_out(share, language) for share in found.shares],
        lines=[_line(one, language) for one in found.verdicts],
    )


def _line(one: Verdict, language: str) -> LineThen:
    return LineThen(
        project_id=one.line.project_id,
        place=one.line.place,
        name=one.line.facts.name,
        changed=one.line.changed,
        amount=one.amount,
        problems=[said_of_line(found, language) for found in one.problems],
        flags=[finding_out(flag, language) for flag in one.flags],
        state_label=one.state.in_(language),
        deadlines=[_due(row, language) for row in one.deadlines],
        mails=[_mail(row, subject, language) for row, subject in one.mails],
    )


def _due(row: Any, language: str) -> DueThen:
    kind = Kind(row.kind)
    known = {"due_on": row.due_on, "provisional": bool(row.provisional)}
    return DueThen(kind=kind, label=kind.label.in_(language), **known)


def _mail(row: Any, subject: str, language: str) -> MailThen:
    return MailThen(
        to_name=row.to_name,
        to_email=row.to_email,
        subject=subject,
        reason=row.reason,
        reason_label=reason_label(row.reason).in_(language),
    )


class Publishing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    shown: Annotated[str, StringConstraints(max_length=60)] = Field(
        description=both("预览给出的 shown", "`shown` of the preview")
    )


@routes.post(
    "/batches/{batch_id}/publish",
    summary=both("公布批次", "Publish a batch"),
    description=both(
        "全部办理，或一个也不办理；预览之后有改动的不办理（409）。补助须两人：第一人拟办，另一人以"
        "同样的方式复核。",
        "All lines are done or none; not if it changed since the preview (409). Money takes two: the "
        "first call proposes, the same call by another person completes.",
    ),
    response_model=Batch,
    responses=problems(400, 404, 409),
)
def publish_batch(
    request: Request,
    visitor: Doer,
    batch_id: Id,
    publishing: Publishing,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site, language, actor = site_of(request), spoken(request), visitor.actor
    today, at, shown = site.today(), site.now(), publishing.shown

    def work(connection: Connection) -> Batch:
        publish(connection, site.book, actor, batch_id, shown, today=today, at=at)
        return batch_out(connection, site, visitor, batch_id, language)

    return once(request, visitor, publishing.model_dump_json(), work)


@routes.post(
    "/batches/{batch_id}/back",
    summary=both("撤回拟办的批次", "Take a proposed batch back"),
    description=both(
        "撤回后可以修改。", "Cancels what was proposed in all lines; it can be changed."
    ),
    response_model=Batch,
    responses=problems(404, 409),
)
def take_batch_back(
    request: Request,
    visitor: Doer,
    batch_id: Id,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site, language, actor = site_of(request), spoken(request), visitor.actor
    today, at = site.today(), site.now()

    def work(connection: Connection) -> Batch:
        take_back(connection, site.book, actor, batch_id, today=today, at=at)
        return batch_out(connection, site, visitor, batch_id, language)

    return once(request, visitor, "", work)
