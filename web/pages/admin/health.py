"""How the clockwork stands: clock, worker, sending, mail that needs a person."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from config.zone import local
from notifications.watch.checks import checks, holidays
from notifications.watch.clock_guard import clear_alarm, clock_alarm
from states.terms import Text
from web.pages.admin.tabs import RuleForm, Rules, Watches, room
from web.rendering import go
from web.site import site_of
from workflow.office_log import note

routes = APIRouter(include_in_schema=False)


@routes.get("/admin/health")
def health(request: Request, visitor: Watches) -> Response:
    site = site_of(request)
    with site.db.read() as connection:
        alarm = clock_alarm(connection)
        found = checks(connection, site.now())
    found.append(holidays(site.book.calendar, site.today()))
    places = PLACES | {"holidays": f"/admin/calendar/{site.today().year}"}
    rows = [(one.name, one.well, one.said, places.get(one.key, "")) for one in found]
    return room(request, visitor, "health.html", rows=rows, held=alarm)


@routes.post("/admin/health/accept-clock")
def accept_clock(request: Request, visitor: Rules, _: RuleForm) -> Response:
    site = site_of(request)
    with site.db.write() as connection:
        alarm = clock_alarm(connection)
        if alarm is None:
            return go(request, "/admin/health", NOT_HELD)
        clear_alarm(connection)
        said, at = f"{local(alarm.expected)} → {local(alarm.seen)}", site.now()
        note(connection, visitor.login, "clock_accepted", about="clock", detail=said, at=at)
    return go(request, "/admin/health", ACCEPTED)


PLACES = {"sending": "/mail?state=failed", "mail": "/mail"}  # where to see to it
NOT_HELD = Text("时钟正常，无需确认。", "The clock is right; nothing to accept.")
ACCEPTED = Text("已确认服务器时间无误，恢复提醒和发信。", "The clock is accepted; mail goes on.")
