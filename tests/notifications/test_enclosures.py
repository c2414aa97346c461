"""Calendar files and the timetable that go along with mails, read back by two libraries."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import icalendar
import pytest
import vobject
from desk import FROM, Desk, morning
from docx import Document
from sqlalchemy import select
from stories import Desk as Story

from notifications.calendars.enclosures import enclosures
from notifications.calendars.ics import uid
from notifications.letters.envelope import Attachment
from states.terms import Act, Action, Role
from workflow.hand_over import hand_over_all
from workflow.mail_tables import MAIL

HOST = "a@example.cn"


def enclosed(
    desk: Desk, on: str = "2025-09-01", *, language: str = "zh", **where: Any
) -> tuple[Attachment, ...]:
    """What goes along with the latest mail like this."""
    query = select(MAIL).order_by(MAIL.c.id.desc())
    for name, value in where.items():
        query = query.where(MAIL.c[name] == value)
    with desk.db.write() as connection:
        mail = connection.execute(query.limit(1)).one()
        return enclosures(
            connection,
            desk.book,
            mail,
            language=language,
            today=date.fromisoformat(on),
            at=morning(on),
            organizer=FROM,
        )


def read(attachment: Attachment) -> dict[str, tuple[str, str, int]]:
    """UID -> (day, status, sequence) of each entry, the same for both libraries."""
    first = {
        str(event["uid"]): (event.start.isoformat(), str(event["status"]), event["sequence"])
        for event in icalendar.Calendar.from_ical(attachment.content).walk("VEVENT")
    }
    calendar = vobject.readOne(attachment.content.decode())
    for event in calendar.vevent_list:  # RFC 5546: PUBLISH and CANCEL name one
        assert event.organizer.value == "mailto:yanxiu@example.cn"
        assert event.organizer.params == {"CN": ["研修项目管理系统"]}
    second = {
        event.uid.value: (
            event.dtstart.value.isoformat(),
            event.status.value,
            int(event.sequence.value),
        )
        for event in calendar.vevent_list
    }
    assert first == second
    assert f"method={calendar.method.value}; charset=utf-8" in attachment.content_type
    return first


def kinds(attachment: Attachment, project_id: int) -> dict[str, tuple[str, str]]:
    """Kind -> (day, status); an entry that is none of the project's would be missing."""
    names = ("application", "filing", "completion", "recording", "opening")
    names += ("reimbursement", "mending")
    known = {uid(f"project:{project_id}:{name}"): name for name in names}
    return {known[key]: value[:2] for key, value in read(attachment).items()}


def test_a_reminder_brings_its_own_deadlines(quick_desk: Desk) -> None:
    one, two = quick_desk.plan({}, {"opens_earliest": "2025-10-15", "opens_latest": "2025-10-15"})
    quick_desk.sweep("2025-08-15")
    [file] = enclosed(quick_desk, "2025-08-15", purpose="reminder")
    assert (file.name, file.content_type) == (
        "期限.ics",
        "text/calendar; method=PUBLISH; charset=utf-8",
    )
    assert {key: value[:2] for key, value in read(file).items()} == {
        uid(f"project:{one}:filing"): ("2025-08-15", "CONFIRMED"),
        uid(f"project:{two}:filing"): ("2025-09-15", "CONFIRMED"),
    }


def test_a_provisional_day_is_tentative_and_says_so(quick_desk: Desk) -> None:
    window = {"opens_earliest": "2025-09-01", "opens_latest": "2025-09-30", "planned_ends": None}
    [one] = quick_desk.plan(window | {"schedule_text": "9月"})
    quick_desk.sweep("2025-07-02")
    [file] = enclosed(quick_desk, "2025-07-02", purpose="reminder")
    assert kinds(file, one)["filing"] == ("2025-08-01", "TENTATIVE")
    [event] = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert event["summary"].startswith("开班前报送（开班通知和实施方案）截止（暂定）：")
    assert "暂定（待确认）" in event["description"]


def test_an_entry_says_what_is_handed_in_and_on_what_it_rests(quick_desk: Desk) -> None:
    one, two = quick_desk.plan({}, {"category": "national_self_funded"})
    for project_id, title, papers, clause in (
        (one, "开班前报送（开班通知和实施方案）截止：研修班1号", "开班通知、实施方案", "R25-07"),
        (two, "开班前报送（实施方案）截止：研修班2号", "实施方案", "R25-06a"),
    ):
        quick_desk.move(project_id, "2025-07-20", "2025-10-20", "2025-10-24")
        [file] = enclosed(quick_desk, purpose="result", to_role="host")
        events = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
        shown = {str(event["uid"]): event for event in events}
        filing = shown[uid(f"project:{project_id}:filing")]
        assert filing["summary"] == title
        assert f"所需材料：{papers}\n" in filing["description"]
        assert clause in filing["description"]
        opening = shown[uid(f"project:{project_id}:opening")]
        assert "办理依据：2025年实施通知第一部分第1段（R25-05）" in opening["description"]


def test_a_moved_date_keeps_the_uid_and_goes_up(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    quick_desk.sweep("2025-07-16")
    [before] = enclosed(quick_desk, "2025-07-16", purpose="reminder")
    quick_desk.move(one, "2025-07-20", "2025-10-20", "2025-10-23")
    [after] = enclosed(quick_desk, "2025-07-21", purpose="result", to_role="host")
    key = uid(f"project:{one}:filing")
    old, new = read(before)[key], read(after)[key]
    assert (old[0], new[0]) == ("2025-08-15", "2025-09-20")
    assert new[2] > old[2]
    quick_desk.move(one, "2025-07-22", "2025-09-15", "2025-09-18")
    [back] = enclosed(quick_desk, "2025-07-22", purpose="result", to_role="host")
    assert read(back)[key][0] == old[0]
    assert read(back)[key][2] > new[2]


def test_a_step_done_cancels_its_entry_and_no_other(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    quick_desk.do(one, Action.FILE, "2025-08-01", by=Role.HOST)
    stands, over = enclosed(quick_desk, "2025-08-01", purpose="result", to_role="host")
    assert (over.name, over.content_type) == (
        "期限取消.ics",
        "text/calendar; method=CANCEL; charset=utf-8",
    )
    assert kinds(over, one) == {"filing": ("2025-08-15", "CANCELLED")}
    assert set(kinds(stands, one)) == {"completion", "recording", "opening"}
    quick_desk.hold(one, "2025-09-19", "2025-09-15", "2025-09-18")
    stands, over = enclosed(quick_desk, "2025-09-19", purpose="result", to_role="host")
    assert set(kinds(over, one)) == {"completion", "recording", "opening"}
    assert set(kinds(stands, one)) == {"reimbursement"}
    assert read(over)[uid(f"project:{one}:completion")][2] > 0


def test_a_project_that_ends_cancels_all_that_was_open(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    quick_desk.do(one, Action.REJECT, "2025-08-01", code="not_carried_out", text="未按计划完成")
    [over] = enclosed(quick_desk, "2025-08-01", purpose="result", to_role="host")
    assert set(kinds(over, one)) == {"filing", "completion", "recording", "opening"}
    assert {status for _, status in kinds(over, one).values()} == {"CANCELLED"}


def test_a_part_that_ends_cancels_what_is_open_in_every_project(quick_desk: Desk) -> None:
    one, two = quick_desk.plan({}, {})
    old = quick_desk.person(HOST)
    new = quick_desk.person("li@example.cn", (Role.HOST, "甲单位"), name="李七")
    when = {"today": date(2025, 8, 1), "at": morning("2025-08-01")}
    with quick_desk.db.write() as connection:
        hand_over_all(connection, quick_desk.book, old, new, reason="调离", **when)
    [over] = enclosed(quick_desk, "2025-08-01", notice="hand_over.left")
    assert over.content_type == "text/calendar; method=CANCEL; charset=utf-8"
    gone = read(over)
    assert set(gone) == {uid(f"project:{n}:{kind}") for n in (one, two) for kind in OPEN}
    assert {status for _, status, _ in gone.values()} == {"CANCELLED"}
    [stands] = enclosed(quick_desk, "2025-08-01", notice="hand_over")
    assert {status for _, status, _ in read(stands).values()} == {"CONFIRMED"}


OPEN = ("filing", "completion", "recording", "opening")


def test_postponing_takes_the_dates_away(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    quick_desk.do(
        one, Act.POSTPONE, "2025-08-01", by=Role.HOST, reason="场地停用", force_majeure=True
    )
    stands, over = enclosed(quick_desk, "2025-08-01", purpose="result", to_role="host")
    assert "filing" in kinds(over, one) and "completion" in kinds(stands, one)


def drafted(desk: Desk, **known: Any) -> int:
    """A project that is only drafted, on a desk that plans."""
    return Story(desk.db, desk.book).admit(contact_email=HOST, **known)


def test_what_is_handed_in_is_over_for_its_host(quick_desk: Desk) -> None:
    one = drafted(quick_desk, policy="fujian-2024", year=2024)
    quick_desk.person("c@example.cn", (Role.COORDINATOR, "省教育厅"))
    quick_desk.do(one, Action.SUBMIT, "2025-01-08", by=Role.HOST)
    [over] = enclosed(quick_desk, "2025-01-08", purpose="result", to_role="host")
    assert set(kinds(over, one)) == {"application"}
    [stands] = enclosed(quick_desk, "2025-01-08", purpose="result", to_role="coordinator")
    assert set(kinds(stands, one)) == {"application"}


def test_the_news_of_the_plan_brings_the_timetable(quick_desk: Desk) -> None:
    one = drafted(quick_desk)
    quick_desk.do(one, Action.SUBMIT, "2025-01-08", by=Role.HOST)
    quick_desk.do(one, Action.REVIEW, "2025-01-10", by=Role.PROVINCE, opinion="同意推荐")
    assert all("docx" not in file.name for file in enclosed(quick_desk, purpose="result"))
    quick_desk.do(one, Action.PLAN, "2025-02-20", number=7)
    calendar, page = enclosed(quick_desk, "2025-02-20", purpose="result", to_role="host")
    assert {"filing", "completion"} <= set(kinds(calendar, one))
    assert page.name == "项目时间表.docx"
    assert Document(BytesIO(page.content)).paragraphs[0].text == "项目时间表"
    english = enclosed(quick_desk, "2025-02-20", language="en", purpose="result")
    assert [file.name for file in english] == ["deadlines.ics", "timetable.docx"]
    assert (
        b"Filing before opening (opening notice and implementation plan) due" in english[0].content
    )


@pytest.mark.parametrize("purpose", ["digest", "alarm", "test"])
def test_other_mails_bring_nothing(quick_desk: Desk, purpose: str) -> None:
    quick_desk.plan({})
    quick_desk.sweep("2025-08-15")
    with quick_desk.db.write() as connection:
        connection.execute(MAIL.update().values(purpose=purpose))
    assert enclosed(quick_desk, "2025-08-15") == ()


def test_both_databases_give_the_same(desk: Desk) -> None:
    [one] = desk.plan({"name": "研修班,;\\\\n BEGIN:VEVENT 一号"})
    desk.do(one, Action.FILE, "2025-08-01", by=Role.HOST)
    stands, over = enclosed(desk, "2025-08-01", purpose="result", to_role="host")
    assert len(read(over)) == 1 and len(read(stands)) == 3
