"""How the clockwork stands: clock, worker, sending, mail that needs a person."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from config.zone import local
from notifications.sending.trouble import KINDS, trouble
from notifications.watch.clock_guard import clear_alarm, clock_alarm
from notifications.watch.heartbeat import last_beat
from states.terms import Text
from web.pages.admin.tabs import RuleForm, Rules, Watches, room
from web.rendering import go
from web.site import Site, site_of
from workflow.addresses import marked
from workflow.mail_log import count_waiting_for_a_person
from workflow.office_log import note

routes = APIRouter(include_in_schema=False)
QUIET = timedelta(minutes=10)
Found = tuple[Text, bool, Text, str]  # what, well, in words, where to see to it


@routes.get("/admin/health")
def health(request: Request, visitor: Watches) -> Response:
    site = site_of(request)
    with site.db.read() as connection:
        alarm = clock_alarm(connection)
        rows = [
            _clock(connection),
            _worker(connection, site),
            _sending(connection),
            _mail(connection),
            _calendar(site),
        ]
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


def _clock(connection: Connection) -> Found:
    held = clock_alarm(connection) is not None
    return Text("系统时钟", "Clock"), not held, HELD if held else WELL, ""


def _worker(connection: Connection, site: Site) -> Found:
    name, beat = Text("提醒与发信程序", "Worker"), last_beat(connection)
    if beat is None:
        return name, False, NEVER, ""
    stopped = site.now() - beat.at > QUIET
    said = (STOPPED if stopped else SEEN).format(at=local(beat.at))
    return name, not stopped, said, ""


def _sending(connection: Connection) -> Found:
    name, found = Text("发信情况", "Sending"), trouble(connection)
    if found is None:
        return name, True, NO_TROUBLE, ""
    values = {"since": local(found.since), "kind": KINDS[found.kind], "said": found.said}
    return name, False, TROUBLE.format(**values), "/mail?state=failed"


def _mail(connection: Connection) -> Found:
    dead, awaiting = count_waiting_for_a_person(connection)
    addresses = len(marked(connection))
    said = WAITING.format(dead=dead, awaiting=awaiting, addresses=addresses)
    well = not (dead or awaiting or addresses)
    return Text("待处理邮件", "Mail that needs a person"), well, said, "/mail"


def _calendar(site: Site) -> Found:
    year = site.today().year
    known = year in site.book.calendar.years
    said = (KNOWN if known else UNKNOWN).format(year=year)
    return Text("放假安排", "Holidays"), known, said, f"/admin/calendar/{year}"


WELL, NO_TROUBLE = Text("正常", "right"), Text("没有故障记录", "no trouble on record")
HELD = Text(
    "时钟曾突然跳快，为免误发提醒，已停止提醒和发信。请核对服务器时间。",
    "The clock had jumped ahead, so nothing is announced or sent. Check the server's time.",
)
NEVER = Text("还没有运行过，不会发出提醒", "has not run yet; no reminder goes out")
STOPPED = Text("已停止，最近一次活动：{at}", "has stopped, last seen at {at}")
SEEN = Text("最近一次活动：{at}", "last seen at {at}")
TROUBLE = Text("自{since}起{kind}：{said}", "since {since} {kind}: {said}")
WAITING = Text(
    "发送失败{dead}封，待审发{awaiting}封，邮箱待核实{addresses}个",
    "{dead} failed, {awaiting} awaiting approval, {addresses} address(es) to check",
)
KNOWN = Text("{year}年安排已录入", "{year} is known")
UNKNOWN = Text("没有{year}年安排，仅按周末推算", "{year} is not known; weekends only")
NOT_HELD = Text("时钟正常，无需确认。", "The clock is right; nothing to accept.")
ACCEPTED = Text("已确认服务器时间无误，恢复提醒和发信。", "The clock is accepted; mail goes on.")
