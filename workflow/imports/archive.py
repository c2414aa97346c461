"""Guards before a workbook is opened: is it a file, small enough, and a harmless zip?"""

from __future__ import annotations

import stat
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from states.terms import Text
from workflow.imports.words import ReadingError, short

MIB = 1024 * 1024
MAX_FILE = 20 * MIB
MAX_UNPACKED = 64 * MIB
MAX_RATIO = 200  # a plan packs about 1:10; only a bomb of some size packs tighter than this
RATIO_FROM = 8 * MIB
OLE_COMPOUND = bytes.fromhex("D0CF11E0")
ZIP = b"PK"
ENCRYPTED_FLAG = 0x1
LOOKED_AT = 4096  # bytes at the beginning that tell what else a file may be


class WorkbookError(ReadingError):
    """The file as a whole cannot be read."""


def refuse(path: Path, zh: str, en: str) -> WorkbookError:
    """One sentence: which file, what is wrong, what to do."""
    name = short(path.name)
    return WorkbookError(Text(f"文件“{name}”{zh}。", f"The file “{name}” {en}."))


def read_archive(path: Path) -> BytesIO:
    """The bytes of a zip that is safe to unpack; WorkbookError with one sentence otherwise."""
    content = _bytes(path)
    if not content.startswith(ZIP):
        raise refuse(path, *_what_else(content))
    try:
        entries = ZipFile(BytesIO(content)).infolist()
    except Exception as error:  # zipfile raises a dozen kinds on broken archives
        raise refuse(path, *BROKEN) from error
    _check(path, entries)
    return BytesIO(content)


def _what_else(content: bytes) -> tuple[str, str]:
    """What a file is that is no zip, whatever its name says."""
    if not content:
        return EMPTY
    if content.startswith(OLE_COMPOUND):  # its folder names streams in UTF-16
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        return ENCRYPTED if encrypted else OLD_XLS
    head = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf"):
        return PDF
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head")):
        return WEB_PAGE
    if head.startswith(b"<?xml") or b"urn:schemas-microsoft-com:office" in head:
        return XML_TABLE
    return NOT_XLSX


def _bytes(path: Path) -> bytes:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise refuse(path, *DIRECTORY)
        if not stat.S_ISREG(found.st_mode):
            raise refuse(path, *NOT_XLSX)
        if found.st_size > MAX_FILE:
            raise refuse(path, *TOO_BIG)
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise refuse(path, *MISSING) from error
    except PermissionError as error:
        raise refuse(path, *FORBIDDEN) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise refuse(path, *UNREADABLE) from error


def _check(path: Path, entries: list[ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    bomb = unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed
    if unpacked > MAX_UNPACKED or bomb:
        raise refuse(path, *BOMB)
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        raise refuse(path, *ENCRYPTED)
    names = {entry.filename.replace("\\", "/").lower() for entry in entries}
    for wanted, reason in OTHER_KINDS.items():
        if any(name.startswith(wanted) for name in names):
            raise refuse(path, *reason)
    if any(name.endswith((".xlsx", ".xls", ".et")) for name in names):
        raise refuse(path, *PACKED)
    if not any(name.startswith("xl/") or name.endswith("workbook.xml") for name in names):
        raise refuse(path, *NO_WORKBOOK)


SAVE_AS_ZH = "请用Excel或WPS打开后另存为.xlsx格式再导入"
SAVE_AS_EN = "open it in Excel or WPS, save it as .xlsx and import that"
MISSING = "不存在，请核对文件名和所在文件夹", "does not exist; check its name and folder"
DIRECTORY = "是文件夹，请指定其中的.xlsx文件", "is a folder; name the .xlsx file inside it"
FORBIDDEN = (
    "没有读取权限，请调整文件权限后重试",
    "may not be read; change its permissions and try again",
)
UNREADABLE = (
    "无法读取，请检查磁盘或网络位置后重试",
    "cannot be read; check the disk or network place and try again",
)
TOO_BIG = (
    "超过20MiB，请删除图片等无关内容后再导入",
    "is larger than 20 MiB; remove pictures and other extras, then import it",
)
NOT_XLSX = (
    f"不是.xlsx工作簿（可能是csv或文本），{SAVE_AS_ZH}",
    f"is not an .xlsx workbook (csv or text perhaps); {SAVE_AS_EN}",
)
ENCRYPTED = (
    "设有打开密码，请用Excel或WPS打开，取消密码后另存为.xlsx格式再导入",
    "is protected by a password; open it in Excel or WPS, take the password off, save it as .xlsx "
    "and import that",
)
OLD_XLS = (
    f"是旧版.xls（或WPS的.et）格式，只改扩展名不起作用，{SAVE_AS_ZH}",
    f"is an old .xls (or an .et of WPS), whatever its name; {SAVE_AS_EN}",
)
EMPTY = (
    "是空文件（0字节），请重新获取文件后再导入",
    "is empty (0 bytes); get it again and import that",
)
PDF = (
    "是PDF文件，不是工作簿，请改用Excel或WPS编制的.xlsx文件导入",
    "is a PDF and no workbook; import the .xlsx that it was made from",
)
WEB_PAGE = (
    f"实际是网页（HTML）表格，只是扩展名为.xlsx，{SAVE_AS_ZH}",
    f"is a web page (HTML) with the name of a workbook; {SAVE_AS_EN}",
)
XML_TABLE = (
    f"实际是XML文件，只是扩展名为.xlsx，{SAVE_AS_ZH}",
    f"is an XML file with the name of a workbook; {SAVE_AS_EN}",
)
BINARY = (
    f"是.xlsb二进制工作簿，{SAVE_AS_ZH}",
    f"is a binary workbook (.xlsb); {SAVE_AS_EN}",
)
OPEN_DOCUMENT = (
    f"是.ods格式，{SAVE_AS_ZH}",
    f"is an OpenDocument file (.ods); {SAVE_AS_EN}",
)
WORD = (
    "是Word文档，不是工作簿，请把其中的表格复制到Excel或WPS表格，存为.xlsx格式再导入",
    "is a Word document and no workbook; copy its table into Excel or WPS, save it as .xlsx and "
    "import that",
)
PACKED = (
    "是压缩包，请先解压，再导入其中的.xlsx文件",
    "is an archive of files; unpack it and import the .xlsx inside",
)
BROKEN = (
    f"已损坏或不完整，请重新获取文件，或{SAVE_AS_ZH[1:]}",
    f"is damaged or incomplete; get it again, or {SAVE_AS_EN}",
)
BOMB = (
    "解压后过大或压缩比异常，出于安全考虑不予读取，请只保留计划表后再导入",
    "unpacks to far too much and is not read for safety; keep the plan's sheet alone and import it",
)
NO_WORKBOOK = (
    f"中没有Excel工作簿（可能是Word等其他文件），{SAVE_AS_ZH}",
    f"holds no Excel workbook (a Word file perhaps); {SAVE_AS_EN}",
)
OTHER_KINDS = {"xl/workbook.bin": BINARY, "word/document.xml": WORD, "content.xml": OPEN_DOCUMENT}
