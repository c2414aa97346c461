"""How the clockwork stands, in words: clock, worker, sending, mail that needs a person, holidays.

One home for `yanxiu doctor` and the page of administration; each adds where to see to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from config.zone import local
from notifications.sending.trouble import KINDS, trouble
from notifications.watch.clock_guard import WHY_HELD, clock_alarm
from notifications.watch.heartbeat import last_beat
from states.calendar import WorkCalendar
from states.terms import Text
from workflow.addresses import marked
from workflow.mail_log import count_waiting_for_a_person

QUIET = timedelta(minutes=10)  # without a sign of life: the worker has stopped


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, and how it stands. `key` names it."""

    key: str
    name: Text
    well: bool
    said: Text


def checks(connection: Connection, at: datetime) -> list[Check]:
    """What the database knows of the clockwork. `at`: now, aware."""
    return [
        _clock(connection),
        _worker(connection, at),
        _sending(connection),
        _mail(connection),
    ]


def _clock(connection: Connection) -> Check:
    held = clock_alarm(connection) is not None
    return Check("clock", CLOCK, not held, WHY_HELD if held else WELL)


def _worker(connection: Connection, at: datetime) -> Check:
    beat = last_beat(connection)
    if beat is None:
        return Check("worker", WORKER, True, NEVER)  # perhaps a timetable runs it once a day
    stopped = at - beat.at > QUIET
    return Check(
        "worker", WORKER, not stopped, (STOPPED if stopped else SEEN).format(at=local(beat.at))
    )


def _sending(connection: Connection) -> Check:
    """What the worker last saw of the server; a test of the connection says nothing of that."""
    found = trouble(connection)
    if found is None:
        return Check("sending", SENDING, True, NO_TROUBLE)
    values = {"kind": KINDS[found.kind], "said": found.said, "times": found.times}
    times = {"since": local(found.since), "next": local(found.next_at)}
    return Check("sending", SENDING, False, TROUBLE.format(**values, **times))


def _mail(connection: Connection) -> Check:
    dead, awaiting = count_waiting_for_a_person(connection)
    addresses = len(marked(connection))
    said = WAITING.format(dead=dead, awaiting=awaiting, addresses=addresses)
    return Check("mail", MAIL, not (dead or awaiting or addresses), said)


def holidays(calendar: WorkCalendar, today: date) -> Check:
    """Whether the year's holidays are known."""
    known = "、".join(map(str, sorted(calendar.years)))
    said = KNOWN if today.year in calendar.years else UNKNOWN
    text = said.format(year=today.year, known=known or "—")
    return Check("holidays", HOLIDAYS, today.year in calendar.years, text)


CLOCK, WORKER = Text("系统时钟", "Clock"), Text("提醒与发信程序", "Worker")
SENDING, MAIL = Text("发信情况", "Sending"), Text("待处理邮件", "Mail that needs a person")
HOLIDAYS = Text("节假日日历", "Holiday calendar")
WELL, NO_TROUBLE = Text("正常", "right"), Text("没有故障记录", "no trouble on record")
NEVER = Text(
    "没有常驻运行过；除非由定时任务运行，否则不会发出提醒",
    "has never stayed running; unless a timetable runs it, no reminder goes out",
)
STOPPED = Text("已停止，最近一次活动：{at}", "has stopped, last seen at {at}")
SEEN = Text("最近一次活动：{at}", "last seen at {at}")
TROUBLE = Text(
    "自{since}起{kind}：{said}（已试{times}次，下次{next}）",
    "since {since} {kind}: {said} (tried {times} times, next {next})",
)
WAITING = Text(
    "发送失败{dead}封，待审发{awaiting}封，邮箱待核实{addresses}个",
    "{dead} failed, {awaiting} awaiting approval, {addresses} address(es) to check",
)
KNOWN = Text("{year}年安排已录入（已有：{known}）", "{year} is known (all: {known})")
UNKNOWN = Text(
    "没有{year}年安排，仅按周末推算（已有：{known}）",
    "{year} is not known, weekends only (known: {known})",
)
