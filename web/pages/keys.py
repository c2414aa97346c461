"""Keys for programs: tokens with which they call the API, addresses that are told of events."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from states.terms import Text
from web.numbers import Id
from web.rendering import go, page
from web.site import Site, site_of
from web.visiting import Posted, Signed, values
from workflow import webhooks
from workflow.accounts import tokens
from workflow.accounts.sessions import Visitor
from workflow.office_tables import TokenScope

routes = APIRouter(include_in_schema=False)
USUAL = timedelta(days=180)


@routes.get("/me/keys")
def show(request: Request, visitor: Signed) -> Response:
    return _page(request, visitor)


def _page(request: Request, visitor: Visitor, status: int = 200, **more: Any) -> Response:
    """The page, with what was typed and what is wrong with it, or with a secret to be shown once."""
    site, at = site_of(request), site_of(request).now()
    with site.db.read() as connection:
        listed = [_dated(one) for one in tokens.tokens(connection, visitor.person_id)]
        hooks = webhooks.webhooks(connection, visitor.person_id)
        troubled = [
            call | {"reply": webhooks.reply_label(call["last_reply"])}
            for call in webhooks.troubled_calls(connection, visitor.person_id)
        ]
    known: dict[str, Any] = {
        "living": [one for one in listed if tokens.is_living(one, at)],
        "ended": [one for one in listed if not tokens.is_living(one, at)][:10],
        "hooks": hooks,
        "troubled": troubled,
        "usual": (site.today() + USUAL).isoformat(),
        "latest": (site.today() + tokens.LONGEST_LIFE - timedelta(days=2)).isoformat(),
        "made": None,
        "typed": {},
        "token_problem": None,
        "hook_problem": None,
    }
    return page(request, "keys.html", status, **known | more)


def _dated(token: dict[str, Any]) -> dict[str, Any]:
    """With the last day on which it opens something."""
    return token | {"ends_on": tokens.last_day(token["ends_at"])}


@routes.post("/me/keys/tokens")
def make(request: Request, visitor: Signed, form: Posted) -> Response:
    """Shown in the answer itself and nowhere else; sent again, the name is taken."""
    site, given = site_of(request), values(form)
    try:
        ends_at = _end(given.get("ends_on", ""))
        scope = TokenScope.WRITE if given.get("scope") == TokenScope.WRITE else TokenScope.READ
        with site.db.write() as connection:
            secret = tokens.make_token(
                connection,
                visitor.person_id,
                given.get("name", ""),
                scope,
                ends_at=ends_at,
                at=site.now(),
                let_in_by=visitor.actor.let_in_by,
            )
    except tokens.TokenProblem as problem:
        return _page(request, visitor, 422, typed=given, token_problem=problem.text)
    return _page(request, visitor, made=("token", secret))


def _end(text: str) -> datetime:
    """The end of the day that was typed."""
    try:
        return tokens.end_of(date.fromisoformat(text.strip()))
    except (ValueError, OverflowError):
        raise tokens.TokenProblem(tokens.BAD_END) from None


@routes.post("/me/keys/tokens/{token}/revoke")
def revoke(request: Request, visitor: Signed, _: Posted, token: Id) -> Response:
    site: Site = site_of(request)
    with site.db.write() as connection:
        done = tokens.revoke_token(connection, visitor.person_id, token, at=site.now())
    return go(request, "/me/keys", REVOKED if done else GONE, kind="good" if done else "bad")


@routes.post("/me/keys/webhooks")
def add_hook(request: Request, visitor: Signed, form: Posted) -> Response:
    site, given = site_of(request), values(form)
    try:
        with site.db.write() as connection:
            _, secret = webhooks.register(
                connection, visitor.person_id, given.get("url", ""), at=site.now()
            )
    except webhooks.WebhookProblem as problem:
        return _page(request, visitor, 422, typed=given, hook_problem=problem.text)
    return _page(request, visitor, made=("webhook", secret))


@routes.post("/me/keys/webhooks/{webhook}/remove")
def remove_hook(request: Request, visitor: Signed, _: Posted, webhook: Id) -> Response:
    with site_of(request).db.write() as connection:
        done = webhooks.remove(connection, visitor.person_id, webhook)
    return go(request, "/me/keys", REMOVED if done else GONE, kind="good" if done else "bad")


REVOKED = Text("访问令牌已停用，立即失效。", "The token is revoked; it opens nothing any more.")
REMOVED = Text("已停止向该网址推送。", "The webhook is removed; nothing more is told there.")
GONE = Text("没有找到，可能已经停用。", "Not found; it may have ended already.")
