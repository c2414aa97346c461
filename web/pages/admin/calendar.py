"""The holiday calendar: a year at a glance, edited as a draft, its effects seen before it holds."""

from __future__ import annotations

from calendar import Calendar
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from config.calendar_draft import marked
from config.calendar_files import CalendarYear, written
from config.errors import ConfigError, first_reason
from states.calendar import WorkCalendar
from states.terms import Text
from web.pages.admin.tabs import Reads, RuleForm, Rules, room, uploaded
from web.rendering import go
from web.site import Site, site_of
from web.visiting import values
from workflow.accounts.sessions import Visitor
from workflow.office.holidays import (
    YEARS,
    Meanwhile,
    calendar_with,
    put_in_force,
    standing,
    version,
)
from workflow.office.holidays import draft as read_draft
from workflow.office.shifts import changed_days, shifts
from workflow.refresh import refresh

routes = APIRouter(include_in_schema=False)
MOST = 200  # shifts that a page lists


@routes.get("/admin/calendar")
def this_year(request: Request, _: Reads) -> Response:
    return RedirectResponse(f"/admin/calendar/{site_of(request).today().year}", 303)


@routes.get("/admin/calendar/{year}")
def show(request: Request, visitor: Reads, year: int) -> Response:
    site = site_of(request)
    return _page(request, visitor, _standing(site, year), None)


def _standing(site: Site, year: int) -> CalendarYear:
    if year not in YEARS:
        raise HTTPException(404)
    return standing(site.settings.calendars_folder, year)


def _page(
    request: Request,
    visitor: Visitor,
    shown: CalendarYear,
    draft: str | None,
    problem: Text | None = None,
    status: int = 200,
) -> Response:
    """The year; of a draft also what it would move, and its text to be edited or applied."""
    site = site_of(request)
    new = calendar_with(site.settings.calendars_folder, shown)
    known: dict[str, Any] = {"year": shown, "draft": draft, "problem": problem}
    known |= {"text": draft if draft is not None else written(shown), "moved_days": None}
    if draft is not None and not problem:
        with site.db.read() as connection:
            moved = shifts(connection, site.book, new)
        days = changed_days(site.book.calendar, new)
        known |= {"moved_days": days, "shifts": moved[:MOST], "more": max(len(moved) - MOST, 0)}
    is_known = shown.year in site.book.calendar.years
    known |= {"months": _months(shown.year, new, site.book.calendar), "known": is_known}
    known |= {
        "seen": version(_standing(site, shown.year)),
        "years": sorted(site.book.calendar.years),
    }
    return room(request, visitor, "calendar.html", status, **known)


def _months(year: int, new: WorkCalendar, old: WorkCalendar) -> list[list[list[Any]]]:
    """Twelve months of weeks of days: None, or the day with how it is seen and whether that is
    another than it was."""
    weeks = Calendar().monthdatescalendar
    return [
        [
            [_day(day, new, old) if day.month == month else None for day in week]
            for week in weeks(year, month)
        ]
        for month in range(1, 13)
    ]


def _day(day: date, new: WorkCalendar, old: WorkCalendar) -> dict[str, Any]:
    sort = "work" if day in new.make_up_days else "off" if day in new.holidays else ""
    name = new.holidays.get(day, "")
    sort = sort or ("" if new.is_working(day) else "weekend")
    differs = (new.is_working(day), name) != (old.is_working(day), old.holidays.get(day, ""))
    return {"on": day, "sort": sort, "name": name, "differs": differs}


@routes.post("/admin/calendar/{year}/draft")
def draft(request: Request, visitor: Rules, form: RuleForm, year: int) -> Response:
    """A draft from the text, a file, or days that were marked; nothing is kept."""
    site, given = site_of(request), values(form)
    text, file = given.get("text", ""), uploaded(form)
    try:
        if file is not None:
            text = file[1].decode("utf-8-sig", "replace")
        made = read_draft(text, year)
        if given.get("mark"):
            made = _marked(made, form, given)
            text = written(made)
    except ConfigError as error:
        return _page(request, visitor, _standing(site, year), text, error.text, 422)
    return _page(request, visitor, made, text)


def _marked(year: CalendarYear, form: FormData, given: dict[str, str]) -> CalendarYear:
    """The draft with the chosen days marked as asked."""
    file, name, mark = f"{year.year}.toml", given.get("name", "").strip(), given["mark"]
    try:
        days = [date.fromisoformat(str(day)) for day in form.getlist("day")]
    except ValueError:
        raise ConfigError(file, "", NO_DAYS) from None
    if not days or any(day.year != year.year for day in days):
        raise ConfigError(file, "", NO_DAYS)
    if mark == "off" and not (name and name.isprintable() and len(name) <= 20):
        raise ConfigError(file, "name", NO_NAME)
    try:
        return marked(year, days, off=name if mark == "off" else "", worked=mark == "work")
    except ValidationError as error:
        raise ConfigError(file, *first_reason(error)) from error


@routes.post("/admin/calendar/{year}/apply")
def apply(request: Request, visitor: Rules, form: RuleForm, year: int) -> Response:
    site, given = site_of(request), values(form)
    text, now = given.get("text", ""), _standing(site, year)
    try:
        with site.db.write() as connection:
            seen, by, at = given.get("seen", ""), visitor.login, site.now()
            put_in_force(connection, site.settings.calendars_folder, text, year, seen, by=by, at=at)
    except ConfigError as error:
        return _page(request, visitor, now, text, error.text, 422)
    except Meanwhile:
        return _page(request, visitor, read_draft(text, year), text, MEANWHILE, 409)
    site.reload()
    looked_at = refresh(site.db, site.book)
    return go(request, f"/admin/calendar/{year}", APPLIED.format(year=year, n=looked_at))


NO_DAYS = Text("请先勾选本年的日期。", "Choose days of this year first.")
NO_NAME = Text("请填写节日名称，不超过20字。", "Name the holiday, in at most 20 characters.")
MEANWHILE = Text(
    "您编辑期间，他人已修改本年放假安排。下面是您的草稿，请与现行安排核对后再应用。",
    "Somebody else changed this year meanwhile. Below is your draft; compare before you apply it.",
)
APPLIED = Text(
    "{year}年放假安排已生效，已重新推算{n}个项目的期限。",
    "The calendar of {year} holds; the deadlines of {n} projects were derived again.",
)
