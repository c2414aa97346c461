"""Names what the eye does not see in a file and what was read all the same."""

from __future__ import annotations

from collections.abc import Iterator

from states.terms import Text
from workflow.identity import tidy
from workflow.imports.headings import Columns, Field
from workflow.imports.rows import Reading, Remark
from workflow.imports.sheet_cells import column_letter
from workflow.imports.words import short
from workflow.imports.workbook import Row, Sheet


def look_at_row(reading: Reading) -> None:
    """Warn of a row that is hidden, and of cells that are struck through or cannot be seen."""
    if reading.row.hidden:
        reading.warn(None, HIDDEN_ROW)
    if not reading.row.marks:
        return
    struck = [name for name in reading.columns.places if _is_struck(reading, name)]
    if Field.NAME in struck:
        reading.warn(None, STRUCK_ROW)
    for name in reading.columns.places:
        value, mark = reading.value(name), reading.mark(name)
        if value is None:
            continue
        if mark.struck and name not in struck:
            values = {"struck": short(mark.struck), "value": short(value)}
            reading.warn(name, PARTLY_STRUCK.format(**values))
        elif name in struck and Field.NAME not in struck:
            reading.warn(name, STRUCK.format(value=short(value)))
        if mark.unseen:
            reading.warn(name, UNSEEN.format(value=short(value)))


def _is_struck(reading: Reading, name: Field) -> bool:
    value = reading.value(name)
    return value is not None and reading.mark(name).struck == tidy(str(value))


def about_sheet(sheet: Sheet, columns: Columns, body: tuple[Row, ...]) -> Iterator[Remark]:
    """Hidden columns that were read, hidden sheets that were not, and formulas."""
    taken = {place: title for place, title in columns.titles.items() if place in _places(columns)}
    hidden = [
        f"{title}（{column_letter(c)}列）"
        for c, title in taken.items()
        if c in sheet.hidden_columns
    ]
    if hidden:
        yield Remark(None, None, HIDDEN_COLUMNS.format(columns="、".join(hidden)))
    computed = [t for c, t in taken.items() if any(_is_computed(row, c) for row in body)]
    if computed:
        yield Remark(None, None, COMPUTED.format(columns="、".join(computed)))
    if sheet.without_looks:
        yield Remark(None, None, NO_LOOKS)
    if sheet.hidden:
        yield Remark(None, None, HIDDEN_SHEETS.format(sheets="、".join(sheet.hidden)))


def _places(columns: Columns) -> set[int]:
    return set(columns.places.values())


def _is_computed(row: Row, column: int) -> bool:
    mark = row.marks.get(column)
    return mark is not None and mark.computed


HIDDEN_ROW = Text(
    "本行在Excel中被隐藏或筛选掉，仍已读入；如该项目已删去，请删除本行后重新导入",
    "This row is hidden or filtered away and was still read; delete it if it is no longer meant",
)
STRUCK_ROW = Text(
    "本行项目名称带有删除线，仍已读入；如该项目已删去，请删除本行后重新导入",
    "The name in this row is struck through and was still read; delete the row if it is not meant",
)
STRUCK = Text(
    "“{value}”带有删除线，仍已读入，请核对；如已作废，请清除后重新导入",
    "“{value}” is struck through and was still read; clear it if it is not meant",
)
PARTLY_STRUCK = Text(
    "带删除线的“{struck}”没有采用，只读取了“{value}”，请核对",
    "“{struck}” is struck through and was not taken, only “{value}”; check it",
)
UNSEEN = Text(
    "“{value}”在Excel中看不见（白色字或隐藏格式），仍已读入，请核对",
    "“{value}” cannot be seen in Excel (white, or a format that hides it) and was read; check it",
)
HIDDEN_COLUMNS = Text(
    "以下列在Excel中被隐藏，仍已读入，请核对：{columns}",
    "These columns are hidden and were still read; check them: {columns}",
)
COMPUTED = Text(
    "以下列含有公式，采用的是文件中保存的计算结果，请核对：{columns}",
    "These columns hold formulas, of which the results kept in the file were taken: {columns}",
)
NO_LOOKS = Text(
    "文件的样式部分已损坏，日期格式和删除线无法辨认，请核对各项目的时间",
    "The part with the styles is damaged: date formats and struck text are not known; check times",
)
HIDDEN_SHEETS = Text(
    "隐藏的工作表“{sheets}”也有表头，没有读取；需要导入的，请取消隐藏后另存为单独文件",
    "The hidden sheet “{sheets}” has a heading too and was not read; import it from its own file",
)
