"""When a class is held, from the ways in which officials write it."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from states.terms import Text
from workflow.identity import squeeze, tidy
from workflow.imports.words import CellError, short

LONGEST_DAYS = 60
LONGEST_TEXT = 60
JANUARY, NOVEMBER = 1, 11
DASHES = re.compile("[-‐‑‒–—―−─﹘~∼〜至到]+")
ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
ISO_TAIL = re.compile(r"([0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2})-([0-9]{1,2})-([0-9]{1,2})")
ISO_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
WEEKDAY = "(?:周|星期)[一二三四五六日天]"
HINT = (
    "(?:暂定|拟定|上午|下午|晚上|全天|(?:不?含)?报到(?:和离开|及离开|、离开)?(?:时间)?"
    f"|(?:共|为期|计|会期|含报到)?[0-9]{{1,2}}天|{WEEKDAY}(?:[-至到~]{WEEKDAY})?)"
)
# What may stand beside a date without changing it: (5天), 上午, 周一, 共4天.
HARMLESS = re.compile(
    rf"\({HINT}\)|(?<=[日号])(?:上午|下午|晚上|全天|{WEEKDAY})|^暂定|暂定$"
    r"|(?<=[日号旬])[,;、]?(?:共|为期)[0-9]{1,2}天$"
)
SIDE = re.compile(
    r"(?:(?P<year>[0-9]{4})(?:年|[./]))?"
    r"(?:(?P<season>第?[一二三四1-4]季度|[上下]半年)"
    r"|(?:(?P<month>[0-9]{1,2})(?:月份?|[./](?=[0-9])))?"
    r"(?:(?P<day>[0-9]{1,2})(?P<sign>[日号])?|(?P<part>[上中下]旬|上中旬|中下旬|[初中底末]))?)"
)
PARTS = {  # first day and last day; 0 is the month's end
    **dict.fromkeys(("上旬", "初"), (1, 10)),
    **dict.fromkeys(("中旬", "中"), (11, 20)),
    **dict.fromkeys(("下旬", "底", "末"), (21, 0)),
    "上中旬": (1, 20),
    "中下旬": (11, 0),
}
SEASONS = {"上半年": (1, 6), "下半年": (7, 12)} | {
    f"{digit}季度": (3 * n + 1, 3 * n + 3) for n in range(4) for digit in ("一二三四"[n], n + 1)
}


class ScheduleError(CellError):
    """What stands in the cell is no time at which a class of this year can be held."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Exact days, or a window for the opening; `ends` None: not known. `text`: as written."""

    opens_earliest: date
    opens_latest: date
    ends: date | None
    text: str

    @property
    def provisional(self) -> bool:
        """Whether the opening is a window still to be confirmed."""
        return self.opens_earliest != self.opens_latest


class Side(NamedTuple):
    """One side of a dash, as far as it is written out."""

    year: int | None
    season: str | None
    month: int | None
    day: int | None
    part: str | None


class Span(NamedTuple):
    first: date
    last: date
    exact: bool


def parse_schedule(value: object, year: int, usual_days: int) -> Schedule:
    """Read a time of the plan's `year` from text or a real date.

    A lone date is the opening; 5月, 9月中旬, 三季度 are windows. A class lasts at most 60 days,
    or `usual_days` if the policy's usual length is more. ScheduleError gives the reason.
    """
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        text = f"{day.year}年{day.month}月{day.day}日"
        return _checked(Schedule(day, day, None, text), year, usual_days)
    if not isinstance(value, str):
        raise _error(NO_TEXT, value)
    written = tidy(value)
    if not written:
        raise ScheduleError(EMPTY)
    pieces = _plain(written).split("-") if len(written) <= LONGEST_TEXT else []
    if len(pieces) not in (1, 2):
        raise _error(GARBAGE, value)
    sides = [_side(piece, value) for piece in pieces]
    schedule = _single(sides[0], year, written) if len(sides) == 1 else None
    return _checked(schedule or _range(sides[0], sides[1], year, written), year, usual_days)


def _plain(text: str) -> str:
    text = HARMLESS.sub("", squeeze(text)).strip(".,;。")
    text = ISO_DAY.sub(r"\1.\2.\3", DASHES.sub("-", text))
    text = ISO_TAIL.sub(r"\1-\2.\3", text)
    month = ISO_MONTH.fullmatch(text)
    return f"{month[1]}年{month[2]}月" if month else text


def _side(piece: str, value: str) -> Side:
    match = SIDE.fullmatch(piece)
    if not piece or match is None:
        raise _error(GARBAGE, value)
    year, month, day = (int(match[k]) if match[k] else None for k in ("year", "month", "day"))
    if year is not None and month is None and not match["sign"]:
        month, day = day, None  # 2025.6 and the left of 2025年7-8月: the bare number is a month
    return Side(year, match["season"], month, day, match["part"])


def _single(side: Side, year: int, text: str) -> Schedule:
    span = _span(side, _own_year(side, year, text), text)
    return Schedule(span.first, span.last, None, text)


def _range(left: Side, right: Side, year: int, text: str) -> Schedule:
    if left.month is None and left.season is None and right.month and right.day is None:
        left = left._replace(month=left.day, day=None)  # 7-8月
    if right.month is None and right.season is None:
        right = right._replace(month=left.month)  # 7月17-21日
    opening = _span(left, _own_year(left, year, text), text)
    ends_in = right.year if right.year is not None else year
    if right.year is None and right.month == JANUARY and (left.month or 0) >= NOVEMBER:
        ends_in += 1  # 12月30日-1月2日
    if ends_in not in (year, year + 1):
        raise _error(WRONG_YEAR, text, year=year)
    end = _span(right, ends_in, text)
    if opening.exact and end.exact:
        return Schedule(opening.first, opening.first, end.first, text)
    if opening.exact or end.exact:
        raise _error(GARBAGE, text)
    return Schedule(opening.first, end.last, None, text)


def _own_year(side: Side, year: int, text: str) -> int:
    if side.year not in (None, year):
        raise _error(WRONG_YEAR, text, year=year)
    return year


def _span(side: Side, year: int, text: str) -> Span:
    try:
        if side.season is not None:
            first, last = SEASONS[side.season.removeprefix("第")]
            return Span(date(year, first, 1), _month_end(year, last), False)
        if side.month is None:
            raise _error(GARBAGE, text)
        if side.day is not None:
            day = date(year, side.month, side.day)
            return Span(day, day, True)
        start, end = PARTS[side.part] if side.part else (1, 0)
        last_day = date(year, side.month, end) if end else _month_end(year, side.month)
        return Span(date(year, side.month, start), last_day, False)
    except ValueError as error:
        raise _error(IMPOSSIBLE, text) from error


def _month_end(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first.replace(day=monthrange(year, month)[1])


def _checked(schedule: Schedule, year: int, usual_days: int) -> Schedule:
    opens, latest, ends = schedule.opens_earliest, schedule.opens_latest, schedule.ends
    last = ends or latest
    if last < opens:
        raise _error(BACKWARDS, schedule.text)
    if opens.year != year or latest.year != year:
        raise _error(WRONG_YEAR, schedule.text, year=year)
    if last.year != year and (last.year, last.month) != (year + 1, JANUARY):
        raise _error(WRONG_YEAR, schedule.text, year=year)
    longest = max(LONGEST_DAYS, usual_days)
    if ends is not None and (ends - opens).days + 1 > longest:
        raise _error(TOO_LONG, schedule.text, days=(ends - opens).days + 1, longest=longest)
    return schedule


def _error(text: Text, value: object, **values: int) -> ScheduleError:
    return ScheduleError(text.format(value=short(value), **values))


EXAMPLES = "5月12日-16日、9月中旬、第三季度"
EMPTY = Text(
    f"没有填写时间，请填写，例如{EXAMPLES}",
    f"No time is given; write it like {EXAMPLES}",
)
GARBAGE = Text(
    "无法识别时间“{value}”，请改写为" + EXAMPLES + "等形式",
    "“{value}” cannot be read as a time; write it like " + EXAMPLES,
)
NO_TEXT = Text(
    "“{value}”是数字而不是日期，请把单元格改为文本或日期格式，填写如" + EXAMPLES,
    "“{value}” is a number, not a date; format the cell as text or date and write " + EXAMPLES,
)
IMPOSSIBLE = Text(
    "“{value}”中有日历上不存在的日期，请核对月和日",
    "“{value}” holds a date that no calendar has; check month and day",
)
WRONG_YEAR = Text(
    "“{value}”不在{year}年内，本计划为{year}年度，请核对年份",
    "“{value}” is not in {year}, the plan's year; check the year",
)
BACKWARDS = Text(
    "“{value}”的结束早于开始，请核对起止日期",
    "“{value}” ends before it starts; check both dates",
)
TOO_LONG = Text(
    "“{value}”长达{days}天，一期不超过{longest}天，请核对起止日期",
    "“{value}” lasts {days} days, and a class at most {longest}; check both dates",
)
