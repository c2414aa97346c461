"""What holds for every answer: headers, the size of what comes in, and where it comes from.

A body is measured before anybody reads it, whether its length is told or not: a stranger may send a
form and no more, who is known what fits into a form or a JSON, and files only to a page that asks
for them (`take_files`), which has looked at its visitor first. To the API a body is refused unread
without a token or session. Pure ASGI, so that nothing is buffered and no exception changes its way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from states.terms import Text

MOST_BYTES = 60 * 1024 * 1024  # papers of one deed
MOST_TEXT = 1024 * 1024  # a form or a JSON, of which nothing is a file
MOST_OF_STRANGERS = 64 * 1024  # who is not signed in: login, password, address
API = "/api/"
SAFE = {"GET", "HEAD", "OPTIONS"}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",  # what may be kept says so itself
}
# Forms come in UTF-8. In another spelling a form can hold what no page and no file can.
UTF_8 = re.compile(r'charset="?utf-?8"?')

# What was written for a mail program brings its own styles; it may do nothing else here.
SHOWN_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)


class TooLarge(HTTPException):
    """More came in than a page takes; `text` says how much that is."""

    def __init__(self, most: int) -> None:
        self.text = FILES if most >= MOST_BYTES else NO_FILES.format(most=f"{most // 1024} KB")
        super().__init__(413)


def take_files(request: Request) -> None:
    """Let the body of this request hold files. Its sender must be known by now."""
    request.state.most_bytes = MOST_BYTES


def guarded(headers: MutableHeaders) -> None:
    """Add what every answer carries, but for what it says itself."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


class Guard:
    """Turns away what comes from another site, is too large or is spelt in no way that we read, and
    adds the headers. `refuse` makes the page that says so."""

    def __init__(
        self,
        app: ASGIApp,
        refuse: Callable[[Request, int], Response],
        is_known: Callable[[Request], bool],
        base_url: str = "",
    ) -> None:
        """`is_known`: whether a valid token or session comes with a request."""
        self.app, self.refuse, self.is_known = app, refuse, is_known
        self.own = urlsplit(base_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                guarded(MutableHeaders(scope=message))
            await send(message)

        _plain(scope)
        app, request = self.app, Request(scope)
        status = self._refused(scope["method"], request.headers)
        if not status and _has_body(request.headers):
            status = await run_in_threadpool(self._measured, request)
        if status:
            app = await run_in_threadpool(self.refuse, request, status)
        await app(scope, _counted(receive, request), answering)

    def _measured(self, request: Request) -> int:
        """Say how much the sender of a body may send; the status where that is nothing."""
        known = self.is_known(request)
        request.state.most_bytes = MOST_TEXT if known else MOST_OF_STRANGERS
        return 401 if not known and request.url.path.startswith(API) else 0

    def _refused(self, method: str, headers: Headers) -> int:
        """The status with which this is turned away; 0 where it is not."""
        if method not in SAFE and self._foreign(headers):
            return 403
        if int(headers.get("content-length") or 0) > MOST_BYTES:
            return 413
        return 400 if "charset" in UTF_8.sub("", headers.get("content-type", "").lower()) else 0

    def _foreign(self, headers: Headers) -> bool:
        """Whether a browser says that another site sent this. Programs say nothing."""
        if headers.get("sec-fetch-site") == "cross-site":
            return True
        origin = headers.get("origin")
        if not origin:
            return False
        try:
            return urlsplit(origin).netloc not in (headers.get("host"), self.own or None)
        except ValueError:  # an unbalanced bracket
            return True


def _plain(scope: Scope) -> None:
    """Rid an address of what no name has and PostgreSQL cannot compare, and of a slash at its end:
    leading on to the address without it would follow whatever Host the sender names."""
    scope["query_string"] = scope["query_string"].replace(b"%00", b"%20")
    scope["path"] = scope["path"].replace("\0", " ").rstrip("/") or "/"


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _counted(receive: Receive, request: Request) -> Receive:
    """Reading that ends where the sender may send no more, before the first byte if the length is
    told."""
    told, had = int(request.headers.get("content-length") or 0), 0

    async def counting() -> Message:
        nonlocal had
        most = getattr(request.state, "most_bytes", MOST_OF_STRANGERS)
        if told > most:
            raise TooLarge(most)
        message = await receive()
        had += len(message.get("body", b""))
        if had > most:
            raise TooLarge(most)
        return message

    return counting


FILES = Text(
    "一次上传的文件合计不能超过60 MB，请压缩或分次上传。",
    "All files of one upload together may have 60 MB at most.",
)
NO_FILES = Text(
    "这里不接收文件，一次最多填报 {most} 的内容，请删减后再提交。",
    "No file can be sent here; what is filled in may have {most} at most.",
)
