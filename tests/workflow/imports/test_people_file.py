"""A workbook of people: nobody gets an account by a row that nobody sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from workflow.imports.people_file import read_people

HEAD = ["姓名", "角色", "单位", "邮箱"]
LIN, WANG = (
    ["林一", "承办单位", "甲单位", "lin@example.cn"],
    ["王二", "省厅", "", "wang@example.cn"],
)


def hide(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def strike(sheet: Any) -> None:
    sheet["A3"].font = Font(strike=True)


@pytest.mark.parametrize("change", [hide, strike])
def test_a_row_out_of_sight_registers_nobody(
    write: Callable[..., Path], change: Callable[[Any], None]
) -> None:
    path = write(HEAD, LIN, WANG)
    book = load_workbook(path)
    change(book["Sheet"])
    book.save(path)
    found = read_people(path)
    assert [(row, entry.name) for row, entry in found.entries] == [(2, "林一")]
    assert [(r.row, r.message.zh.partition("，")[0]) for r in found.rejected] == [
        (3, "本行在Excel中被隐藏、筛选掉或划去")
    ]
