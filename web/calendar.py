"""Calendar feeds by private URL."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Response

from notifications.calendars.feeds import feed
from web.site import Site

# Asked again each time, kept by nobody in between, and told to nobody by a link.
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
TYPE = "text/calendar; charset=utf-8"


def router(site: Site) -> APIRouter:
    """`/calendar/{token}.ics`: 404 without a word for a token that opens nothing."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/calendar/{token}.ics")
    def calendar(token: str, if_none_match: Annotated[str, Header()] = "") -> Response:
        with site.db.read() as connection:
            person = site.key.owner(connection, token)
            if person is None:
                return Response(status_code=404, headers=HEADERS)
            content = feed(connection, site.book, person, site.today())
        tag = f'"{sha256(content).hexdigest()[:32]}"'
        headers = HEADERS | {"ETag": tag}
        if tag in known(if_none_match):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=TYPE, headers=headers)

    return routes


def known(if_none_match: str) -> set[str]:
    """The tags that the reader has; a weak one is as good here."""
    return {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
