"""Who changed what: the log of the office, and what somebody did in projects."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from states.form_reading import Problem
from web.api.callers import in_role
from web.api.describing import Cursor, Limit, Listed, ListedByKey, both, following, problems
from web.api.problems import NO_CURSOR, Unfit, spoken
from web.api.projects import Name, clean
from web.navigation import OFFICE_WATCHERS
from web.site import site_of
from workflow.office import log as office_log
from workflow.queries import deed_label

routes = APIRouter(
    tags=[both("运行情况和操作记录", "health and audit")],
    dependencies=[Depends(in_role(*OFFICE_WATCHERS))],
)


class LogLine(BaseModel):
    """Something that was changed outside of projects."""

    id: int
    at: datetime
    person: str = Field(description=both("登录名，空为本机操作", "login; empty: at the server"))
    let_in_by: str = Field(
        description=both(
            "登录方式由他人设置的，为其登录名",
            "login of who made the way in by which it was done, if that was somebody else",
        )
    )
    what: str
    label: str
    object: str = Field(
        description=both("所涉账号、单位、文件或编号", "login, unit, file or number")
    )
    detail: str


class Lines(Listed):
    items: list[LogLine]


@routes.get(
    "/audit",
    summary=both("操作记录", "The log of the office"),
    description=both(
        "账号、措辞、放假安排、政策、邮件等的变动，从新到旧。",
        "Changes to accounts, wordings, holidays, policies, mail; the latest first.",
    ),
    responses=problems(),
)
def list_lines(
    request: Request,
    response: Response,
    person: Name = "",
    what: Name = "",
    q: Name = "",
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> Lines:
    search = office_log.Search(clean(person).strip(), clean(what), clean(q).strip())
    with site_of(request).db.read() as connection:
        rows, then = office_log.lines(connection, search, cursor or None, limit)
    language = spoken(request)
    items = [LogLine(**row | {"label": row["label"].in_(language)}) for row in rows]
    return Lines(items=items, **following(request, response, then))


class DeedOut(BaseModel):
    """What somebody did in a project."""

    project_id: int
    seq: int
    project: str
    host: str
    recorded_at: datetime
    on: date = Field(description=both("计算期限所依据的日期", "the date that counts"))
    deed: str
    label: str
    on_behalf: bool
    let_in_by: str = Field(
        description=both(
            "登录方式由他人设置的，为其登录名",
            "login of who made the way in by which it was done, if that was somebody else",
        )
    )


class Deeds(ListedByKey):
    items: list[DeedOut]


@routes.get(
    "/audit/projects",
    summary=both("某人办理的事项", "What somebody did in projects"),
    description=both("按登录名，从新到旧。", "By login, the latest first."),
    responses=problems(),
)
def list_deeds(
    request: Request,
    response: Response,
    person: Annotated[str, Query(min_length=1, max_length=200)],
    cursor: Annotated[str, Query(max_length=100)] = "",
    limit: Limit = 50,
) -> Deeds:
    before = office_log.read_key(cursor)
    if cursor and before is None:
        raise Unfit([Problem("cursor", NO_CURSOR)])
    with site_of(request).db.read() as connection:
        rows, last = office_log.deeds_of(connection, clean(person).strip(), before, limit)
    language = spoken(request)
    items = [
        DeedOut(
            **row
            | {"project": row["name"], "on": row["on_date"]}
            | {"label": deed_label(row["deed"]).in_(language)}
        )
        for row in rows
    ]
    return Deeds(items=items, **following(request, response, office_log.written_key(last)))
