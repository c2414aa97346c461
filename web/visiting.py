"""Who visits: the session behind a cookie, what a page asks of it, and the form that comes with it.

Pages take `Signed` (anybody who is signed in), `allowed(...)` (one of these roles) and, where they
change something, `Posted`: the form, read and found to come from our own page.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hmac import compare_digest
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData

from states.terms import Role, Text
from web.guarding import take_files
from web.site import site_of
from workflow.accounts import sessions
from workflow.accounts.sessions import Visitor
from workflow.storage import DatabaseProblem

SESSION = "yanxiu_session"
CSRF_FIELD, CSRF_HEADER = "csrf", "X-CSRF-Token"
MOST_FILES, MOST_FIELDS, MOST_FIELD = 40, 5000, 256 * 1024
NUL = "\0"  # which nobody types and PostgreSQL cannot store


class NotSignedIn(Exception):
    """Nobody is signed in, or too long ago."""


class NotAllowed(Exception):
    """The visitor may not see or do this; `text` says so."""

    def __init__(self, text: Text | None = None) -> None:
        self.text = text or NOT_YOURS
        super().__init__(self.text.en)


class Forged(Exception):
    """A form without our token: from elsewhere, or from a page of an earlier session."""


NOT_YOURS = Text(
    "您的账号没有办理此事的权限。如确需办理，请与管理员联系。",
    "Your account may not do this. Ask an administrator if you need it.",
)


def find_visitor(request: Request) -> Visitor | None:
    """The visitor behind the session cookie, noted on the request; None if there is none."""
    if hasattr(request.state, "visitor"):
        return request.state.visitor  # type: ignore[no-any-return]
    site = site_of(request)
    request.state.visitor = None
    secret = request.cookies.get(SESSION, "")
    if not secret:
        return None
    at = site.now()
    with site.db.read() as connection:
        site.follow(connection)
        found = sessions.visitor(connection, secret, at=at)
    if found is None:
        return None
    visitor, worth_noting = found
    if worth_noting:
        # Nobody waits for that: who only reads need not be able to write.
        with suppress(DatabaseProblem), site.db.write(alone=False, patience=0) as connection:
            sessions.note_visit(connection, visitor.session, at=at)
    request.state.visitor = visitor
    return visitor


def signed_in(request: Request) -> Visitor:
    """The visitor, who must be signed in."""
    visitor = find_visitor(request)
    if visitor is None:
        raise NotSignedIn
    return visitor


def at_work(request: Request) -> Visitor:
    """The visitor, who need not choose a password first."""
    visitor = signed_in(request)
    if visitor.must_change:
        raise MustChange
    return visitor


class MustChange(Exception):
    """The password was set by somebody else and is to be replaced first."""


def allowed(*roles: Role) -> Callable[[Request], Visitor]:
    """A dependency: the visitor, who must have one of these roles."""

    def check(request: Request) -> Visitor:
        visitor = at_work(request)
        if not visitor.has(*roles):
            raise NotAllowed
        return visitor

    return check


async def posted(request: Request) -> FormData:
    """The form of a request, which must carry the session's token."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        take_files(request)
    form = await request.form(
        max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_FIELD
    )
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    given = form.get(CSRF_FIELD) or request.headers.get(CSRF_HEADER) or ""
    expected = visitor.csrf if visitor else ""
    if not expected or not compare_digest(str(given).encode(), expected.encode()):
        raise Forged
    if any(NUL in str(part) for pair in form.multi_items() for part in pair):
        raise HTTPException(400)
    return form


def values(form: FormData) -> dict[str, str]:
    """The text fields of a form, the last of each name, without the token and files."""
    return {
        name: value
        for name, value in form.multi_items()
        if isinstance(value, str) and name != CSRF_FIELD
    }


Signed = Annotated[Visitor, Depends(at_work)]


def posted_by(who: Callable[[Request], Visitor]) -> Any:
    """The form of somebody with a right to send it: asks for the visitor first."""

    # As a default, because an annotation that names `who` cannot be read later.
    async def read(request: Request, _: Visitor = Depends(who)) -> FormData:  # noqa: B008
        return await posted(request)

    return read


Posted = Annotated[FormData, Depends(posted_by(at_work))]
