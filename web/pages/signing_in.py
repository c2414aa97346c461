"""Signing in by password or by a link in a mail, signing out, changing the language."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Awaitable, Callable
from functools import wraps
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from states.terms import Text
from web.connections import client_of
from web.links import inside, leading, link_to
from web.rendering import LANGUAGE, go, page
from web.site import site_of
from web.visiting import NUL, SESSION, find_visitor, posted_by, signed_in
from workflow.accounts import links, passwords, sessions
from workflow.mail.outbox import queue_sign_in
from workflow.office_tables import LinkUse

routes = APIRouter(include_in_schema=False)
Field = Annotated[str, Form(max_length=500, pattern=f"^[^{NUL}]*$")]
Next = Annotated[str, Form(alias="next", max_length=2000)]
Onward = Annotated[str, Query(alias="next", max_length=2000)]  # where a mail was leading


EVEN = 0.5  # seconds, more than finding, writing and committing take


def evenly(answer: Callable[..., Response]) -> Callable[..., Awaitable[Response]]:
    """Answer no sooner than EVEN, so that the time does not tell whether somebody was found; but for
    letting somebody in, which tells it anyway. No thread waits for it."""

    @wraps(answer)
    async def answered(**given: Any) -> Response:
        started = monotonic()
        response = await run_in_threadpool(answer, **given)
        if response.status_code != 303:
            await sleep(max(0, started + EVEN - monotonic()))
        return response

    return answered


@routes.get("/sign-in")
def sign_in_form(request: Request, where: Onward = "/", login: str = "") -> Response:
    if find_visitor(request):
        return RedirectResponse(inside(where), 303)
    return page(request, "sign_in.html", next=inside(where), login=login[:200], problem=None)


@routes.post("/sign-in")
@evenly
def sign_in(
    request: Request, login: Field = "", password: Field = "", where: Next = "/"
) -> Response:
    site = site_of(request)
    at = site.now()
    client = client_of(request.client.host) if request.client else ""
    person = passwords.sign_in(site.db, login.strip(), password, at=at, client=client)
    if person is not None:
        with site.db.read() as connection:
            let_in_by = passwords.made_by(connection, person)
        return _welcome(request, person, inside(where), let_in_by)
    known = {"next": inside(where), "login": login[:200], "problem": WRONG}
    return page(request, "sign_in.html", 403, **known)


@routes.post("/sign-in/link")
@evenly
def ask_for_link(request: Request, email: Field = "", where: Next = "/") -> Response:
    """Always the same answer, after the same time: it tells nobody who has an account."""
    site, onward = site_of(request), inside(where)
    at, today = site.now(), site.today()
    link_to(request, "")  # before anybody is looked up, so that the answer tells nothing
    with site.db.write() as connection:
        for person in links.reachable(connection, email, hosts=site.settings.hosts_online):
            if not links.may_ask(connection, person, at=at):
                continue
            secret = links.make_link(connection, person, LinkUse.SIGN_IN, at=at)
            link = link_to(request, secret, onward)
            queue_sign_in(connection, person, link, on=today, at=at)
    return page(request, "link_sent.html", email=email.strip()[:200], next=onward)


@routes.get("/sign-in/link/{secret}")
def link_form(request: Request, secret: str, where: Onward = "/") -> Response:
    """Only a button: a scanner that follows links in mail must not use it up. Of a link that is
    over the next one, or the way on for who is signed in already."""
    site, onward = site_of(request), inside(where)
    with site.db.read() as connection:
        works = links.still_works(connection, secret, at=site.now())
    if works:
        return page(request, "link.html", secret=secret[:100], next=onward)
    return _over(request, onward)


def _over(request: Request, onward: str) -> Response:
    if find_visitor(request):
        return RedirectResponse(onward, 303)
    return page(request, "link_over.html", 403, next=onward)


@routes.post("/sign-in/link/{secret}")
def follow_link(request: Request, secret: str, where: Next = "/") -> Response:
    site = site_of(request)
    with site.db.write() as connection:
        found = links.use_link(connection, secret, at=site.now())
    if found is None:
        return _over(request, inside(where))
    onward = inside(where)
    if found.use is LinkUse.PASSWORD:
        onward = leading("/me/password", onward)
    return _welcome(request, found.person_id, onward, found.let_in_by)


def _welcome(request: Request, person: int, where: str, let_in_by: str) -> Response:
    """A new session, whatever the browser held before."""
    site = site_of(request)
    old = find_visitor(request)
    with site.db.write() as connection:
        if old is not None:
            sessions.end(connection, old.session)
        agent = request.headers.get("user-agent", "")
        secret = sessions.begin(connection, person, agent=agent, at=site.now(), let_in_by=let_in_by)
    answer = go(request, where)
    longest = int(sessions.LONGEST.total_seconds())
    answer.set_cookie(
        SESSION, secret, max_age=longest, httponly=True, secure=site.is_secure, samesite="lax"
    )
    return answer


@routes.post("/sign-out", dependencies=[Depends(posted_by(signed_in))])
def sign_out(request: Request) -> Response:
    site = site_of(request)
    visitor = signed_in(request)
    with site.db.write() as connection:
        sessions.end(connection, visitor.session)
    answer = go(request, "/sign-in", GOODBYE)
    answer.delete_cookie(SESSION)
    return answer


@routes.post("/language")
def switch(to: Field = "zh", where: Next = "/") -> Response:
    """The language of this browser; needs no account and changes nothing else."""
    answer = RedirectResponse(inside(where), 303)
    chosen = "en" if to == "en" else "zh"
    answer.set_cookie(LANGUAGE, chosen, max_age=365 * 86400, httponly=True, samesite="lax")
    return answer


# One sentence for all: another one for a locked account would tell strangers who has one.
WRONG = Text(
    "登录名或密码不对。连续输错5次的，15分钟内不能用密码登录；忘记密码或着急的，"
    "可在下面用邮箱登录。",
    "Login or password is wrong. After five wrong ones no password is taken for 15 minutes; if you "
    "forgot it or cannot wait, sign in by mail below.",
)
GOODBYE = Text("已退出登录。", "You are signed out.")
