"""Where a project stands in lists: the columns by which lists are sorted and filtered.

All of them follow from the facts alone, so that they change only where a deed changes what they
say, and a step that does not pays nothing for them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from states.facts import Json

LAST_YEAR = 9999
A_YEAR = 100_000_000  # of places: every order begins with the newest year
NO_DAY = 99_991_231  # no opening is known: last in the order of openings
NAME_PART = 40  # characters by which names are put in order


def shelved(stored: Json) -> dict[str, Any]:
    """The columns for lists of a project with these facts."""
    opens = stored.get("actual_opens") or stored.get("opens_earliest")
    number = stored.get("number")
    first = year_begins(stored["year"])
    return {
        "city": city_of(stored.get("place") or ""),
        "plan_order": first + (A_YEAR - 1 if number is None else number),
        "opening_order": first + (int(opens.replace("-", "")) if opens else NO_DAY),
        "name_order": f"{LAST_YEAR - stored['year']:04d}{by_sound(stored['name'])}",
        "open_flags": sum(not flag.get("disposed") for flag in stored.get("flags", {}).values()),
    }


def year_begins(year: int) -> int:
    """The first place of a year in the orders that are numbers."""
    return (LAST_YEAR - year) * A_YEAR


@lru_cache(maxsize=4096)
def by_sound(name: str) -> str:
    """A key that puts names in order as a Chinese reader expects: GB 18030 keeps the common
    characters in the order of their sound."""
    return name[:NAME_PART].casefold().encode("gb18030", "replace").hex()


PROVINCE = re.compile(r"^(?:中国)?[\u4e00-\u9fff]{2,8}?(?:省|自治区)")
CITY = re.compile(r"^([\u4e00-\u9fff]{2,8}?)(?:市|自治州|地区|盟)")
SHORT = re.compile(r"[\u4e00-\u9fff]{2,4}")


@lru_cache(maxsize=4096)
def city_of(place: str) -> str:
    """The city of a place as people write it: 福州 of 福建省福州市鼓楼区…; empty where none is
    recognised."""
    rest = PROVINCE.sub("", "".join(place.split()))
    found = CITY.match(rest)
    if found:
        return found[1]
    return rest if SHORT.fullmatch(rest) else ""
