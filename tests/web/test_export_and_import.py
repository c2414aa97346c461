"""The list of projects as a workbook is a plan that says what the books say: importing it changes
nothing, whatever has happened to the projects meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from stories import FILING
from visits import House

from states.terms import Act, Action, Role
from workflow.imports.outcome import Imported
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.people import OPERATOR, Actor
from workflow.tables import EVENT, PROJECT

PROVINCE = (Role.PROVINCE, "")
SECOND = Actor("zhou", "", (PROVINCE,))
FIRST_DAY = date(2025, 1, 20)
HEAD = (
    *("序号", "项目名称", "项目类别", "资助方式", "承办单位", "主管部门", "举办时间", "举办地点"),
    *("计划人数", "联系人", "联系电话", "联系邮箱", "单位邮箱"),
)
TIMES = (
    *("9月15日-19日", "10月中旬", "第三季度", "9月8日", "2025.6.3-6.6", "5月", "11月3日-6日"),
    *("4月14日-17日", "4月21日-24日", "6月底", "上半年", "3月17日-20日"),
)


def plan(folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEAD)
    kinds = (
        ("省级高级研修示范项目", "财政资助"),
        ("工程领域专项", "财政资助"),
        ("省级高级研修普通项目", "自筹"),
        ("国家级高级研修项目", "财政资助"),
        ("国家级高级研修项目", "自筹"),
    )
    for n, time in enumerate(TIMES, start=1):
        kind, paid = kinds[n % len(kinds)]
        address = None if n == 3 else f"u{n}@example.cn"
        office = "office@example.cn" if n % 2 else None
        row = [n, f"样例课题{n}高级研修班", kind, paid, f"样例学会{n}", "样例厅", time, "福州市"]
        sheet.append([*row, 40, "张样", "0591-80000001", address, office])
    book.save(folder / "plan.xlsx")
    return folder / "plan.xlsx"


def apply(house: House, file: Path) -> Imported:
    policy = house.desk.book.policy("fujian-2025")
    at = datetime(house.day.year, house.day.month, house.day.day, 1, tzinfo=UTC)
    found = read_plan(file, policy)
    return apply_plan(house.desk.db, house.desk.book, policy, found, today=house.day, at=at)


def exported(house: House, folder: Path, search: str = "", language: str = "zh") -> Path:
    visit = house.visit(house.person(f"wang{search}{language}", PROVINCE))
    visit.client.cookies.set("yanxiu_language", language)
    answer = visit.get(f"/projects/export{search}")
    assert answer.status_code == 200
    (folder / "list.xlsx").write_bytes(answer.content)
    return folder / "list.xlsx"


def rows(house: House, table: Any) -> list[Any]:
    with house.desk.db.read() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def changes_nothing(house: House, folder: Path) -> None:
    before = rows(house, PROJECT), rows(house, EVENT)
    result = apply(house, exported(house, folder))
    assert (result.imported, result.changed) == (0, 0)
    assert [remark.message.zh for remark in (*result.rejected, *result.differences)] == []
    assert (rows(house, PROJECT), rows(house, EVENT)) == before
    assert not [
        remark.message.zh for remark in result.warnings if "本文件中没有" in remark.message.zh
    ]


def test_a_list_of_the_plan_as_it_came_changes_nothing(house: House, tmp_path: Path) -> None:
    """Windows stay windows, numbers and addresses survive, exact days are no other days."""
    house.day = FIRST_DAY
    assert apply(house, plan(tmp_path)).imported == len(TIMES)
    changes_nothing(house, tmp_path)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_list_into_empty_books_brings_the_same_projects(
    house: House, tmp_path: Path, language: str
) -> None:
    """What the list says of a plan is enough to make it again."""
    house.day = FIRST_DAY
    apply(house, plan(tmp_path))
    policy = house.desk.book.policy("fujian-2025")
    first, again = (
        read_plan(f, policy) for f in (plan(tmp_path), exported(house, tmp_path, "", language))
    )

    def said(found: Any) -> list[Any]:
        names = ("number", "name", "host", "department", "category", "place", "planned_trainees")
        names += ("opens_earliest", "opens_latest", "planned_ends", "contact_name")
        names += ("contact_phone", "contact_email", "office_email")
        return [[getattr(row, name) for name in names] for row in found.rows]

    assert again.rejected == []
    assert said(again) == said(first)


def test_a_list_of_a_season_under_way_changes_nothing(house: House, tmp_path: Path) -> None:
    """Confirmed, moved, put off, handed over, transferred, filed, held, cancelled: each state has
    a label that is read again, and the days are those that hold now."""
    house.day = FIRST_DAY
    apply(house, plan(tmp_path))
    house.day = date(2025, 4, 28)

    def do(project: int, what: Any, on: str, papers: tuple[str, ...] = (), **given: Any) -> None:
        house.desk.do(project, what, OPERATOR, on, papers=papers, on_behalf=what in HOSTS, **given)

    do(2, Act.CONFIRM_DATES, "2025-03-03", opens=date(2025, 10, 13), ends=date(2025, 10, 16))
    do(1, Act.CHANGE, "2025-03-03", reason="场地", ends=date(2025, 9, 20))
    do(
        4,
        Act.CHANGE,
        "2025-03-03",
        reason="调整",
        name="样例课题四（新）高级研修班",
        place="厦门市",
    )
    do(5, Act.POSTPONE, "2025-03-03", reason="台风")
    do(6, Act.HAND_OVER, "2025-03-03", contact_name="新样", contact_email="new@example.cn")
    do(7, Act.TRANSFER, "2025-03-03", reason="改隶", host="样例新学会", department="新厅")
    do(10, Action.FILE, "2025-03-10", FILING)
    do(10, Act.MILESTONE, "2025-03-12", name="filing_confirmed")
    do(
        12,
        Action.HOLD,
        "2025-03-24",
        opens=date(2025, 3, 17),
        ends=date(2025, 3, 21),
        trainees=42,
        online_trainees=0,
        staff=3,
        place="泉州市",
    )
    do(11, Action.REJECT, "2025-04-01", code=next(iter(reasons(house))), text="示例")
    house.desk.do(8, Action.WITHDRAW, OPERATOR, "2025-04-01", on_behalf=True, reason="停办")
    house.desk.do(8, Action.WITHDRAW, SECOND, "2025-04-02", reason="停办")
    changes_nothing(house, tmp_path)


HOSTS = frozenset({Act.CHANGE, Act.POSTPONE, Action.FILE, Action.HOLD})


def reasons(house: House) -> list[str]:
    return [
        key
        for key, reason in house.desk.book.policy("fujian-2025").reasons.items()
        if "planned" in {state.value for state in reason.states}
    ]
