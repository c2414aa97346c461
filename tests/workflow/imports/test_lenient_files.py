"""Workbooks that Excel and WPS open: only what reading needs is read, so nothing else stops them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from test_workbook import refusal, repack, sheet_xml

from states.policy import Policy
from workflow.imports.plan_file import read_plan
from workflow.imports.sheet_cells import Mark, column_letter
from workflow.imports.workbook import read_sheet

Write = Callable[..., Path]
HEAD = ["项目名称", "承办单位"]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DAY = datetime(2025, 9, 15)  # noqa: DTZ001 Excel's dates have no zone
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def styles(*formats: str, fonts: str = "<font/>", fills: str = "<fill/>", xfs: str = "") -> bytes:
    """A style for each number format (an id, or a code), or `xfs` as they are."""
    codes = {n: code for n, code in enumerate(formats, 200) if not code.isdecimal()}
    known = "".join(f'<numFmt numFmtId="{n}" formatCode="{c}"/>' for n, c in codes.items())
    used = "".join(
        f'<xf numFmtId="{n if n in codes else code}"/>' for n, code in enumerate(formats, 200)
    )
    return (
        f'<styleSheet xmlns="{MAIN}"><numFmts>{known}</numFmts><fonts>{fonts}</fonts>'
        f"<fills>{fills}</fills><cellXfs>{xfs or used}</cellXfs>"
        f"<dxfs><dxf><font><strike/></font></dxf></dxfs></styleSheet>"
    ).encode()


def cells(path: Path) -> list[dict[int, object]]:
    return [row.cells for row in read_sheet(path).rows]


@pytest.mark.parametrize(
    "parts",
    [
        {"xl__styles.xml": styles("0")},  # <fill/> without a pattern
        {"xl__styles.xml": None},
        {"docProps__core.xml": b"<created>2025-1-5 9:02:00</created>", "docProps__app.xml": b"no"},
        {"xl__theme__theme1.xml": b"<a><b></a>"},
        {"[Content_Types].xml": b""},
        {"_rels__.rels": None},
        {"xl___rels__workbook.xml.rels": None},
    ],
)
def test_what_reading_does_not_need_stops_nothing(
    write: Write, parts: dict[str, bytes | None]
) -> None:
    assert cells(repack(write(HEAD), **parts)) == [{1: "项目名称", 2: "承办单位"}]


def test_validations_and_extensions_are_never_read(write: Write) -> None:
    after = (
        '<dataValidations count="x"><dataValidation type="?" sqref="瞎写"/></dataValidations>'
        '<extLst><ext uri=""><row><c r="A9"><v>9</v></c></row></ext></extLst>'
    )
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    assert cells(repack(write(HEAD), **sheet_xml(rows, after=after))) == [{1: 1}]


def test_damaged_styles_are_told_and_days_are_read_as_excel_counts_them(
    table: Write, policy: Policy
) -> None:
    path = repack(table({"举办时间": DAY}), **{"xl__styles.xml": b"<a><b></a>"})
    plan = read_plan(path, policy)
    assert str(plan.rows[0].opens_earliest) == "2025-09-15"
    assert [r.message.zh.partition("，")[0] for r in plan.warnings] == [
        "文件的样式部分已损坏",
        "“45915”是数字",
    ]


@pytest.mark.parametrize("raw", ["x", "nan", "1e99", "-1e99", ""])
def test_a_number_that_is_none_stops_nothing(write: Write, raw: str) -> None:
    rows = f'<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="0"><v>{raw}</v></c></row>'
    path = repack(write(HEAD), **{"xl__styles.xml": styles("14"), **sheet_xml(rows)})
    assert cells(path)[0].get(2) == (raw or None)


def test_a_strict_file_is_read(write: Write) -> None:
    """Its elements and relations have other namespaces."""
    office = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    book = (
        f'<workbook xmlns="{STRICT}" xmlns:r="{office}" conformance="strict"><sheets>'
        '<sheet name="计划" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    related = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    )
    rows = '<row r="1"><c r="A1" t="d"><v>2025-09-15T00:00:00Z</v></c></row>'
    sheet = sheet_xml(rows)["xl__worksheets__sheet1.xml"].replace(MAIN.encode(), STRICT.encode())
    path = repack(
        write(HEAD),
        **{
            "xl__workbook.xml": book.encode(),
            "xl___rels__workbook.xml.rels": related.encode(),
            "xl__worksheets__sheet1.xml": sheet,
        },
    )
    day = datetime(2025, 9, 15)  # noqa: DTZ001 Excel's dates have no zone
    assert (read_sheet(path).title, cells(path)) == ("计划", [{1: day}])


def test_texts_without_their_part_are_told_as_that(write: Write) -> None:
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    assert "缺少存放文字的部分" in refusal(repack(write(HEAD), **sheet_xml(rows)))


def test_how_a_word_is_pronounced_is_no_part_of_it(write: Write) -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>研修</t><rPh sb="0" eb="1"><t>yan</t></rPh></si></sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    parts = {"xl__sharedStrings.xml": strings.encode(), **sheet_xml(rows)}
    assert cells(repack(write(HEAD), **parts)) == [{1: "研修"}]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("0", 45915),
        ("14", DAY),
        ("31", DAY),  # what Chinese editions write without a code
        ("yyyy/m/d h:mm", DAY),
        ('yyyy"年"m"月"d"日"', DAY),
        ("[$-804]yyyy年m月d日;@", DAY),
        ("57", "2025年9月"),
        ("yyyy-mm", "2025年9月"),  # nobody sees a day, so none was meant
        ("mmm-yy", "2025年9月"),
        ("58", "9月15日"),
        ('m"月"d"日"', "9月15日"),
        ("yyyy", "2025年"),
        ('m"月"', "9月"),
        ("h:mm", 45915),
        ("0.00E+00", 45915),
        ("G/通用格式", 45915),
        ('0"days"', 45915),
    ],
)
def test_a_day_is_read_as_it_is_shown(write: Write, code: str, value: object) -> None:
    rows = '<row r="1"><c r="A1" s="0"><v>45915</v></c></row>'
    code = code.replace('"', "&quot;")
    parts = {"xl__styles.xml": styles(code), **sheet_xml(rows)}
    assert cells(repack(write(HEAD), **parts)) == [{1: value}]


def test_days_may_count_from_1904(write: Write) -> None:
    book = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="1"/>'
        '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    rows = '<row r="1"><c r="A1" s="0"><v>44453</v></c></row>'
    parts = {"xl__workbook.xml": book.encode(), "xl__styles.xml": styles("14"), **sheet_xml(rows)}
    assert cells(repack(write(HEAD), **parts)) == [{1: DAY}]


def test_a_bare_number_of_a_workbook_that_counts_from_1904_is_the_day_it_means(
    tmp_path: Path, policy: Policy
) -> None:
    """In General format nothing but its place in a column of dates makes it a day."""
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    sheet.append(["项目名称", "承办单位", "项目类别", "开始日期", "结束日期", "计划人数"])
    sheet.append(["甲班", "甲单位", "工程领域专项", 44453, 44457, 44])
    book.save(tmp_path / "plan.xlsx")
    plan = read_plan(tmp_path / "plan.xlsx", policy)
    [row] = plan.rows
    days = row.opens_earliest, row.opens_latest, row.planned_ends
    assert days == (DAY.date(), DAY.date(), date(2025, 9, 19))
    assert row.planned_trainees == 44


FONTS = (
    '<font/><font><strike/></font><font><strike val="0"/></font>'
    '<font><color rgb="FFFFFFFF"/></font><font><color theme="0"/></font>'
)
FILLS = (
    '<fill/><fill><patternFill patternType="solid"><fgColor rgb="FF1F4E79"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor theme="0"/></patternFill></fill>'
)


@pytest.mark.parametrize(
    ("font", "fill", "mark"),
    [
        (0, 0, None),
        (1, 0, Mark(struck="7")),
        (2, 0, None),
        (3, 0, Mark(unseen=True)),
        (4, 0, Mark(unseen=True)),
        (4, 1, None),  # white on blue, as headings are
        (4, 2, Mark(unseen=True)),
    ],
)
def test_what_nobody_sees_is_marked(write: Write, font: int, fill: int, mark: Mark | None) -> None:
    used = styles(fonts=FONTS, fills=FILLS, xfs=f'<xf fontId="{font}" fillId="{fill}"/>')
    rows = '<row r="1"><c r="A1" s="0"><v>7</v></c></row>'
    path = repack(write(HEAD), **{"xl__styles.xml": used, **sheet_xml(rows)})
    assert read_sheet(path).rows[0].marks == ({1: mark} if mark else {})


def test_of_a_text_that_is_partly_struck_the_rest_counts(write: Write) -> None:
    runs = "<r><rPr><strike/></rPr><t>5月12日</t></r><r><rPr/><t>9月8日</t></r>"
    rows = f'<row r="1"><c r="A1" t="inlineStr"><is>{runs}</is></c></row>'
    row = read_sheet(repack(write(HEAD), **sheet_xml(rows))).rows[0]
    assert (row.cells, row.marks) == ({1: "9月8日"}, {1: Mark(struck="5月12日")})


def test_hidden_rows_and_columns_are_known(write: Write) -> None:
    rows = (
        '<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>'
        '<row r="2" ht="0" customHeight="1"><c r="A2"><v>2</v></c></row>'
        '<row r="3" hidden="0"><c r="A3"><v>3</v></c></row>'
    )
    xml = sheet_xml(rows)["xl__worksheets__sheet1.xml"]
    columns = b'<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" width="0"/></cols>'
    xml = xml.replace(b"<sheetData>", columns + b"<sheetData>")
    sheet = read_sheet(repack(write(HEAD), **{"xl__worksheets__sheet1.xml": xml}))
    assert [row.hidden for row in sheet.rows] == [True, True, False]
    assert sheet.hidden_columns == {2, 3, 5}


def test_columns_are_named_as_excel_names_them() -> None:
    assert [column_letter(n) for n in (1, 26, 27, 703, 16384)] == ["A", "Z", "AA", "AAA", "XFD"]
