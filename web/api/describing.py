"""How the API describes itself: both languages, the problems it answers, paging, idempotency."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from fastapi import Header, Query, Request, Response
from pydantic import BaseModel, Field

from web.api.problems import TYPE
from workflow.tables import LARGEST_ID


def both(zh: str, en: str) -> str:
    """A description in both languages; the page of documentation shows one of them."""
    return f"{zh} | {en}"


REASONS = {
    400: both("请求无法识别", "Cannot be understood"),
    401: both("没有有效的访问令牌", "No valid token"),
    403: both("没有权限", "Not allowed"),
    404: both("没有找到，或不在办理范围内", "Not found, or outside one's scope"),
    409: both("他人刚刚办理，或同一请求正在办理", "Changed meanwhile, or under way"),
    413: both("内容过大", "Too large"),
    422: both("内容有误，或暂不能办理", "Invalid, or not possible yet"),
    503: both("暂时不能服务", "Not available"),
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that an endpoint answers with, besides those that all do. What can be no JSON
    (400) can be too long, too."""
    content = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    listed = sorted({401, 403, 422, 503, *statuses, *({413} if 400 in statuses else ())})
    return {code: {"description": REASONS[code], "content": content} for code in listed}


Number = Annotated[int, Field(ge=1, le=LARGEST_ID)]  # an Id in a body
Limit = Annotated[int, Query(ge=1, le=200, description=both("每页条数", "rows a page"))]
Cursor = Annotated[
    int,
    Query(
        ge=0,
        le=LARGEST_ID,
        description=both("上一页给出的 next_cursor", "next_cursor of the page before"),
    ),
]
KeyCursor = Annotated[
    str,
    Query(
        max_length=500,
        description=both("上一页给出的 next_cursor", "next_cursor of the page before"),
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[!-~]+$",
        description=both(
            "同一键、同一请求在24小时内只办理一次", "within 24 hours done once, then answered again"
        ),
    ),
]
Row = TypeVar("Row", bound=BaseModel)


class Listed(BaseModel):
    """A page of a list."""

    next_cursor: int | None = Field(description=both("下一页从此开始", "the next page begins here"))
    next: str | None = Field(description=both("下一页的地址", "address of the next page"))


class ListedByKey(BaseModel):
    """A page of a list whose order is not that of numbers."""

    next_cursor: str | None = Field(description=both("下一页从此开始", "the next page begins here"))
    next: str | None = Field(description=both("下一页的地址", "address of the next page"))


def following(request: Request, response: Response, cursor: int | str | None) -> dict[str, Any]:
    """Where the next page is: in the body, and as a Link header (RFC 8288). `cursor`: the key after
    which it begins; without one this is the last page."""
    if not cursor:
        return {"next_cursor": None, "next": None}
    where = request.url.include_query_params(cursor=cursor)
    relative = f"{where.path}?{where.query}"
    response.headers["Link"] = f'<{relative}>; rel="next"'
    return {"next_cursor": cursor, "next": relative}
