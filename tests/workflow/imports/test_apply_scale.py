"""An import grows with its rows and no faster: every statement that reaches SQLite is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from databases import Empty
from sqlalchemy import event

from config.rulebook import Rulebook
from workflow.database import Database
from workflow.imports.outcome import Imported
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import PlanFile, read_plan
from workflow.imports.rows import PlanRow

# Counts what SQLite runs.
pytestmark = pytest.mark.sqlite_file

TODAY = date(2025, 2, 20)


@pytest.fixture
def usual(table: Callable[..., Path], book: Rulebook) -> PlanRow:
    path = table({"项目类别": "示范项目", "举办时间": "9月15日-18日"})
    [row] = read_plan(path, book.policy("fujian-2025")).rows
    return row


@pytest.fixture
def lite(empty_database: Empty, tmp_path: Path) -> Iterator[Database]:
    with empty_database(tmp_path) as database:
        yield database


def applied(
    db: Database, book: Rulebook, usual: PlanRow, count: int, trainees: int = 30
) -> tuple[Imported, int]:
    """Apply that many rows; the result, and how many statements it took."""
    rows = [
        replace(
            usual,
            row=n,
            number=n,
            name=f"第{n}班",
            contact_email=f"c{n}@example.cn",
            planned_trainees=trainees,
        )
        for n in range(1, count + 1)
    ]
    statements: list[str] = []

    def trace(connection: object, *_: object) -> None:
        connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]

    event.listen(db.engine, "checkout", trace)
    at = datetime(2025, 2, 20, 1, tzinfo=UTC)
    policy = book.policy("fujian-2025")
    result = apply_plan(db, book, policy, PlanFile(rows=rows), today=TODAY, at=at)
    event.remove(db.engine, "checkout", trace)
    return result, len(statements)


def test_a_thousand_new_rows(lite: Database, book: Rulebook, usual: PlanRow) -> None:
    """A row writes project, event, five deadlines, person and grant, and asks what else that person
    is: each of its statements once, however many rows there are."""
    result, statements = applied(lite, book, usual, 1000)
    assert (result.imported, result.rejected) == (1000, [])
    assert statements <= 11 * 1000 + 20


def test_a_thousand_known_rows_are_only_read(
    lite: Database, book: Rulebook, usual: PlanRow
) -> None:
    applied(lite, book, usual, 1000)
    result, statements = applied(lite, book, usual, 1000)
    assert (result.imported, result.changed) == (0, 0)
    assert statements <= 20


def test_a_thousand_changed_rows(lite: Database, book: Rulebook, usual: PlanRow) -> None:
    """A change reads project and deadlines and writes event and project."""
    applied(lite, book, usual, 1000)
    result, statements = applied(lite, book, usual, 1000, trainees=40)
    assert (result.changed, result.rejected) == (1000, [])
    assert statements <= 4 * 1000 + 20
