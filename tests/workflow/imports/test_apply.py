"""Applying a plan file: what is new, what differs, what is refused, and that it is all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config.rulebook import Rulebook
from states.terms import Act, Role
from workflow.database import Database
from workflow.deeds import Deed
from workflow.engine import perform
from workflow.imports.outcome import Imported
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import PlanFile, read_plan
from workflow.mail_tables import MAIL
from workflow.people import Actor
from workflow.tables import DEADLINE, EVENT, GRANT, PERSON, PROJECT, UNIT
from workflow.verify import verify

SAMPLE = Path("config/samples/plan-2025.xlsx").resolve()
TODAY = date(2025, 2, 20)
PROVINCE = Actor("p1", "省厅", ((Role.PROVINCE, ""),))
USUAL = {"项目类别": "示范项目", "举办时间": "9月15日-18日"}


@pytest.fixture
def apply(db: Database, book: Rulebook) -> Callable[..., Imported]:
    """Applies a file, or rows already read, as of a day."""

    def build(source: Path | PlanFile, today: date = TODAY, **how: bool) -> Imported:
        policy = book.policy("fujian-2025")
        plan = source if isinstance(source, PlanFile) else read_plan(source, policy)
        at = datetime(today.year, today.month, today.day, 1, tzinfo=UTC)
        return apply_plan(db, book, policy, plan, today=today, at=at, **how)

    return build


def rows(db: Database, table: Any, *columns: str, **where: Any) -> list[Any]:
    query = select(*(table.c[name] for name in columns)).order_by(*table.primary_key)
    for name, value in where.items():
        query = query.where(table.c[name] == value)
    with db.read() as connection:
        found = connection.execute(query).all()
    return [row[0] if len(columns) == 1 else tuple(row) for row in found]


def content(db: Database) -> list[list[Any]]:
    """Every row of the tables that an import can touch."""
    tables = (PROJECT, EVENT, DEADLINE, MAIL, PERSON, GRANT, UNIT)
    return [rows(db, table, *(column.name for column in table.columns)) for table in tables]


def facts(db: Database, project_id: int = 1) -> dict[str, Any]:
    [text] = rows(db, PROJECT, "facts", id=project_id)
    found: dict[str, Any] = json.loads(text)
    return found


def problems(db: Database, book: Rulebook) -> list[str]:
    return [said.en for said in verify(db, book)]


def english(remarks: list[Any]) -> list[tuple[int | None, str]]:
    return [(remark.row, remark.message.en) for remark in remarks]


def test_the_sample_year_comes_in_whole(
    db: Database, book: Rulebook, apply: Callable[..., Imported]
) -> None:
    result = apply(SAMPLE)
    assert (result.imported, result.changed, result.rejected) == (85, 0, [])
    assert set(rows(db, PROJECT, "state", "version")) == {("planned", 1)}
    assert rows(db, PROJECT, "number") == list(range(1, 86))
    assert set(rows(db, EVENT, "deed", "machine")) == {("import", True)}
    assert rows(db, MAIL, "id") == []
    assert problems(db, book) == []


def test_the_same_file_twice_changes_nothing(db: Database, apply: Callable[..., Imported]) -> None:
    apply(SAMPLE)
    before = content(db)
    again = apply(SAMPLE, date(2025, 3, 3))
    assert (again.imported, again.changed, again.differences, again.rejected) == (0, 0, [], [])
    assert content(db) == before


def test_a_changed_file_is_taken_over_as_changes_on_record(
    db: Database, book: Rulebook, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    apply(table(USUAL, USUAL | {"项目名称": "乙班", "序号": 2}))
    moved = USUAL | {"举办时间": "10月20日-23日", "联系邮箱": "new@example.cn", "序号": 9}
    result = apply(table(moved, USUAL | {"项目名称": "乙班", "序号": 2}), date(2025, 3, 3))
    assert (result.imported, result.changed, result.rejected) == (0, 1, [])
    assert english(result.differences) == [
        (2, "number: 1 -> 9"),
        (2, "contact_email: a@example.cn -> new@example.cn"),
        (2, "schedule_text: 9月15日-18日 -> 10月20日-23日"),
        (2, "opens_earliest: 2025-09-15 -> 2025-10-20"),
        (2, "opens_latest: 2025-09-15 -> 2025-10-20"),
        (2, "planned_ends: 2025-09-18 -> 2025-10-23"),
    ]
    assert rows(db, EVENT, "seq", "deed", "machine", project_id=1) == [
        *((1, "import", True), (2, "plan_reissued", True)),
    ]
    assert rows(db, PROJECT, "number", "contact_email", "opens", id=1) == [
        (9, "new@example.cn", date(2025, 10, 20))
    ]
    assert rows(db, DEADLINE, "round", "due_on", "standing", project_id=1, kind="filing") == [
        (1, date(2025, 8, 15), "superseded"),
        (2, date(2025, 9, 20), "open"),
    ]
    assert rows(db, EVENT, "seq", project_id=2) == [1]
    assert problems(db, book) == []


def test_an_end_that_the_newer_file_leaves_out_is_gone(
    db: Database, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    apply(table(USUAL))
    assert apply(table(USUAL | {"举办时间": "9月中旬"})).changed == 1
    assert "planned_ends" not in facts(db)
    assert facts(db)["opens_latest"] == "2025-09-20"


def test_dates_confirmed_meanwhile_survive_the_same_file(
    db: Database, book: Rulebook, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    plan = table(USUAL | {"举办时间": "9月中旬"})
    apply(plan)
    given = {"opens": date(2025, 9, 17), "ends": date(2025, 9, 20)}
    do(db, book, Act.CONFIRM_DATES, given, date(2025, 3, 3))
    result = apply(plan, date(2025, 3, 4))
    assert (result.imported, result.changed) == (0, 0)
    assert facts(db)["opens_earliest"] == "2025-09-17"


def test_an_open_time_is_a_project_whose_dates_come_later(
    db: Database, book: Rulebook, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    """As after a postponement: no opening, no filing date; the completion date stands."""
    plan = table(USUAL | {"举办时间": "待定"})
    assert apply(plan).imported == 1
    assert {"opens_earliest", "opens_latest", "planned_ends"} & set(facts(db)) == set()
    kinds = rows(db, DEADLINE, "kind")
    assert "completion" in kinds and "filing" not in kinds
    dates = {"opens": date(2025, 9, 16), "ends": date(2025, 9, 19)}
    do(db, book, Act.CONFIRM_DATES, dates, date(2025, 3, 3))
    assert "filing" in rows(db, DEADLINE, "kind")
    again = apply(plan, date(2025, 3, 4))
    assert (again.imported, again.changed) == (0, 0)
    assert facts(db)["opens_earliest"] == "2025-09-16"
    assert problems(db, book) == []


def test_a_file_that_no_longer_knows_the_time_leaves_it_open(
    db: Database, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    apply(table(USUAL))
    assert apply(table(USUAL | {"举办时间": "待定"})).changed == 1
    assert facts(db)["schedule_text"] == "待定"
    assert "opens_earliest" not in facts(db)


def do(db: Database, book: Rulebook, what: Any, given: dict[str, Any], on: date) -> None:
    deed = Deed(what, PROVINCE, given, {}, on)
    perform(db, book, 1, deed, today=on, at=datetime(on.year, on.month, on.day, 2, tzinfo=UTC))


def test_a_rejected_row_keeps_everything_out(
    db: Database, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    plan = table(USUAL, USUAL | {"项目名称": "乙班", "举办时间": "2月30日"})
    before = content(db)
    result = apply(plan)
    assert (result.imported, result.changed, len(result.rejected)) == (0, 0, 1)
    assert content(db) == before
    result = apply(plan, skip_bad_rows=True)
    assert (result.imported, len(result.rejected)) == (1, 1)
    assert rows(db, PROJECT, "name") == ["甲班"]


def test_a_dry_run_says_all_and_writes_nothing(
    db: Database, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    apply(table(USUAL))
    before = content(db)
    later = table(USUAL | {"计划人数": 60}, USUAL | {"项目名称": "乙班", "序号": 2})
    result = apply(later, dry_run=True)
    assert (result.imported, result.changed) == (1, 1)
    assert english(result.differences) == [(2, "planned_trainees: 30 -> 60")]
    assert content(db) == before


def test_contacts_become_people_with_one_grant_a_unit(
    db: Database, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    one = USUAL | {"联系人": "张三", "主管部门": "省林业局"}
    plan = table(
        one,
        one | {"项目名称": "乙班", "序号": 2, "联系人": "张三（主任）"},
        one | {"项目名称": "丙班", "序号": 3, "承办单位": "乙单位"},
        one | {"项目名称": "丁班", "序号": 4, "联系邮箱": None, "承办单位": "丙单位"},
    )
    apply(plan)
    apply(plan, date(2025, 3, 3))
    assert rows(db, PERSON, "login", "name", "email") == [("a@example.cn", "张三", "a@example.cn")]
    assert rows(db, GRANT, "role", "scope") == [("host", "甲单位"), ("host", "乙单位")]
    assert sorted(rows(db, UNIT, "name")) == sorted(["甲单位", "乙单位", "丙单位", "省林业局"])


def test_a_kind_of_deadline_that_comes_back_begins_its_next_round(
    db: Database, apply: Callable[..., Imported], table: Callable[..., Path]
) -> None:
    for category in ("示范项目", "普通项目", "示范项目"):
        result = apply(table(USUAL | {"项目类别": category}))
        assert result.rejected == []
    with db.read() as connection:
        rows = connection.execute(
            select(DEADLINE.c.round, DEADLINE.c.standing)
            .where(DEADLINE.c.kind == "filing")
            .order_by(DEADLINE.c.round)
        ).all()
    assert [tuple(row) for row in rows] == [(1, "superseded"), (2, "open")]
