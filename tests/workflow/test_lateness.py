"""What is overdue is the same wherever it is counted: tile, table, list, pictures, commands."""

from __future__ import annotations

from datetime import date, timedelta

from stories import CLERK, WANG, Desk

from states.terms import Act
from workflow.lateness import late_among
from workflow.lists.filters import conditions
from workflow.lists.finding import find
from workflow.lists.search import Search
from workflow.queries import projects
from workflow.workplace import counts as workplace_counts
from workflow.workplace import statistics
from workflow.workplace import tasks as workplace
from workflow.workplace.watching import scope_of

TODAY = date(2025, 6, 20)
DAYS = {"opens_earliest": "2025-05-12", "opens_latest": "2025-05-12", "planned_ends": "2025-05-15"}

CALL = {"policy": "fujian-2024", "year": 2024}  # whose applications have a last day


def year(desk: Desk) -> dict[str, int]:
    made = {
        "nobody applied": desk.admit(name="甲班", **CALL),
        "not recommended": desk.admit(name="乙班", state="submitted", **CALL),
        "not filed, class over": desk.admit(name="丙班", state="planned", known_on="2025-01-06"),
        "plan came late": desk.admit(name="丁班", state="planned", known_on="2025-06-01"),
        "moved into the past": desk.admit(name="戊班", state="planned", known_on="2025-01-06"),
        "not due": desk.admit(
            name="己班",
            state="planned",
            known_on="2025-01-06",
            **{name: day.replace("-05-", "-10-") for name, day in DAYS.items()},
        ),
    }
    desk.do(
        made["moved into the past"],
        Act.CHANGE,
        CLERK,
        "2025-06-10",
        papers=("change_notice",),
        opens=date(2025, 6, 2),
        ends=date(2025, 6, 5),
        reason="补登",
    )
    return made


def test_every_count_of_what_is_overdue_is_the_same(desk: Desk) -> None:
    made = year(desk)
    expected = set(made.values()) - {made["nobody applied"], made["not due"]}
    watching = scope_of(WANG)
    assert watching is not None
    search = Search(overdue=True)
    with desk.db.read() as connection:
        tile = workplace_counts.counts(connection, watching, TODAY)["late"]
        table = {task.project_id for task in workplace.late(connection, watching, TODAY)}
        found = find(
            connection,
            list(conditions(search, WANG, today=TODAY)),
            search.order,
            None,
            limit=50,
        )
        load, longest = [], []
        for one in (2024, 2025):
            load += statistics.by_department(connection, WANG, one, TODAY)
            longest += statistics.late_ones(connection, WANG, one, TODAY, 50)
        listed = projects(connection, desk.book, as_of=TODAY, overdue=True)
        among = late_among(connection, list(made.values()), TODAY)
    assert table == {one["id"] for one in listed} == expected
    assert {row.name for row in longest} == {one["name"] for one in listed}
    assert {place.id for place in found.places} == among == expected
    assert tile == found.total == sum(one.late for one in load) == len(expected)


def test_a_line_that_no_mail_urges_says_why(desk: Desk) -> None:
    made = year(desk)
    watching = scope_of(WANG)
    assert watching is not None
    with desk.db.read() as connection:
        lines = {t.project_id: t for t in workplace.late(connection, watching, TODAY)}
    said = {name: (lines[i].note.zh, lines[i].late) for name, i in made.items() if i in lines}
    assert said == {
        "not recommended": ("待主管部门审核推荐", True),
        "not filed, class over": ("计划办班时间已过，请先登记办班情况", True),
        "plan came late": ("计划下达晚于截止日，不归责于承办单位", False),
        "moved into the past": ("日期变更登记时已过此日，不归责于承办单位", False),
    }


def test_the_last_day_is_not_late(desk: Desk) -> None:
    project = desk.admit(state="planned", known_on="2025-01-06")
    with desk.db.read() as connection:
        due = next(
            row for row in statistics.late_ones(connection, WANG, 2025, date(2026, 1, 1), 5)
        ).last_on
        for day, late in ((due, []), (due + timedelta(days=1), [project])):
            found = projects(connection, desk.book, as_of=day, overdue=True)
            assert [one["id"] for one in found] == late
