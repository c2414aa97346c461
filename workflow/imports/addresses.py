"""E-mail addresses as they stand in a plan: several in a cell, with labels, names and brackets.

Two are never joined, and nothing is cut off an address to make it one: what stands next to it must
be parted from it by what no address holds.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple
from unicodedata import normalize

from states.terms import Text
from workflow.identity import INVISIBLE
from workflow.imports import cells
from workflow.imports.words import CellError, short

PARTS = re.compile(r"[\s,;、，；。：:|<>()\[\]【】“”\"'《》或和及与]+")
SLASH = re.compile(r"(@[\w.-]+)\s*/+\s*(?=\S+@)")
NAMED = re.compile(r"[^@]*<([^<>@\s]+@[^<>@\s]+)>[\s,;]*")
MAILTO = re.compile(r"mailto:([^\s?;,]*)(?:\?\S*)?", re.IGNORECASE)
LABEL = re.compile(
    r"(?:e-?mail|mail|邮箱地址|电子邮箱|电子邮件|联系邮箱|邮箱|邮件)[:：]?\s*(?=[a-z0-9])",
    re.IGNORECASE,
)
PLAIN = re.compile(r"[\x21-\x7e]+")
LONGEST_CELL = 1000
HEAD_WORDS = frozenset({"email", "e-mail", "mail", "qq", "tel"})


class Found(NamedTuple):
    """The address taken, if any, and what else the cell holds and is not taken."""

    address: str | None
    rest: tuple[str, ...]


def read_addresses(value: object) -> Found:
    """The first address of a cell; CellError if there is none although something is written."""
    if cells.is_formula(value):
        raise CellError(cells.FORMULA.format(value=short(value)))
    text = normalize("NFKC", INVISIBLE.sub("", str(value))).strip()
    if len(text) > LONGEST_CELL:
        raise CellError(cells.NO_ADDRESS.format(value=short(value)))
    if named := NAMED.fullmatch(text):
        return Found(_address(named[1], value), ())
    bare = LABEL.sub(" ", MAILTO.sub(r" \1 ", SLASH.sub(r"\1 ", text)))
    pieces = [one for one in PARTS.split(bare) if one]
    _must_stand_apart(text, pieces, value)
    found = [(one, _valid(one.rstrip("."))) for one in pieces if "@" in one]
    good = [address for _, address in found if address]
    if not good or (len(found) > len(good) and not found[0][1]):
        raise CellError(cells.NO_ADDRESS.format(value=short(value)))
    others = [one for one in dict.fromkeys(good[1:]) if one != good[0]]
    return Found(good[0], (*others, *(one for one, address in found if not address)))


def _must_stand_apart(text: str, pieces: list[str], value: object) -> None:
    """`a b@example.cn` may be one address with a gap in it, of which nothing is kept."""
    for before, after in pairwise(pieces):
        word = before.lower().strip(".-")
        loose = "@" not in before and PLAIN.fullmatch(before) and word not in HEAD_WORDS
        if loose and "@" in after and re.search(rf"{re.escape(before)}\s+{re.escape(after)}", text):
            raise CellError(cells.NO_ADDRESS.format(value=short(value)))


def _valid(text: str) -> str | None:
    try:
        return cells.read_email(text)
    except CellError:
        return None


def _address(text: str, value: object) -> str:
    address = _valid(text)
    if address is None:
        raise CellError(cells.NO_ADDRESS.format(value=short(value)))
    return address


OTHERS = Text(
    "只采用了“{taken}”，“{others}”没有采用；需要同时抄送的，请填入“单位邮箱”列",
    "Only “{taken}” was taken, not “{others}”; for copies use the column 单位邮箱",
)
