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


class WorkbookError(ReadingError):
    """The file as a whole cannot be read."""


def refuse(path: Path, zh: str, en: str) -> WorkbookError:
    """One sentence: which file, what is wrong, what to do."""
    name = short(path.name)
    return WorkbookError(Text(f"文件“{name}”{zh}。", f"The file “{name}” {en}."))


def read_archive(path: Path) -> BytesIO:
    """The bytes of a zip that is safe to unpack; WorkbookError with one sentence otherwise."""
    content = _bytes(path)
    if content.startswith(OLE_COMPOUND):
        raise refuse(path, *ENCRYPTED)
    if not content.startswith(ZIP):
        raise refuse(path, *NOT_XLSX)
    try:
        entries = ZipFile(BytesIO(content)).infolist()
    except Exception as error:  # zipfile raises a dozen kinds on broken archives
        raise refuse(path, *BROKEN) from error
    _check(path, entries)
    return BytesIO(content)


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
    if not any(entry.filename == "[Content_Types].xml" for entry in entries):
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
    f"已加密或是旧版.xls格式，{SAVE_AS_ZH}（不设密码）",
    f"is encrypted or an old .xls; {SAVE_AS_EN}, without a password",
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
