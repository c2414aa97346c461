"""Takes ID and account numbers out of what somebody typed; no mail may carry one.

A run of 15 digits and more is such a number, also with an X at its end, also written in groups
with whatever stands between them. Dates, telephone and document numbers and amounts stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from states.terms import Text

MASK = Text("【号码已隐去】", "[number removed]")
LEAST = 15  # an ID of the first generation; account numbers are longer
SHORT = 3  # digits; smaller groups are those of dates, times, lists
LENGTH_OF_REGION = 6  # digits at the beginning of an ID
AHEAD = 9  # groups; the most that are looked at for one telephone and what follows it

# As read (see _read): digits 0 to 9, a large X, and these signs for what stands between groups.
GAP, DASH, COMMA, OTHER = " ", "-", ",", "·"
SIGNS = frozenset(f"{GAP}{DASH}{COMMA}{OTHER}./|:~+*\\")
GROUP = r"\d+(?:X(?![A-Za-z]))?"
BETWEEN = f"[{re.escape(''.join(sorted(SIGNS)))}]{{1,5}}+"
CHAIN = re.compile(f"{GROUP}(?:{BETWEEN}{GROUP})*", re.ASCII)
PART = re.compile(GROUP, re.ASCII)
LANDLINE, MOBILE = re.compile(r"0\d{2,3}"), re.compile(r"1[3-9]\d{9}")
HOTLINE = re.compile(r"[48]00\d{7}")
YEAR = re.compile(r"(?:19|20)\d\d")
REGION = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|9\d)\d{4}"
ID = re.compile(rf"{REGION}((?:19|20)\d\d)(\d\d)(\d\d)\d{{3}}[\dX]")
# 105,000.00 or a round 50000. Atomic, so that no text makes it try again and again.
THOUSANDS = r"[1-9]\d{0,2}(?:,\d{3}){1,3}+(?!,?\d)"
AMOUNT = rf"(?>(?:{THOUSANDS}|[1-9]\d{{0,5}}00)(?:\.\d\d?)?(?!\d))"
AMOUNTS = re.compile(f"{AMOUNT}(?:{BETWEEN}{AMOUNT})*+")

UNSEEN = {"Cc", "Cf", "Cs", "Mn", "Me"}  # controls, joiners, selectors, marks upon a digit
FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters that look like nothing
DASHES = {"Pd", "Pc"}
DOTS = frozenset("•∙⋅‧・−∼∕⁄¦\u2800，")  # the last is a comma between words, not within a sum
LIKE = {"X": "X", "x": "X", "×": "X", "Х": "X", "х": "X"}


def masked(text: str, language: str = "zh") -> str:
    """The text with every such number replaced by words."""
    if sum(map(str.isdigit, text)) < LEAST - 1:
        return text
    read, places = _read(text)
    out, at = "", 0
    for found in CHAIN.finditer(read):
        chain = Chain.of(found)
        for first, last in _hidden(chain):
            start, end = places[chain.spans[first][0]], places[chain.spans[last][1] - 1] + 1
            out += text[at:start] + MASK.in_(language)
            at = end
    return out + text[at:]


def _read(text: str) -> tuple[str, list[int]]:
    """What the eye takes the text for, with the place of each character of that in the text."""
    read: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        sign = _sign(character)
        if sign and not (sign in SIGNS and read and read[-1] == sign):
            read.append(sign)
            places.append(place)
    return "".join(read), places


def _sign(character: str) -> str:
    """One character as read; empty for what nobody sees."""
    if character.isdigit():
        return str(unicodedata.digit(character))
    category = unicodedata.category(character)
    if character.isspace():
        return GAP
    if category in UNSEEN or character in FILLERS:
        return ""
    if category in DASHES:
        return DASH
    if character in DOTS:
        return OTHER
    plain = unicodedata.normalize("NFKC", character)
    return LIKE.get(plain, plain if len(plain) == 1 else character)


@dataclass(frozen=True, slots=True)
class Chain:
    """Groups of digits with no word between them: `spans` in what was read, and the groups."""

    read: str
    spans: Sequence[tuple[int, int]]
    groups: Sequence[str]

    @classmethod
    def of(cls, found: re.Match[str]) -> Chain:
        parts = list(PART.finditer(found.string, *found.span()))
        return cls(found.string, [one.span() for one in parts], [one[0] for one in parts])

    def joints(self, first: int, last: int) -> set[str]:
        """All that stands between these groups."""
        return {self.between(here) for here in range(first, last)}

    def between(self, here: int) -> str:
        """What stands between this group and the next."""
        return self.read[self.spans[here][1] : self.spans[here + 1][0]]

    def comma_after(self, here: int) -> bool:
        """Whether nothing but a comma stands between this group, if there is one, and the next."""
        return 0 <= here < len(self.groups) - 1 and self.between(here) == COMMA


def _hidden(chain: Chain) -> Iterator[tuple[int, int]]:
    """First and last index of each series of groups that is one number, in order."""
    groups = chain.groups
    open_from = here = 0
    while here < len(groups):
        last = here if len(groups[here]) >= LEAST else _id_from(chain, here)
        if last is None:
            here += _date(groups[here : here + 3]) or 1  # no ID begins within a date
            continue
        yield from _grouped(chain, open_from, here)
        yield here, last
        open_from = here = last + 1
    yield from _grouped(chain, open_from, len(groups))


def _id_from(chain: Chain, first: int) -> int | None:
    """The last of the groups that make up an ID from `first` on: its birthday gives it away."""
    joined = ""
    for last in range(first, len(chain.groups)):
        joined += chain.groups[last]
        if len(joined) >= 18:
            shape = ID.fullmatch(joined)
            born = shape and _day(*shape.groups())
            return last if born and not _chance(chain, first, last) else None
    return None


def _chance(chain: Chain, first: int, last: int) -> bool:
    """Whether these are rather days, times and sums that look like an ID in a row, as
    11:00:00 2000-01-01 10.00: small groups with different signs between."""
    groups = chain.groups[first : last + 1]
    if len(groups[0]) == LENGTH_OF_REGION or len(chain.joints(first, last)) == 1:
        return False
    dated = any(_date(groups[here : here + 3]) == 3 for here in range(len(groups)))
    return dated or len(groups) > LENGTH_OF_REGION or max(map(len, groups)) <= SHORT


def _grouped(chain: Chain, first: int, end: int) -> Iterator[tuple[int, int]]:
    """The series between `first` and `end` that are account numbers in groups."""
    known = _known(chain.groups, first, end)
    start = None
    for here in range(first, end + 1):
        odd = here < end and here not in known
        if odd and start is None:
            start = here
        # A group as small as those of a list ends a number, or begins a sum; it stands in none.
        if start is not None and (not odd or len(chain.groups[here]) < SHORT):
            last = here if odd and not chain.comma_after(here) else here - 1
            if last >= start and _account(chain, start, last):
                yield start, last
            start = None


def _account(chain: Chain, first: int, last: int) -> bool:
    """Whether these groups are one number: long, and no list of years, of documents or of sums."""
    series = chain.groups[first : last + 1]
    if sum(map(len, series)) < LEAST:
        return False
    if all(YEAR.fullmatch(group) for group in series[::2]):  # 2025-0001/2025-0002
        return False
    begin = first - 1 if chain.comma_after(first - 1) else first  # 1,000 100,000
    return not AMOUNTS.fullmatch(chain.read, chain.spans[begin][0], chain.spans[last][1])


def _known(groups: Sequence[str], first: int, end: int) -> set[int]:
    """Which groups belong to a date or a telephone number."""
    known: set[int] = set()
    here = first
    while here < end:
        ahead = groups[here : min(end, here + AHEAD)]
        taken = _date(ahead[:3]) or _telephone(ahead)
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
        alike = takewhile(lambda group: len(group) == len(groups[1]), groups[1:])
        return 1 + len(list(alike))  # 0591-87654321/87654322
    if _shaped(groups, (3, 3, 4)) and HOTLINE.fullmatch("".join(groups[:3])):
        return 3
    # 138 0013 8000, unless the groups go on as those of an account do.
    rest = groups[3:]
    alone = not rest or _date(rest[:3]) or _spaced(rest) or _telephone(rest)
    return 3 if _spaced(groups) and alone else 0


def _spaced(groups: Sequence[str]) -> bool:
    return _shaped(groups, (3, 4, 4)) and bool(MOBILE.fullmatch("".join(groups[:3])))


def _shaped(groups: Sequence[str], lengths: Sequence[int]) -> bool:
    return tuple(map(len, groups[:3])) == lengths


def _day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True
