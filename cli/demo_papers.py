"""Papers for the demonstration: small made-up files, written when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from states.terms import day_label

TABLES = frozenset({"settlement_table", "trainee_list", "attendance_sheets", "satisfaction_survey"})
SCANS = frozenset({"subsidy_receipt", "change_notice", "application_form"})


def write_paper(folder: Path, key: str, title: str, project: str, host: str, on: date) -> Path:
    """A file of the kind that units send for such a paper: a table, a scan or a text."""
    ending, write = KINDS["xlsx" if key in TABLES else "pdf" if key in SCANS else "docx"]
    path = folder / f"{title}（{project[:12]}）{ending}"
    write(path, [title, project, f"承办单位：{host}", day_label(on).zh, "（示例文件，内容为虚构）"])
    return path


def _docx(path: Path, lines: list[str]) -> None:
    from docx import Document

    document = Document()
    document.add_heading(lines[0], 1)
    for line in lines[1:]:
        document.add_paragraph(line)
    document.save(str(path))


def _xlsx(path: Path, lines: list[str]) -> None:
    from xlsxwriter import Workbook

    book = Workbook(str(path))
    book.set_properties({"created": datetime(2025, 1, 1)})  # noqa: DTZ001
    sheet = book.add_worksheet()
    heading = ["序号", "姓名", "单位", "职称"]
    people = enumerate(("示例甲", "示例乙", "示例丙"), start=1)
    rows = [[n, name, "示例单位", "高级工程师"] for n, name in people]
    for place, row in enumerate([*([line] for line in lines), heading, *rows]):
        sheet.write_row(place, 0, row)
    book.close()


def _pdf(path: Path, lines: list[str]) -> None:
    """One page in a standard Chinese font that the reader's program brings along."""
    shown = " ".join(
        f"<{line.encode('utf-16-be').hex()}> Tj 0 -32 Td" for line in lines if line.isprintable()
    )
    stream = f"BT /F1 16 Tf 72 740 Td {shown} ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        " /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        " /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    )
    text, starts = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        starts.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{start:010d} 00000 n \n" for start in starts)
    size = len(objects) + 1
    text += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    text += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{text.index('xref')}\n%%EOF\n"
    path.write_bytes(text.encode("ascii"))


KINDS: dict[str, tuple[str, Callable[[Path, list[str]], None]]] = {
    "docx": (".docx", _docx),
    "xlsx": (".xlsx", _xlsx),
    "pdf": (".pdf", _pdf),
}
