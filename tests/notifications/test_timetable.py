"""The timetable, read back by python-docx and, independently, as zipped XML."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from desk import Desk
from docx import Document
from docx.shared import Mm
from sqlalchemy import select
from sqlalchemy import update as change_row

from notifications.calendars.timetable import timetable
from states.terms import Act, Action, Role
from workflow.tables import PROJECT

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TODAY = date(2025, 2, 21)


def made(desk: Desk, project_id: int, language: str = "zh", **facts: Any) -> bytes:
    """The page, with some facts changed for this once."""
    with desk.db.engine.connect() as connection:
        stored = connection.execute(
            select(PROJECT.c.facts).where(PROJECT.c.id == project_id)
        ).scalar_one()
        known = json.dumps(json.loads(stored) | facts)
        row = change_row(PROJECT).where(PROJECT.c.id == project_id)
        connection.execute(row.values(facts=known))
        page = timetable(connection, desk.book, project_id, language=language, today=TODAY)
        connection.rollback()
    return page


def steps(page: bytes) -> list[list[str]]:
    _, table = Document(BytesIO(page)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_it_names_every_step_with_its_days_and_grounds(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    page = made(quick_desk, one)
    document = Document(BytesIO(page))
    assert document.paragraphs[0].text == "项目时间表"
    facts, _ = document.tables
    told = [cell.text for row in facts.rows for cell in row.cells]
    for text in ("研修班1号", "2025年 第1号", "甲单位", "省林业局", "2025年9月15日至9月18日"):
        assert text in told
    heads, *lines = steps(page)
    assert heads == ["环节", "截止日", "建议报送日", "依据", "说明", "完成"]
    assert [line[:3] for line in lines] == [
        ["开班前报送", "2025年8月15日\n（周五）", "2025年8月15日\n（周五）"],
        ["开班前确认", "2025年9月15日\n（周一）", "—"],
        ["办班登记", "2025年9月18日\n（周四）", "—"],
        ["材料报送", "2025年10月20日\n（周一）", "2025年10月17日\n（周五）"],
        ["办班时限", "2025年11月30日\n（周日）", "—"],
    ]
    assert "R25-07" in lines[0][3] and "实施方案" in lines[0][4]
    assert "建议（通知未作要求）" in lines[1][4] and "暂定（待确认）" in lines[3][4]
    assert {line[5] for line in lines} == {"□"}
    foot = [paragraph.text for paragraph in document.sections[0].footer.paragraphs]
    assert foot[0] == "制表日期：2025年2月21日（周五）"
    assert foot[1] == (
        "咨询单位：福建省人力资源和社会保障厅职业能力建设处，电话0591-00000000，"
        "邮箱gaoyan@example.cn，邮寄地址：福建省福州市示例区示例路1号，邮编000000（示例，请勿使用）"
    )
    assert len(foot) == 2


def test_a_report_that_goes_to_the_ministry_has_its_address_on_the_sheet(quick_desk: Desk) -> None:
    """R25-15b."""
    [one] = quick_desk.plan({"category": "national_funded"})
    footer = Document(BytesIO(made(quick_desk, one))).sections[0].footer
    assert footer.paragraphs[2].text.startswith(
        "办班后材料报送至：人社部事业单位人事服务中心，电话010-00000000"
    )


def test_what_is_done_is_ticked(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    quick_desk.do(one, Action.FILE, "2025-08-01", by=Role.HOST)
    assert [line[5] for line in steps(made(quick_desk, one))[1:3]] == ["☑", "□"]


def test_what_is_assumed_says_so(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({"category": "engineering"})
    said = json.dumps(steps(made(quick_desk, one)), ensure_ascii=False)
    assert "系统建议（通知未作要求）" in said and "系统推定" not in said


CAME_LATE = "计划下达晚于备案期限，不归责于承办单位，请尽快报送"


def test_a_plan_that_came_after_its_filing_date_is_said_to_have(quick_desk: Desk) -> None:
    days = {"opens_earliest": "2025-03-03", "opens_latest": "2025-03-03"}
    [one] = quick_desk.plan(days | {"planned_ends": "2025-03-06"})
    first = steps(made(quick_desk, one, planned_on="2025-02-20"))[1]
    assert first[:2] == ["开班前报送", "2025年2月3日\n（周一）"]
    assert first[4] == f"报送开班通知、实施方案；{CAME_LATE}"
    assert CAME_LATE not in steps(made(quick_desk, one, planned_on="2025-01-02"))[1][4]


def test_an_extended_deadline_says_by_whom(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    given = {
        "kind": "filing",
        "due_on": "2025-08-29",
        "reason": "讲师行程",
        "document_number": "1号",
    }
    quick_desk.do(one, Act.EXTEND, "2025-08-01", **given)
    first = steps(made(quick_desk, one))[1]
    assert first[1] == "2025年8月29日\n（周五）"
    assert first[4] == "报送开班通知、实施方案；省厅已同意延长至2025年8月29日（周五）"


def test_an_opening_rests_on_the_duty_to_tell_of_changes(quick_desk: Desk) -> None:
    """R25-05, as in the mail about it."""
    [one] = quick_desk.plan({})
    assert steps(made(quick_desk, one))[2][3] == "2025年实施通知第一部分第1段（R25-05）"


def test_a_postponed_class_says_so(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    given = {"reason": "场地停用", "force_majeure": True}
    quick_desk.do(one, Act.POSTPONE, "2025-08-01", by=Role.HOST, **given)
    table = Document(BytesIO(made(quick_desk, one))).tables[0]
    assert "待定（已登记延期）" in [cell.text for row in table.rows for cell in row.cells]


def test_it_speaks_english(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    heads, first, *_ = steps(made(quick_desk, one, "en"))
    assert heads == ["Step", "Due", "Advised", "Ground", "Notes", "Done"]
    assert first[:2] == ["Filing before opening", "2025-08-15\n(Fri)"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_a4_with_chinese_fonts_and_fits_its_width(
    quick_desk: Desk, language: str
) -> None:
    [one] = quick_desk.plan({})
    page = made(quick_desk, one, language)
    section = Document(BytesIO(page)).sections[0]
    sizes = (section.page_width, section.page_height)
    assert [round(size / Mm(1)) for size in sizes if size] == [210, 297]
    with ZipFile(BytesIO(page)) as file:
        assert file.testzip() is None
        parts = [file.read(n) for n in ("word/document.xml", "word/footer1.xml")]
    for part in parts:
        tree = ElementTree.fromstring(part)
        runs = [run for run in tree.iter(f"{W}r") if "".join(run.itertext()).strip()]
        fonts = {run.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") for run in runs}  # type: ignore[union-attr]
        assert runs and fonts <= {"仿宋", "宋体"}
    tree = ElementTree.fromstring(parts[0])
    room = 9864  # twentieths of a point: what margins of 18 mm leave
    for grid in tree.iter(f"{W}tblGrid"):
        assert sum(int(column.get(f"{W}w", "0")) for column in grid) <= room + 6


@pytest.mark.parametrize(
    "name", ["<w:p>&\x00\x0b甲]]>\n乙", "长" * 120, "\u202e甲\U0001f600", "=1+1", ""]
)
def test_no_name_breaks_it(quick_desk: Desk, name: str) -> None:
    [one] = quick_desk.plan({})
    page = made(quick_desk, one, name=name, place=name)
    shown = Document(BytesIO(page)).tables[0].rows[0].cells[1].text
    assert shown == " ".join("".join(c if c.isprintable() else " " for c in name).split())
    assert len(steps(page)) == 6


def test_it_keeps_no_trace_of_the_program_that_made_it(quick_desk: Desk) -> None:
    [one] = quick_desk.plan({})
    properties = Document(BytesIO(made(quick_desk, one))).core_properties
    assert (properties.author, properties.comments, properties.created.date()) == ("", "", TODAY)  # type: ignore[union-attr]
