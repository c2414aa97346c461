"""Loads the official holiday calendars, and the ladders, from their TOML files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import ConfigError, first_reason
from config.toml_text import LARGEST, read_text
from states.calendar import WorkCalendar
from states.ladder import Ladder, Rung
from states.terms import Kind, Role, Text

STRICT = ConfigDict(extra="forbid", frozen=True)
Days = Annotated[int, Field(ge=0, le=366)]


class Holiday(BaseModel):
    model_config = STRICT
    name: str
    first: date
    last: date


class CalendarYear(BaseModel):
    """One year's file: every date must lie in that year, or just beside it."""

    model_config = STRICT
    year: int
    source: str
    make_up_days: list[date]
    holidays: list[Holiday]

    @model_validator(mode="after")
    def dates_belong(self) -> CalendarYear:
        for holiday in self.holidays:
            if not holiday.first <= holiday.last or holiday.last - holiday.first > timedelta(20):
                raise ValueError(f"{holiday.name}: {holiday.first} .. {holiday.last}")
        named = [day for h in self.holidays for day in (h.first, h.last)] + self.make_up_days
        for day in named:
            if abs(day - date(self.year, 7, 1)) > timedelta(200):
                raise ValueError(f"{day} does not belong to {self.year}")
        return self


class LadderFile(BaseModel):
    model_config = STRICT
    before: list[Days]
    after: list[Annotated[int, Field(ge=1, le=366)]]
    before_tells: list[Role] = []
    after_tells: dict[Role, Days] = {}

    def ladder(self) -> Ladder:
        rungs = [Rung(-days, (Role.HOST, *self.before_tells)) for days in self.before]
        for days in self.after:
            also = tuple(role for role, since in self.after_tells.items() if days >= since)
            rungs.append(Rung(days, (Role.HOST, *also)))
        return Ladder(tuple(sorted(rungs, key=lambda rung: rung.days)))


def read_toml(path: Path) -> dict[str, object]:
    """A TOML file's content; ConfigError names the file if it cannot be read."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        raise ConfigError(path.name, "", NOT_A_FILE)
    try:
        return read_text(path.name, path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(path.name, "", UNREADABLE.format(why=str(error)[:120])) from error


NOT_A_FILE = Text("不是普通文件，或超过200KB", "not a regular file, or larger than 200 KB")
UNREADABLE = Text("无法读取（{why}），请检查格式", "cannot be read ({why})")
UNKNOWN_KIND = Text("没有这种期限", "there is no such kind of deadline")


@cache
def work_calendar(extra: Path | None = None) -> WorkCalendar:
    """The shipped calendars, overridden year by year by the files in `extra`."""
    return calendar_of(calendar_years(extra))


def calendar_years(extra: Path | None = None) -> dict[int, CalendarYear]:
    """Each year that is known, as its file says; read anew each time."""
    years: dict[int, CalendarYear] = {}
    shipped = Path(str(files("config.calendars")))
    for folder in (shipped, extra):
        for path in sorted(folder.glob("*.toml")) if folder else ():
            try:
                loaded = CalendarYear.model_validate(read_toml(path))
            except ValidationError as error:
                raise ConfigError(path.name, *first_reason(error)) from error
            years[loaded.year] = loaded
    return years


def read_year(name: str, text: str) -> CalendarYear:
    """A year as somebody wrote it; ConfigError says what is wrong."""
    if len(text) > LARGEST:
        raise ConfigError(name, "", NOT_A_FILE)
    try:
        return CalendarYear.model_validate(read_text(name, text))
    except ValidationError as error:
        raise ConfigError(name, *first_reason(error)) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(name, "", UNREADABLE.format(why=str(error)[:120])) from error


def written(year: CalendarYear) -> str:
    """A year as its file says it."""
    days = "".join(f"  {day.isoformat()},\n" for day in sorted(year.make_up_days))
    source = json.dumps(year.source, ensure_ascii=False)
    text = f"year = {year.year}\nsource = {source}\n\nmake_up_days = [\n{days}]\n"
    if not year.holidays:
        return text + "\nholidays = []\n"
    for holiday in sorted(year.holidays, key=lambda one: one.first):
        name = json.dumps(holiday.name, ensure_ascii=False)
        text += f"\n[[holidays]]\nname = {name}\nfirst = {holiday.first}\nlast = {holiday.last}\n"
    return text


def calendar_of(years: Mapping[int, CalendarYear]) -> WorkCalendar:
    """The calendar that these years make."""
    holidays = {
        holiday.first + timedelta(n): holiday.name
        for loaded in years.values()
        for holiday in loaded.holidays
        for n in range((holiday.last - holiday.first).days + 1)
    }
    make_up = frozenset(day for loaded in years.values() for day in loaded.make_up_days)
    return WorkCalendar(frozenset(years), holidays, make_up)


@cache
def ladders(path: Path | None = None) -> dict[Kind, Ladder]:
    """The ladder of each kind of deadline that has one."""
    source = path or Path(str(files("config"))) / "ladders.toml"
    found = {}
    for key, table in read_toml(source).items():
        try:
            found[Kind(key)] = LadderFile.model_validate(table).ladder()
        except ValidationError as error:
            where, reason = first_reason(error)
            raise ConfigError(source.name, f"{key}.{where}", reason) from error
        except ValueError as error:
            raise ConfigError(source.name, key, UNKNOWN_KIND) from error
    return found
