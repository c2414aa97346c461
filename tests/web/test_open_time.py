"""A project whose time is still open, as a plan with 待定 brings it: every page shows it as that."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from visits import House, words

from states.terms import Role
from workflow.imports.plan import apply_plan
from workflow.imports.plan_file import read_plan

HEAD = ("序号", "项目名称", "项目类别", "承办单位", "主管部门", "举办时间", "联系邮箱")
CATEGORIES = (
    "省级高级研修示范项目",
    "工程领域专项",
    "省级高级研修普通项目",
    "国家级高级研修项目（自筹）",
)
DEEDS = ("file", "hold", "confirm_dates", "change", "postpone", "withdraw")
PAGES = (
    *("/", "/projects", "/calls", "/mail", "/pictures", "/pictures/year", "/pictures/report"),
    *(f"/projects/{n}{page}" for n in range(1, 5) for page in ("", "/history", "/why")),
    *(f"/projects/1/do/{deed}" for deed in DEEDS),
)


@pytest.fixture
def planned(house: House, tmp_path: Path) -> House:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(HEAD)
    for n, category in enumerate(CATEGORIES, start=1):
        row = [n, f"样例课题{n}高级研修班", category, f"学会{n}", "样例厅", "等领导定"]
        sheet.append([*row, f"u{n}@example.cn"])
    book.save(tmp_path / "plan.xlsx")
    house.day = date(2025, 3, 3)
    policy = house.desk.book.policy("fujian-2025")
    plan = read_plan(tmp_path / "plan.xlsx", policy)
    at = datetime(2025, 3, 3, 1, tzinfo=UTC)
    desk = house.desk
    assert apply_plan(desk.db, desk.book, policy, plan, today=house.day, at=at).imported == 4
    return house


@pytest.mark.parametrize(
    "role",
    [(Role.PROVINCE, ""), (Role.COORDINATOR, "样例厅"), (Role.HOST, "学会1"), (Role.AUDITOR, "")],
)
def test_no_page_stumbles(planned: House, role: tuple[Role, str]) -> None:
    visit = planned.visit(planned.person("wang", role))
    answers = {page: visit.get(page).status_code for page in PAGES}
    refused = {page for page, status in answers.items() if status in (403, 404)}
    assert {page for page, status in answers.items() if status != 200} == refused
    assert visit.get("/projects/1").status_code == 200
    assert "等领导定" in words(visit.get("/projects/1"))
    assert "时间待定" in words(visit.get("/projects"))
