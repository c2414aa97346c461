"""Takes ID and account numbers out of what somebody typed; no mail may carry one.

A run of 15 digits and more is such a number, also with an X at its end, also written in groups.
Dates, telephone and document numbers and amounts stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from states.terms import Text

MASK = Text("【号码已隐去】", "[number removed]")
LEAST = 15  # an ID of the first generation; account numbers are longer
X = "XxＸｘ"
BETWEEN = r"[\s\-‐‑‒–—―－_·]"
# Groups of digits with one or two spaces or hyphens between; an X may end one.
GROUP = rf"\d+(?:[{X}](?![A-Za-z]))?"
CHAIN = re.compile(rf"{GROUP}(?:{BETWEEN}{{1,3}}{GROUP})*")
PART = re.compile(GROUP)
LANDLINE, MOBILE = re.compile(r"0\d{2,3}"), re.compile(r"1[3-9]\d{9}")
HOTLINE = re.compile(r"[48]00\d{7}")
YEAR = re.compile(r"(?:19|20)\d\d")
ID = re.compile(r"\d{6}((?:18|19|20)\d\d)(\d\d)(\d\d)\d{3}[\dX]")


def masked(text: str, language: str = "zh") -> str:
    """The text with every such number replaced by words."""
    if sum(map(str.isdigit, text)) < LEAST - 1:
        return text
    mask = MASK.in_(language)
    return CHAIN.sub(lambda found: _masked(found[0], mask), text)


def _masked(chain: str, mask: str) -> str:
    """One chain of groups, with what must not be seen replaced."""
    spans = [found.span() for found in PART.finditer(chain)]
    groups = [_plain(chain[start:end]) for start, end in spans]
    hidden = _hidden(groups)
    out, at = "", 0
    for first, last in hidden:
        out += chain[at : spans[first][0]] + mask
        at = spans[last][1]
    return out + chain[at:]


def _hidden(groups: Sequence[str]) -> list[tuple[int, int]]:
    """First and last index of each series of groups that is one number, in order."""
    found, open_from, here = [], 0, 0
    while here < len(groups):
        last = here if len(groups[here]) >= LEAST else _id_from(groups, here)
        if last is None:
            here += 1
            continue
        found += _grouped(groups, open_from, here)
        found.append((here, last))
        open_from = here = last + 1
    return found + _grouped(groups, open_from, len(groups))


def _id_from(groups: Sequence[str], first: int) -> int | None:
    """The last of the groups that make up an ID from `first` on: its birthday gives it away."""
    joined = ""
    for last in range(first, len(groups)):
        joined += groups[last]
        if len(joined) >= 18:
            shape = ID.fullmatch(joined)
            return last if shape and _day(*shape.groups()) else None
    return None


def _grouped(groups: Sequence[str], first: int, end: int) -> list[tuple[int, int]]:
    """The series between `first` and `end` that are account numbers in groups."""
    known = _known(groups, first, end)
    found, start = [], None
    for here in range(first, end + 1):
        odd = here < end and here not in known
        if odd and start is None:
            start = here
        if not odd and start is not None:
            if _account(groups[start:here]):
                found.append((start, here - 1))
            start = None
    return found


def _account(series: Sequence[str]) -> bool:
    """Whether these groups are one number: long, and not a list of small ones or of years."""
    if sum(map(len, series)) < LEAST or any(len(group) < 3 for group in series[:-1]):
        return False
    return not all(YEAR.fullmatch(group) for group in series)


def _known(groups: Sequence[str], first: int, end: int) -> set[int]:
    """Which groups belong to a date or a telephone number."""
    known: set[int] = set()
    here = first
    while here < end:
        taken = _date(groups[here : min(end, here + 3)]) or _telephone(groups[here:end])
        known |= set(range(here, here + taken))
        here += taken or 1
    return known


def _date(groups: Sequence[str]) -> int:
    """How many groups make a date here: 20250331, or year, month and day."""
    if len(groups[0]) == 8 and _day(groups[0][:4], groups[0][4:6], groups[0][6:]):
        return 1
    if len(groups) == 3 and YEAR.fullmatch(groups[0]) and len(groups[1]) <= 2 >= len(groups[2]):
        return 3 if _day(*groups) else 0
    return 0


def _telephone(groups: Sequence[str]) -> int:
    """How many groups make a telephone number here."""
    if MOBILE.fullmatch(groups[0]):
        return 1
    if len(groups) > 1 and LANDLINE.fullmatch(groups[0]) and len(groups[1]) in (7, 8):
        return 2
    three = [len(group) for group in groups[:3]]
    if three == [3, 3, 4] and HOTLINE.fullmatch("".join(groups[:3])):
        return 3
    spaced = three == [3, 4, 4]
    # 138 0013 8000, unless the groups go on as those of an account do.
    if spaced and MOBILE.fullmatch("".join(groups[:3])):
        return 3 if len(groups) == 3 or _date(groups[3:6]) or _telephone(groups[3:]) else 0
    return 0


def _day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _plain(group: str) -> str:
    """The digits as 0 to 9, whatever their width."""
    return unicodedata.normalize("NFKC", group).upper()
