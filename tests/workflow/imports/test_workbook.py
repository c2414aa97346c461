"""Reading sheets sparsely, and refusing parts that are broken or hostile."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.styles import Font

from workflow.imports.archive import WorkbookError
from workflow.imports.sheet_cells import Mark
from workflow.imports.workbook import Row, read_sheet

HEAD = ["项目名称", "承办单位"]
Write = Callable[..., Path]


def refusal(path: Path) -> str:
    with pytest.raises(WorkbookError) as refused:
        read_sheet(path)
    assert refused.value.text.en.startswith(f"The file “{path.name}” ")
    return refused.value.text.zh


def repack(path: Path, **parts: bytes | None) -> Path:
    """Replace parts of the zip (None: leave out), as a faulty program would write them."""
    with zipfile.ZipFile(path) as old:
        content: dict[str, bytes | None] = {name: old.read(name) for name in old.namelist()}
    content.update((k.replace("__", "/"), v) for k, v in parts.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in content.items():
            if data is not None:
                new.writestr(name, data)
    return path


def sheet_xml(rows: str, prolog: str = "", after: str = "") -> dict[str, bytes]:
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'{prolog}<worksheet xmlns="{ns}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return {"xl__worksheets__sheet1.xml": xml.encode()}


def test_rows_are_sparse_and_typed(write: Write) -> None:
    day = datetime(2025, 5, 12)  # noqa: DTZ001 Excel's dates have no zone
    sheet = read_sheet(write(["表", None, "  "], [None, 1.5, day], [], [True, "=1+1", "x"]))
    assert sheet.rows == (
        Row(1, {1: "表"}, True),
        Row(2, {2: 1.5, 3: day}, False),
        Row(4, {1: True, 2: "=1+1", 3: "x"}, False),
    )
    assert (sheet.title, sheet.others) == ("Sheet", ())


def test_a_formula_counts_by_the_result_that_the_file_keeps(write: Write) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1">SUM(B1)</f><v>3</v></c>'
        '<c r="B1" t="str"><f t="shared" si="0" ref="B1:B2">C1&amp;"班"</f><v>甲班</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/></c><c r="C2"><f>HYPERLINK("x")</f></c></row>'
    )
    found = read_sheet(repack(write(["x"]), **sheet_xml(rows)))
    assert [row.cells for row in found.rows] == [{1: 3, 2: "甲班"}, {2: "=", 3: '=HYPERLINK("x")'}]
    assert found.rows[0].marks == {1: Mark(computed=True), 2: Mark(computed=True)}


def test_vertical_merges_fill_down_and_sideways_ones_do_not(write: Write) -> None:
    rows = (["标题"], ["厅", "甲"], [None, "乙"], [None, None], ["局", "丙", "丁"])
    sheet = read_sheet(write(*rows, merge=("A1:C1", "A2:A4", "B5:C5")))
    assert sheet.rows == (
        Row(1, {1: "标题"}, True),
        Row(2, {1: "厅", 2: "甲"}, False),
        Row(3, {1: "厅", 2: "乙"}, True),
        Row(5, {1: "局", 2: "丙"}, False),
    )


def test_an_enormous_merge_fills_only_rows_in_use(write: Write) -> None:
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="B9"><v>2</v></c></row>'
    sheet = read_sheet(repack(write(["x"]), **sheet_xml(rows, after=merged)))
    assert [row.cells for row in sheet.rows] == [{1: 1}, {1: 1, 2: 2}]


def test_the_first_sheet_with_a_heading_is_read(tmp_path: Path) -> None:
    book = Workbook()
    for title, row in (("说明", ["请填写"]), ("计划", HEAD), ("旧", HEAD), ("藏", HEAD)):
        book.create_sheet(title).append(row)
    del book["Sheet"]
    book["藏"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    sheet = read_sheet(tmp_path / "a.xlsx")
    assert (sheet.title, sheet.others) == ("计划", ("旧",))


@pytest.mark.parametrize("value", [None, "远"])
def test_one_far_cell_costs_nothing(tmp_path: Path, value: str | None) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEAD)
    sheet["XFD1048576"].font = Font(bold=True)
    sheet["XFD1048576"] = value
    book.save(tmp_path / "far.xlsx")
    assert len(read_sheet(tmp_path / "far.xlsx").rows) == (2 if value else 1)


@pytest.mark.parametrize(
    "rows",
    [
        "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 50_002)),
        '<row r="1">' + "<c><v>1</v></c>" * 201 + "</row>",
    ],
)
def test_too_many_rows_or_columns(write: Write, rows: str) -> None:
    found = refusal(repack(write(["x"]), **sheet_xml(rows)))
    assert found == "文件“plan.xlsx”超过50000行或200列，请删除计划表以外的内容后再导入。"


BROKEN = (
    "文件“plan.xlsx”已损坏或不完整，请重新获取文件，或用Excel或WPS打开后另存为.xlsx格式再导入。"
)


def test_truncated_zip(write: Write) -> None:
    path = write(HEAD)
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(path) == BROKEN


def test_flipped_bytes(write: Write) -> None:
    path = write(HEAD)
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 100
    content = path.read_bytes()
    path.write_bytes(content[:at] + bytes(200) + content[at + 200 :])
    assert refusal(path) == BROKEN


@pytest.mark.parametrize("part", ["xl__workbook.xml", "xl__worksheets__sheet1.xml"])
def test_broken_xml(write: Write, part: str) -> None:
    assert refusal(repack(write(HEAD), **{part: b"<a><b></a>"})) == BROKEN


def test_workbook_part_missing(write: Write) -> None:
    assert refusal(repack(write(HEAD), **{"xl__workbook.xml": None})) == BROKEN


HA, HAHA = "ha" * 9, "&x;" * 9
BOMB = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "{HA}"><!ENTITY y "{HAHA}">]>'


@pytest.mark.parametrize("part", ["xl__workbook.xml", "xl__styles.xml", "_rels__.rels"])
def test_entities_are_never_expanded(write: Write, part: str) -> None:
    assert refusal(repack(write(HEAD), **{part: (BOMB + "<a>&y;</a>").encode()})) == BROKEN


def test_entities_in_the_shared_strings(write: Write) -> None:
    strings = (BOMB + "<sst><si><t>&y;</t></si></sst>").encode()
    assert refusal(repack(write(HEAD), **{"xl__sharedStrings.xml": strings})) == BROKEN


def test_entities_in_the_sheet(write: Write) -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>&y;</v></c></row>'
    assert refusal(repack(write(HEAD), **sheet_xml(rows, BOMB))) == BROKEN


def test_a_cell_longer_than_excel_allows(write: Write) -> None:
    rows = f'<row r="1"><c r="A1" t="str"><v>{"x" * 32_768}</v></c></row>'
    assert refusal(repack(write(HEAD), **sheet_xml(rows))) == BROKEN


NO_SHEET = "文件“plan.xlsx”中没有可见的工作表（可能只有图表），请指定含计划表的文件。"


def test_charts_only(tmp_path: Path) -> None:
    book = Workbook()
    data: Any = book.active
    data.append([1, 2])
    book.create_chartsheet("图").add_chart(BarChart())
    data.sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "plan.xlsx")
    assert refusal(tmp_path / "plan.xlsx") == NO_SHEET


def test_no_sheets_at_all(write: Write) -> None:
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<workbook xmlns="{ns}"><sheets/></workbook>'.encode()
    assert refusal(repack(write(HEAD), **{"xl__workbook.xml": xml})) == NO_SHEET
