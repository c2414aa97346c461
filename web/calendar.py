"""Calendar feeds by private URL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Response

from config.rulebook import Rulebook
from notifications.calendars.feeds import Key, feed
from workflow.database import Database

# Asked again each time, kept by nobody in between, and told to nobody by a link.
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
TYPE = "text/calendar; charset=utf-8"


def router(db: Database, book: Rulebook, key: Key, today: Callable[[], date]) -> APIRouter:
    """`/calendar/{token}.ics`: 404 without a word for a token that opens nothing."""
    routes = APIRouter()

    @routes.get("/calendar/{token}.ics")
    def calendar(token: str, if_none_match: Annotated[str, Header()] = "") -> Response:
        with db.read() as connection:
            person = key.owner(connection, token)
            if person is None:
                return Response(status_code=404, headers=HEADERS)
            content = feed(connection, book, person, today())
        tag = f'"{sha256(content).hexdigest()[:32]}"'
        headers = HEADERS | {"ETag": tag}
        if tag in known(if_none_match):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=TYPE, headers=headers)

    return routes


def known(if_none_match: str) -> set[str]:
    """The tags that the reader has; a weak one is as good here."""
    return {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
