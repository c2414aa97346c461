"""What the workplace asks the database: right, within scope, and in a fixed number of questions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select, update
from stories import CLERK, COORDINATOR, FILING, OTHER_COORDINATOR, WANG, ZHOU, Desk

from states.terms import Act, Action, Role, Text
from workflow.people import Actor
from workflow.tables import PROJECT
from workflow.workplace import counts as workplace_counts
from workflow.workplace import tasks as workplace
from workflow.workplace.calls import calls
from workflow.workplace.my_projects import my_projects
from workflow.workplace.watching import Scope, scope_of

TODAY = date(2025, 4, 14)  # a Monday: filing for a class of 12 May was due on Saturday


def scope(actor: Actor) -> Scope:
    found = scope_of(actor)
    assert found is not None
    return found


def planned(desk: Desk, **known: Any) -> int:
    """A project in the plan; its filing is due on 12 April unless its dates are said."""
    return desk.admit(state="planned", known_on="2025-01-06", **known)


def asked(desk: Desk, actor: Actor, today: date = TODAY) -> dict[str, int]:
    with desk.db.read() as connection:
        return workplace_counts.counts(connection, scope(actor), today)


def test_counts_are_of_ones_own_scope(desk: Desk) -> None:
    planned(desk)
    planned(desk, name="海洋经济高级研修班", opens_earliest="2025-05-17", opens_latest="2025-05-17")
    kinds = ("late", "week", "waiting", "flags", "mail", "untold", "calls")
    nothing = dict.fromkeys(kinds, 0)
    assert asked(desk, WANG) == nothing | {"late": 1, "week": 1}
    assert asked(desk, COORDINATOR) == nothing | {"late": 1, "week": 1}
    assert asked(desk, OTHER_COORDINATOR) == nothing


def test_who_is_nobodys_official_has_no_such_workplace() -> None:
    assert scope_of(CLERK) is None
    assert scope_of(Actor("root", "", ((Role.ADMIN, ""),))) is None


def test_a_count_ends_at_the_cap(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workplace_counts, "CAP", 2)
    for number in range(4):
        planned(desk, name=f"研修班{number}")
    assert asked(desk, WANG)["late"] == 3


def test_the_filing_waits_for_the_province_until_it_is_confirmed(desk: Desk) -> None:
    project = planned(desk)
    desk.do(project, Action.FILE, CLERK, "2025-04-10", papers=FILING)
    with desk.db.read() as connection:
        [task] = workplace.to_do(connection, desk.book, scope(WANG))
        assert workplace.to_do(connection, desk.book, scope(COORDINATOR)) == []
    assert (task.project_id, task.deed, task.by) == (project, "milestone", date(2025, 5, 12))
    desk.do(project, Act.MILESTONE, WANG, "2025-04-14", name="filing_confirmed")
    assert asked(desk, WANG)["waiting"] == 0


def test_an_application_waits_for_its_department(desk: Desk) -> None:
    project = desk.admit()
    desk.do(project, Action.SUBMIT, CLERK, "2025-01-08", papers=("application_form",))
    with desk.db.read() as connection:
        [task] = workplace.to_do(connection, desk.book, scope(COORDINATOR))
    assert (task.project_id, task.deed) == (project, "review")
    assert asked(desk, OTHER_COORDINATOR)["waiting"] == 0


def test_what_i_proposed_myself_is_not_mine_to_complete(desk: Desk) -> None:
    project = desk.admit()
    desk.live(project, "reported")
    desk.do(project, Action.SUBSIDISE, WANG, "2025-07-01", amount=4_800_000)
    with desk.db.read() as connection:
        [own] = workplace.to_do(connection, desk.book, scope(WANG))
        [other] = workplace.to_do(connection, desk.book, scope(ZHOU))
    assert (own.deed, other.deed) == ("", "subsidise")


def test_openings_and_what_passed_unrecorded(desk: Desk) -> None:
    project = planned(desk, place="福州", contact_phone="0591-1")
    with desk.db.read() as connection:
        watching = scope(COORDINATOR)
        [opening] = workplace.openings(connection, watching, date(2025, 5, 12))
        assert workplace.openings(connection, watching, date(2025, 5, 4)) == []
        assert workplace.unrecorded(connection, watching, date(2025, 5, 15)) == []
        [over] = workplace.unrecorded(connection, watching, date(2025, 5, 16))
    assert (opening.project_id, opening.place, opening.phone) == (project, "福州", "0591-1")
    assert (over.project_id, over.deed) == (project, "hold")


def test_dates_are_to_be_confirmed_while_they_are_a_window(desk: Desk) -> None:
    project = planned(desk, opens_latest="2025-05-31", planned_ends=None, schedule_text="5月中下旬")
    with desk.db.read() as connection:
        [task] = workplace.to_confirm(connection, scope(WANG), TODAY)
    assert (task.project_id, task.deed, task.note.zh) == (project, "confirm_dates", "5月中下旬")
    days = {"opens": date(2025, 5, 20), "ends": date(2025, 5, 23)}
    desk.do(project, Act.CONFIRM_DATES, CLERK, "2025-04-14", **days)
    with desk.db.read() as connection:
        assert workplace.to_confirm(connection, scope(WANG), TODAY) == []


def test_a_flag_is_listed_until_it_is_disposed_of(desk: Desk) -> None:
    project = planned(desk)
    mend = {"findings": "签到缺失", "mend_by": date(2025, 4, 20)}
    desk.do(project, Act.INSPECT, COORDINATOR, "2025-04-14", **mend)
    with desk.db.read() as connection:
        [task] = workplace.flagged(connection, scope(COORDINATOR))
    assert (task.project_id, asked(desk, WANG)["flags"]) == (project, 1)
    [flag] = desk.flags(project)
    desk.do(project, Act.DISPOSE, WANG, "2025-04-15", flag=flag, outcome="accepted", reason="已改")
    assert asked(desk, WANG)["flags"] == 0
    assert desk.complaints() == []


def test_recent_activity_is_of_people_and_in_scope(desk: Desk) -> None:
    project = planned(desk)
    desk.do(project, Act.NOTE, WANG, "2025-04-14", channel="phone", person="林老师")
    with desk.db.read() as connection:
        [one] = workplace.recent(connection, scope(COORDINATOR))
        assert workplace.recent(connection, scope(OTHER_COORDINATOR)) == []
    assert (one.project_id, one.deed.zh, one.who) == (project, "催办记录", Text("wang", "wang"))


def test_a_transfer_moves_deadlines_to_the_other_department(desk: Desk) -> None:
    project = planned(desk)
    desk.do(project, Act.TRANSFER, WANG, "2025-04-14", department="厦门市人社局", reason="划转")
    assert asked(desk, COORDINATOR)["late"] == 0
    assert asked(desk, OTHER_COORDINATOR)["late"] == 1
    assert desk.complaints() == []


def test_another_category_brings_its_own_deadlines(desk: Desk) -> None:
    project = planned(desk)
    desk.do(project, Act.RECLASSIFY, WANG, "2025-04-14", category="ordinary", reason="转自筹")
    assert set(desk.standing(project)) == {"completion", "recording"}
    assert asked(desk, WANG)["late"] == 0
    assert desk.complaints() == []


# -- Calls ------------------------------------------------------------------------------------


def test_promised_calls_come_first_and_who_was_called_comes_last(desk: Desk) -> None:
    units = ("甲大学", "乙大学", "丙大学")
    one, two, three = (planned(desk, host=unit, contact_name=unit) for unit in units)
    call = {"channel": "phone", "person": "林老师"}
    desk.do(two, Act.NOTE, WANG, "2025-04-11", **call, follow_up=TODAY, promise="周一报")
    desk.do(one, Act.NOTE, WANG, TODAY, **call)
    with desk.db.read() as connection:
        found = calls(connection, desk.book, scope(WANG), today=TODAY)
    assert [call.unit for call in found] == ["乙大学", "丙大学", "甲大学"]
    assert [call.promised for call in found] == [True, False, False]
    assert [call.called for call in found] == [False, False, True]
    [matter] = found[0].matters
    assert matter.note is not None
    assert (matter.late, matter.note.promise, matter.follow_up) == (2, "周一报", TODAY)
    assert found[1].matters[0].project_id == three


def test_working_days_are_counted_to_what_is_due(desk: Desk) -> None:
    # Due on Tuesday 6 May; 1 to 5 May are days off, Sunday 27 April is worked.
    planned(desk, opens_earliest="2025-06-06", opens_latest="2025-06-06", planned_ends="2025-06-09")
    with desk.db.read() as connection:
        [call] = calls(connection, desk.book, scope(COORDINATOR), today=date(2025, 4, 25))
    [matter] = call.matters
    assert (matter.due, matter.left, matter.late) == (date(2025, 5, 6), 5, 0)


def test_what_a_department_owes_is_the_provinces_to_ask_for(desk: Desk) -> None:
    project = desk.admit()
    desk.do(project, Action.SUBMIT, CLERK, "2025-01-08", papers=("application_form",))
    day = date(2025, 1, 9)
    with desk.db.read() as connection:
        [call] = calls(connection, desk.book, scope(WANG), today=day)
        assert calls(connection, desk.book, scope(COORDINATOR), today=day) == []
    assert (call.unit, call.role) == ("省教育厅", Role.COORDINATOR)


# -- Hosts ------------------------------------------------------------------------------------


def test_a_host_is_told_the_next_step_all_along(desk: Desk) -> None:
    seen = []
    for until in ("drafted", "submitted", "reviewed", "planned", "filed", "held", "reported"):
        project = desk.admit(name=f"研修班{until}")
        desk.live(project, until)
        today = date(2025, 5, 16) if until == "filed" else date(2025, 4, 1)
        with desk.db.read() as connection:
            mine = my_projects(connection, desk.book, CLERK, today=today)
        seen += [(until, one.next.deed) for one in mine if one.project_id == project]
    assert seen == [
        ("drafted", Action.SUBMIT),
        ("submitted", None),
        ("reviewed", None),
        ("planned", Action.FILE),
        ("filed", Action.HOLD),
        ("held", Action.REPORT),
        ("reported", None),
    ]


def test_what_was_sent_back_comes_with_its_date_and_its_items(desk: Desk) -> None:
    project = planned(desk)
    desk.do(project, Action.FILE, CLERK, "2025-04-10", papers=FILING)
    back = {"items": "补课程表", "mend_by": date(2025, 4, 20)}
    desk.do(project, Action.SEND_BACK, WANG, "2025-04-14", **back)
    with desk.db.read() as connection:
        [mine] = my_projects(connection, desk.book, CLERK, today=TODAY)
    found = (mine.next.deed, mine.by, mine.mend_items, mine.late)
    assert found == (Action.FILE, date(2025, 4, 20), "补课程表", False)


# -- Cost -------------------------------------------------------------------------------------


def test_the_questions_stay_the_same_with_many_projects(desk: Desk) -> None:
    def questions() -> list[str]:
        seen: list[str] = []

        def note(_: Any, __: Any, statement: str, *more: Any) -> None:
            seen.append(statement)

        event.listen(desk.db.engine, "before_cursor_execute", note)
        with desk.db.read() as connection:
            watching = scope(WANG)
            workplace_counts.counts(connection, watching, TODAY)
            workplace.late(connection, watching, TODAY)
            workplace.to_do(connection, desk.book, watching)
            workplace.flagged(connection, watching)
            calls(connection, desk.book, watching, today=TODAY)
            my_projects(connection, desk.book, CLERK, today=TODAY)
        event.remove(desk.db.engine, "before_cursor_execute", note)
        return seen

    planned(desk)
    few = len(questions())
    for number in range(20):
        planned(desk, name=f"研修班{number}", host=f"单位{number}")
    assert len(questions()) == few


def test_columns_by_which_is_searched_follow_from_the_history(desk: Desk) -> None:
    project = planned(desk)
    call = {"channel": "phone", "person": "林老师", "follow_up": date(2025, 4, 16)}
    desk.do(project, Act.NOTE, WANG, "2025-04-14", **call)
    with desk.db.read() as connection:
        query = select(PROJECT.c.follow_up).where(PROJECT.c.id == project)
        assert connection.execute(query).scalar() == date(2025, 4, 16)
    with desk.db.write() as connection:
        connection.execute(update(PROJECT).values(waits_for="province"))
    assert ["waits_for" in said for said in desk.complaints()] == [True]
