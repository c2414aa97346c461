"""The workplace: what the caller should see first, and what waits for him."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from states.terms import Role, State
from web.api.callers import Caller
from web.api.describing import both, problems
from web.api.problems import spoken
from web.api.shapes import fields_of
from web.site import site_of
from workflow.refresh import unreadable_policies
from workflow.workplace.counts import CAP
from workflow.workplace.my_projects import Mine, my_projects
from workflow.workplace.office import Office, office
from workflow.workplace.watching import scope_of

routes = APIRouter(tags=[both("工作台", "workplace")])
CAPPED = both(f"最多数到{CAP + 1}", f"no more than {CAP + 1} are counted")


class TaskOut(BaseModel):
    """One thing to see to. `deed`: what to do, empty: look at the project."""

    project_id: int
    number: int | None
    name: str
    host: str
    what: str
    by: date | None
    note: str
    deed: str
    late: bool
    place: str
    contact: str
    phone: str


class HappenedOut(BaseModel):
    """A deed of somebody's. `who`: a name, or how it came without one."""

    at: datetime
    deed: str
    who: str
    role: str
    on_behalf: bool
    let_in_by: str = Field(
        description=both(
            "登录方式由他人设置的，为其登录名",
            "login of who made the way in by which it was done, if that was somebody else",
        )
    )
    project_id: int
    name: str


class OfficeOut(BaseModel):
    """What officials find; for auditors the lists of what to do are empty."""

    role: Role = Field(description=both("以何种角色", "as what"))
    counts: dict[str, int] = Field(description=CAPPED)
    year: int
    states: dict[State, int] = Field(description=both("该年度各状态项目数", "of that year"))
    to_do: list[TaskOut] = Field(description=both("待办", "what waits for the caller"))
    late: list[TaskOut] = Field(description=both("逾期", "overdue"))
    week: list[TaskOut] = Field(description=both("本周到期", "due this week"))
    openings: list[TaskOut] = Field(description=both("本周开班", "classes that open this week"))
    unrecorded: list[TaskOut] = Field(
        description=both("计划结束日已过未登记", "over by their plan, and not recorded")
    )
    to_confirm: list[TaskOut] = Field(description=both("日期待确认", "dates to be confirmed"))
    flagged: list[TaskOut] = Field(description=both("有提示待核定", "with open flags"))
    unreachable: list[TaskOut] = Field(
        description=both("联系人账号已停用，须更换", "whose contact is disabled")
    )
    recent: list[HappenedOut]


class NextOut(BaseModel):
    """What the host does next. `deed` null: nothing but wait, as `what` says."""

    what: str
    deed: str | None
    papers: list[str] = Field(description=both("还缺的材料", "keys of the papers still missing"))


class MineOut(BaseModel):
    """A project of the caller's unit, and what comes next."""

    project_id: int
    name: str
    host: str
    year: int
    state: State
    state_label: str
    category: str
    opens: date | None
    ends: date | None
    next: NextOut
    by: date | None
    by_label: str
    advised: date | None
    provisional: bool
    gentle: bool = Field(description=both("仅为系统建议", "only the system asks"))
    late: bool
    mend_items: str
    addressee: str
    unreadable: str | None = Field(
        description=both("所依据政策文件有误的说明", "why its policy cannot be read")
    )


class Workplace(BaseModel):
    """Null: nothing of that sort for the caller's roles."""

    mine: list[MineOut] | None
    office: OfficeOut | None
    unreadable: list[str] = Field(
        description=both("在用而不能读取的政策文件", "policies in use that cannot be read")
    )


@routes.get(
    "/workplace",
    summary=both("工作台：待办、逾期、本周到期", "The workplace: what waits, is late, is due"),
    description=both(
        "每个清单只列最紧急的几项，全部见项目列表。", "The most urgent of each; the list has all."
    ),
    responses=problems(),
)
def workplace(request: Request, visitor: Caller) -> Workplace:
    site, language, today = site_of(request), spoken(request), site_of(request).today()
    scope, host = scope_of(visitor.actor), visitor.has(Role.HOST)
    with site.db.read() as connection:
        mine = my_projects(connection, site.book, visitor.actor, today=today) if host else None
        found = office(connection, site.book, scope, today) if scope else None
        broken = unreadable_policies(connection, site.book) if scope else []
    return Workplace(
        mine=None if mine is None else [_mine(one, language) for one in mine],
        office=_office(found, language) if found else None,
        unreadable=[one.in_(language) for one in broken],
    )


def _mine(one: Mine, language: str) -> MineOut:
    step = one.next
    papers = [paper.key for paper in step.papers]
    deed = step.deed.value if step.deed else None
    following = NextOut(what=step.what.in_(language), deed=deed, papers=papers)
    return MineOut.model_validate(fields_of(one, language) | {"next": following})


def _office(found: Office, language: str) -> OfficeOut:
    known = {one.name: getattr(found, one.name) for one in fields(found)}
    lists = {
        name: [fields_of(row, language) for row in rows]
        for name, rows in known.items()
        if isinstance(rows, list)
    }
    return OfficeOut.model_validate(known | lists)
