"""Whether two names look like one name that was corrected or written in full.

A guess, and used as one: what it finds is asked, never decided.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from workflow.identity import alike

ASIDE = re.compile(r"\([^()]*\)")
PUNCTUATION = re.compile(r"[^\w]|_")
YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?:年度?)?")
USUAL = re.compile("(?:高级|专题|示范|专项)*(?:研修班|研修项目|研修|培训班|高研班)$")
# 第二期, (2), 三班: what tells apart projects that are called the same otherwise.
ORDINAL = re.compile(
    r"[0-9]+|第[一二三四五六七八九十]+|[一二三四五六七八九十]+(?=[期班批届次场]|\))|[上下](?=[期]|\))"
)
NAME_LIKE, HOST_LIKE = 0.7, 0.8  # of two names that are one, corrected


@lru_cache(maxsize=65536)
def core(text: str) -> str:
    """What is left of a name without brackets and what stands in them, signs, year, and the words
    that every project has."""
    bare = PUNCTUATION.sub("", ASIDE.sub("", YEAR.sub("", alike(text))))
    return USUAL.sub("", bare) or bare


@lru_cache(maxsize=65536)
def ordinals(text: str) -> frozenset[str]:
    return frozenset(found.lstrip("第") for found in ORDINAL.findall(YEAR.sub("", alike(text))))


def names_nearly(one: str, other: str) -> bool:
    """Whether two names of projects look like one name that was corrected."""
    return _nearly(one, other, NAME_LIKE)


def hosts_nearly(one: str, other: str) -> bool:
    """Whether two units look like one, written in full or corrected."""
    return _nearly(one, other, HOST_LIKE)


def _nearly(one: str, other: str, least: float) -> bool:
    if all(marks := (ordinals(one), ordinals(other))) and marks[0] != marks[1]:
        return False  # the first session and the second
    short, long = sorted((core(one), core(other)), key=len)
    if short == long or (len(short) >= SHORTEST_PART and short in long):
        return True
    return SequenceMatcher(None, short, long, autojunk=False).ratio() >= least


SHORTEST_PART = 4  # characters by which a name is known inside a longer one
