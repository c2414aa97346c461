"""A wording tried with a real project: on the screen, or as a mail to oneself."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from notifications.letters import wording_desk
from notifications.letters.imagined_letter import NoPreview
from notifications.letters.links import links_of
from notifications.letters.results import Reader
from notifications.letters.wording_check import BadWording
from states.form_reading import Problem
from states.terms import Role
from web.api.describing import IdempotencyKey, Number, both, problems
from web.api.once import once
from web.api.problems import Unfit
from web.api.wordings import Editor, Language, Notice, Texts, checked, known
from web.site import Site, site_of

routes = APIRouter(tags=[both("邮件措辞", "wordings")])


class Trial(BaseModel):
    """Which project a mail is about, and for whom it is."""

    model_config = ConfigDict(extra="forbid")
    project: Number
    role: Literal["host", "coordinator", "province"] = "host"


class Tried(Texts, Trial):
    """A wording to be tried with a project."""


class Shown(BaseModel):
    """The mail as it would read."""

    subject: str
    text: str
    html: str


@routes.post(
    "/wordings/{notice}/{language}/preview",
    summary=both("用真实项目预览措辞", "Preview a wording"),
    description=both("不写入任何内容。", "Nothing is kept."),
    responses=problems(400, 404),
)
def preview(request: Request, _: Editor, notice: Notice, language: Language, given: Tried) -> Shown:
    site, texts = site_of(request), checked(notice, language, given)
    reader = _reader(site, language, given.role)
    try:
        with site.db.read() as connection:
            shown = wording_desk.tried(connection, site.book, notice, given.project, reader, texts)
    except NoPreview as wrong:
        raise Unfit([Problem("role", wrong.text)]) from None
    return Shown(subject=shown.subject, text=shown.text, html=shown.html)


def _reader(site: Site, language: str, role: str, to: tuple[str, str] = ("", "")) -> Reader:
    return Reader(*to, Role(role), language, site.today(), links_of(site.settings))


class Queued(BaseModel):
    email: str = Field(description=both("将发往", "where it goes"))


@routes.post(
    "/wordings/{notice}/{language}/test",
    summary=both("给自己发一封测试邮件", "Send oneself a test"),
    description=both("用现行措辞，只发给本人。", "With the wording that holds, to oneself alone."),
    status_code=201,
    response_model=Queued,
    responses=problems(400, 404, 409),
)
def send_test(
    request: Request,
    visitor: Editor,
    notice: Notice,
    language: Language,
    given: Trial,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    known(notice)
    site = site_of(request)
    reader = _reader(site, language, given.role, (visitor.name, visitor.email))
    more: Any = {"language": language, "by": visitor.login, "at": site.now()}

    def work(connection: Connection) -> Queued:
        try:
            project = given.project
            wording_desk.queue_test(connection, site.book, notice, project, reader, **more)
        except (BadWording, NoPreview) as wrong:
            raise Unfit([Problem("role", wrong.text)]) from None
        return Queued(email=visitor.email)

    return once(request, visitor, given.model_dump_json(), work, status=201)
