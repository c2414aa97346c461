"""What a visitor sees when something cannot be done: one clear page, or a problem for a program."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from secrets import token_hex
from time import monotonic
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from config.errors import ConfigError
from states.terms import Text
from web.api import problems
from web.guarding import API, FILES, TooLarge, guarded
from web.links import leading
from web.rendering import full_path, page
from web.visiting import Forged, MustChange, NotAllowed, NotSignedIn, find_visitor
from workflow.accounts import care, reset
from workflow.answers import OtherRequest, UnderWay
from workflow.batches import edits as batch_edits
from workflow.batches.prepared import BatchOver, NoSuchBatch
from workflow.batches.publishing import BatchRefused
from workflow.deeds import LostRace, NoSuchProject, Refused
from workflow.imports.words import CellError
from workflow.mail import acts as mail_acts
from workflow.mail.acts import NoSuchMail
from workflow.mail.attempts import MailRefused
from workflow.office.holidays import Meanwhile
from workflow.papers import PaperRefused
from workflow.storage import DatabaseProblem

LOG = logging.getLogger("yanxiu.web")


def install(app: FastAPI, more: Mapping[type[Exception], int]) -> None:
    """Give every failure its page. What nobody foresaw is logged under a number that is shown."""
    app.add_exception_handler(NotSignedIn, _sign_in)
    app.add_exception_handler(DatabaseProblem, _Trouble().told)
    app.add_exception_handler(MustChange, _choose)
    app.add_exception_handler(ClientDisconnect, _gone)
    for kind, status in {**STATUS, **more}.items():
        app.add_exception_handler(kind, _told(status))
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Refused, problems.refused)
    app.add_exception_handler(BatchRefused, problems.batch_refused)
    app.add_exception_handler(problems.Unfit, problems.unfit)
    app.add_exception_handler(PaperRefused, problems.of_paper)
    app.add_exception_handler(CellError, problems.of_person)
    for refusal in reset.REFUSALS:
        app.add_exception_handler(refusal, problems.of_account)
    app.add_exception_handler(OtherRequest, problems.of_key)
    app.add_exception_handler(UnderWay, problems.of_key)
    app.add_exception_handler(Exception, _unforeseen)


def refuse(request: Request, status: int, text: Text) -> Response:
    """The page of a failure, or the problem for a program (RFC 9457)."""
    if request.url.path.startswith(API):
        return problems.problem(request, status, problems.TEXTS.get(status, text))
    with suppress(Exception):  # the page of a failure must not fail over who reads it
        find_visitor(request)
    known: dict[str, Any] = {"code": status, "title": TITLES[status], "text": text}
    if status >= 500:  # whom to ask is looked up in a database that may be what failed
        known["asked"] = None
    return page(request, "failure.html", status, **known)


def turn_away(request: Request, status: int) -> Response:
    """What is refused before anybody looks at it."""
    return _needs_key(request) if status == 401 else refuse(request, status, TEXTS[status])


def _needs_key(request: Request) -> Response:
    answer = refuse(request, 401, NEEDS_KEY)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _sign_in(request: Request, _: Exception) -> Response:
    if request.url.path.startswith(API):
        return _needs_key(request)
    where = leading("/sign-in", full_path(request))
    if request.headers.get("HX-Request"):
        return Response(status_code=204, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def _choose(request: Request, _: Exception) -> Response:
    if request.url.path.startswith(API):
        return refuse(request, 403, MUST_CHOOSE)
    return RedirectResponse(leading("/me/password", full_path(request)), 303)


def _gone(request: Request, _: Exception) -> Response:  # noqa: ARG001 - as handlers are called
    """Whoever hung up in the middle of a body reads no answer."""
    return Response(status_code=400)


def _told(status: int) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        return refuse(request, status, getattr(error, "text", None) or TEXTS[status])

    return handle


STATUS: dict[type[Exception], int] = {
    NotAllowed: 403,
    Forged: 403,
    batch_edits.NotTheirs: 403,
    mail_acts.NotTheirs: 403,
    care.NotTheirs: 403,
    NoSuchProject: 404,
    NoSuchBatch: 404,
    NoSuchMail: 404,
    BatchOver: 409,
    LostRace: 409,
    MailRefused: 409,
    Meanwhile: 409,
    TooLarge: 413,
    ConfigError: 503,
}


class _Trouble:
    """The database cannot be used: each visitor is told so, and the log once a minute and whenever
    it is another trouble, however many ask meanwhile."""

    def __init__(self) -> None:
        self.said, self.at = "", 0.0

    def told(self, request: Request, error: Exception) -> Response:
        said = str(error)
        if said != self.said or monotonic() - self.at > LOG_SECONDS:
            self.said, self.at = said, monotonic()
            LOG.error("the database cannot be used: %s", said)
        if not hasattr(request.state, "visitor"):
            request.state.visitor = None  # who it is stands there too
        answer = refuse(request, 503, getattr(error, "text", TEXTS[503]))
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer


LOG_SECONDS, RETRY_SECONDS = 60.0, 10


def _invalid(request: Request, error: Exception) -> Response:
    if request.url.path.startswith(API) and isinstance(error, RequestValidationError):
        return problems.invalid(request, error)
    named = isinstance(error, RequestValidationError) and error.errors()
    if named and all(one["loc"][0] == "path" for one in named):  # no page has such an address
        return refuse(request, 404, TEXTS[404])
    return refuse(request, 400, TEXTS[400])


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    known = status if status in TEXTS else (400 if status < 500 else 500)
    answer = refuse(request, known, TEXTS[known])
    answer.status_code = status
    if isinstance(error, HTTPException) and error.headers:  # what a 405 allows
        answer.headers.update(error.headers)
    return answer


def _unforeseen(request: Request, error: Exception) -> Response:
    number = token_hex(4)
    # Not the address itself: it may be a link that signs in, or somebody's calendar.
    where = getattr(request.scope.get("route"), "path", "?")
    LOG.error("%s %s failed (%s)", request.method, where, number, exc_info=error)
    answer = refuse(request, 500, BROKEN.format(number=number))
    guarded(answer.headers)  # it is sent past the guard
    return answer


TITLES = {
    400: Text("请求有误", "Bad request"),
    401: Text("请先登录", "Not signed in"),
    403: Text("不能办理", "Not allowed"),
    404: Text("没有找到", "Not found"),
    405: Text("不能这样访问", "Method not allowed"),
    409: Text("情况已有变化", "Changed meanwhile"),
    413: Text("文件过大", "Too large"),
    500: Text("系统出错", "Something broke"),
    503: Text("暂时不能服务", "Not available"),
}
TEXTS = {
    400: Text(
        "这个地址或表单里有系统不认识的内容，请返回上一页重新选择。",
        "The address or form holds something unknown. Go back and choose again.",
    ),
    403: Text(
        "页面已过期，或请求不是从本系统发出的。请返回上一页，刷新后再提交；已填内容仍在。",
        "The page is out of date, or the request came from elsewhere. Go back, reload, send again.",
    ),
    404: Text(
        "没有这个页面或项目，可能已被移走，也可能不在您的办理范围内。",
        "There is no such page or project, or it is outside your scope.",
    ),
    405: Text("请从菜单进入这个页面。", "Please reach this page from the menu."),
    413: FILES,
    500: Text("请稍后再试。", "Please try again later."),
    503: Text("数据库暂时无法使用，请稍后再试。", "The database cannot be used now; try again."),
}
NEEDS_KEY = Text(
    "请在请求中带上访问令牌：Authorization: Bearer …。",
    "Send a token: Authorization: Bearer ….",
)
MUST_CHOOSE = Text("请先在网页上设置新密码。", "Choose a new password in the browser first.")
BROKEN = Text(
    "系统出错，您填写的内容没有保存。请稍后再试；如仍不行，请把编号 {number} 告诉管理员。",
    "Something broke and nothing was saved. Try again; else tell an administrator: {number}.",
)
