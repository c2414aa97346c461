"""Doing a step or an act."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import Connection
from starlette.datastructures import UploadFile

from states.facts import Json
from states.form_reading import read_form
from states.labels import state_label
from states.terms import Act, Action, Role, State
from web.api.callers import Writer, writer
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.papers import Attached, Came, attach, keep_upload
from web.api.problems import FindingOut, Unfit, finding_out, spoken
from web.api.projects import seen
from web.guarding import MOST_TEXT, take_files
from web.numbers import Id
from web.site import Site, site_of
from web.visiting import MOST_FILES
from workflow.accounts.sessions import Visitor
from workflow.deeds import Deed, Outcome
from workflow.engine import perform_in, situation
from workflow.tables import LARGEST_ID

routes = APIRouter(tags=[both("办理", "actions")])


Given = dict[
    Annotated[str, StringConstraints(max_length=60)],
    Annotated[str, StringConstraints(max_length=5000)] | bool | int | float | None,
]


class Doing(BaseModel):
    """What is filled in. Field names and kinds as `actions` lists them."""

    model_config = ConfigDict(extra="forbid")
    fields: Given = Field(default_factory=dict, max_length=60)
    papers: dict[
        Annotated[str, StringConstraints(pattern="^[a-z0-9_]{1,60}$")], Attached | Came
    ] = Field(
        default_factory=dict,
        max_length=MOST_FILES,
        description=both(
            '已上传的材料：名称→文件；代录时未存电子件的：名称→{"received": "original" 或 '
            '"mailbox"}',
            "uploaded papers: key → file; entered for a host without a file: key → "
            '{"received": "original" or "mailbox"}',
        ),
    )
    on: date | None = Field(
        default=None,
        ge=date(1990, 1, 1),
        lt=date(2200, 1, 1),
        description=both(
            "计入日期，默认今天。承办单位自行办理的以系统收到之日为准，不采用此处的日期"
            "（登记进展除外）；代录（on_behalf）的填收到日期",
            "The date that counts; today if not given. A host's own step counts on the day it "
            "arrives, whatever stands here (but for a milestone); with `on_behalf` the day of "
            "receipt",
        ),
    )
    on_behalf: bool = Field(
        default=False, description=both("代承办单位录入纸质材料", "entered from paper for the host")
    )
    seen: int | None = Field(
        default=None,
        ge=1,
        le=LARGEST_ID,
        description=both(
            "所依据的版本，已变则不办", "the version that was looked at; 409 if it moved on"
        ),
    )


class Done(BaseModel):
    """What came of it."""

    id: int
    action: str
    done: bool
    pending: bool = Field(description=both("待第二人复核", "waits for a second person"))
    state: State
    state_label: str
    version: int
    findings: list[FindingOut] = Field(
        description=both("由人工核定的提示", "flags, left to a person")
    )
    on: date = Field(description=both("计入日期", "the date that counts"))
    ended: Action | Act | None = Field(
        description=both(
            "因此终止的待复核拟办", "what waited for a second person and ends undecided by this"
        )
    )


BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Doing"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"deed": {"$ref": "#/components/schemas/Doing"}},
                    "additionalProperties": {"type": "string", "format": "binary"},
                    "description": both(
                        "deed 为上面的JSON；其余每部分是一份材料，以材料名称命名",
                        "`deed`: the JSON above; every other part is a paper, named by its key",
                    ),
                },
                "encoding": {"deed": {"contentType": "application/json"}},
            },
        },
    }
}


async def read_doing(request: Request, _: Visitor = Depends(writer)) -> Doing:  # noqa: B008
    """The body, as JSON or as a form with files, which are kept before anything is done."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return parsed(await request.body())
    take_files(request)
    form = await request.form(max_files=MOST_FILES, max_fields=1, max_part_size=MOST_TEXT)
    given = form.get("deed")
    text = await given.read() if isinstance(given, UploadFile) else (given or "{}").encode()
    doing = parsed(text)
    files = [(k, f) for k, f in form.multi_items() if k != "deed" and isinstance(f, UploadFile)]
    uploaded = {key: await keep_upload(request, file) for key, file in files}
    raw = doing.model_dump(mode="json") | {"papers": {}}
    papers = {key: {"sha256": p["sha256"], "name": p["name"]} for key, p in uploaded.items()}
    papers |= doing.model_dump(mode="json")["papers"]
    return _checked(Doing, raw | {"papers": papers})


def parsed(body: bytes) -> Doing:
    try:
        return Doing.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None


def _checked(shape: type[Doing], raw: Json) -> Doing:
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None


@routes.post(
    "/projects/{project_id}/actions/{action}",
    summary=both("办理一个事项", "Do a step or an act"),
    description=both(
        "由系统按政策判断；不能办理的，findings 逐条说明原因和条款，什么都不写入。",
        "Judged by the policy; what is refused is told by findings with clauses, nothing written.",
    ),
    responses=problems(400, 404, 409),
    response_model=Done,
    openapi_extra=BODY,
)
def do(
    request: Request,
    visitor: Writer,
    project_id: Id,
    action: Action | Act,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`; here to be described
    doing: Doing = Depends(read_doing),  # noqa: B008
) -> Response:
    site, language = site_of(request), spoken(request)
    with site.db.read() as connection:
        seen(connection, site, visitor, project_id)
    deed = _deed(site, visitor, action, doing)

    def work(connection: Connection) -> Done:
        today, at = site.today(), site.now()
        outcome = perform_in(connection, site.book, project_id, deed, today=today, at=at)
        return _done(connection, site, deed, outcome, language)

    return once(request, visitor, doing.model_dump_json(), work, alone=False)


def _deed(site: Site, visitor: Visitor, what: Action | Act, doing: Doing) -> Deed:
    given, wrong = read_form(what, as_typed(doing.fields))
    if wrong:
        raise Unfit(wrong)
    papers = attach(site, doing.papers)
    on = doing.on or site.today()
    return Deed(what, visitor.actor, given, papers, on, on_behalf=doing.on_behalf, seen=doing.seen)


def as_typed(given: Given) -> dict[str, str]:
    """JSON values as they would be written on paper."""
    return {name: _text(value) for name, value in given.items()}


def _text(value: str | bool | int | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    with suppress(ValueError):  # a number of thousands of digits
        return str(value)
    return "?"


def _done(connection: Connection, site: Site, deed: Deed, outcome: Outcome, language: str) -> Done:
    facts, _, _, policy = situation(connection, site.book, outcome.project_id)
    label = state_label(facts, policy.categories[facts.category])
    host = Role.HOST in deed.by.roles_over(facts)
    return Done(
        id=outcome.project_id,
        action=deed.what.value,
        done=not outcome.pending,
        pending=outcome.pending,
        state=outcome.state,
        state_label=label.in_(language),
        version=outcome.version,
        findings=[finding_out(f, language, host=host) for f in outcome.findings],
        on=outcome.on,
        ended=outcome.ended,
    )
