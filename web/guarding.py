"""What holds for every answer: headers, the size of what comes in, and where it comes from.

Pure ASGI, so that nothing is buffered and no exception changes its way.
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

MOST_BYTES = 60 * 1024 * 1024  # papers of one deed
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
    """More came in than a page takes."""

    def __init__(self) -> None:
        super().__init__(413)


def guarded(headers: MutableHeaders) -> None:
    """Add what every answer carries, but for what it says itself."""
    for name, value in HEADERS.items():
        headers.setdefault(name, value)


class Guard:
    """Turns away what comes from another site, is too large or is spelt in no way that we read, and
    adds the headers. `refuse` makes the page that says so."""

    def __init__(
        self, app: ASGIApp, refuse: Callable[[Request, int], Response], base_url: str = ""
    ) -> None:
        self.app, self.refuse, self.own = app, refuse, urlsplit(base_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                guarded(MutableHeaders(scope=message))
            await send(message)

        _drop_nul(scope)
        app, status = self.app, self._refused(scope["method"], Headers(scope=scope))
        if status:
            app = await run_in_threadpool(self.refuse, Request(scope), status)
        await app(scope, _counted(receive), answering)

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


def _drop_nul(scope: Scope) -> None:
    """Rid an address of what no name has and PostgreSQL cannot compare."""
    scope["query_string"] = scope["query_string"].replace(b"%00", b"%20")
    scope["path"] = scope["path"].replace("\0", " ")


def _counted(receive: Receive) -> Receive:
    """A sender that names no length is stopped as well."""
    had = 0

    async def counting() -> Message:
        nonlocal had
        message = await receive()
        had += len(message.get("body", b""))
        if had > MOST_BYTES:
            raise TooLarge
        return message

    return counting
