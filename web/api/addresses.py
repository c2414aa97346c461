"""Addresses at which mail did not arrive, and the end of such a mark."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from pydantic import BaseModel

from web.api.describing import both, problems
from web.api.mails import MarkOut, Room, Worker
from web.api.projects import clean
from web.site import site_of
from workflow.mail import room as mail_room
from workflow.mail.acts import clear_mark
from workflow.mail.room import reader_of

routes = APIRouter(tags=[both("邮件", "mail")])


class Marks(BaseModel):
    items: list[MarkOut]


@routes.get(
    "/marked-addresses",
    summary=both("退信的邮箱", "Addresses that mail came back from"),
    description=both(
        "本人范围内暂停发信的邮箱，最近的在前，最多200个。",
        "Those of one's scope at which nothing is sent, the latest first, 200 at most.",
    ),
    responses=problems(),
)
def list_marks(request: Request, visitor: Room) -> Marks:
    with site_of(request).db.read() as connection:
        rows = mail_room.marked_addresses(connection, reader_of(visitor))
    return Marks(items=[MarkOut(**row) for row in rows])


@routes.delete(
    "/marked-addresses/{email}",
    summary=both("取消退信标记", "Write to an address again"),
    status_code=204,
    responses=problems(404),
)
def clear(request: Request, visitor: Worker, email: Annotated[str, Path(max_length=320)]) -> None:
    site = site_of(request)
    with site.db.write() as connection:
        if not clear_mark(connection, reader_of(visitor), clean(email), at=site.now()):
            raise HTTPException(404)
