"""How the mails are worded: read, tried with a real project, changed in versions, put back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from notifications.letters import office_wording, wording_desk
from notifications.letters.notices import NAMES, NOTICES, NoticeKind
from notifications.letters.wording import resolved
from notifications.letters.wording_check import BadWording, check
from states.form_reading import Problem
from states.terms import OFFICE
from web.api.callers import in_role, writer_in
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.problems import Unfit, spoken
from web.api.projects import clean
from web.navigation import OFFICE_WATCHERS
from web.site import site_of
from workflow.accounts.sessions import Visitor

routes = APIRouter(tags=[both("邮件措辞", "wordings")])
READERS = [Depends(in_role(*OFFICE_WATCHERS))]
Editor = Annotated[Visitor, Depends(writer_in(*OFFICE))]
Notice = Annotated[str, Path(max_length=80, description=both("通知名称", "key of the notice"))]
Language = Literal["zh", "en"]
LONGEST = wording_desk.LONGEST
Line = Annotated[str, StringConstraints(max_length=LONGEST, strip_whitespace=True)]


def known(notice: str) -> NoticeKind:
    """The notice of that key, or 404."""
    if notice not in NOTICES:
        raise HTTPException(404)
    return NOTICES[notice]


class NoticeOut(BaseModel):
    notice: str
    label: str
    family: str
    follows: str = Field(description=both("未另定时沿用", "whose wording holds if it has none"))
    own: dict[str, int] = Field(
        description=both("本单位所定：语言→版本", "the office's own: language → version")
    )


class Notices(BaseModel):
    items: list[NoticeOut]


@routes.get(
    "/wordings",
    summary=both("各类邮件", "List wordings"),
    dependencies=READERS,
    responses=problems(),
)
def list_wordings(request: Request) -> Notices:
    language = spoken(request)
    with site_of(request).db.read() as connection:
        own = wording_desk.own_versions(connection)
    items = [
        NoticeOut(
            notice=kind.key,
            label=kind.label.in_(language),
            family=kind.family.value,
            follows=kind.follows,
            own=own.get(kind.key, {}),
        )
        for kind in NOTICES.values()
    ]
    return Notices(items=items)


class VersionOut(BaseModel):
    """A version that was saved; both texts empty: what is shipped."""

    version: int
    saved_at: datetime
    saved_by: str
    subject: str
    lead: str


class WordingOut(BaseModel):
    """What holds for a notice in one language."""

    notice: str
    language: Language
    label: str
    subject: str
    lead: str
    version: int = Field(description=both("0：随系统提供", "0: shipped"))
    names: dict[str, str] = Field(description=both("可用名称及含义", "names it may use"))
    history: list[VersionOut] = Field(description=both("从旧到新", "the oldest first"))


@routes.get(
    "/wordings/{notice}/{language}",
    summary=both("一类邮件的措辞", "One wording"),
    dependencies=READERS,
    responses=problems(404),
)
def show_wording(request: Request, notice: Notice, language: Language) -> WordingOut:
    kind, read_in = known(notice), spoken(request)
    with site_of(request).db.read() as connection:
        saved = office_wording.current(connection).office
        history = office_wording.history(connection, notice, language)
    held = resolved(saved, notice, language)
    return WordingOut(
        notice=notice,
        language=language,
        label=kind.label.in_(read_in),
        subject=held.subject,
        lead=held.lead,
        version=held.version,
        names={name: meaning.in_(read_in) for name, meaning in NAMES[kind.family].items()},
        history=[VersionOut.model_validate(row) for row in history],
    )


class Texts(BaseModel):
    """Subject and first paragraph; an empty one: what holds without it."""

    model_config = ConfigDict(extra="forbid")
    subject: Line = ""
    lead: Line = ""


class Saved(BaseModel):
    version: int


@routes.post(
    "/wordings/{notice}/{language}",
    summary=both("修改措辞", "Change a wording"),
    description=both(
        "先逐项校验；存为新的一版，此后写的邮件使用。",
        "Checked first; saved as a new version, which mails use from now on.",
    ),
    status_code=201,
    response_model=Saved,
    responses=problems(400, 404, 409),
)
def change(
    request: Request,
    visitor: Editor,
    notice: Notice,
    language: Language,
    given: Texts,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    at, texts = site_of(request).now(), checked(notice, language, given)

    def work(connection: Connection) -> Saved:
        try:
            by = visitor.login
            number = wording_desk.keep(connection, notice, language, texts, by=by, at=at)
        except BadWording as wrong:
            raise Unfit([Problem("subject", wrong.text)]) from None
        return Saved(version=number)

    return once(request, visitor, given.model_dump_json(), work, status=201)


def checked(notice: str, language: str, given: Texts) -> wording_desk.Texts:
    """Subject and lead, each of which must hold in every mail."""
    wrong = []
    for field in ("subject", "lead"):
        texts = {"subject": "", "lead": ""} | {field: clean(getattr(given, field))}
        try:
            check(known(notice).key, language, **texts)
        except BadWording as error:
            wrong.append(Problem(field, error.text))
    if wrong:
        raise Unfit(wrong)
    return clean(given.subject), clean(given.lead)


@routes.post(
    "/wordings/{notice}/{language}/reset",
    summary=both("恢复随系统提供的措辞", "Put a wording back"),
    status_code=201,
    response_model=Saved,
    responses=problems(404, 409),
)
def reset(
    request: Request,
    visitor: Editor,
    notice: Notice,
    language: Language,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    known(notice)
    at = site_of(request).now()

    def work(connection: Connection) -> Saved:
        by = visitor.login
        number = wording_desk.put_back(connection, notice, language, by=by, at=at)
        return Saved(version=number)

    return once(request, visitor, "", work, status=201)
