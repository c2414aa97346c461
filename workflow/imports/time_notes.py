"""What stands beside a time: (4天), 周二, (14日报到). Compared with the days, never taken for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from states.terms import Text
from workflow.imports.time_words import Dated, Unreadable

BRACKET = re.compile(r"\(([^()]*)\)")
LENGTH = (
    r"(?:共|总|为期|会期|历时|时长|学制|合计|计|约|研修|培训|办班|时间)*"
    r"(?P<days>[0-9]{1,2}(?:\.5)?)(?:-(?P<most>[0-9]{1,2}))?天(?P<half>半)?(?:左右)?"
)
LENGTH_NOTE = re.compile(rf"(?:[^天]*[,;、])?{LENGTH}(?:[,;、].*)?")
LENGTH_BEHIND = re.compile(r"(?<=[日号旬月底初中末度年])[,;、]?" + LENGTH + "$")
LENGTH_AFTER_WORD = re.compile(r"[,;、]?(?=共|为期|会期|历时)" + LENGTH + "$")
WEEKDAYS = re.compile("周([一二三四五六日天])-周?([一二三四五六日天])")
ARRIVAL = re.compile("([0-9]{1,2})[日号].{0,4}报到|报到.{0,4}?([0-9]{1,2})[日号]|(前一天|提前)")
OTHER_TIMES = re.compile("月|或|农历|阴历|旧历|另一?期|分.期|[2-9]期")
ARRIVAL_BEHIND = re.compile(r"(?<=[日号])[,;、。](?:其中)?((?:[0-9]{1,2}月)?[0-9]{1,2}[日号]报到)$")
ARRIVAL_BEFORE = re.compile(r"^((?:[0-9]{1,2}月)?[0-9]{1,2}[日号]报到)[,;、。](?=[0-9]+[月.])")
# 9月15日报到,16-19日培训: the month holds for both.
ARRIVAL_SAME_MONTH = re.compile(
    r"^(?P<month>[0-9]{1,2}月)(?P<arrival>[0-9]{1,2}[日号]报到)[,;、。]"
    r"(?P<days>[0-9]{1,2}[日号]?-[0-9]{1,2}[日号])(?:研修|培训|上课|学习|正式)?(?:开班|开课|办班)?$"
)
BEHIND = re.compile(r"(?<=[日号旬月])[,;]([^0-9,;、()月日旬-]{1,15})$")
WITH_ARRIVAL = re.compile("[,;、]?不?含报到.*$")
SAYS_NOTHING = re.compile(
    "拟|暂定|拟定|初定|预计|计划|待定|.*待定|.*另行.*|.*为准|.*待通知|视情况.*|上午|下午|晚上|全天"
    "|不?含(?:周末|双休日|报到|报道).*|含.*报到.*|报到|第?[一二三四五1-9]期?|[0-9]{4}年|[0-9]+个?工作日|线上|线下|线下举办"
)
NOT_COUNTED = "不含报到"
WEEK = "一二三四五六日"


class Beside:
    """What was taken from beside a time."""

    def __init__(self) -> None:
        self.length: tuple[float, float] | None = None
        self.length_text = ""
        self.weekdays: tuple[str, str] | None = None
        self.arrival = ""
        self.unread: list[str] = []
        self.without_arrival = False


def take_beside(text: str) -> tuple[str, Beside]:
    """The text without its brackets and its length; Unreadable if a bracket names another time."""
    beside = Beside()
    beside.without_arrival = NOT_COUNTED in text
    while found := BRACKET.search(text):
        _bracket(found[1], beside)
        text = text[: found.start()] + text[found.end() :]
    text = WITH_ARRIVAL.sub("", text)
    if found := ARRIVAL_SAME_MONTH.search(text):
        beside.arrival = found["month"] + found["arrival"]
        text = found["month"] + found["days"]
    for pattern in (ARRIVAL_BEHIND, ARRIVAL_BEFORE):
        if found := pattern.search(text):
            beside.arrival = found[1]
            text = text[: found.start()] + text[found.end() :]
    for pattern in (LENGTH_BEHIND, LENGTH_AFTER_WORD):
        if found := pattern.search(text):
            _length(found, found[0], beside)
            text = text[: found.start()]
    if found := BEHIND.search(text):
        _bracket(found[1], beside)
        text = text[: found.start()]
    return text, beside


def _bracket(inside: str, beside: Beside) -> None:
    if found := LENGTH_NOTE.fullmatch(inside):
        _length(found, inside, beside)
    elif found := WEEKDAYS.fullmatch(inside):
        beside.weekdays = found[1], found[2]
    elif ARRIVAL.search(inside):
        beside.arrival = inside
    elif SAYS_NOTHING.fullmatch(inside):
        return
    elif OTHER_TIMES.search(inside):
        raise Unreadable
    elif inside:
        beside.unread.append(inside)


def _length(found: re.Match[str], text: str, beside: Beside) -> None:
    least = float(found["days"]) + (0.5 if found["half"] else 0)
    beside.length = least, float(found["most"] or least)
    beside.length_text = text.strip(",;、")


def compare(dated: Dated, beside: Beside) -> Iterator[Text]:
    """What contradicts the days, and what was not taken."""
    yield from _of_length(dated, beside)
    said = list(dated.weekdays)
    if beside.weekdays and dated.earliest == dated.latest and dated.ends:
        said += zip((dated.earliest, dated.ends), beside.weekdays, strict=True)
    for day, weekday in said:
        real = WEEK[day.weekday()]
        if real != weekday.removeprefix("周").replace("天", "日"):
            values = {"day": in_words(day), "written": weekday.removeprefix("周"), "real": real}
            yield WEEKDAY.format(**values)
    if beside.arrival and not _arrives_on_first_day(dated, beside.arrival):
        yield ARRIVES.format(note=beside.arrival)
    for note in beside.unread:
        yield UNREAD.format(note=note)


def _of_length(dated: Dated, beside: Beside) -> Iterator[Text]:
    if beside.length is None or dated.ends is None:
        return
    days = (dated.ends - dated.earliest).days + 1
    least, most = beside.length
    fewest = days - 2 if beside.without_arrival else days  # without arrival and departure
    if most < fewest - 0.5 or least > days + 0.5:
        values = {"first": in_words(dated.earliest), "last": in_words(dated.ends), "days": days}
        yield LENGTH_DIFFERS.format(**values, note=beside.length_text)


def differs_in_length(earliest: date, ends: date, length: float) -> Text | None:
    """For a number of days that stands in a column of its own."""
    beside = Beside()
    beside.length, beside.length_text = (length, length), f"{length:g}天"
    return next(_of_length(Dated(earliest, earliest, ends, False), beside), None)


def _arrives_on_first_day(dated: Dated, note: str) -> bool:
    found = ARRIVAL.search(note)
    day = (found[1] or found[2]) if found else None
    return day is not None and int(day) == dated.earliest.day


def in_words(day: date) -> Text:
    return Text(f"{day.month}月{day.day}日", day.isoformat())


LENGTH_DIFFERS = Text(
    "{first}至{last}首尾共{days}天，与所写“{note}”不符（可能沿用了往年日期），请核对",
    "{first} to {last} are {days} days, but “{note}” is written (last year's dates perhaps); check it",
)
WEEKDAY = Text(
    "{day}是周{real}，与所写“周{written}”不符（可能沿用了往年日期），请核对",
    "{day} is a 周{real}, but 周{written} is written (last year's dates perhaps); check it",
)
ARRIVES = Text(
    "“{note}”没有计入起止日期，如研修时间应含报到日，请改写起止日期后重新导入",
    "“{note}” was not counted in; if arrival belongs to the class, change its first day",
)
UNREAD = Text(
    "“{note}”没有作为时间采用，请核对", "“{note}” was not taken as part of the time; check it"
)
