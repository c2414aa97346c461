"""The holiday calendar: a year as it holds, a draft with what it would move, and its use."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from config.calendar_files import CalendarYear, written
from config.errors import ConfigError
from config.toml_text import LARGEST
from states.calendar import ONE_DAY
from states.form_reading import Problem
from states.terms import OFFICE, Kind
from web.api.callers import Caller, writer_in
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.problems import Unfit
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.office.holidays import YEARS, calendar_with, draft, put_in_force, standing, version
from workflow.office.shifts import Shift, changed_days, shifts
from workflow.refresh import refresh

routes = APIRouter(tags=[both("放假安排", "holidays")])
Keeper = Annotated[Visitor, Depends(writer_in(*OFFICE))]
Edited = Annotated[int, Path(ge=YEARS[0], le=YEARS[-1])]
MOST = 200  # shifts in one answer


class Holiday(BaseModel):
    on: date
    name: str


class Year(BaseModel):
    """The working days of a year."""

    year: int
    official: bool = Field(
        description=both(
            "否：放假安排未录入，仅按周末", "false: weekends only, no official calendar"
        )
    )
    source: str = Field(description=both("依据", "where it was announced"))
    holidays: list[Holiday]
    make_up_days: list[date] = Field(description=both("调休上班日", "weekend days that are worked"))
    working_days: int
    text: str = Field(description=both("本年文件内容（TOML）", "the year as its file (TOML)"))
    version: str = Field(description=both("应用时作为 seen 传回", "give it back as `seen`"))


@routes.get(
    "/calendar/{year}",
    summary=both("一年的工作日历", "The calendar of a year"),
    responses=problems(),
)
def show_year(request: Request, _: Caller, year: Annotated[int, Path(ge=1990, lt=2200)]) -> Year:
    site = site_of(request)
    known, kept = site.book.calendar, standing(site.settings.calendars_folder, year)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    off = [(day, name) for day, name in sorted(known.holidays.items()) if day.year == year]
    return Year(
        year=year,
        official=year in known.years,
        source=kept.source,
        holidays=[Holiday(on=day, name=name) for day, name in off],
        make_up_days=sorted(day for day in known.make_up_days if day.year == year),
        working_days=sum(known.is_working(day) for day in days),
        text=written(kept),
        version=version(kept),
    )


class Draft(BaseModel):
    """A year as its file says it; `text` of the year as it holds is where to begin."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(max_length=LARGEST)] = Field(
        description=both("本年文件内容（TOML）", "the year as its file (TOML)")
    )


class ShiftOut(BaseModel):
    """A deadline that would move."""

    project_id: int
    project: str
    host: str
    kind: Kind
    old_due_on: date
    new_due_on: date
    old_advised_on: date
    new_advised_on: date
    provisional: bool = Field(description=both("改后是否暂定", "whether it then is provisional"))


class YearPreview(BaseModel):
    """What a draft would change. `first`, `last`: the days that it sees differently."""

    first: date | None
    last: date | None
    shifts: list[ShiftOut] = Field(description=both("最多200项", "200 at most"))
    more: int = Field(description=both("另有几项未列", "how many more there are"))


@routes.post(
    "/calendar/{year}/preview",
    summary=both("预览放假安排的影响", "Preview a draft of a year"),
    description=both(
        "编辑或导入的安排会使哪些在办项目的期限变动；不写入任何内容。",
        "Which deadlines of open projects an edited or imported year would move; nothing is kept.",
    ),
    responses=problems(400),
)
def preview(request: Request, _: Keeper, year: Edited, given: Draft) -> YearPreview:
    site = site_of(request)
    new = calendar_with(site.settings.calendars_folder, _read(given.text, year))
    with site.db.read() as connection:
        moved = shifts(connection, site.book, new)
    first, last = changed_days(site.book.calendar, new) or (None, None)
    listed, more = [_shift(one) for one in moved[:MOST]], max(len(moved) - MOST, 0)
    return YearPreview(first=first, last=last, shifts=listed, more=more)


def _read(text: str, year: int) -> CalendarYear:
    try:
        return draft(text, year)
    except ConfigError as error:
        raise Unfit([Problem("text", error.text)]) from None


def _shift(one: Shift) -> ShiftOut:
    return ShiftOut(
        project_id=one.project_id,
        project=one.project,
        host=one.host,
        kind=one.kind,
        old_due_on=one.old.due_on,
        new_due_on=one.new.due_on,
        old_advised_on=one.old.advised_on,
        new_advised_on=one.new.advised_on,
        provisional=one.new.provisional,
    )


class Applied(Draft):
    seen: Annotated[str, StringConstraints(max_length=64)] = Field(
        description=both("编辑所依据的 version", "the `version` that was edited")
    )


class InForce(BaseModel):
    year: int
    version: str


@routes.post(
    "/calendar/{year}/apply",
    summary=both("应用放假安排", "Put a year in force"),
    description=both(
        "立即生效，并重新推算全部期限；他人先改过的回答409，什么都不写入。",
        "Holds at once; all deadlines are derived again. 409 if somebody changed it in between.",
    ),
    responses=problems(400, 409),
    response_model=InForce,
)
def apply(
    request: Request,
    visitor: Keeper,
    year: Edited,
    given: Applied,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site = site_of(request)
    folder, at = site.settings.calendars_folder, site.now()
    _read(given.text, year)

    def work(connection: Connection) -> InForce:
        made = put_in_force(
            connection, folder, given.text, year, given.seen, by=visitor.login, at=at
        )
        return InForce(year=year, version=version(made))

    answer = once(request, visitor, given.model_dump_json(), work)
    site.reload()
    refresh(site.db, site.book)
    return answer
