"""The year in charts, each with its table, and the status report to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from config.rulebook import Rulebook
from states.policy import Policy
from states.terms import Kind, Text
from web.charts import Chart, Column, Row, band, bars, columns, head, year_axis
from web.navigation import WATCHERS
from web.numbers import number_of
from web.rendering import language_of, page
from web.site import site_of
from web.visiting import allowed
from workflow.accounts.sessions import Visitor
from workflow.funds import FundStand, stands
from workflow.office.policy_desk import known_policies
from workflow.scopes import sees_all
from workflow.workplace.statistics import (
    Load,
    Stand,
    Week,
    by_department,
    by_state,
    by_week,
    late_ones,
    within,
    years,
)
from workflow.workplace.year_plan import Cut, courses

routes = APIRouter(include_in_schema=False)
Watcher = Annotated[Visitor, Depends(allowed(*WATCHERS))]
Word = Annotated[str, Query(max_length=200)]
MOST_BARS = 20  # departments that are drawn; the table has all
MOST_LATE = 40  # rows of the report
KINDS = (Kind.APPLICATION, Kind.FILING, Kind.COMPLETION, Kind.REIMBURSEMENT, Kind.MENDING)


@dataclass(frozen=True, slots=True)
class Figures:
    """What all pages of a year begin with."""

    year: int
    years: list[int]
    states: list[Stand]
    departments: list[Load]

    @property
    def total(self) -> int:
        return sum(stand.here for stand in self.states)

    @property
    def late(self) -> int:
        return sum(load.late for load in self.departments)


def _figures(connection: Connection, visitor: Visitor, asked: str, today: date) -> Figures:
    known = years(connection, visitor.actor)
    fallback = today.year if today.year in known else (known or [today.year])[0]
    year = next((one for one in known if one == number_of(asked)), fallback)
    states = by_state(connection, visitor.actor, year)
    departments = by_department(connection, visitor.actor, year, today)
    return Figures(year, known or [year], states, departments)


@routes.get("/pictures")
def pictures(request: Request, visitor: Watcher, year: Word = "") -> Response:
    site = site_of(request)
    today = site.today()
    with site.db.read() as connection:
        figures = _figures(connection, visitor, year, today)
        weeks = by_week(connection, visitor.actor, figures.year)
        money = stands(connection, site.book, within(visitor.actor, figures.year))
    language = language_of(request)
    return page(
        request,
        "pictures.html",
        here="pictures",
        figures=figures,
        weeks=weeks,
        kinds=[kind for kind in KINDS if any(kind in week.kinds for week in weeks)],
        money=money,
        all_seen=sees_all(visitor.actor),
        funnel=_funnel(figures.states, language),
        calendar=_calendar(weeks, today),
        load=_load(figures.departments, language),
        funds=[(stand, _fund(stand, language, sees_all(visitor.actor))) for stand in money],
        week_end=timedelta(days=6),
    )


def _funnel(states: list[Stand], language: str) -> Chart:
    """Who is at a stage, and behind it those who have gone on."""
    rows = []
    for stand in states:
        parts = [(float(stand.here), f"state {stand.state.value}"), (float(stand.beyond), "beyond")]
        said = str(stand.here) + (f"  +{stand.beyond}" if stand.beyond else "")
        rows.append(
            Row(SHORT.get(stand.state.value, stand.state.label).in_(language), tuple(parts), said)
        )
    return bars(rows)


def _calendar(weeks: list[Week], today: date) -> Chart:
    return columns(
        [
            Column(week.monday, tuple((week.kinds.get(k, 0), f"kind {k.value}") for k in KINDS))
            for week in weeks
        ],
        today,
    )


def _load(departments: list[Load], language: str) -> Chart:
    rows = []
    for load in departments[:MOST_BARS]:
        fine = float(load.under_way - load.late)
        parts = ((float(load.late), "late"), (max(fine, 0), "fine"), (float(load.ended), "ended"))
        late = LATE.format(n=load.late).in_(language) if load.late else ""
        rows.append(
            Row(load.department or NO_DEPARTMENT.in_(language), parts, f"{load.total}{late}")
        )
    return bars(rows)


def _fund(stand: FundStand, language: str, whole: bool) -> Chart:
    """Paid, decided, and what its projects could still cost, against budget or caps."""
    decided = stand.decided - stand.paid
    parts = ((float(stand.paid), "paid"), (float(decided), "decided"))
    rows = [Row(DECIDED.in_(language), parts, wan(stand.decided, language))]
    if stand.capped is not None:
        part = ((float(stand.capped), "capped"),)
        rows.append(Row(CAPPED.in_(language), part, wan(stand.capped, language)))
    if whole and stand.budget is not None:
        part = ((float(stand.budget), "budget"),)
        rows.append(Row(BUDGET.in_(language), part, wan(stand.budget, language)))
    return bars(rows)


def wan(fen: int, language: str) -> str:
    """A sum that fits beside a bar: 12.5 万元."""
    if language == "en":
        return f"¥{fen / 100:,.0f}"
    return f"{fen / 1_000_000:,.2f}".rstrip("0").rstrip(".") + "万元"


@routes.get("/pictures/year")
def year_plan(
    request: Request,
    visitor: Watcher,
    year: Word = "",
    category: Word = "",
    department: Word = "",
    after: Word = "",
) -> Response:
    site = site_of(request)
    today = site.today()
    with site.db.read() as connection:
        figures = _figures(connection, visitor, year, today)
        cut = Cut(category, department)
        found, then = courses(connection, visitor.actor, figures.year, cut, after)
    axis = year_axis(figures.year)
    return page(
        request,
        "pictures_year.html",
        here="year",
        figures=figures,
        cut=cut,
        after=after,
        then=then,
        categories=_categories(site.book, figures.year),
        head=head(axis),
        rows=[(course, band(course, axis, today)) for course in found],
    )


def _categories(book: Rulebook, year: int) -> dict[str, Text]:
    """The categories of the year's policies, by key."""
    found: dict[str, Text] = {}
    for _, policy in known_policies(book):
        if isinstance(policy, Policy) and policy.year == year:
            found |= {key: one.label for key, one in policy.categories.items()}
    return found


@routes.get("/pictures/report")
def report(request: Request, visitor: Watcher, year: Word = "") -> Response:
    """One or two pages to print and to sign."""
    site = site_of(request)
    today = site.today()
    with site.db.read() as connection:
        figures = _figures(connection, visitor, year, today)
        late = late_ones(connection, visitor.actor, figures.year, today, MOST_LATE + 1)
        weeks = by_week(connection, visitor.actor, figures.year)
        money = stands(connection, site.book, within(visitor.actor, figures.year))
    monday = today - timedelta(days=today.weekday())
    ahead = [week for week in weeks if week.monday >= monday][:4]
    return page(
        request,
        "pictures_report.html",
        here="report",
        figures=figures,
        late=late[:MOST_LATE],
        more_late=len(late) > MOST_LATE,
        ahead=ahead,
        kinds=KINDS,
        money=money,
        all_seen=sees_all(visitor.actor),
        funnel=_funnel(figures.states, language_of(request)),
        scopes=_scopes(visitor),
        week_end=timedelta(days=6),
    )


def _scopes(visitor: Visitor) -> list[str]:
    """Whose projects these are, where they are not all."""
    if sees_all(visitor.actor):
        return []
    return sorted({scope for _, scope in visitor.actor.grants if scope})


SHORT = {"closed": Text("已办结", "Closed"), "filed": Text("已报送实施方案", "Plan filed")}
LATE = Text("（逾期{n}）", " ({n} late)")
NO_DEPARTMENT = Text("未注明", "not stated")
DECIDED = Text("已审定", "Decided")
CAPPED = Text("按上限最多", "At most, by caps")
BUDGET = Text("预算", "Budget")
