"""The words for a time: from what an office wrote to days of the plan's year.

`plain` takes away how it is written (dashes, numerals, clock times, polite words); `Words` reads
what is left. A time is a day, a range of days, or a window; `5月底前` has a bound and `暑期` is
vague, so both are windows. What no rule here knows is Unreadable, never guessed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from workflow.identity import squeeze
from workflow.imports.numerals import CHINESE, whole

ONE_DAY = timedelta(days=1)
JANUARY, NOVEMBER, DECEMBER = 1, 11, 12
MOST_TWO_DIGITS = 99
SOME_DAYS = timedelta(days=5)  # around a day: 前后, 左右

DASHES = re.compile("(?:[-‐‑‒–—―−─﹘~∼〜至]|(?<!报)到)+")
# 一 and ー between days stand for a dash: 9月15日一19日.
ODD_DASH = re.compile(r"(?<=[0-9日号])[一ー]+(?=[0-9])")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
ISO_TAIL = re.compile(r"([0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2})-([0-9]{1,2})-([0-9]{1,2})")
ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
LONG_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9])")
CLOCK = re.compile(
    r"(?:(?<=[0-9])[ T]+|(?<=[日号午晚早])\s*)[0-9]{1,2}[:：时点][0-9]{0,2}分?(?:[:：][0-9]{2})?"
    r"(?:\.[0-9]+)?Z?"
)
NUMERAL = re.compile(
    rf"[{CHINESE}]+(?=[年月日号天]|个工作日|[、,和及][{CHINESE}]{{1,3}}[月日])|(?<=月)[{CHINESE}]+(?=-)"
)
NEIGHBOURS = re.compile("(?<![十廿卅])([一二三四五六七八九])([一二三四五六七八九])(?=月)")  # 七八月
HALF_OF_DAY = re.compile(r"(?<=[日号0-9])(?:上午|下午|晚上|中午|全天)")
POLITE = re.compile(
    "暂定于?|拟定?于?|计划于?|预计于?|初定于?|初步|定于|大约|大概|约|争取|力争|原则上|(?:今年|本年)(?=[0-9上下第])"
)
VERBS = (
    "研修|培训|举办|举行|开班|开始|启动|开展|实施|办班|进行|召开|开课|组织|完成|结束|适时|择期|期间"
)
OPEN_END = re.compile(
    r"[,;、。:]?(?:具体)?(?:办班|举办|开班)?(?:日期|时间|日程|安排)?"
    r"(?:待定|未定|另行通知|另定|待通知|待确[定认]|视.{0,6}[定况]|以.{0,10}为准)$"
)
OPEN_START = re.compile(r"^(?:具体)?(?:日期|时间)?(?:待定|未定|待确[定认])[,;、:]?\(?(?=.*[0-9])")
LATE_VERB = re.compile(rf"(?:{VERBS})+$")
SIDE = re.compile(
    r"(?:(?P<year>[0-9]{4}|[0-9]{2}(?=年|[./][0-9]{1,2}[./]))(?:年|[./]))?"
    r"(?:(?P<season>第?[一二三四1-4]季度?[初中底末]?|q[1-4](?:季度)?|[上下]半年|年[初中底末]|暑[期假]|寒假|[春夏秋]季)"
    r"|(?:(?P<month>[0-9]{1,2})(?:月份?|[./](?=[0-9])))?"
    r"(?:(?P<day>[0-9]{1,2})(?P<sign>[日号])?(?P<weekday>周[一二三四五六日天])?"
    r"|(?P<part>[上中下]旬|上中旬|中上旬|中下旬|[上下]半月|月?[初中底末]|第[一二三四1-4]周))?)"
)
PARTS = {  # first day and last day; 0 is the month's end
    **dict.fromkeys(("上旬", "初"), (1, 10)),
    **dict.fromkeys(("中旬", "中"), (11, 20)),
    **dict.fromkeys(("下旬", "底", "末"), (21, 0)),
    **dict.fromkeys(("上中旬", "中上旬"), (1, 20)),
    "中下旬": (11, 0),
    "上半月": (1, 15),
    "下半月": (16, 0),
    **{
        f"第{digit}周": (7 * n + 1, 7 * n + 7) for n in range(4) for digit in ("一二三四"[n], n + 1)
    },
}
SEASONS = {"上半年": (1, 6), "下半年": (7, 12)} | {
    f"{digit}季": (3 * n + 1, 3 * n + 3) for n in range(4) for digit in ("一二三四"[n], n + 1)
}
VAGUE = {
    "年初": (1, 3),
    "年中": (6, 7),
    **dict.fromkeys(("年底", "年末"), (11, 12)),
    **dict.fromkeys(("暑期", "暑假"), (7, 8)),
    "寒假": (1, 2),
    **{"春季": (3, 5), "夏季": (6, 8), "秋季": (9, 11)},
}
MONTH_OF_QUARTER = {"初": 0, "中": 1, "底": 2, "末": 2}
FESTIVALS = {  # those with the same days each year
    "元旦": ((1, 1), (1, 1)),
    **dict.fromkeys(("五一", "五一节", "劳动节"), ((5, 1), (5, 5))),
    **dict.fromkeys(("国庆", "国庆节", "十一"), ((10, 1), (10, 7))),
}
AROUND = re.compile(r"(.+?)(?:前后|左右|上下)")
BEFORE = re.compile(r"(?:不晚于|不迟于|最迟于?|最晚于?|截[止至]到?|在|于)?(.+?)(?:之前|以前|前)")
NOT_AFTER = re.compile(r"(?:不晚于|不迟于|最迟于?|最晚于?)(.+)")
AFTER = re.compile(r"(.+?)(?:之后|以后|后)")
NOT_BEFORE = re.compile(r"(?:不早于|最早于?)(.+)")
WITHIN = re.compile(r"(.+?)(?:之内|以内|内|间|起)")
ALL_YEAR = frozenset({"年", "本年", "今年"})
MONTH = re.compile("[0-9]{1,2}月")
LIST = re.compile("[、,和及与]")
QUARTERS = re.compile("第?([一二三四1-4])[、-]?第?([一二三四1-4])(季度?)")
TWO_PARTS = re.compile("([上中])旬?[、-]([中下])旬")
SIDE_BY_SIDE = re.compile(
    r"(?<=[初中底末旬])(?=[0-9]{1,2}月|第?[一二三四1-4]季)|(?<=月)(?=[0-9]{1,2}月)"
)
MONTHS = re.compile(r"((?:[0-9]{4}年)?)([0-9]{1,2})((?:[、,和及][0-9]{1,2})+)(月份?)")
DAYS = re.compile(r"(.*月)([0-9]{1,2})[日号]?((?:[、,][0-9]{1,2}[日号]?)+)")


# 9月15日报到-9月19日离会: the days of arrival and departure are those of the class.
ARRIVAL_TO_DEPARTURE = re.compile(
    r"([0-9]{1,2}[日号])(?:上午|下午|中午|晚上|全天)?报到-((?:[0-9]{1,2}月)?[0-9]{1,2}[日号])"
    r"(?:上午|下午|中午|晚上)?(?:离会|离开|离校|返程|返回|撤离|疏散|结束|结业)?$"
)


class Unreadable(Exception):
    """No rule knows these words."""


class Impossible(Exception):
    """A day that no calendar has."""


class WrongYear(Exception):
    """A day outside the plan's year."""


class Side(NamedTuple):
    """One side of a dash, as far as it is written out."""

    year: int | None
    season: str | None
    month: int | None
    day: int | None
    part: str | None
    weekday: str | None


class Span(NamedTuple):
    """`exact`: one day or a range of days; else a window. `vague`: of which nobody said the days."""

    first: date
    last: date
    exact: bool
    vague: bool = False
    whole: bool = False  # a month, a season: 前 means before it begins


class Dated(NamedTuple):
    """When the class opens, and its end where that is known. `weekdays`: as written for a day."""

    earliest: date
    latest: date
    ends: date | None
    vague: bool
    weekdays: tuple[tuple[date, str], ...] = ()


def plain(text: str) -> str:
    """Without gaps, in one kind of brackets, dashes and digits."""
    text = squeeze(CLOCK.sub("", text)).casefold()
    text = text.translate(str.maketrans("[]【】〔〕{}", "()()()()"))
    text = re.sub("星期|礼拜", "周", text).replace("的", "").replace("年度", "年")
    text = ODD_DASH.sub("-", text)
    text = DASHES.sub("-", text)
    text = NEIGHBOURS.sub(r"\1、\2", text)
    text = NUMERAL.sub(lambda found: str(whole(found[0]) or found[0]), text)
    text = re.sub(r"\((周[一二三四五六日天])\)", r"\1", text)
    text = ARRIVAL_TO_DEPARTURE.sub(r"\1-\2", text)
    text = OPEN_START.sub("", text)
    return LONG_DAY.sub(r"\1.\2.\3", text)


def bare(text: str) -> str:
    """What `plain` left without brackets, without what says nothing about the day."""
    text = HALF_OF_DAY.sub("", text).strip(".,;:。、")
    shorter = OPEN_END.sub("", text)
    text = re.sub("^[自从](?=[0-9])", "", POLITE.sub("", shorter or text))
    text = LATE_VERB.sub("", text).strip(".,;:。、于在)")
    text = re.sub(r"(?<=[0-9])\.(?=-|$)|(?<=月)(?:暑[假期]|寒假)$", "", text)
    text = ISO_DAY.sub(r"\1.\2.\3", text)
    text = ISO_TAIL.sub(r"\1-\2.\3", text)
    month = ISO_MONTH.fullmatch(text)
    return f"{month[1]}年{month[2]}月" if month else text


class Words:
    """Reads what `bare` left of a time in the plan's year."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.weekdays: list[tuple[date, str]] = []

    def read(self, text: str) -> Dated:
        """Unreadable, Impossible or WrongYear if it is no time in the year."""
        if "或" in text:
            found, month = [], ""
            for one in re.split("或者?|或是", text):
                own = MONTH.search(one)
                found.append(self._time(one if own or "季" in one else month + one))
                month = own[0] if own else month
            earliest, latest = min(d.earliest for d in found), max(d.latest for d in found)
            return Dated(earliest, latest, None, True)
        return self._time(text)

    def _time(self, text: str) -> Dated:
        if found := WITHIN.fullmatch(text):
            if found[1] in ALL_YEAR or found[1] == f"{self.year}年":
                return Dated(*self._year, None, True)
            text = found[1]
        if bound := self._bound(text):
            return bound
        text = self._joined(text)
        pieces = text.split("-")
        if len(pieces) > 2:
            raise Unreadable
        if len(pieces) == 2:
            return self._range(_side(pieces[0]), _side(pieces[1]))
        span = self._point(text)
        return Dated(span.first, span.last, None, span.vague, tuple(self.weekdays))

    @property
    def _year(self) -> tuple[date, date]:
        return date(self.year, JANUARY, 1), date(self.year, DECEMBER, 31)

    def _bound(self, text: str) -> Dated | None:
        """A window up to what is named, from it on, or some days around it."""
        first, last = self._year
        if found := AROUND.fullmatch(text):
            near = self._time(found[1])
            if near.earliest == near.latest or near.vague:
                first = max(near.earliest - SOME_DAYS, first)
                return Dated(first, min(near.latest + SOME_DAYS, last), None, True)
            return near
        if found := BEFORE.fullmatch(text) or NOT_AFTER.fullmatch(text):
            span = self._point(found[1])
            last = span.first - ONE_DAY if span.whole else span.last
        elif found := AFTER.fullmatch(text) or NOT_BEFORE.fullmatch(text):
            span = self._point(found[1])
            first = span.last + ONE_DAY if span.whole else span.first if span.exact else span.last
        else:
            return None
        if first > last:
            raise Unreadable
        return Dated(first, last, None, True)

    def _point(self, text: str) -> Span:
        """A day, a part of the year, a festival."""
        if text in FESTIVALS:
            days = [date(self.year, *day) for day in FESTIVALS[text]]
            return Span(days[0], days[1], False, True, True)
        side = _side(text)
        return self._span(side, self._own_year(side))

    def _joined(self, text: str) -> str:
        """Lists of neighbours as a range: 7、8月, 5月12、13、14日, 4月底5月初."""
        text = QUARTERS.sub(r"\1\3-\2\3", TWO_PARTS.sub(r"\1\2旬", text))
        if found := MONTHS.fullmatch(text):
            months = [int(n) for n in re.findall("[0-9]+", found[2] + found[3])]
            return f"{found[1]}{_first_and_last(months)}月"
        if found := DAYS.fullmatch(text):
            days = [int(n) for n in re.findall("[0-9]+", found[2] + found[3])]
            return f"{found[1]}{_first_and_last(days)}日"
        parts = LIST.split(SIDE_BY_SIDE.sub("、", text))
        if len(parts) == 1:
            return text
        sides = [_side(part) for part in parts]
        if any(side.day for side in sides):
            raise Unreadable
        spans = [self._span(side, self._own_year(side)) for side in sides]
        if any(b.first - a.last != ONE_DAY for a, b in pairwise(spans)):
            raise Unreadable
        return f"{parts[0]}-{parts[-1]}"

    def _range(self, left: Side, right: Side) -> Dated:
        if left.month is None and left.season is None and right.month and right.day is None:
            left = left._replace(month=left.day, day=None)  # 7-8月
        if right.month is None and right.season is None:
            right = right._replace(month=left.month)  # 7月17-21日
        opening = self._span(left, self._own_year(left))
        ends_in = right.year if right.year is not None else self.year
        if right.year is None and right.month == JANUARY and (left.month or 0) >= NOVEMBER:
            ends_in += 1  # 12月30日-1月2日
        if ends_in not in (self.year, self.year + 1):
            raise WrongYear
        end = self._span(right, ends_in)
        if opening.exact != end.exact:
            raise Unreadable
        weekdays = tuple(self.weekdays)
        if opening.exact:
            return Dated(opening.first, opening.first, end.first, False, weekdays)
        return Dated(opening.first, end.last, None, opening.vague or end.vague, weekdays)

    def _own_year(self, side: Side) -> int:
        if side.year not in (None, self.year):
            raise WrongYear
        return self.year

    def _span(self, side: Side, year: int) -> Span:
        try:
            if side.season is not None:
                return _season(side.season, year)
            if side.month is None:
                raise Unreadable
            if side.day is not None:
                day = date(year, side.month, side.day)
                if side.weekday:
                    self.weekdays.append((day, side.weekday))
                return Span(day, day, True)
            start, end = PARTS[side.part] if side.part else (1, 0)
            last = date(year, side.month, end) if end else month_end(year, side.month)
            vague = (side.part or "").startswith("第")  # weeks are counted in several ways
            first = date(year, side.month, start)
            return Span(first, last, False, vague, whole=not side.part)
        except ValueError as error:
            raise Impossible from error


def _side(piece: str) -> Side:
    match = SIDE.fullmatch(piece)
    if not piece or match is None:
        raise Unreadable
    year, month, day = (int(match[k]) if match[k] else None for k in ("year", "month", "day"))
    if year is not None and month is None and not match["sign"]:
        month, day = day, None  # 2025.6 and the left of 2025年7-8月: the bare number is a month
    if year is not None and year <= MOST_TWO_DIGITS:
        year += 2000
    part = match["part"].removeprefix("月") if match["part"] else None
    return Side(year, match["season"], month, day, part, match["weekday"])


def _season(word: str, year: int) -> Span:
    if word in VAGUE:
        first, last = VAGUE[word]
        # 年底前 is up to its end; 暑期前 before it begins.
        return Span(date(year, first, 1), month_end(year, last), False, True, word[0] != "年")
    name = re.sub("^第|度$", "", word)
    if name.startswith("q"):
        name = f"{name[1]}季"
    first, last = SEASONS[name.rstrip("度初中底末")]
    part_of_it = name[-1] in MONTH_OF_QUARTER
    if part_of_it:
        first = last = first + MONTH_OF_QUARTER[name[-1]]
    # 二季度前 is before it begins, 二季度末前 up to its end.
    is_whole = "季" in name and not part_of_it
    return Span(date(year, first, 1), month_end(year, last), False, whole=is_whole)


def _first_and_last(numbers: list[int]) -> str:
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise Unreadable
    return f"{numbers[0]}-{numbers[-1]}"


def month_end(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first.replace(day=monthrange(year, month)[1])
