"""A year's calendar being edited: days marked as off, as worked, or left to the weekend."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from config.calendar_files import CalendarYear, Holiday

ONE_DAY = timedelta(days=1)


def marked(
    year: CalendarYear, days: Iterable[date], *, off: str = "", worked: bool = False
) -> CalendarYear:
    """The year with these days off under a name, or worked, or (neither) as the weekend has it."""
    chosen = set(days)
    names = {
        holiday.first + ONE_DAY * n: holiday.name
        for holiday in year.holidays
        for n in range((holiday.last - holiday.first).days + 1)
    }
    names = {day: name for day, name in names.items() if day not in chosen}
    make_up = set(year.make_up_days) - chosen
    if off:
        names |= dict.fromkeys(chosen, off)
    elif worked:
        make_up |= {day for day in chosen if day.weekday() > 4}
    fields = {"make_up_days": sorted(make_up), "holidays": list(_spans(names))}
    return CalendarYear(year=year.year, source=year.source, **fields)  # type: ignore[arg-type]


def _spans(names: dict[date, str]) -> Iterable[Holiday]:
    """Days of one name that follow each other as one holiday."""
    first = last = None
    for day in sorted(names):
        if first and last and day == last + ONE_DAY and names[day] == names[first]:
            last = day
            continue
        if first and last:
            yield Holiday(name=names[first], first=first, last=last)
        first = last = day
    if first and last:
        yield Holiday(name=names[first], first=first, last=last)
