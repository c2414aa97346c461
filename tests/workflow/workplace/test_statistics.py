"""Figures of a year on both databases, against what was done."""

from __future__ import annotations

from datetime import date

from stories import COORDINATOR, OFFICE, OTHER_COORDINATOR, WANG, ZHOU, Desk

from states.terms import Act, Action, Kind, State
from workflow.funds import shares, stands
from workflow.tables import PROJECT
from workflow.workplace.statistics import (
    Load,
    by_department,
    by_state,
    by_week,
    late_ones,
    within,
    years,
)
from workflow.workplace.year_plan import Cut, courses


def filled(desk: Desk) -> dict[str, int]:
    found = {}
    for state in ("drafted", "submitted", "planned", "held", "reported", "subsidised"):
        found[state] = one = desk.admit(name=f"班{state}")
        desk.live(one, state)
    other = {"host": "厦门软件学院", "department": "厦门市人社局"}
    found["xiamen"] = desk.admit(name="厦门班", **other)
    desk.admit(name="上年班", year=2024, policy="fujian-2024")
    return found


def test_states_are_counted_with_those_beyond(desk: Desk) -> None:
    filled(desk)
    with desk.db.read() as connection:
        found = by_state(connection, WANG, 2025)
        known = years(connection, WANG)
    told = {stand.state: (stand.here, stand.beyond) for stand in found}
    assert told == {
        State.DRAFTED: (2, 5),
        State.SUBMITTED: (1, 4),
        State.REVIEWED: (0, 4),
        State.PLANNED: (1, 3),
        State.FILED: (0, 3),
        State.HELD: (1, 2),
        State.REPORTED: (1, 1),
        State.SUBSIDISED: (1, 0),
        State.CLOSED: (0, 0),
        State.REJECTED: (0, 0),
        State.WITHDRAWN: (0, 0),
    }
    assert [stand.state for stand in found] == list(told)
    assert known == [2025, 2024]


def test_departments_are_counted_within_the_scope(desk: Desk) -> None:
    filled(desk)
    day = date(2025, 7, 10)
    with desk.db.read() as connection:
        everything = by_department(connection, WANG, 2025, day)
        mine = by_department(connection, COORDINATOR, 2025, day)
        theirs = by_department(connection, OTHER_COORDINATOR, 2025, day)
        late = late_ones(connection, WANG, 2025, day, 10)
    own = Load(OFFICE, 6, 5, late=2, ended=1)
    assert mine == [own]
    assert theirs == [Load("厦门市人社局", 1, 1, late=0, ended=0)]
    assert everything == [*mine, *theirs]
    assert [(row.name, row.kind, row.last_on.isoformat()) for row in late] == [
        ("班planned", "filing", "2025-04-12"),
        ("班held", "reimbursement", "2025-06-16"),
    ]


def test_weeks_follow_one_another_without_gaps(desk: Desk) -> None:
    filled(desk)
    with desk.db.read() as connection:
        found = by_week(connection, WANG, 2025)
    told = {week.monday.isoformat(): week.kinds for week in found if week.total}
    assert told == {
        "2025-04-07": {Kind.FILING: 1},
        "2025-06-16": {Kind.REIMBURSEMENT: 1},
        "2025-11-24": {Kind.COMPLETION: 1},
    }
    days = [(week.monday - found[0].monday).days for week in found]
    assert days == list(range(0, 7 * len(found), 7))


def test_money_by_fund(desk: Desk) -> None:
    found = filled(desk)
    desk.do(found["subsidised"], Act.MILESTONE, WANG, "2025-07-08", name="paid")
    for who in (WANG, ZHOU):
        desk.do(found["reported"], Action.SUBSIDISE, who, "2025-07-09", amount=3_000_000)
    with desk.db.read() as connection:
        [stand] = stands(connection, desk.book, within(WANG, 2025))
        none = stands(connection, desk.book, PROJECT.c.policy == "nothing")
    assert (stand.fund, stand.projects, stand.capped) == ("province_hr_operations", 7, 35_000_000)
    assert (stand.decided, stand.decided_count) == (7_800_000, 2)
    assert (stand.paid, stand.paid_count) == (4_800_000, 1)
    assert (stand.budget, stand.left, none) == (None, None, [])
    [share] = shares([stand], [("fujian-2025", stand.fund, 100), ("fujian-2025", stand.fund, 50)])
    assert (share.asked, share.lines, share.short) == (150, 2, False)


def test_the_year_of_each_project(desk: Desk) -> None:
    found = filled(desk)
    with desk.db.read() as connection:
        page, then = courses(connection, WANG, 2025, Cut())
        theirs, _ = courses(connection, OTHER_COORDINATOR, 2025, Cut())
        none, _ = courses(connection, WANG, 2025, Cut(category="ordinary"))
    assert (len(page), then, none) == (7, "", [])
    assert [course.name for course in theirs] == ["厦门班"]
    held = next(course for course in page if course.project_id == found["held"])
    assert held.filing and held.meeting and held.reporting
    assert (held.filing.begins, held.filing.ends, held.filing.settled) == (
        date(2025, 2, 20),
        date(2025, 4, 12),
        True,
    )
    assert (held.meeting.ends, held.meeting.settled) == (date(2025, 5, 15), True)
    assert (held.reporting.ends, held.reporting.settled) == (date(2025, 6, 16), False)
    assert held.complete_by == date(2025, 11, 30)
