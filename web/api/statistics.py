"""The figures behind the charts of a year: states, weeks, departments, funds, and each class."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, Field

from states.form_reading import Problem
from states.terms import Kind, State
from web.api.callers import in_role
from web.api.describing import KeyCursor, ListedByKey, both, following, problems
from web.api.problems import NO_CURSOR, Unfit, spoken
from web.api.projects import Name, clean
from web.navigation import WATCHERS
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.funds import FundStand, stands
from workflow.workplace import statistics
from workflow.workplace.year_plan import Cut, courses, read_key

routes = APIRouter(tags=[both("统计", "statistics")])
Watcher = Annotated[Visitor, Depends(in_role(*WATCHERS))]
Year = Annotated[int, Path(ge=1990, lt=2200)]


class Years(BaseModel):
    items: list[int] = Field(description=both("从新到旧", "the newest first"))


class StandOut(BaseModel):
    """How many projects are in a state, and how many have gone on from it."""

    state: State
    label: str
    here: int
    beyond: int


class WeekOut(BaseModel):
    """The open deadlines that fall due in a week."""

    monday: date
    total: int
    kinds: dict[Kind, int]


class LoadOut(BaseModel):
    """The projects of a department; a project counts once as late."""

    department: str
    total: int
    under_way: int
    late: int
    ended: int


class FundStandOut(BaseModel):
    """Where the money of a fund stands. All sums in fen; null: not known."""

    policy: str
    fund: str
    label: str
    provincial: bool
    budget: int | None
    projects: int
    capped: int | None = Field(description=both("按上限最多", "at most, by the caps"))
    decided: int
    decided_count: int
    paid: int
    paid_count: int
    left: int | None


class YearFigures(BaseModel):
    year: int
    states: list[StandOut]
    weeks: list[WeekOut]
    departments: list[LoadOut]
    funds: list[FundStandOut]


@routes.get(
    "/statistics", summary=both("有项目的年度", "Years with projects"), responses=problems()
)
def list_years(request: Request, visitor: Watcher) -> Years:
    with site_of(request).db.read() as connection:
        return Years(items=statistics.years(connection, visitor.actor))


@routes.get(
    "/statistics/{year}",
    summary=both("一年的统计数字", "The figures of a year"),
    description=both(
        "本人范围内的项目：各状态、每周截止、各部门、各项资金。",
        "Of the projects in one's scope: by state, by week, by department, by fund.",
    ),
    responses=problems(),
)
def year_figures(request: Request, visitor: Watcher, year: Year) -> YearFigures:
    site, language, actor = site_of(request), spoken(request), visitor.actor
    with site.db.read() as connection:
        states = statistics.by_state(connection, actor, year)
        weeks = statistics.by_week(connection, actor, year)
        loads = statistics.by_department(connection, actor, year, site.today())
        money = stands(connection, site.book, statistics.within(actor, year))
    return YearFigures(
        year=year,
        states=[
            StandOut(
                state=one.state,
                label=one.state.label.in_(language),
                here=one.here,
                beyond=one.beyond,
            )
            for one in states
        ],
        weeks=[WeekOut(monday=one.monday, total=one.total, kinds=one.kinds) for one in weeks],
        departments=[LoadOut.model_validate(one, from_attributes=True) for one in loads],
        funds=[_fund(one, language) for one in money],
    )


def _fund(stand: FundStand, language: str) -> FundStandOut:
    names = set(FundStandOut.model_fields) - {"label"}
    known: dict[str, Any] = {name: getattr(stand, name) for name in names}
    return FundStandOut(label=stand.label.in_(language), **known)


class SpanOut(BaseModel):
    """From the first to the last day."""

    begins: date
    ends: date
    settled: bool = Field(description=both("日期已定或已办", "the days are known, or it is done"))


class CourseOut(BaseModel):
    """One project's year: the class, and the windows before and after it."""

    project_id: int
    number: int | None
    name: str
    host: str
    department: str
    state: State
    filing: SpanOut | None
    meeting: SpanOut | None = Field(description=both("办班", "the class, or when it may open"))
    provisional: bool
    reporting: SpanOut | None
    complete_by: date | None


class Courses(ListedByKey):
    items: list[CourseOut]


@routes.get(
    "/statistics/{year}/courses",
    summary=both("一年的办班安排", "The classes of a year"),
    description=both("按开班日期排列。", "By their opening."),
    responses=problems(),
)
def list_courses(
    request: Request,
    response: Response,
    visitor: Watcher,
    year: Year,
    category: Name = "",
    department: Name = "",
    cursor: KeyCursor = "",
) -> Courses:
    if cursor and read_key(cursor) is None:
        raise Unfit([Problem("cursor", NO_CURSOR)])
    cut = Cut(clean(category), clean(department))
    with site_of(request).db.read() as connection:
        found, then = courses(connection, visitor.actor, year, cut, cursor)
    items = [CourseOut.model_validate(one, from_attributes=True) for one in found]
    return Courses(items=items, **following(request, response, then))
