"""A small policy made by hand, and workbooks written on the spot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from books import Books
from openpyxl import Workbook

from config.rulebook import Rulebook
from states.contact import Contact
from states.policy import Anchor, Announced, Category, DeadlineRule, Figure, OffsetUnit, Policy
from states.terms import Basis, Force, Kind, Severity, State, Text
from workflow.database import Database

NATIONAL = ("国家级高级研修项目", "国家级")
HEAD = ["序号", "项目名称", "项目类别", "承办单位", "举办时间", "计划人数", "联系邮箱"]
ROW = [1, "甲班", "工程领域专项", "甲单位", "5月12日-16日", 30, "a@example.cn"]


def figure(value: int, unit: str = "person") -> Figure:
    return Figure(value, unit, Severity.FLAG, Basis.STATED, "R25-09")


COMPLETION = DeadlineRule(
    kind=Kind.COMPLETION,
    anchor=Anchor.FIXED,
    offset=0,
    unit=OffsetUnit.DAY,
    fixed_on=date(2025, 11, 30),
    inclusive=True,
    rolls=False,
    force=Force.STATED,
    basis=Basis.STATED,
    clause="R25-04",
)


def category(key: str, label: str, names: tuple[str, ...], funding: str) -> Category:
    return Category(
        key=key,
        label=Text(label, key),
        names=names,
        funding=funding,
        level="national" if names == NATIONAL else "provincial",
        basis=Basis.STATED,
        ends_in=State.CLOSED,
        deadlines=(COMPLETION,),
        figures={"min_trainees": figure(30), "usual_days": figure(4, "day")},
        papers={},
        milestones=(),
        cap=figure(0, "fen"),
        fund=None,
        addressee=Text("省厅", "the province"),
    )


CATEGORIES = (
    category("national_funded", "国家级（财政资助）", NATIONAL, "funded"),
    category("national_self_funded", "国家级（自筹）", NATIONAL, "self_funded"),
    category("demonstration", "省级示范", ("省级高级研修示范项目", "示范项目"), "funded"),
    category("engineering", "工程领域专项", ("工程领域专项",), "funded"),
    category("ordinary", "省级普通", ("省级高级研修普通项目", "普通项目"), "self_funded"),
)


def small_policy(announced: Announced | None = None) -> Policy:
    return Policy(
        id="test-2025",
        title=Text("测试", "Test"),
        province="福建省",
        year=2025,
        programme=("专业技术人才知识更新工程",),
        office=Text("职业能力建设处", "the office"),
        contact=Contact(),
        documents={},
        clauses={},
        categories={c.key: c for c in CATEGORIES},
        funds={},
        reasons={},
        duties={},
        announced=announced,
        one_document=True,
        digest="",
    )


@pytest.fixture
def policy() -> Policy:
    return small_policy()


@pytest.fixture
def announcing() -> Callable[..., Policy]:
    """A policy that announces a total and counts by name."""

    def build(total: int, **by_name: int) -> Policy:
        return small_policy(
            Announced(total=figure(total, "class"), by_name=by_name, clause="R25-01")
        )

    return build


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows as a sheet; `merge` lists ranges. Gives the path."""

    def build(*rows: list[Any], merge: tuple[str, ...] = (), name: str = "plan.xlsx") -> Path:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        for area in merge:
            sheet.merge_cells(area)
        book.save(tmp_path / name)
        return tmp_path / name

    return build


@pytest.fixture
def table(write: Callable[..., Path]) -> Callable[..., Path]:
    """Writes the usual heading, and a usual row for each dict of changes."""

    def build(*changes: dict[str, Any]) -> Path:
        head = list(dict.fromkeys([*HEAD, *(key for change in changes for key in change)]))
        usual = dict(zip(HEAD, ROW, strict=True))
        return write(head, *([(usual | change).get(key) for key in head] for change in changes))

    return build


@pytest.fixture
def books(db: Database, book: Rulebook) -> Books:
    return Books(db, book)
