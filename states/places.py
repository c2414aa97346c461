"""Where a clause stands, in Chinese and, for English readers, in English."""

from __future__ import annotations

import re
from functools import cache

from states.policy import Clause, Policy
from states.terms import Basis, Text

NUMERALS = "一二三四五六七八九十"
ONE = rf"[{NUMERALS}]"
ITEMS = re.compile(rf"（({ONE})）(?:至（({ONE})）)?")
PART, PARAGRAPH = re.compile(rf"第({ONE})部分"), re.compile(r"第(\d+)段")
NAMED = {  # what a policy file calls a part or paragraph that the document does not number
    "开头": "opening",
    "计划": "planning",
    "实施": "implementation",
    "管理": "management",
    "（段落待核）": "paragraph to be checked",
}


@cache  # a policy has some dozens, and every mail cites a few
def place(clause: Clause) -> Text:
    """Document, part and paragraph. What follows no known pattern keeps its own words."""
    parts = (clause.document.en, _english(clause.part), _english(clause.paragraph))
    return Text(clause.place, ", ".join(part for part in parts if part))


def where(clause: Clause, policy: Policy) -> Text:
    """As officials cite it: part and paragraph; the document too where the policy goes by several
    and this is not its own."""
    own = clause.basis is Basis.STATED and policy.one_document
    return _within(clause) if own else place(clause)


@cache
def _within(clause: Clause) -> Text:
    """Part and paragraph, of a document that needs no naming."""
    en = ", ".join(part for part in map(_english, (clause.part, clause.paragraph)) if part)
    return Text(f"{clause.part}{clause.paragraph}", en)


def _english(written: str) -> str:
    if found := PART.fullmatch(written):
        return f"part {_number(found[1])}"
    if found := PARAGRAPH.fullmatch(written):
        return f"paragraph {found[1]}"
    if found := ITEMS.fullmatch(written):
        first, last = found.groups()
        return f"items {_number(first)} to {_number(last)}" if last else f"item {_number(first)}"
    return NAMED.get(written, written)


def _number(numeral: str) -> int:
    return NUMERALS.index(numeral) + 1
