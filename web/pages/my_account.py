"""One's own account: password, mail, who stands in, calendar feed, where one is signed in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection, select
from starlette.datastructures import FormData

from notifications.calendars.feeds import revoke
from states.mailing import Mode, Sort
from states.terms import Text
from web.browsers import browser_label
from web.links import base_of, inside, leading
from web.numbers import number_of
from web.rendering import go, page
from web.site import Site, site_of
from web.visiting import Posted, Signed, posted_by, signed_in, values
from workflow.accounts import passwords, sessions, tokens
from workflow.accounts.sessions import Visitor
from workflow.mail import preferences
from workflow.tables import PERSON

routes = APIRouter(include_in_schema=False)
Onward = Annotated[str, Query(alias="next", max_length=2000)]
Me = Annotated[Visitor, Depends(signed_in)]
MyForm = Annotated[FormData, Depends(posted_by(signed_in))]


@routes.get("/me")
def show(request: Request, visitor: Signed) -> Response:
    return _page(request, visitor)


def _page(
    request: Request,
    visitor: Visitor,
    status: int = 200,
    *,
    problem: Text | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    site = site_of(request)
    me = visitor.person_id
    with site.db.read() as connection:
        known: dict[str, Any] = {
            "sorts": _sorts(connection, visitor),
            "stand_ins": preferences.stand_ins(connection, me, on=site.today()),
            "colleagues": preferences.colleagues(connection, me),
            "feed": _feed(request, site, connection, me),
            "others": sessions.others(connection, visitor, at=site.now()),
        }
    return page(
        request,
        "me.html",
        status,
        **known,
        problem=problem,
        typed=typed or {},
        browser=browser_label,
    )


def _sorts(connection: Connection, visitor: Visitor) -> list[dict[str, Any]]:
    """What there is to choose for this person; what cannot be chosen is said once, not listed."""
    rows = preferences.preferences(connection, visitor.person_id)
    return [row for row in rows if len(row["may"]) > 1]


def _feed(request: Request, site: Site, connection: Connection, person: int) -> str:
    generation = connection.execute(
        select(PERSON.c.feed_generation).where(PERSON.c.id == person)
    ).scalar_one()
    return f"{base_of(request)}/calendar/{site.key.token(person, generation)}.ics"


@routes.post("/me/mail")
def choose_mail(request: Request, visitor: Signed, form: Posted) -> Response:
    """Language and sorts of mail, all or none."""
    site, given = site_of(request), values(form)
    modes = {mode.value: mode for mode in Mode}
    chosen = {sort: modes[given[sort.value]] for sort in Sort if given.get(sort.value) in modes}
    # The digest last: what goes into it must be known before it may be turned off.
    ordered = sorted(chosen, key=lambda sort: sort is Sort.DIGEST)
    try:
        with site.db.write() as connection:
            preferences.speak(connection, visitor.person_id, _language(given))
            for sort in ordered:
                preferences.prefer(connection, visitor.person_id, sort, Mode.AT_ONCE)
            for sort in ordered:
                preferences.prefer(connection, visitor.person_id, sort, chosen[sort])
    except preferences.NotAllowed as refused:
        return _page(request, visitor, 422, problem=refused.text, typed=given)
    return go(request, "/me", SAVED)


def _language(given: dict[str, str]) -> str:
    return "en" if given.get("language") == "en" else "zh"


@routes.post("/me/stand-in")
def appoint(request: Request, visitor: Signed, form: Posted) -> Response:
    site, given = site_of(request), values(form)
    first, last = _day(given.get("from_on", "")), _day(given.get("until_on", ""))
    with site.db.read() as connection:
        known = {row.id: row.name for row in preferences.colleagues(connection, visitor.person_id)}
    who = number_of(given.get("who", "")) or 0
    if who not in known or first is None or last is None:
        return _page(request, visitor, 422, problem=WHO_AND_WHEN, typed=given)
    if last < site.today():
        return _page(request, visitor, 422, problem=OVER, typed=given)
    try:
        with site.db.write() as connection:
            preferences.appoint(
                connection,
                visitor.person_id,
                who,
                first,
                last,
                today=site.today(),
                at=site.now(),
            )
    except preferences.NotAllowed as refused:
        return _page(request, visitor, 422, problem=refused.text, typed=given)
    return go(request, "/me", APPOINTED.format(name=known[who], a=first, b=last))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


@routes.post("/me/stand-in/end")
def dismiss(request: Request, visitor: Signed, _: Posted) -> Response:
    with site_of(request).db.write() as connection:
        preferences.dismiss(connection, visitor.person_id)
    return go(request, "/me", DISMISSED)


@routes.post("/me/feed")
def renew_feed(request: Request, visitor: Signed, _: Posted) -> Response:
    """A new address for the calendar; the old one ends."""
    with site_of(request).db.write() as connection:
        revoke(connection, visitor.person_id)
    return go(request, "/me", RENEWED)


@routes.post("/me/sessions")
def end_others(request: Request, visitor: Signed, _: Posted) -> Response:
    with site_of(request).db.write() as connection:
        count = sessions.end_others(connection, visitor)
    return go(request, "/me", ENDED.format(n=count))


@routes.get("/me/password", dependencies=[Depends(signed_in)])
def password_form(request: Request, where: Onward = "/") -> Response:
    """`next`: where somebody was going who has to choose a password first."""
    return page(request, "password.html", next=inside(where), problem=None)


@routes.post("/me/password")
def change_password(request: Request, visitor: Me, form: MyForm) -> Response:
    site = site_of(request)
    given = values(form)
    new, onward = given.get("password", ""), inside(given.get("next", "/"))
    if new != given.get("again"):
        return page(request, "password.html", 422, next=onward, problem=DIFFER)
    try:
        with site.db.write() as connection:
            by = visitor.actor.let_in_by
            passwords.set_password(connection, visitor.person_id, new, at=site.now(), let_in_by=by)
            left = tokens.count_living(connection, visitor.person_id, at=site.now())
    except passwords.PasswordProblem as problem:
        return page(request, "password.html", 422, next=onward, problem=problem.text)
    said = CHANGED_BUT.format(n=left) if left else CHANGED
    return go(request, leading("/sign-in", onward), said)


DIFFER = Text("两次输入的密码不同，请重新输入。", "The two passwords differ; write them again.")
CHANGED = Text("密码已更新，请用新密码登录。", "The password is changed; sign in with it.")
CHANGED_BUT = Text(
    "密码已更新，请用新密码登录。您还有{n}个访问令牌有效；怀疑账号被他人使用的，请登录后一并停用。",
    "The password is changed; sign in with it. {n} token(s) of yours still work; revoke them if "
    "somebody else may have used your account.",
)
SAVED = Text("邮件设置已保存。", "Your choices about mail are saved.")
WHO_AND_WHEN = Text(
    "请选择代收人，并写明起止日期（如 2025-08-20）。",
    "Choose a colleague and both days (2025-08-20).",
)
OVER = Text("代收的截止日已过，请核对。", "The last day has passed already.")
APPOINTED = Text("{a}至{b}，您的邮件由{name}代收。", "{name} gets your mail from {a} to {b}.")
DISMISSED = Text("已结束代收安排。", "Nobody stands in for you any more.")
RENEWED = Text(
    "日历订阅地址已更换，原地址立即失效。", "The calendar has a new address; the old one has ended."
)
ENDED = Text("已退出其他登录（{n}处）。", "{n} other session(s) ended.")
