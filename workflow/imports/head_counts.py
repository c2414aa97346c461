"""How many people a class is planned for, as offices write it: 约40人, 40-50人, 50（含线上10人）."""

from __future__ import annotations

import re

from states.terms import Text
from workflow.identity import squeeze
from workflow.imports import cells
from workflow.imports.numerals import CHINESE, whole
from workflow.imports.words import CellError, short

UNIT = "(?:名?学员|人次|人员|人|名|位|个)?"
EXACT = re.compile(rf"(?:每期|学员|共|计划|拟招)?([0-9]{{1,6}})(?:\.0+)?\(?{UNIT}\)?(?:/期|/班)?")
LOOSE = re.compile(
    rf"(?:每期|学员|共|计划|拟招|拟|预计|大约|约|不少于|不低于|至少|最少|超过|>=?|≥|>)*"
    rf"([0-9]{{1,6}})(?:\.0+)?{UNIT}(?:-[0-9]{{1,6}}{UNIT})?"
    rf"(?:左右|上下|以上|余人?|多人?|\+)?{UNIT}(?:/期|/班)?(?:[,;、]?\(.*\))?"
)
LONGEST_CELL = 200
TO = re.compile("[-‐‑‒–—―−─﹘~∼〜至到]+")


def read_head_count(value: object) -> tuple[int, bool]:
    """The number, the least that is meant if it is not exact, and whether it is.

    CellError if there is none: an upper bound or a sum says nothing that can be counted on.
    """
    if cells.is_formula(value):
        raise CellError(cells.FORMULA.format(value=short(value)))
    text = TO.sub("-", squeeze(str(value)[:LONGEST_CELL]))
    text = re.sub(f"[{CHINESE}]+", lambda found: str(whole(found[0]) or found[0]), text)
    exact = None if isinstance(value, bool) else EXACT.fullmatch(text)
    found = exact or (None if isinstance(value, bool) else LOOSE.fullmatch(text))
    if found is None or not 1 <= int(found[1]) <= cells.MAX_NUMBER:
        raise CellError(cells.NOT_A_NUMBER.format(value=short(value)))
    return int(found[1]), exact is not None


ABOUT = Text(
    "“{value}”不是确切人数，按{count}人登记，请核对",
    "“{value}” is no exact number; {count} was taken, check it",
)
