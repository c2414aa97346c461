"""The mail log: what was sent to whom, what was not and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from web.api.callers import Caller
from web.api.describing import LARGEST_ID, Cursor, Limit, Listed, both, paged, problems
from web.api.problems import spoken
from web.api.shapes import Mail, mail_out
from web.site import site_of
from workflow.browsing import mails_page
from workflow.mail_tables import MailStatus

routes = APIRouter(tags=[both("邮件", "mail")])


class Mails(Listed):
    items: list[Mail]


@routes.get(
    "/mail",
    summary=both("邮件记录", "The mail log"),
    description=both(
        "本人范围内项目的邮件，从旧到新；承办单位只见发给承办单位的。",
        "Mails about the projects of one's scope, oldest first; hosts see those to hosts only.",
    ),
    responses=problems(),
)
def list_mail(
    request: Request,
    response: Response,
    visitor: Caller,
    project: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
    status: MailStatus | None = None,
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> Mails:
    with site_of(request).db.read() as connection:
        page = mails_page(
            connection,
            visitor.actor,
            project_id=project,
            status=status.value if status else "",
            after=cursor,
            limit=limit,
        )
    items = [mail_out(row, spoken(request)) for row in page.rows]
    return Mails(items=items, **paged(request, response, page))
