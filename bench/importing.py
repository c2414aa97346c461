"""Importing a plan of 10,000 rows against one of 1,000: reading, checking and writing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from openpyxl import Workbook

from bench.measure import Figure, interleaved
from config.rulebook import rulebook
from workflow.database import Database
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan
from workflow.migrations import upgrade

AT = datetime(2025, 1, 1, 1, tzinfo=UTC)
HEADS = ("序号", "项目名称", "项目类别", "资助方式", "承办单位", "主管部门", "举办时间")
MORE = ("举办地点", "计划人数", "联系人", "联系邮箱")


def measure(folder: Path) -> Figure:
    """Seconds from file to committed rows; the goal says that it grows in step with the rows."""
    book = rulebook()
    policy = book.policy("fujian-2025")
    many, few = _plan(folder / "many.xlsx", 10_000), _plan(folder / "few.xlsx", 1_000)
    names = count()

    def import_(path: Path) -> None:
        db = Database(f"sqlite:///{folder / f'import{next(names)}.db'}")
        upgrade(db)
        plan = read_plan(path, policy)
        result = apply_plan(db, book, policy, plan, today=date(2025, 1, 1), at=AT)
        if result.rejected or result.imported != len(plan.rows):
            raise SystemExit(f"import failed: {result.rejected[:3]}")
        db.close()

    ours, floor = interleaved(lambda: import_(many), lambda: import_(few))
    ratio = ours / floor
    return Figure(
        "import: 10,000 rows",
        ours,
        "s",
        floor,
        ratio,
        "<= 12 x 1,000 rows",
        ratio <= 12,
    )


def _plan(path: Path, rows: int) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("计划")
    sheet.append([*HEADS, *MORE])
    for n in range(1, rows + 1):
        day = 1 + n % 20
        sheet.append(
            [
                n,
                f"示例专题{n}高级研修班",
                "省级高级研修示范项目",
                "财政资助",
                f"示例单位{n % 977}",
                f"示例厅{n % 20}",
                f"2025年{5 + n % 6}月{day}日-{day + 3}日",
                "福州市",
                40,
                f"联系人{n}",
                f"unit{n}@example.cn",
            ]
        )
    book.save(path)
    return path
