"""How the clockwork stands, and a clock that was held for wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from notifications.sending.recall import let_go
from notifications.watch.clock_guard import clock_alarm
from notifications.watch.standing import accept_clock, checks
from states.terms import OFFICE
from web.api.callers import in_role, writer_in
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.problems import spoken
from web.navigation import OFFICE_WATCHERS
from web.site import site_of
from workflow.accounts.sessions import Visitor

routes = APIRouter(tags=[both("运行情况和操作记录", "health and audit")])


class CheckOut(BaseModel):
    key: str = Field(description="clock, worker, halt, sending, mail, calendar, contacts")
    label: str
    well: bool
    said: str


class HeldClock(BaseModel):
    """The clock jumped: nothing is announced or sent until somebody accepts it."""

    expected: datetime
    seen: datetime


class Health(BaseModel):
    items: list[CheckOut]
    held: HeldClock | None


@routes.get(
    "/health",
    summary=both("运行情况", "How the clockwork stands"),
    dependencies=[Depends(in_role(*OFFICE_WATCHERS))],
    responses=problems(),
)
def health(request: Request) -> Health:
    site, language = site_of(request), spoken(request)
    with site.db.read() as connection:
        found = checks(
            connection, site.book, site.settings.data_dir, today=site.today(), at=site.now()
        )
        alarm = clock_alarm(connection)
    items = [
        CheckOut(
            key=one.key, label=one.label.in_(language), well=one.well, said=one.said.in_(language)
        )
        for one in found
    ]
    held = HeldClock(expected=alarm.expected, seen=alarm.seen) if alarm else None
    return Health(items=items, held=held)


class Accepted(BaseModel):
    accepted: bool = Field(description=both("否：时钟正常，无需确认", "false: nothing was held"))


class Resumed(BaseModel):
    resumed: bool = Field(description=both("否：发信没有暂停", "false: mail was not halted"))


@routes.post(
    "/health/resume-mail",
    summary=both("恢复发信", "Let mail go on"),
    description=both(
        "数据库恢复后发信暂停。请先核对并补录恢复点之后的办理；发信记录中已发出的不会重发。",
        "After a restore mail is halted. Check first, and enter again what was done since; what "
        "the journal shows as sent is not sent again.",
    ),
    responses=problems(409),
    response_model=Resumed,
)
def resume_mail(
    request: Request,
    visitor: Annotated[Visitor, Depends(writer_in(*OFFICE))],
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site = site_of(request)

    def work(connection: Connection) -> Resumed:
        by, folder = visitor.login, site.settings.data_dir
        return Resumed(resumed=let_go(connection, folder, by=by, at=site.now()))

    return once(request, visitor, "", work)


@routes.post(
    "/health/accept-clock",
    summary=both("确认系统时间无误", "Accept the clock"),
    description=both(
        "请先核对服务器时间；确认后恢复提醒和发信。",
        "Check the server's time first; then reminders and mail go on.",
    ),
    responses=problems(409),
    response_model=Accepted,
)
def accept(
    request: Request,
    visitor: Annotated[Visitor, Depends(writer_in(*OFFICE))],
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    at = site_of(request).now()

    def work(connection: Connection) -> Accepted:
        return Accepted(accepted=accept_clock(connection, by=visitor.login, at=at))

    return once(request, visitor, "", work)
