"""Who calls: a person behind a token, or for reading alone the session of a browser.

A browser sends its cookie whoever asks it to; so a cookie reads, and only a token changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request

from states.terms import Role, Text
from web.guarding import SAFE
from web.site import site_of
from web.visiting import NotAllowed, NotSignedIn, at_work, find_visitor
from workflow.accounts.sessions import Visitor
from workflow.accounts.tokens import Key, find_token, note_use
from workflow.storage import DatabaseProblem


def caller(request: Request) -> Visitor:
    """The person who calls. Raises NotSignedIn, and NotAllowed for a cookie that would change."""
    header = request.headers.get("Authorization")
    if key_of(request) is not None:  # looked up before the body was read
        return request.state.visitor  # type: ignore[no-any-return]
    if header is not None:
        return _bearer(request, header)
    if request.method in SAFE:
        return at_work(request)
    if find_visitor(request) is not None:
        raise NotAllowed(TOKEN_NEEDED)
    raise NotSignedIn


def _bearer(request: Request, header: str) -> Visitor:
    site, at = site_of(request), site_of(request).now()
    scheme, _, secret = header.partition(" ")
    request.state.visitor = None
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotSignedIn
    with site.db.read() as connection:
        site.follow(connection)
        found = find_token(connection, secret.strip(), at=at)
    if found is None:
        raise NotSignedIn
    visitor, key = found
    if key.worth_noting:
        # Nobody waits for that: who only reads need not be able to write.
        with suppress(DatabaseProblem), site.db.write(alone=False, patience=0) as connection:
            note_use(connection, key.id, at=at)
    request.state.visitor, request.state.key = visitor, key
    return visitor


def is_known(request: Request) -> bool:
    """Whether a valid token or session comes with this. Where that cannot be found out now, as well:
    the page itself says what is wrong."""
    header = request.headers.get("Authorization")
    try:
        if header is None:
            return find_visitor(request) is not None
        _bearer(request, header)
    except NotSignedIn:
        return False
    except Exception:  # whatever keeps the database away
        del request.state.visitor  # to be looked for again
    return True


def key_of(request: Request) -> Key | None:
    """The token of a call; None for a browser's."""
    return getattr(request.state, "key", None)


def writer(request: Request) -> Visitor:
    """The person who calls, by a token that may change something."""
    visitor = caller(request)
    key = key_of(request)
    if key is None or not key.may_write:
        raise NotAllowed(READ_ONLY)
    return visitor


def in_role(*roles: Role) -> Callable[[Request], Visitor]:
    """A dependency: the person who calls, who must have one of these roles."""
    return _having(caller, roles)


def writer_in(*roles: Role) -> Callable[[Request], Visitor]:
    """A dependency: as `writer`, and with one of these roles."""
    return _having(writer, roles)


def _having(
    find: Callable[[Request], Visitor], roles: Collection[Role]
) -> Callable[[Request], Visitor]:
    def check(request: Request) -> Visitor:
        visitor = find(request)
        if not visitor.has(*roles):
            raise NotAllowed
        return visitor

    return check


Caller = Annotated[Visitor, Depends(caller)]
Writer = Annotated[Visitor, Depends(writer)]

TOKEN_NEEDED = Text(
    "通过接口办理须使用访问令牌，不能凭浏览器登录状态。请在“我的设置—访问令牌”中新建。",
    "To change something by the API, send a token; a browser's session only reads.",
)
READ_ONLY = Text(
    "这个访问令牌只能查看，不能办理。", "This token is for reading; it changes nothing."
)
