"""What holds for every answer: headers, the size of what comes in, and where it comes from.

Pure ASGI, so that nothing is buffered and no exception changes its way.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
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
}


# What was written for a mail program brings its own styles; it may do nothing else here.
SHOWN_MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)


class TooLarge(Exception):
    """More came in than a page takes."""


class Guard:
    """Refuses what comes from another site, ends what is too large, adds the headers."""

    def __init__(self, app: ASGIApp, base_url: str = "") -> None:
        self.app, self.own = app, urlsplit(base_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and self._foreign(headers):
            await PlainTextResponse("cross-site request refused", 403)(scope, receive, send)
            return
        if int(headers.get("content-length") or 0) > MOST_BYTES:
            await PlainTextResponse("too large", 413)(scope, receive, send)
            return
        private = not scope["path"].startswith("/static/")

        async def answering(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    answer.setdefault(name, value)
                if private:
                    answer.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, _counted(receive), answering)

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
