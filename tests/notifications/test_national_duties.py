"""What a national host owes besides its papers (R25-06a, R25-06b, R25-13): told before it is late."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import icalendar
import pytest
from desk import Desk, day
from docx import Document
from test_enclosures import enclosed
from test_what_mails_cite import texts
from test_writer import speak_english

from notifications.calendars.feeds import feed
from notifications.calendars.timetable import timetable
from states.next_step import next_step
from states.terms import Act, Action, Role, State

pytestmark = pytest.mark.one_database

ASKS = (
    "与省厅沟通研修项目实施事宜",
    "在国家平台申报",
    "通过国家平台审核",
    "组织学员结业考核",
    "向国家平台提交学员名单",
)
CONSULT, DECLARE, APPROVE, ASSESS, SUBMIT_LIST = ASKS
FUNDED = {"category": "national_funded"}
NATIONAL = ["national_funded", "national_self_funded"]


def to_host(desk: Desk, on: str) -> str:
    return texts(desk, on, to_role=Role.HOST.value)[-1]


def calendar(desk: Desk, on: str, method: str = "PUBLISH") -> dict[str, str]:
    """Of the calendar that goes along with the newest mail to the host: what -> its day."""
    found = {}
    for one in enclosed(desk, on, to_role="host"):
        if f"method={method}" in one.content_type:
            for event in icalendar.Calendar.from_ical(one.content).walk("VEVENT"):
                found[str(event["summary"])] = event.start.isoformat()
    return found


@pytest.mark.parametrize("category", NATIONAL)
def test_r25_06_r25_13_they_stand_in_the_mail_of_the_plan_by_their_day(
    desk: Desk, category: str
) -> None:
    [project] = desk.plan({"category": category, "state": State.REVIEWED}, today="2025-01-10")
    desk.do(project, Action.PLAN, "2025-02-10", number=7)
    lines = to_host(desk, "2025-02-10").splitlines()
    found = {ask: next(line for line in lines if f"{ask}：" in line) for ask in ASKS}
    assert "截止日 2025年8月15日（周五）" in found[CONSULT]
    assert "R25-06a" in found[CONSULT]
    assert "通知未定日期" not in found[CONSULT]
    last = {"national_funded": "10月20日", "national_self_funded": "9月18日"}[category]
    for ask, on, clause in (
        (DECLARE, "9月15日", "R25-06b"),
        (APPROVE, "9月15日", "R25-06b"),
        (ASSESS, "9月18日", "R25-13"),
        (SUBMIT_LIST, last, "R25-13"),
    ):
        assert f"建议日期 2025年{on}" in found[ask]
        assert "通知未定日期" in found[ask]
        assert clause in found[ask]


@pytest.mark.parametrize("category", ["demonstration", "engineering", "ordinary"])
def test_r25_06_r25_13_no_provincial_host_is_told_of_them(desk: Desk, category: str) -> None:
    [project] = desk.plan({"category": category, "state": State.REVIEWED}, today="2025-01-10")
    desk.do(project, Action.PLAN, "2025-02-10", number=7)
    desk.sweep_daily("2025-02-11", "2025-10-31")
    for on in {str(one) for one in desk.mails("on_date")}:
        for said in texts(desk, on):
            assert "平台" not in said
            assert "结业考核" not in said


def test_r25_06_r25_13_they_stand_on_the_timetable(desk: Desk) -> None:
    [project] = desk.plan(FUNDED)
    with desk.db.read() as connection:
        made = timetable(connection, desk.book, project, language="zh", today=day("2025-02-10"))
    rows = [[c.text for c in row.cells] for row in Document(BytesIO(made)).tables[1].rows[1:]]
    named = {row[0]: row for row in rows}
    assert set(ASKS) < set(named)
    assert named[CONSULT][1].startswith("2025年8月15日")
    assert named[DECLARE][1] == "—"
    assert named[DECLARE][2].startswith("2025年9月15日")
    assert "通知未定日期" in named[DECLARE][4]
    assert [row[0] for row in rows].index(CONSULT) < [row[0] for row in rows].index(ASSESS)


def test_r25_06_r25_13_they_stand_in_the_calendar_and_leave_it_when_done(desk: Desk) -> None:
    person = desk.person("a@example.cn", name="张三")
    [project] = desk.plan(FUNDED | {"state": State.REVIEWED}, today="2025-01-10")
    desk.do(project, Action.PLAN, "2025-02-10", number=7)
    found = calendar(desk, "2025-02-10")
    assert found[f"{CONSULT}截止：研修班1号"] == "2025-08-15"
    assert found[f"{DECLARE}（通知未定日期）：研修班1号"] == "2025-09-15"
    assert found[f"{SUBMIT_LIST}（通知未定日期）：研修班1号"] == "2025-10-20"
    desk.do(project, Act.MILESTONE, "2025-07-01", by=Role.HOST, name="consulted")
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    assert f"{CONSULT}截止：研修班1号" not in calendar(desk, "2025-08-01")
    assert f"{CONSULT}截止：研修班1号" in calendar(desk, "2025-08-01", "CANCEL")
    with desk.db.read() as connection:
        own = feed(connection, desk.book, person, day("2025-08-02")).decode()
    assert f"{DECLARE}（通知未定日期）" in own.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("on", "kind", "told", "silent"),
    [
        ("2025-08-08", "filing", (CONSULT, DECLARE, APPROVE), (ASSESS, SUBMIT_LIST)),
        ("2025-09-05", "opening", (DECLARE, APPROVE, ASSESS), ()),
        ("2025-09-19", "recording", (ASSESS, SUBMIT_LIST), ()),
    ],
)
def test_r25_06_r25_13_they_are_reminded_of_beside_filing_class_and_record(
    desk: Desk, on: str, kind: str, told: tuple[str, ...], silent: tuple[str, ...]
) -> None:
    [project] = desk.plan(FUNDED)
    if kind != "filing":
        desk.do(project, Act.MILESTONE, "2025-07-01", by=Role.HOST, name="consulted")
        desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.sweep_daily("2025-07-01", on)
    assert kind in desk.ledger("kind", on_date=day(on), role="host", status="queued")
    [line] = [one for one in to_host(desk, on).splitlines() if one.startswith("同时须办理")]
    assert [ask for ask in told if ask not in line] == []
    assert [ask for ask in silent if ask in line] == []
    assert "通知未定日期" in line


def test_r25_13_a_day_that_has_passed_is_said_to_have(desk: Desk) -> None:
    """Nobody is told on the 14th that something is best done by the 18th of the month before."""
    [project] = desk.plan(FUNDED)
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    desk.sweep_daily("2025-09-22", "2025-10-14")
    [line] = [
        one for one in to_host(desk, "2025-10-14").splitlines() if one.startswith("同时须办理")
    ]
    assess, submit_list = line.split("；")
    assert "宜在2025年9月18日（周四）前，该日已过，系统中尚未登记，" in assess
    assert "该日已过" not in submit_list


def test_r25_13_they_are_reminded_of_beside_the_report(desk: Desk) -> None:
    [project] = desk.plan(FUNDED)
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    desk.hold(project, "2025-09-19", "2025-09-15", "2025-09-18")
    receipt = to_host(desk, "2025-09-19")
    [next_days] = [part for part in receipt.split("\r\n\r\n") if part.startswith("后续时限")]
    assert ASSESS in next_days
    assert SUBMIT_LIST in next_days
    assert DECLARE not in next_days
    desk.do(project, Act.MILESTONE, "2025-09-22", by=Role.HOST, name="assessed")
    desk.sweep_daily("2025-09-22", "2025-10-14")
    [line] = [
        one for one in to_host(desk, "2025-10-14").splitlines() if one.startswith("同时须办理")
    ]
    assert SUBMIT_LIST in line
    assert ASSESS not in line


def test_r25_06b_the_page_asks_for_the_platform_before_the_class(desk: Desk) -> None:
    [project] = desk.plan(FUNDED)
    desk.do(project, Action.FILE, "2025-08-01", by=Role.HOST)
    facts = desk.facts(project)
    category = desk.policy.categories["national_funded"]
    step = next_step(facts, category, {}, day("2025-08-04"))
    assert step.deed is Act.MILESTONE
    assert step.what.zh == f"办班前办理并登记：{CONSULT}、{DECLARE}、{APPROVE}"
    for name in ("consulted", "platform_declared", "platform_approved"):
        desk.do(project, Act.MILESTONE, "2025-08-05", by=Role.HOST, name=name)
    step = next_step(desk.facts(project), category, {}, day("2025-08-06"))
    assert step.what.zh == "按计划办班，结束后登记办班情况"


def test_r25_06_in_english(desk: Desk) -> None:
    desk.person("a@example.cn", name="张三")
    speak_english(desk, "a@example.cn")
    desk.plan(FUNDED)
    desk.sweep_daily("2025-07-01", "2025-08-08")
    said = to_host(desk, "2025-08-08")
    assert "Also to be done: consult the province on how the project is carried out by" in said
    assert "the notice gives no day" in said


def test_their_days_are_open_while_the_dates_are(desk: Desk) -> None:
    """R25-05: a class that is put off has no day for them, and nothing breaks."""
    [project] = desk.plan(FUNDED)
    desk.do(project, Act.POSTPONE, "2025-07-01", by=Role.HOST, reason="台风")
    assert DECLARE not in to_host(desk, "2025-07-01")
    moved: dict[str, Any] = {"opens": "2025-10-20", "ends": "2025-10-24"}
    desk.do(project, Act.CONFIRM_DATES, "2025-07-10", by=Role.HOST, **moved)
    assert "建议日期 2025年10月20日" in to_host(desk, "2025-07-10")


@pytest.mark.parametrize(
    ("category", "line"),
    [
        ("demonstration", "报送办班材料：{day}前，2025年实施通知第三部分第3段（R25-20），{open}"),
        ("engineering", "报送办班材料：{day}前，2025年实施通知第三部分第3段（R25-20），{open}"),
        (
            "national_funded",
            "报送经费报销材料：{day}前，2025年实施通知第三部分第2段（R25-15b），{open}",
        ),
        ("ordinary", ""),
    ],
)
def test_r25_15b_r25_20_who_is_asked_to_record_the_class_is_told_the_day_of_its_papers(
    desk: Desk, category: str, line: str
) -> None:
    """The month runs from the last day, recorded or not, and without a record nobody is reminded of
    its end."""
    desk.plan({"category": category})
    desk.sweep_daily("2025-09-15", "2025-09-19")
    told = [one for one in to_host(desk, "2025-09-19").splitlines() if "同时须办理" in one]
    said = line.format(day="2025年10月20日（周一）", open="暂定（待确认）")
    assert [one.partition("：")[2].partition("；")[0] for one in told] == ([said] if line else [])
    if category == "demonstration":
        desk.sweep_daily("2025-09-22", "2025-10-31")
        assert desk.ledger("kind", kind="reimbursement", role="host", status="queued") == []
