"""The rules: deadlines computed, policies shown and compared, the calendar of a year."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from pydantic import BaseModel, Field

from config.policy_files import policy_ids
from states.calculus import Dates, deadlines_of
from states.calendar import ONE_DAY
from states.comparing import differences
from states.forms import Problem
from states.policy import Category, Figure, Policy
from states.terms import Action, Basis, Kind, Role, Severity, State, Text
from web.api.callers import Caller
from web.api.describing import both, problems
from web.api.problems import Unfit, spoken
from web.api.shapes import Deadline
from web.site import Site, site_of

routes = APIRouter(tags=[both("政策和期限", "rules")])
PolicyId = Annotated[str, Path(max_length=80)]
Day = Annotated[date, Query(ge=date(1990, 1, 1), lt=date(2200, 1, 1))]


class Deadlines(BaseModel):
    items: list[Deadline]


@routes.get(
    "/deadlines",
    summary=both("推算期限", "Compute deadlines"),
    description=both(
        "按政策推算一个班的各项期限，附推算过程；不写入任何内容。",
        "Every deadline of a class on these days, with its derivation; writes nothing.",
    ),
    responses=problems(404),
)
def compute(
    request: Request,
    _: Caller,
    policy: Annotated[str, Query(max_length=80)],
    category: Annotated[str, Query(max_length=80)],
    opens: Day,
    ends: Annotated[date | None, Query(ge=date(1990, 1, 1), lt=date(2200, 1, 1))] = None,
) -> Deadlines:
    site, language = site_of(request), spoken(request)
    found = policy_of(site, policy).categories.get(category)
    if found is None:
        raise Unfit([Problem("category", NO_CATEGORY)])
    if ends is not None and ends < opens:
        raise Unfit([Problem("ends", BACKWARDS)])
    dates = Dates(opens, opens, ends, opens, ends)
    return Deadlines(
        items=[
            Deadline(
                kind=one.kind,
                label=one.kind.label.in_(language),
                due_on=one.due.due_on,
                advised_on=one.due.advised_on,
                force=one.force,
                provisional=one.provisional,
                clause=one.clause,
                trace=[step.in_(language) for step in one.due.trace],
            )
            for one in deadlines_of(found, dates, site.book.calendar)
        ]
    )


def policy_of(site: Site, name: str) -> Policy:
    if name not in policy_ids(site.book.own_policies):
        raise HTTPException(404)
    return site.book.policy(name)


class PolicySummary(BaseModel):
    id: str
    title: str
    province: str
    year: int
    categories: list[str]
    digest: str = Field(description=both("政策文件的SHA-256", "SHA-256 of its file"))


class Policies(BaseModel):
    items: list[PolicySummary]


class ClauseOut(BaseModel):
    id: str
    place: str
    rule: str


class FigureOut(BaseModel):
    key: str
    value: int | None = Field(description=both("金额以分计", "amounts in fen"))
    unit: str
    severity: Severity
    basis: Basis
    clause: str


class DeadlineRuleOut(BaseModel):
    kind: Kind
    anchor: str
    offset: int
    unit: str
    fixed_on: date | None
    force: str
    basis: Basis
    clause: str


class PaperRuleOut(BaseModel):
    step: Action
    key: str
    label: str
    severity: Severity
    may_follow: bool
    basis: Basis
    clause: str


class MilestoneOut(BaseModel):
    key: str
    label: str
    by: Role
    flag_at: Action | None
    clause: str


class CategoryOut(BaseModel):
    key: str
    label: str
    funding: str
    level: str
    ends_in: State
    deadlines: list[DeadlineRuleOut]
    figures: list[FigureOut]
    papers: list[PaperRuleOut]
    milestones: list[MilestoneOut]


class PolicyOut(BaseModel):
    """A policy, every value with its clause."""

    id: str
    title: str
    province: str
    year: int
    digest: str
    categories: list[CategoryOut]
    clauses: list[ClauseOut]
    reasons: dict[str, str] = Field(description=both("不予通过的理由代码", "codes of `reject`"))


class DifferenceOut(BaseModel):
    category: str = Field(description=both("空为全部适用", "empty: holds for all"))
    key: str
    old: str | None
    new: str | None
    clause: str


class Differences(BaseModel):
    items: list[DifferenceOut]


@routes.get("/policies", summary=both("政策列表", "List policies"), responses=problems())
def list_policies(request: Request, _: Caller) -> Policies:
    site, language = site_of(request), spoken(request)
    found = [site.book.policy(name) for name in policy_ids(site.book.own_policies)]
    items = [
        PolicySummary(
            id=p.id,
            title=p.title.in_(language),
            province=p.province,
            year=p.year,
            categories=list(p.categories),
            digest=p.digest,
        )
        for p in found
    ]
    return Policies(items=items)


@routes.get(
    "/policies/{policy}", summary=both("一项政策的全部规定", "One policy"), responses=problems(404)
)
def show_policy(request: Request, _: Caller, policy: PolicyId) -> PolicyOut:
    found, language = policy_of(site_of(request), policy), spoken(request)
    clauses = [
        ClauseOut(id=c.id, place=c.place, rule=c.rule.in_(language)) for c in found.clauses.values()
    ]
    return PolicyOut(
        id=found.id,
        title=found.title.in_(language),
        province=found.province,
        year=found.year,
        digest=found.digest,
        categories=[_category(c, language) for c in found.categories.values()],
        clauses=clauses,
        reasons={code.key: code.label.in_(language) for code in found.reasons.values()},
    )


def _category(category: Category, language: str) -> CategoryOut:
    papers = [
        PaperRuleOut(
            step=step,
            **_of(p, "key", "severity", "may_follow", "basis", "clause"),
            label=p.label.in_(language),
        )
        for step, listed in category.papers.items()
        for p in listed
    ]
    milestones = [
        MilestoneOut(**_of(m, "key", "by", "flag_at", "clause"), label=m.label.in_(language))
        for m in category.milestones
    ]
    names = ("kind", "anchor", "offset", "unit", "fixed_on", "force", "basis", "clause")
    return CategoryOut(
        **_of(category, "key", "funding", "level", "ends_in"),
        label=category.label.in_(language),
        deadlines=[DeadlineRuleOut(**_of(rule, *names)) for rule in category.deadlines],
        figures=[_figure(k, f) for k, f in {**category.figures, "cap": category.cap}.items()],
        papers=papers,
        milestones=milestones,
    )


def _of(thing: object, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}


def _figure(key: str, figure: Figure) -> FigureOut:
    known = _of(figure, "value", "unit", "severity", "basis")
    return FigureOut(key=key, clause=figure.clause or "", **known)


@routes.get(
    "/policies/{policy}/diff/{other}",
    summary=both("两项政策的差别", "What differs between two policies"),
    description=both("从 policy 到 other 逐项列出", "from `policy` to `other`, value by value"),
    responses=problems(404),
)
def compare(request: Request, _: Caller, policy: PolicyId, other: PolicyId) -> Differences:
    site = site_of(request)
    found = differences(policy_of(site, policy), policy_of(site, other))
    names = ("category", "key", "old", "new", "clause")
    return Differences(items=[DifferenceOut(**_of(one, *names)) for one in found])


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
    holidays: list[Holiday]
    make_up_days: list[date] = Field(description=both("调休上班日", "weekend days that are worked"))
    working_days: int


@routes.get(
    "/calendar/{year}",
    summary=both("一年的工作日历", "The calendar of a year"),
    responses=problems(),
)
def calendar(request: Request, _: Caller, year: Annotated[int, Path(ge=1990, lt=2200)]) -> Year:
    known = site_of(request).book.calendar
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    off = [(day, name) for day, name in sorted(known.holidays.items()) if day.year == year]
    return Year(
        year=year,
        official=year in known.years,
        holidays=[Holiday(on=day, name=name) for day, name in off],
        make_up_days=sorted(day for day in known.make_up_days if day.year == year),
        working_days=sum(known.is_working(day) for day in days),
    )


NO_CATEGORY = Text("这项政策没有这个项目类别。", "The policy has no such category.")
BACKWARDS = Text("结束日早于开班日，请核对。", "The last day is before the first.")
