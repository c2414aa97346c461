"""Where administration begins."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from web.pages.admin.tabs import TABS, Reads

routes = APIRouter(include_in_schema=False)


@routes.get("/admin")
def entrance(_: Request, visitor: Reads) -> Response:
    first = next(tab for tab in TABS if visitor.has(*tab.roles))
    return RedirectResponse(first.path, 303)
