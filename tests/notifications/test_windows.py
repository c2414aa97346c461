"""A class whose dates are a window (R25-07): nobody hears that it is late before its latest day."""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk, day, morning
from test_writer import parsed, speak_english, written

from notifications.call_list import calls_for
from notifications.coming import coming
from notifications.digest_content import Reader as DigestReader
from notifications.digest_content import Scope, gathered
from states.calculus import shift_months
from states.terms import Act, Kind, Role
from workflow.lateness import late_among
from workflow.lists.rows import project_rows
from workflow.people import Actor
from workflow.workplace import calls, tasks
from workflow.workplace.watching import scope_of

pytestmark = pytest.mark.one_database

# 9月中旬: filed by 08-11 if it opens on 09-11, by 08-20 if it opens on 09-20.
SEPTEMBER: dict[str, Any] = {
    **{"opens_earliest": "2025-09-11", "opens_latest": "2025-09-20"},
    **{"planned_ends": None, "schedule_text": "9月中旬"},
}
# 第四季度: a month before its last day is 11-30, by which the class itself must be over (R25-04).
AUTUMN = SEPTEMBER | {
    **{"opens_earliest": "2025-10-01", "opens_latest": "2025-12-31"},
    "schedule_text": "第四季度",
}
PROVINCE = Actor("province", "赵六", ((Role.PROVINCE, ""),))
LATE = ("催报", "已逾期", "overdue", "days late")


def texts(desk: Desk, on: str) -> list[str]:
    """Every mail of that day as its reader gets it, subject and text."""
    found = []
    for mail_id in desk.mails("id", on_date=day(on)):
        mail = written(desk, mail_id, day(on))
        found.append(mail.subject + "\n" + "".join(parsed(mail).text_plain))
    return found


def counted_late(desk: Desk, project: int, on: str) -> set[str]:
    """Everywhere that counts what is late, by name."""
    today, found = day(on), set()
    scope = scope_of(PROVINCE)
    assert scope is not None
    reader = DigestReader("赵六", "province@example.cn", Role.PROVINCE, None)
    with desk.db.read() as connection:
        if late_among(connection, [project], today):
            found.add("list")
        if any(one.late for one in tasks.late(connection, scope, today)):
            found.add("workplace")
        [row] = project_rows(connection, desk.book, [project], today=today)
        if row.due and row.due.late:
            found.add("row")
        for call in calls.calls(connection, desk.book, scope, today=today):
            found |= {"calls" for matter in call.matters if matter.late}
        since = Scope(None, morning("2025-01-02"))
        digest = gathered(connection, desk.book, since, reader, today)
        found |= {"digest"} if digest.overdue else set()
        numbers = desk.mails("id")
        for line in calls_for(connection, numbers, today):
            found |= {"call sheet"} if "逾期" in line.left(today).zh else set()
    return found


@pytest.mark.parametrize("on", ["2025-08-12", "2025-08-14", "2025-08-20"])
def test_r25_07_a_worker_that_was_down_on_the_day_calls_nobody_late(desk: Desk, on: str) -> None:
    """The step of the earliest due day, sent days later, names the window's last day."""
    desk.plan(SEPTEMBER)
    desk.sweep("2025-08-01")
    desk.sweep(on)
    [said] = texts(desk, on)
    assert [word for word in LATE if word in said] == []
    assert "8月20日" in said.splitlines()[0]
    assert "按最早开班日推算，本期限为8月11日（周一），已过" in said
    assert "因期限遇节假日或周末" not in said


def test_r25_07_a_mail_that_waited_at_the_server_calls_nobody_late(desk: Desk) -> None:
    """What a mail says is decided on the day on which it is written, not on that of its step."""
    desk.plan(SEPTEMBER)
    desk.sweep("2025-08-08")
    [mail_id] = desk.mails("id")
    for on, late in (("2025-08-11", False), ("2025-08-20", False), ("2025-08-21", True)):
        said = written(desk, mail_id, day(on)).subject
        assert ("逾期" in said) is late, said


def test_r25_07_every_count_waits_for_the_latest_day(desk: Desk) -> None:
    desk.staff()
    [project] = desk.plan(SEPTEMBER)
    desk.sweep("2025-08-11")
    assert counted_late(desk, project, "2025-08-12") == set()
    assert counted_late(desk, project, "2025-08-20") == set()
    everywhere = {"list", "workplace", "row", "calls", "digest", "call sheet"}
    assert counted_late(desk, project, "2025-08-21") == everywhere


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r25_04_the_filing_of_an_open_end_is_never_due_on_the_completion_date(
    desk: Desk, language: str
) -> None:
    """第四季度: what is late on 1 December is the class, not a filing due on 30 November."""
    desk.staff()
    if language == "en":
        for email in ("coordinator@example.cn", "province@example.cn"):
            speak_english(desk, email)
    [project] = desk.plan(AUTUMN)
    [(due, last)] = desk.deadlines("due_on", "late_after", kind="filing")
    assert (due, last) == (day("2025-09-01"), day("2025-12-31"))
    busy = desk.sweep_daily("2025-08-01", "2026-01-31")
    filings = desk.ledger("step", "reason", kind="filing", role="host")
    assert [step for step, reason in filings if step.startswith("D+") and not reason] == []
    for on in busy:
        for said in texts(desk, on.isoformat()):
            for line in said.splitlines():
                filing = "实施方案" in line or "implementation plan" in line
                assert not (filing and ("11月30日" in line or "30 Nov" in line)), line
    assert "row" not in counted_late(desk, project, "2025-11-30")
    assert "list" in counted_late(desk, project, "2025-12-01")  # the class


def test_confirmed_dates_are_late_by_themselves(desk: Desk) -> None:
    [project] = desk.plan(SEPTEMBER)
    desk.do(project, Act.CONFIRM_DATES, "2025-07-01", opens="2025-09-11", ends="2025-09-14")
    desk.sweep("2025-08-11")
    assert "list" in counted_late(desk, project, "2025-08-12")


def test_the_opening_of_a_window_has_not_passed_before_its_last_day(desk: Desk) -> None:
    """开班前确认, which no notice asks for: the earliest day is not 计划开班日已过."""
    desk.plan(SEPTEMBER)
    desk.sweep("2025-09-01")
    desk.sweep("2025-09-15")  # the step three days before was missed
    said = "\n".join(texts(desk, "2025-09-15"))
    assert "具体日期尚未确定" in said
    assert "计划开班日已过" not in said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r25_07_an_open_end_asks_for_dates_and_names_no_day_but_the_first(
    desk: Desk, language: str
) -> None:
    desk.person("a@example.cn", name="张三")
    if language == "en":
        speak_english(desk, "a@example.cn")
    desk.plan(AUTUMN)
    desk.sweep("2025-08-25")
    desk.sweep("2025-10-15")
    [body] = texts(desk, "2025-10-15")  # with the question for the dates, whose step was missed
    said = {"zh": "办班时间待确认", "en": "dates to be confirmed"}[language]
    assert body.count(said) == 3
    assert [word for word in LATE if word in body] == []
    assert {"zh": "9月1日", "en": "1 Sep"}[language] in body
    assert [no for no in ("12月31日", "31 Dec", "11月30日", "30 Nov") if no in body] == []


@pytest.mark.parametrize(
    ("words", "window"),
    [
        ("5月底前", ("2025-01-01", "2025-05-31")),
        ("上半年", ("2025-01-01", "2025-06-30")),
        ("第一季度", ("2025-02-01", "2025-03-31")),
    ],
)
def test_r25_07_what_was_due_before_the_plan_was_known_is_due_by_the_latest_opening(
    desk: Desk, words: str, window: tuple[str, str]
) -> None:
    """A whole year of mornings: reminders come before anybody is chased."""
    desk.staff()
    [project] = desk.plan(
        SEPTEMBER
        | {"opens_earliest": window[0], "opens_latest": window[1], "schedule_text": words},
        today="2025-01-13",
    )
    last = shift_months(day(window[1]), -1)
    [(due, late_after, provisional)] = desk.deadlines(
        "due_on", "late_after", "provisional", kind="filing"
    )
    assert (due, late_after, provisional) == (last, last, True)
    with desk.db.read() as connection:
        foretold = [
            (one.on, one.step)
            for one in coming(connection, desk.book, project, today=day("2025-01-14"), inside=True)
            if one.kind is Kind.FILING and one.role is Role.HOST
        ]
    desk.sweep_daily("2025-01-13", "2025-12-31")
    steps = desk.ledger("on_date", "step", kind="filing", role="host", status="queued")
    assert steps == foretold
    assert len([on for on, _ in steps if on <= last]) >= 4
    assert steps[-1][1] == "D+7"
    opening = desk.ledger("step", kind="opening", role="host", status="queued")
    assert opening == ["D-10", "D-3"]
