"""Lays out the timetable's page as .docx: A4, Chinese fonts, a table that stays within its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

SONG, FANG, LATIN = "宋体", "仿宋", "Times New Roman"
LABEL, HALF = 36, 51  # mm, of a fact's name and its value
BODY, SMALL, TICK, HEIGHT = 10.5, 9.5, 14, 11  # pt; mm of a row that is ticked by hand
LONG = 60  # characters from which a name is set smaller


@dataclass(frozen=True, slots=True)
class Page:
    """All texts of the page. `lines` have as many cells as `heads`."""

    title: str
    facts: Sequence[tuple[str, str]]  # the first takes a whole line, the others half of one
    heads: Sequence[str]
    widths: Sequence[int]  # mm, of the columns of the lines; 174 together
    lines: Sequence[Sequence[str]]
    note: str
    foot: Sequence[str]
    made: datetime


def page(content: Page) -> bytes:
    """The bytes of the .docx."""
    document = Document()
    _paper(document, content)
    _paragraph(
        document.add_paragraph(), content.title, SONG, 20, bold=True, after=6
    ).alignment = WD_ALIGN_PARAGRAPH.CENTER
    _facts(document, content.facts)
    _paragraph(document.add_paragraph(), "", FANG, 6)
    _steps(document, content)
    _paragraph(document.add_paragraph(), content.note, FANG, SMALL, before=6)
    footer = document.sections[0].footer
    for n, line in enumerate(content.foot):
        _paragraph(footer.paragraphs[0] if n == 0 else footer.add_paragraph(), line, FANG, BODY)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _paper(document: Any, content: Page) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(18), Mm(18)
    section.footer_distance = Mm(10)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = content.title, "", ""
    properties.created = properties.modified = content.made
    style = document.styles["Normal"]
    style.font.name, style.font.size = LATIN, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FANG)


def _facts(document: Any, facts: Sequence[tuple[str, str]]) -> None:
    (label, name), *others = facts
    rows = 1 + (len(others) + 1) // 2
    table = _table(document, rows, (LABEL, HALF, LABEL, HALF))
    cells = [row.cells for row in table.rows]
    _cell(cells[0][0], label, bold=True)
    wide = cells[0][1].merge(cells[0][3])
    _cell(wide, _printable(name), size=SMALL if len(name) > LONG else BODY)
    for n, (label, value) in enumerate(others):
        row, half = cells[1 + n // 2], 2 * (n % 2)
        _cell(row[half], label, bold=True)
        _cell(row[half + 1], _printable(value), size=SMALL if len(value) > LONG // 2 else BODY)


def _steps(document: Any, content: Page) -> None:
    table = _table(document, 1 + len(content.lines), content.widths)
    rows = [row.cells for row in table.rows]
    for cell, head in zip(rows[0], content.heads, strict=True):
        _cell(cell, head, bold=True, middle=True)
        _shaded(cell)
    for cells, line in zip(rows[1:], content.lines, strict=True):
        for n, (cell, text) in enumerate(zip(cells, line, strict=True)):
            box = n == len(line) - 1
            _cell(
                cell,
                text,
                size=TICK if box else SMALL if "\n" in text or len(text) > LONG else BODY,
                middle=box,
            )
    for row in table.rows:
        row.height = Mm(HEIGHT)  # at least


def _table(document: Any, rows: int, widths: Sequence[int]) -> Any:
    table = document.add_table(rows, len(widths))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
        whole = OxmlElement("w:cantSplit")  # a row stays on one page
        row._tr.get_or_add_trPr().append(whole)
    return table


def _cell(
    cell: Any, text: str, *, size: float = BODY, bold: bool = False, middle: bool = False
) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph = _paragraph(cell.paragraphs[0], text, FANG, size, bold=bold, before=2, after=2)
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _shaded(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E7E6E6")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _paragraph(
    paragraph: Any,
    text: str,
    font: str,
    size: float,
    *,
    bold: bool = False,
    before: float = 0,
    after: float = 0,
) -> Any:
    spacing = paragraph.paragraph_format
    spacing.space_before, spacing.space_after = Pt(before), Pt(after)
    spacing.line_spacing = 1.0
    run = paragraph.add_run("\n".join(_printable(line) for line in text.split("\n")))
    run.font.name, run.font.size, run.font.bold = _letters(text, font), Pt(size), bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    return paragraph


def _letters(text: str, font: str) -> str:
    """The font of digits and Latin letters: the Chinese one's own where there is Chinese."""
    return LATIN if text.isascii() else font


def _printable(text: str) -> str:
    """What XML can hold, on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
