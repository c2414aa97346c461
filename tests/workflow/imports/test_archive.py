"""Files that are refused before any of their parts is read."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workflow.imports.archive import WorkbookError
from workflow.imports.workbook import read_sheet

HEAD = ["项目名称", "承办单位"]
Write = Callable[..., Path]


def refusal(path: Path) -> str:
    with pytest.raises(WorkbookError) as refused:
        read_sheet(path)
    assert refused.value.text.en.startswith(f"The file “{path.name}” ")
    return refused.value.text.zh


def test_missing_folder_and_text(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text("序号,项目名称\n")
    assert refusal(tmp_path / "no.xlsx") == "文件“no.xlsx”不存在，请核对文件名和所在文件夹。"
    assert refusal(tmp_path / "plan.csv" / "x") == "文件“x”不存在，请核对文件名和所在文件夹。"
    folder = tmp_path / "folder.xlsx"
    folder.mkdir()
    assert refusal(folder) == "文件“folder.xlsx”是文件夹，请指定其中的.xlsx文件。"
    assert refusal(tmp_path / "plan.csv") == (
        "文件“plan.csv”不是.xlsx工作簿（可能是csv或文本），"
        "请用Excel或WPS打开后另存为.xlsx格式再导入。"
    )


OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(512)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "是空文件（0字节）"),
        (OLE + "Workbook".encode("utf-16-le"), "是旧版.xls（或WPS的.et）格式"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "设有打开密码"),
        (b"%PDF-1.7", "是PDF文件"),
        (b"\xef\xbb\xbf\r\n<html><table>", "实际是网页（HTML）表格"),
        (b'<?xml version="1.0"?><Workbook/>', "实际是XML文件"),
        ("序号,项目名称\n1,甲班".encode("gb18030"), "不是.xlsx工作簿（可能是csv或文本）"),
    ],
)
def test_a_file_under_a_false_name_is_told_by_what_it_is(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "计划.xlsx"
    path.write_bytes(content)
    assert refusal(path).partition("，")[0] == f"文件“计划.xlsx”{reason}"


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


def test_encrypted_zip(write: Write) -> None:
    path = write(HEAD)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(path).startswith("文件“plan.xlsx”设有打开密码")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("notes.txt", "中没有Excel工作簿（可能是Word等其他文件）"),
        ("word/document.xml", "是Word文档"),
        ("content.xml", "是.ods格式"),
        ("xl/workbook.bin", "是.xlsb二进制工作簿"),
        ("附件/计划.xlsx", "是压缩包"),
        ("xl/styles.xml", "已损坏或不完整"),
    ],
)
def test_zip_of_something_else(tmp_path: Path, part: str, reason: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "hello")
    assert refusal(path).partition("，")[0] == f"文件“a.xlsx”{reason}"


@pytest.mark.parametrize("size", [9, 65])
def test_zip_bombs(write: Write, size: int) -> None:
    path = write(HEAD)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media", bytes(size * 1024 * 1024))
    found = refusal(path)
    assert found == (
        "文件“plan.xlsx”解压后过大或压缩比异常，出于安全考虑不予读取，请只保留计划表后再导入。"
    )


def test_more_than_twenty_mebibytes(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    assert refusal(path) == "文件“big.xlsx”超过20MiB，请删除图片等无关内容后再导入。"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06"]))
def test_arbitrary_bytes_never_crash(tmp_path: Path, content: bytes, head: bytes) -> None:
    path = tmp_path / "fuzz.xlsx"
    path.write_bytes(head + content)
    with pytest.raises(WorkbookError):
        read_sheet(path)
