"""The holiday calendar as the office keeps it: a year as it holds, a draft of it, and its use."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from config.calendar_files import CalendarYear, calendar_of, calendar_years, read_year, written
from config.errors import ConfigError
from states.calendar import WorkCalendar
from states.terms import Text
from workflow.office.log import note
from workflow.whole_files import write_whole

YEARS = range(2000, 2101)  # that may be edited


class Meanwhile(Exception):
    """Somebody else has changed the year since it was looked at. Nothing was written."""

    text = Text(
        "他人刚刚修改了本年放假安排，请重新查看后再应用。",
        "Somebody else has just changed this year; look at it again before you apply yours.",
    )


def standing(folder: Path, year: int) -> CalendarYear:
    """The year as it holds; one that is not known yet as an empty one. `folder`: of the office's
    own files."""
    known = calendar_years(folder).get(year)
    return known or CalendarYear(year=year, source="", make_up_days=[], holidays=[])


def version(year: CalendarYear) -> str:
    """One value for all that a year says."""
    return sha256(written(year).encode()).hexdigest()


def draft(text: str, year: int) -> CalendarYear:
    """That year as somebody wrote it. ConfigError says what is wrong."""
    made = read_year(f"{year}.toml", text)
    if made.year != year:
        raise ConfigError(f"{year}.toml", "year", OTHER_YEAR.format(year=year))
    return made


def calendar_with(folder: Path, year: CalendarYear) -> WorkCalendar:
    """The calendar as it would be with this year in it."""
    years = calendar_years(folder)
    if year.year in years or year.holidays or year.make_up_days:
        years[year.year] = year
    return calendar_of(years)


def put_in_force(
    connection: Connection, folder: Path, text: str, year: int, seen: str, *, by: str, at: datetime
) -> CalendarYear:
    """Keep the year as written in `text`, if it still stands as in the version `seen`.

    The rules are then to be read again, and deadlines derived again (refresh.py). Raises
    ConfigError, Meanwhile, OSError.
    """
    made = draft(text, year)
    if seen != version(standing(folder, year)):
        raise Meanwhile
    said = SAID.format(source=made.source, off=len(made.holidays), work=len(made.make_up_days))
    note(connection, by, "calendar_saved", about=str(year), detail=said.zh, at=at)
    folder.mkdir(mode=0o700, exist_ok=True)
    write_whole(folder / f"{year}.toml", text.replace("\r\n", "\n").encode("utf-8"))
    return made


OTHER_YEAR = Text("年份应为{year}", "the year must be {year}")
SAID = Text(
    "{source}；放假{off}段，调休上班{work}天",
    "{source}; {off} holiday(s), {work} make-up day(s)",
)
