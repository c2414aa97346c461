"""Projects: the list, and one in full."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from sqlalchemy import Connection

from states.facts import Facts, Json
from states.form_reading import Problem
from states.terms import State
from web.api.callers import Caller
from web.api.describing import KeyCursor, Limit, ListedByKey, both, following, problems
from web.api.problems import NO_CURSOR, Unfit, spoken
from web.api.shapes import ListedProject, Project, listed_out, project_out
from web.numbers import Id
from web.searching import read_place, write_place
from web.site import Site, site_of
from workflow import queries
from workflow.accounts.sessions import Visitor
from workflow.lateness import late_among
from workflow.lists.filters import conditions
from workflow.lists.finding import find
from workflow.lists.rows import project_rows
from workflow.lists.search import LATEST, MOST_WORDS, SOONEST, Cursor, Order, Search
from workflow.project.discretion import told_facts, told_history, told_mail
from workflow.project.seen import is_inside, seen_by

routes = APIRouter(tags=[both("项目", "projects")])
Name = Annotated[str, Query(max_length=200)]


class Projects(ListedByKey):
    items: list[ListedProject]


def searched(
    q: Annotated[
        str,
        Query(max_length=MOST_WORDS, description=both("名称、单位或序号", "name, unit or number")),
    ] = "",
    year: Annotated[int | None, Query(ge=1990, lt=2200)] = None,
    category: Name = "",
    state: Annotated[list[State], Query(max_length=len(State))] = [],  # noqa: B006
    department: Name = "",
    city: Name = "",
    overdue: Annotated[bool, Query(description=both("只列已逾期", "only what is late"))] = False,
    due: Annotated[
        int | None,
        Query(ge=SOONEST, le=LATEST, description=both("几天内截止", "due within so many days")),
    ] = None,
    mine: Annotated[
        bool, Query(description=both("只列待本人办理", "only what waits for the caller"))
    ] = False,
    flagged: Annotated[
        bool, Query(description=both("只列有提示待核定", "only with open flags"))
    ] = False,
    order: Order = Order.PLAN,
) -> Search:
    """The search of a page's address, under the same names: a saved view can be asked as it is."""
    return Search(
        words=clean(q).strip(),
        year=year,
        category=clean(category),
        states=tuple(one for one in State if one in state),
        department=clean(department),
        city=clean(city),
        overdue=overdue,
        due_within=due,
        mine=mine,
        flagged=flagged,
        order=order,
    )


Searched = Annotated[Search, Depends(searched)]


@routes.get(
    "/projects",
    summary=both("项目列表", "List projects"),
    description=both(
        "本人范围内的项目，筛选和排序与网页相同；一页可能不满，以 next 为准。",
        "The projects of one's scope, filtered and ordered as on the page; a page may be short: go "
        "by `next`.",
    ),
    responses=problems(),
)
def list_projects(
    request: Request,
    response: Response,
    visitor: Caller,
    search: Searched,
    cursor: KeyCursor = "",
    limit: Limit = 50,
) -> Projects:
    site, language, today = site_of(request), spoken(request), site_of(request).today()
    place = read_place(cursor, search.order)
    if cursor and place is None:
        raise Unfit([Problem("cursor", NO_CURSOR)])
    begin = Cursor(place) if place else None
    with site.db.read() as connection:
        wanted = list(conditions(search, visitor.actor, today=today))
        found = find(connection, wanted, search.order, begin, limit=limit, year=search.year)
        ids = [one.id for one in found.places]
        rows = project_rows(connection, site.book, ids, today=today)
        late = late_among(connection, ids, today)
    items = [listed_out(row, language, overdue=row.id in late) for row in rows]
    then = write_place(found.then) if found.then else None
    return Projects(items=items, **following(request, response, then))


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
        late = bool(late_among(connection, [project_id], site.today()))
    official = is_inside(visitor.actor, facts)
    flags = shown["findings"] if official else [_for_host(flag) for flag in shown["findings"]]
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


TOLD_OF_DISPOSAL = frozenset({"outcome", "mend_by", "mended_on", "on", "by", "zh", "en"})


def _for_host(flag: dict[str, Any]) -> dict[str, Any]:
    disposed = flag["disposed"]
    told = disposed and {k: v for k, v in disposed.items() if k in TOLD_OF_DISPOSAL}
    return flag | {"disposed": told}


def seen(
    connection: Connection, site: Site, visitor: Visitor, project_id: int
) -> tuple[Facts, Json, int]:
    """What is known of a project, if it is theirs to see; else it does not exist (404)."""
    found = seen_by(connection, site.book, project_id, visitor.actor)
    if found is None:
        raise HTTPException(404)
    facts, stored, version, _ = found
    return facts, stored, version
