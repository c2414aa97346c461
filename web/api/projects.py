"""Projects: the list, and one in full."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from sqlalchemy import Connection

from states.facts import Facts, Json
from states.terms import State
from web.api.callers import Caller
from web.api.describing import Cursor, Id, Limit, Listed, both, paged, problems
from web.api.problems import spoken
from web.api.shapes import Project, Summary, project_out, summary_of
from web.site import Site, site_of
from workflow import queries
from workflow.accounts.sessions import Visitor
from workflow.browsing import Wanted, projects_page
from workflow.deeds import NoSuchProject
from workflow.discretion import told_facts, told_history, told_mail
from workflow.engine import situation
from workflow.one_project import is_inside
from workflow.scopes import may_see

routes = APIRouter(tags=[both("项目", "projects")])
Name = Annotated[str, Query(max_length=200)]


class Projects(Listed):
    items: list[Summary]


@routes.get(
    "/projects",
    summary=both("项目列表", "List projects"),
    description=both(
        "本人范围内的项目，按编号排列。", "The projects of one's scope, in the order of their ids."
    ),
    responses=problems(),
)
def list_projects(
    request: Request,
    response: Response,
    visitor: Caller,
    state: State | None = None,
    year: Annotated[int | None, Query(ge=1990, lt=2200)] = None,
    category: Name = "",
    department: Name = "",
    overdue: Annotated[bool, Query(description=both("只列已逾期", "only what is late"))] = False,
    q: Annotated[
        str, Query(max_length=100, description=both("名称、单位或序号", "name, unit or number"))
    ] = "",
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> Projects:
    site = site_of(request)
    wanted = Wanted(clean(q), state, year, clean(category), clean(department), overdue)
    with site.db.read() as connection:
        page = projects_page(
            connection,
            site.book,
            visitor.actor,
            wanted,
            after=cursor,
            limit=limit,
            as_of=site.today(),
        )
    language = spoken(request)
    items = [Summary(**summary_of(row, language)) for row in page.rows]
    return Projects(items=items, **paged(request, response, page))


def clean(text: str) -> str:
    """Without what no name has and PostgreSQL cannot compare."""
    return text.replace("\0", "")


@routes.get(
    "/projects/{project_id}",
    summary=both("一个项目的全部情况", "One project in full"),
    description=both(
        "事实、期限及推算依据、提示、材料、办理记录、邮件；承办单位看不到机关内部意见。",
        "Facts, deadlines with trace, flags, papers, history, mail; hosts see nothing internal.",
    ),
    responses=problems(404),
)
def one_project(request: Request, visitor: Caller, project_id: Id) -> Project:
    site = site_of(request)
    with site.db.read() as connection:
        facts, stored, _ = seen(connection, site, visitor, project_id)
        shown = queries.project(connection, site.book, project_id)
    official = is_inside(visitor.actor, facts)
    flags = shown["findings"] if official else [_for_host(flag) for flag in shown["findings"]]
    late = any(
        d["standing"] == "open" and d["force"] != "advisory" and d["late_after"] < site.today()
        for d in shown["deadlines"]
    )
    opens = facts.actual_opens or facts.opens_earliest
    told: dict[str, Any] = shown | {
        "number": facts.number,
        "department": facts.department,
        "opens": opens,
        "ends": facts.actual_ends or facts.planned_ends,
        "schedule": facts.schedule_text,
        "provisional": facts.dates.open_window,
        "overdue": late,
        "findings": flags,
        "history": told_history(shown["history"], official=official),
        "mail": told_mail(shown["mail"], official=official),
    }
    return project_out(told, told_facts(stored, official=official), spoken(request))


TOLD_OF_DISPOSAL = frozenset({"outcome", "mend_by", "on"})


def _for_host(flag: dict[str, Any]) -> dict[str, Any]:
    disposed = flag["disposed"]
    told = disposed and {k: v for k, v in disposed.items() if k in TOLD_OF_DISPOSAL}
    return flag | {"disposed": told}


def seen(
    connection: Connection, site: Site, visitor: Visitor, project_id: int
) -> tuple[Facts, Json, int]:
    """What is known of a project, if it is theirs to see; else it does not exist (404)."""
    try:
        facts, stored, version, _ = situation(connection, site.book, project_id)
    except NoSuchProject:
        raise HTTPException(404) from None
    if not may_see(visitor.actor, facts):
        raise HTTPException(404)
    return facts, stored, version
