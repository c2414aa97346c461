"""The mail room: what waits, what went out, what failed, and what is done about it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from notifications.letters.notices import NOTICES
from notifications.mail_texts import html_of, told
from notifications.sending.outside import delivering
from notifications.sending.recall import standing_halt
from notifications.sending.writing import writer_for
from states.terms import OFFICIALS, Text
from web.guarding import SHOWN_MAIL
from web.navigation import CARERS
from web.numbers import Key, number_of
from web.rendering import go, page
from web.site import Site, site_of
from web.visiting import allowed, posted_by, values
from workflow.accounts.sessions import Visitor
from workflow.mail import room as mail_room
from workflow.mail.acts import CLEARED, LONGEST_NOTE, BadNote, act_on, clear_mark
from workflow.mail.attempts import MailRefused
from workflow.mail.desk import BY_HAND, STATES
from workflow.mail.log import outcome_label, reason_label, step_label
from workflow.mail.room import ACTS, Search, reader_of

routes = APIRouter(include_in_schema=False)
READ = allowed(*OFFICIALS)
WORK = allowed(*CARERS)
Who = Annotated[Visitor, Depends(READ)]
Doer = Annotated[Visitor, Depends(WORK)]
Form = Annotated[FormData, Depends(posted_by(WORK))]


@routes.get("/mail")
def mail_list(
    request: Request,
    visitor: Who,
    state: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    project: Annotated[str, Query(max_length=20)] = "",
    before: Key = None,
) -> Response:
    site, reader = site_of(request), reader_of(visitor)
    number = number_of(project.strip())
    search = Search(state if state in STATES else "", q.strip(), number)
    with site.db.read() as connection:
        rows, following = mail_room.mails(connection, reader, search, before)
        attention = mail_room.attention(connection, reader)
        halt = standing_halt(connection, site.settings.data_dir, site.now())
    known: dict[str, Any] = {
        "search": search,
        "given": project.strip(),
        "states": STATES,
        "called": CALLED,
    }
    if project.strip() and number is None:
        rows, following = [], None
    more: dict[str, Any] = {
        "rows": rows,
        "following": following,
        "attention": attention,
        "halt": halt,
        "before": before,
    }
    return page(request, "mail_list.html", **known, **more)


@routes.get("/mail/addresses")
def addresses(request: Request, visitor: Who) -> Response:
    with site_of(request).db.read() as connection:
        rows = mail_room.marked_addresses(connection, reader_of(visitor))
    may = visitor.has(*CARERS)
    return page(request, "mail_addresses.html", rows=rows, may=may)


@routes.post("/mail/addresses")
def clear(request: Request, visitor: Doer, form: Form) -> Response:
    site, email = site_of(request), values(form).get("email", "")[:320]
    with site.db.write() as connection:
        if not clear_mark(connection, reader_of(visitor), email, at=site.now()):
            raise HTTPException(404)
    return go(request, "/mail/addresses", CLEARED.format(email=email))


@routes.get("/mail/{number}")
def one(request: Request, visitor: Who, number: int) -> Response:
    return _page(request, visitor, number)


def _page(
    request: Request,
    visitor: Visitor,
    number: int,
    problem: Text | None = None,
    typed: str = "",
    status: int = 200,
) -> Response:
    site = site_of(request)
    mail = _mail(site, visitor, number)
    writer = writer_for(site.book, site.settings)
    said = told(site.db, writer, mail, today=site.today(), at=site.now())
    labels = {"outcome": outcome_label, "step": step_label, "reason": reason_label}
    known: dict[str, Any] = {
        "text": said.text,
        "attached": said.attached,
        "draft": said.draft,
        "waits": said.waits,
        "problem": problem,
        "typed": typed,
    } | labels
    acts = [(name, LABELS[name]) for name in mail["acts"]]
    shown: dict[str, Any] = {key: value for key, value in mail.items() if key != "content"}
    styled = bool(mail["content"])
    return page(request, "mail_one.html", status, mail=shown, acts=acts, styled=styled, **known)


def _mail(site: Site, visitor: Visitor, number: int) -> dict[str, Any]:
    """One mail that is the visitor's to read; else 404."""
    with site.db.read() as connection:
        found = mail_room.one(connection, reader_of(visitor), number, site.now())
    if found is None:
        raise HTTPException(404)
    return found


@routes.get("/mail/{number}/styled")
def styled(request: Request, visitor: Who, number: int) -> Response:
    """The mail as its reader's mail program shows it, in a page that may do nothing."""
    html = html_of(_mail(site_of(request), visitor, number))
    if html is None:
        raise HTTPException(404)
    return HTMLResponse(html, headers={"Content-Security-Policy": SHOWN_MAIL})


@routes.post("/mail/{number}/{act}")
def do(request: Request, visitor: Doer, form: Form, number: int, act: str) -> Response:
    site, given = site_of(request), values(form).get("note", "").strip()
    if act not in ACTS:
        raise HTTPException(404)
    try:
        at, data_dir = site.now(), site.settings.data_dir
        with delivering(data_dir) as delivered, site.db.write() as connection:
            act_on(connection, reader_of(visitor), number, act, given, at=at)
            if act == BY_HAND:
                delivered.add(connection, number, at)
    except BadNote as wrong:
        return _page(request, visitor, number, wrong.text, given[:LONGEST_NOTE], 422)
    except MailRefused as refused:
        return _page(request, visitor, number, refused.text, given, 409)
    return go(request, f"/mail/{number}", DONE[act].format(number=number))


LABELS = {
    "release": Text("放行发送", "Let it go"),
    "resend": Text("重新发送", "Send again"),
    "hold": Text("扣下暂不发送", "Hold it back"),
    "by_hand": Text("登记为人工送达", "Delivered by hand"),
}
CALLED = {kind.key: kind.label for kind in NOTICES.values()} | {
    "sign_in": Text("登录邮件", "Sign-in mail"),
    "digest": Text("定期汇总", "Digest"),
}
DONE = {
    "release": Text("第{number}号邮件已放行，将随即发出。", "Mail {number} may go out."),
    "resend": Text("第{number}号邮件已重新排队。", "Mail {number} is queued again."),
    "hold": Text("第{number}号邮件已扣下。", "Mail {number} is held back."),
    "by_hand": Text("第{number}号邮件已登记为人工送达。", "Mail {number} counts as delivered."),
}
