"""The mail room: what waits, what went out, what failed, and what is done about it."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from notifications.by_hand import preview
from notifications.letters.notices import NOTICES
from notifications.mailbox import text_of
from notifications.sending.carriers import writer_for
from states.terms import Role, Text
from web.guarding import SHOWN_MAIL
from web.numbers import Key
from web.rendering import go, page
from web.site import Site, site_of
from web.visiting import NotAllowed, allowed, posted_by, values
from workflow import mail_room
from workflow.accounts.sessions import Visitor
from workflow.attempts import MailRefused
from workflow.mail_desk import LARGEST_ID, MAIL_STATUS, clear_address
from workflow.mail_log import outcome_label, reason_label, step_label
from workflow.mail_room import ACTS, Reader, Search
from workflow.office_log import note

routes = APIRouter(include_in_schema=False)
READ = allowed(Role.COORDINATOR, Role.PROVINCE, Role.ADMIN, Role.AUDITOR)
WORK = allowed(Role.COORDINATOR, Role.PROVINCE, Role.ADMIN)
Who = Annotated[Visitor, Depends(READ)]
Doer = Annotated[Visitor, Depends(WORK)]
Form = Annotated[FormData, Depends(posted_by(WORK))]
WAITING = ("pending", "failed", "dead", "awaiting")
LONGEST_NOTE = 500


@routes.get("/mail")
def mail_list(
    request: Request,
    visitor: Who,
    state: Annotated[str, Query(max_length=20)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
    project: Annotated[str, Query(max_length=20)] = "",
    before: Key = None,
) -> Response:
    site, reader = site_of(request), _reader(visitor)
    number = _number(project)
    search = Search(state if state in MAIL_STATUS else "", q.strip(), number)
    with site.db.read() as connection:
        rows, following = mail_room.mails(connection, reader, search, before)
        attention = mail_room.attention(connection, reader)
    known: dict[str, Any] = {
        "search": search,
        "given": project.strip(),
        "states": MAIL_STATUS,
        "called": CALLED,
    }
    if project.strip() and number is None:
        rows, following = [], None
    more: dict[str, Any] = {
        "rows": rows,
        "following": following,
        "attention": attention,
        "before": before,
    }
    return page(request, "mail_list.html", **known, **more)


def _number(given: str) -> int | None:
    text = given.strip()
    known = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if known and 0 < int(text) <= LARGEST_ID else None


@routes.get("/mail/addresses")
def addresses(request: Request, visitor: Who) -> Response:
    with site_of(request).db.read() as connection:
        rows = mail_room.marked_addresses(connection, _reader(visitor))
    may = visitor.has(Role.COORDINATOR, Role.PROVINCE, Role.ADMIN)
    return page(request, "mail_addresses.html", rows=rows, may=may)


@routes.post("/mail/addresses")
def clear(request: Request, visitor: Doer, form: Form) -> Response:
    site, email = site_of(request), values(form).get("email", "")[:320]
    with site.db.write() as connection:
        if not mail_room.may_clear(connection, _reader(visitor), email):
            raise HTTPException(404)
        clear_address(connection, email, by=visitor.login, at=site.now())
        note(connection, visitor.login, "address_cleared", about=email, at=site.now())
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
    text, attached, draft = _text(site, mail)
    labels = {"outcome": outcome_label, "step": step_label, "reason": reason_label}
    known: dict[str, Any] = {
        "text": text,
        "attached": attached,
        "draft": draft,
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
        found = mail_room.one(connection, _reader(visitor), number, site.now())
    if found is None:
        raise HTTPException(404)
    return found


def _text(site: Site, mail: dict[str, Any]) -> tuple[str, list[str], bool]:
    """The mail as text, what is attached, and whether it would be written so now: it has not been written yet."""
    if mail["content"]:
        return *text_of(bytes(mail["content"])), False
    if mail["status"] not in WAITING:
        return "", [], False
    writer = writer_for(site.book, site.settings)
    try:
        made = preview(site.db, writer, mail["id"], today=site.today(), at=site.now())
    except (LookupError, ValueError):  # it will be told as a mail that cannot be written
        return "", [], True
    return (*text_of(made.content), True) if made else ("", [], True)


@routes.get("/mail/{number}/styled")
def styled(request: Request, visitor: Who, number: int) -> Response:
    """The mail as its reader's mail program shows it, in a page that may do nothing."""
    mail = _mail(site_of(request), visitor, number)
    if not mail["content"]:
        raise HTTPException(404)
    part = message_from_bytes(bytes(mail["content"]), policy=policy.default).get_body(("html",))
    if part is None:
        raise HTTPException(404)
    return HTMLResponse(part.get_content(), headers={"Content-Security-Policy": SHOWN_MAIL})


@routes.post("/mail/{number}/{act}")
def do(request: Request, visitor: Doer, form: Form, number: int, act: str) -> Response:
    site, given = site_of(request), values(form).get("note", "").strip()
    mail = _mail(site, visitor, number)
    if act not in ACTS:
        raise HTTPException(404)
    if act not in mail["acts"] and not visitor.has(*mail_room.EVERYTHING):
        raise NotAllowed(NOT_THEIRS)
    wrong = any(one in given for one in map(chr, range(32))) or len(given) > LONGEST_NOTE
    if wrong or (act == "by_hand" and not given):
        said = NO_NOTE if not given else BAD_NOTE.format(most=LONGEST_NOTE)
        return _page(request, visitor, number, said, given[:LONGEST_NOTE], 422)
    at = site.now()
    try:
        with site.db.write() as connection:
            ACTS[act][1](connection, number, by=visitor.login, note=given, at=at)
            about, what = str(number), LOGGED[act]
            note(connection, visitor.login, what, about=about, detail=given, at=at)
    except MailRefused as refused:
        return _page(request, visitor, number, refused.text, given, 409)
    return go(request, f"/mail/{number}", DONE[act].format(number=number))


def _reader(visitor: Visitor) -> Reader:
    return Reader(visitor.actor, visitor.email)


LOGGED = {
    "hold": "mail_held",
    "release": "mail_released",
    "resend": "mail_resent",
    "by_hand": "mail_by_hand",
}
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
CLEARED = Text(
    "已取消 {email} 的退信标记，今后照常发信。", "{email} is written to again from now on."
)
NOT_THEIRS = Text(
    "此邮件须由省厅或系统管理员处理。", "This is for the province or an administrator to do."
)
NO_NOTE = Text("请写明如何送达，如：已电话告知张老师。", "Say how it was delivered.")
BAD_NOTE = Text(
    "说明最多{most}字，写成一行。", "A note has {most} characters at most, on one line."
)
