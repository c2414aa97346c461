"""Reading sheets sparsely, and refusing everything that is no harmless workbook."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.styles import Font

from workflow.imports.workbook import Row, WorkbookError, read_sheet

SHEET = "xl/worksheets/sheet1.xml"
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
        content = {name: old.read(name) for name in old.namelist()}
    content |= {k.replace("__", "/"): v for k, v in parts.items()}  # type: ignore[dict-item]
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


def test_array_and_shared_formulas_stay_text(write: Write) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1">SUM(B1)</f><v>3</v></c>'
        '<c r="B1"><f t="shared" si="0" ref="B1:B2">C1+1</f><v>3</v></c></row>'
        '<row r="2"><c r="B2"><f t="shared" si="0"/><v>4</v></c></row>'
    )
    found = read_sheet(repack(write(["x"]), **sheet_xml(rows)))
    assert [row.cells for row in found.rows] == [{1: "=SUM(B1)", 2: "=C1+1"}, {2: "=C2+1"}]


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


def test_missing_folder_and_text(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("序号,项目名称\n")
    (tmp_path / "empty.xlsx").touch()
    assert refusal(tmp_path / "no.xlsx") == "文件“no.xlsx”不存在，请核对文件名和所在文件夹。"
    assert refusal(tmp_path / "plan.csv" / "x") == "文件“x”不存在，请核对文件名和所在文件夹。"
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    assert refusal(folder) == "文件“folder.xlsx”是文件夹，请指定其中的.xlsx文件。"
    for name in ("plan.csv", "empty.xlsx"):
        assert refusal(tmp_path / name) == (
            f"文件“{name}”不是.xlsx工作簿（可能是csv或文本），"
            "请用Excel或WPS打开后另存为.xlsx格式再导入。"
        )


def test_device_is_refused() -> None:
    assert refusal(Path("/dev/null")).startswith("文件“null”不是.xlsx工作簿")


def test_a_name_with_nul_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError):
        read_sheet(tmp_path / "a\0.xlsx")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permission(write: Write) -> None:
    path = write(HEAD)
    path.chmod(0)
    assert refusal(path) == "文件“plan.xlsx”没有读取权限，请调整文件权限后重试。"


def test_old_or_encrypted(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512))
    assert refusal(tmp_path / "a.xlsx") == (
        "文件“a.xlsx”已加密或是旧版.xls格式，"
        "请用Excel或WPS打开后另存为.xlsx格式再导入（不设密码）。"
    )


def test_encrypted_zip(write: Write) -> None:
    path = write(HEAD)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(path).startswith("文件“plan.xlsx”已加密")


BROKEN = (
    "文件“plan.xlsx”已损坏或不完整，请重新获取文件，或用Excel或WPS打开后另存为.xlsx格式再导入。"
)


def test_truncated_zip(write: Write) -> None:
    path = write(HEAD)
    path.write_bytes(path.read_bytes()[:-200])
    assert refusal(path) == BROKEN


def test_flipped_bytes(write: Write) -> None:
    path = write(HEAD)
    content = path.read_bytes()
    middle = len(content) // 3
    path.write_bytes(content[:middle] + bytes(200) + content[middle + 200 :])
    assert refusal(path) == BROKEN


def test_zip_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert refusal(path).startswith("文件“a.xlsx”中没有Excel工作簿")


@pytest.mark.parametrize("part", ["xl__workbook.xml", "xl__worksheets__sheet1.xml", "xl__styles.xml"])
def test_broken_xml(write: Write, part: str) -> None:
    assert refusal(repack(write(HEAD), **{part: b"<a><b></a>"})) == BROKEN


def test_workbook_part_missing(write: Write) -> None:
    assert refusal(repack(write(HEAD), xl__workbook__xml=None, **{"xl__workbook.xml": None})) == BROKEN


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "{0}"><!ENTITY y "{1}">]>'.format(
    "ha" * 9, "&x;" * 9
)


@pytest.mark.parametrize("part", ["xl__workbook.xml", "xl__sharedStrings.xml", "xl__styles.xml"])
def test_entities_are_never_expanded(write: Write, part: str) -> None:
    assert refusal(repack(write(HEAD), **{part: (BOMB + "<a>&y;</a>").encode()})) == BROKEN


def test_entities_in_the_sheet(write: Write) -> None:
    rows = '<row r="1"><c r="A1" t="str"><v>&y;</v></c></row>'
    assert refusal(repack(write(HEAD), **sheet_xml(rows, BOMB))) == BROKEN


@pytest.mark.parametrize("size", [9, 65])
def test_zip_bombs(write: Write, size: int) -> None:
    found = refusal(repack(write(HEAD), xl__media=bytes(size * 1024 * 1024)))
    assert found == (
        "文件“plan.xlsx”解压后过大或压缩比异常，出于安全考虑不予读取，请只保留计划表后再导入。"
    )


def test_more_than_twenty_mebibytes(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    assert refusal(path) == "文件“big.xlsx”超过20MiB，请删除图片等无关内容后再导入。"


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06"]))
def test_arbitrary_bytes_never_crash(tmp_path: Path, content: bytes, head: bytes) -> None:
    path = tmp_path / "fuzz.xlsx"
    path.write_bytes(head + content)
    with pytest.raises(WorkbookError):
        read_sheet(path)
