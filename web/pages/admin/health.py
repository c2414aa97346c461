"""How the clockwork stands: clock, worker, sending, mail that needs a person."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from notifications.sending.recall import let_go, standing_halt
from notifications.watch.clock_guard import clock_alarm
from notifications.watch.standing import accept_clock, checks
from states.terms import Text
from web.pages.admin.tabs import RuleForm, Rules, Watches, room
from web.rendering import go
from web.site import site_of
from workflow.mail.halt import NOT_HALTED, RESUMED

routes = APIRouter(include_in_schema=False)
LEADS_TO = {
    "sending": "/mail?state=failed",
    "mail": "/mail",
    "calendar": "/admin/calendar",
    "contacts": "/admin/policies",
}


@routes.get("/admin/health")
def health(request: Request, visitor: Watches) -> Response:
    site = site_of(request)
    with site.db.read() as connection:
        alarm = clock_alarm(connection)
        found = checks(
            connection, site.book, site.settings.data_dir, today=site.today(), at=site.now()
        )
        halt = standing_halt(connection, site.settings.data_dir, site.now())
    rows = [(one.label, one.well, one.said, LEADS_TO.get(one.key, "")) for one in found]
    return room(request, visitor, "health.html", rows=rows, held=alarm, halt=halt)


@routes.post("/admin/health/accept-clock")
def accept(request: Request, visitor: Rules, _: RuleForm) -> Response:
    site = site_of(request)
    with site.db.write() as connection:
        was_held = accept_clock(connection, by=visitor.login, at=site.now())
    return go(request, "/admin/health", ACCEPTED if was_held else NOT_HELD)


@routes.post("/admin/health/resume-mail")
def resume_mail(request: Request, visitor: Rules, _: RuleForm) -> Response:
    site = site_of(request)
    with site.db.write() as connection:
        done = let_go(connection, site.settings.data_dir, by=visitor.login, at=site.now())
    return go(request, "/admin/health", RESUMED if done else NOT_HALTED)


NOT_HELD = Text("时钟正常，无需确认。", "The clock is right; nothing to accept.")
ACCEPTED = Text("已确认服务器时间无误，恢复提醒和发信。", "The clock is accepted; mail goes on.")
