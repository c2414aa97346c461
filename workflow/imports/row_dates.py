"""The dates of a row: from one column or two, planned and actual, with what contradicts them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from states.terms import Text
from workflow.identity import tidy
from workflow.imports import cells
from workflow.imports.headings import Field
from workflow.imports.rows import Reading
from workflow.imports.schedule import (
    AS_DAY,
    Schedule,
    ScheduleError,
    from_1904,
    parse_schedule,
    read_day,
)
from workflow.imports.time_notes import differs_in_length
from workflow.imports.words import short

TIME_AND_PLACE = re.compile(r"(.*[0-9日号旬月季度年底初末])[ ,，、;；/]+([^0-9 ,，、;；/]+)")
WRITTEN_WITH_DASHES = re.compile("[0-9]{4}-[0-9]{1,2}(?:-[0-9]{1,2})?")  # one day, or a month
BOTH = re.compile("[日号0-9][-—–~～至到][0-9]{1,2}(?:[月日号.]|$)")


def read_schedule(reading: Reading, usual_days: int) -> Schedule | None:
    """The planned time, without days where none can be read; None with a fault noted."""
    for name in (Field.SCHEDULE, Field.STARTS, Field.ENDS):
        _look_at_year(reading, name)
    name, value = Field.SCHEDULE, _value(reading, Field.SCHEDULE)
    if both := _time_and_place(reading):
        value = both[1]
    start = end = None
    if value is None:
        start, end = (_side(reading, name) for name in (Field.STARTS, Field.ENDS))
        if reading.has_fault(Field.STARTS, Field.ENDS):
            return None
        value = _joined(reading, start, end)
        if value is not None or name not in reading.columns.places:
            name = Field.STARTS
    try:
        found = _parse(reading, "" if value is None else value, usual_days)
        # an end that is no day says nothing of the opening
        if start is not None and value != start and found.provisional:
            reading.warn(Field.ENDS, NO_END.format(value=short(end)))
            found = _parse(reading, start, usual_days)
    except ScheduleError as error:
        reading.fault(name, error.text)
        return None
    for remark in found.remarks:
        reading.warn(name, remark)
    _compare_columns(reading, found)
    return found


def place_beside_time(reading: Reading) -> str | None:
    """The place, where one column holds time and place."""
    both = _time_and_place(reading)
    return both[2] if both else None


def _time_and_place(reading: Reading) -> re.Match[str] | None:
    if "地点" not in (reading.columns.title(Field.SCHEDULE) or ""):
        return None
    return TIME_AND_PLACE.fullmatch(tidy(str(reading.value(Field.SCHEDULE))))


def _look_at_year(reading: Reading, name: Field) -> None:
    """A date that is shown without its year may hold last year's."""
    day, year = reading.mark(name).day, reading.policy.year
    if day is not None and day.year != year:
        values = {"value": short(reading.value(name)), "day": day, "year": year}
        reading.warn(name, OTHER_YEAR.format(**values))


def _side(reading: Reading, name: Field) -> Any:
    """A start or an end; a bare number is a day, or a fault of its own column."""
    value = _value(reading, name)
    if not isinstance(value, (int, float)):
        return value
    try:
        day = read_day(value)
    except ScheduleError as error:
        reading.fault(name, error.text)
        return None
    reading.warn(name, AS_DAY.format(value=short(value), day=day))
    return day


def _joined(reading: Reading, start: Any, end: Any) -> Any:
    """Opening and end from two columns, as one time."""
    if start is None and end is not None:
        reading.warn(Field.ENDS, NO_START.format(value=short(end)))
    if start is None or end is None or start == end:
        return start
    # the whole time stands in the first column
    if isinstance(start, str) and BOTH.search(WRITTEN_WITH_DASHES.sub("日", start)):
        reading.warn(Field.ENDS, NO_END_NEEDED.format(start=short(start), value=short(end)))
        return start
    return f"{_written(start)}至{_written(end)}"


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else tidy(str(value))


def _compare_columns(reading: Reading, found: Schedule) -> None:
    """Columns of their own with the number of days, or of sessions, against the time."""
    length = reading.value(Field.DAYS)
    written = re.match(r"([0-9]+(?:\.5)?)天?$", str(length).strip()) if length is not None else None
    if written and found.ends and found.opens_earliest:
        said = differs_in_length(found.opens_earliest, found.ends, float(written[1]))
        if said:
            reading.warn(Field.DAYS, said)
    sessions = re.match(r"([0-9]+)期?$", str(reading.value(Field.SESSIONS)).strip())
    if sessions and 1 < int(sessions[1]) <= MOST_SESSIONS:
        reading.warn(Field.SESSIONS, SEVERAL.format(number=int(sessions[1])))


def read_actual(reading: Reading, usual_days: int) -> Schedule | None:
    """When the class was; None where that is not known to the day, which is said, or impossible,
    which is a fault."""
    found = reading.take(
        Field.ACTUAL, lambda _: _parse(reading, _value(reading, Field.ACTUAL), usual_days)
    )
    if found is not None and found.provisional:
        reading.warn(Field.ACTUAL, NOT_EXACT.format(value=short(found.text)))
        return None
    return found


def _value(reading: Reading, name: Field) -> Any:
    value = reading.value(name)
    return from_1904(value) if reading.mark(name).from_1904 else value


def _parse(reading: Reading, value: Any, usual_days: int) -> Schedule:
    if cells.is_formula(value):
        raise ScheduleError(cells.FORMULA.format(value=short(value)))
    return parse_schedule(value, reading.policy.year, usual_days)


MOST_SESSIONS = 12  # more is no number of sessions of one project
OTHER_YEAR = Text(
    "本格显示为“{value}”，文件中存的是{day}，已按{year}年登记，请核对",
    "The cell shows “{value}” and holds {day}; it was taken for {year}, check it",
)
NO_START = Text(
    "只填写了结束日期“{value}”，没有开始日期，请补填",
    "There is only the end, “{value}”, and no start; add it",
)
NO_END_NEEDED = Text(
    "开始日期“{start}”已含起止时间，结束日期“{value}”没有采用，请核对",
    "The start “{start}” names both days, and the end “{value}” was not taken; check it",
)
NO_END = Text(
    "结束日期“{value}”没有采用，只按开始日期登记，确定后请补充",
    "The end “{value}” was not taken, only the start; add it once it is known",
)
SEVERAL = Text(
    "写明共{number}期，本行只登记一个项目；请每期填写一行，在项目名称后分别注明“（第一期）”“（第二期）”后重新导入",
    "{number} sessions are written, and a row is one project; give each its row and add “（第一期）”, "
    "“（第二期）” to the names, then import again",
)
NOT_EXACT = Text(
    "实际日期“{value}”不是确切日期，没有登记；已办班的，请写明起止日，例如5月12日-16日",
    "The actual time “{value}” is not exact and was not taken; if the class was held write both "
    "days, for example 5月12日-16日",
)
