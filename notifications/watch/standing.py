"""How the clockwork stands, in words: clock, worker, sending, mail that needs a person, holidays.

One home for `yanxiu doctor`, the page of administration and programs; each adds where to see to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from config.rulebook import Rulebook
from config.zone import local
from notifications.sending.outage import KINDS, current_outage
from notifications.sending.recall import standing_halt
from notifications.watch.clock_guard import WHY_HELD, clear_alarm, clock_alarm
from notifications.watch.heartbeat import last_beat
from states.calendar import WorkCalendar
from states.terms import Text
from workflow.mail.addresses import marked, refusing_lately
from workflow.mail.log import count_waiting_for_a_person
from workflow.office.contacts import contact_gap, newest_policy
from workflow.office.log import note
from workflow.refresh import unreadable_policies

QUIET = timedelta(minutes=10)  # without a sign of life: the worker has stopped


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it is well, and what there is to say."""

    key: str
    label: Text
    well: bool
    said: Text


def checks(
    connection: Connection, book: Rulebook, data_dir: Path, *, today: date, at: datetime
) -> list[Check]:
    """All of it. `today`: the Chinese calendar day; `at`: now, aware."""
    known = (
        rules(connection, book),
        holidays(book.calendar, today),
        contacts(connection, book),
    )
    return [*clockwork(connection, data_dir, at), *known]


def clockwork(connection: Connection, data_dir: Path, at: datetime) -> list[Check]:
    """What the database knows, held against this machine's journal of what was sent."""
    return [
        _clock(connection),
        _worker(connection, at),
        _halt(connection, data_dir, at),
        _sending(connection, at),
        _mail(connection),
    ]


def _halt(connection: Connection, data_dir: Path, at: datetime) -> Check:
    found = standing_halt(connection, data_dir, at)
    said = found.text if found else NOT_HALTED
    return Check("halt", Text("发信是否暂停", "Mail as a whole"), found is None, said)


def _clock(connection: Connection) -> Check:
    held = clock_alarm(connection) is not None
    return Check("clock", Text("系统时钟", "Clock"), not held, WHY_HELD if held else WELL)


def _worker(connection: Connection, at: datetime) -> Check:
    label, beat = Text("提醒与发信程序", "Worker"), last_beat(connection)
    if beat is None:
        return Check("worker", label, False, NEVER)
    stopped = at - beat.at > QUIET
    said = (STOPPED if stopped else SEEN).format(at=local(beat.at))
    return Check("worker", label, not stopped, said)


def _sending(connection: Connection, at: datetime) -> Check:
    """What the worker last saw of the server, and whether much came back for one reason; a test of
    the connection says nothing of that."""
    label, found = Text("发信情况", "Sending"), current_outage(connection)
    if found is None:
        refusing = refusing_lately(connection, at)
        if refusing is None:
            return Check("sending", label, True, NO_TROUBLE)
        reason, count = refusing
        return Check("sending", label, False, REFUSING.format(n=count, reason=reason.label))
    values = {"kind": KINDS[found.kind], "said": found.said, "times": found.times}
    times = {"since": local(found.since), "next": local(found.next_at)}
    return Check("sending", label, False, TROUBLE.format(**values, **times))


def _mail(connection: Connection) -> Check:
    dead, awaiting = count_waiting_for_a_person(connection)
    addresses = len(marked(connection))
    said = WAITING.format(dead=dead, awaiting=awaiting, addresses=addresses)
    well = not (dead or awaiting or addresses)
    return Check("mail", Text("待处理邮件", "Mail that needs a person"), well, said)


def rules(connection: Connection, book: Rulebook) -> Check:
    """Whether the policies can be read by which projects are judged; what depends on one that
    cannot waits: its mails, its digests, its steps."""
    broken = unreadable_policies(connection, book)
    zh, en = "".join(one.zh for one in broken), " ".join(one.en for one in broken)
    said = Text(f"{zh}{WAITS.zh}", f"{en} {WAITS.en}") if broken else READABLE
    return Check("rules", Text("项目所依据的政策", "Policies in use"), not broken, said)


ANNOUNCED = 11  # the month in which the State Council says which days of the next year are off


def holidays(calendar: WorkCalendar, today: date) -> Check:
    """Whether the official holidays of the year are known, and from November on the next year's."""
    there = "、".join(map(str, sorted(calendar.years)))
    wanted = [today.year, *([today.year + 1] if today.month >= ANNOUNCED else [])]
    missing = next((year for year in wanted if year not in calendar.years), None)
    said = KNOWN if missing is None else UNKNOWN if missing == today.year else NEXT_UNKNOWN
    named = said.format(year=missing or today.year, known=there or "—")
    return Check("calendar", HOLIDAYS, missing is None, named)


def contacts(connection: Connection, book: Rulebook) -> Check:
    """Whether mails and pages can say whom to ask, and where papers go."""
    policy = newest_policy(connection, book)
    gap = contact_gap(policy)
    said = gap or (KNOWN_CONTACT if policy else NO_PROJECTS)
    return Check("contacts", Text("咨询和报送地址", "Whom to ask"), gap is None, said)


def accept_clock(connection: Connection, *, by: str, at: datetime) -> bool:
    """A person has looked: the clock that was held for wrong is right. False: it was not held."""
    alarm = clock_alarm(connection)
    if alarm is None:
        return False
    clear_alarm(connection)
    said = f"{local(alarm.expected)} → {local(alarm.seen)}"
    note(connection, by, "clock_accepted", about="clock", detail=said, at=at)
    return True


READABLE = Text("可以读取", "can be read")
WAITS = Text(
    "有关项目的邮件和办理暂停，更正后自动恢复。",
    "Mail and steps of its projects wait, and go on once it is mended.",
)
HOLIDAYS = Text("节假日日历", "Holiday calendar")
NOT_HALTED = Text("未暂停", "goes out")
WELL, NO_TROUBLE = Text("正常", "right"), Text("没有故障记录", "no trouble on record")
NEVER = Text("还没有运行过，不会发出提醒", "has not run yet; no reminder goes out")
STOPPED = Text("已停止，最近一次活动：{at}", "has stopped, last seen at {at}")
SEEN = Text("最近一次活动：{at}", "last seen at {at}")
TROUBLE = Text(
    "自{since}起{kind}：{said}（已试{times}次，下次{next}）",
    "since {since} {kind}: {said} (tried {times} times, next {next})",
)
REFUSING = Text(
    "近3天有{n}个邮箱以同一原因退回或拒收邮件：{reason}，请检查发信邮箱和发信域名",
    "within 3 days {n} mailboxes returned or refused mail for one reason: {reason}; check the sending "
    "mailbox and domain",
)
WAITING = Text(
    "发送失败{dead}封，待审发{awaiting}封，邮箱待核实{addresses}个",
    "{dead} failed, {awaiting} awaiting approval, {addresses} address(es) to check",
)
KNOWN_CONTACT, NO_PROJECTS = Text("已填写", "entered"), Text("还没有项目", "no project yet")
KNOWN = Text("{year}年安排已录入（已有：{known}）", "{year} is known (all: {known})")
NEXT_UNKNOWN = Text(
    "还没有{year}年放假安排，通知发布后请录入；此前{year}年的期限仅按周末推算（已有：{known}）",
    "{year} is not known yet: enter it once it is announced; until then dates in {year} count "
    "weekends only (known: {known})",
)
UNKNOWN = Text(
    "没有{year}年安排，仅按周末推算（已有：{known}）",
    "{year} is not known, weekends only (known: {known})",
)
