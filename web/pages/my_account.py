"""One's own account: password, sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from states.terms import Text
from web.rendering import go, page
from web.site import site_of
from web.visiting import posted_by, signed_in, values
from workflow.accounts import passwords
from workflow.accounts.sessions import Visitor

routes = APIRouter(include_in_schema=False)
Me = Annotated[Visitor, Depends(signed_in)]
MyForm = Annotated[FormData, Depends(posted_by(signed_in))]


@routes.get("/me/password", dependencies=[Depends(signed_in)])
def password_form(request: Request) -> Response:
    return page(request, "password.html", problem=None)


@routes.post("/me/password")
def change_password(request: Request, visitor: Me, form: MyForm) -> Response:
    site = site_of(request)
    given = values(form)
    new = given.get("password", "")
    if new != given.get("again"):
        return page(request, "password.html", 422, problem=DIFFER)
    try:
        with site.db.write() as connection:
            passwords.set_password(connection, visitor.person_id, new, at=site.now())
    except passwords.PasswordProblem as problem:
        return page(request, "password.html", 422, problem=problem.text)
    return go(request, "/sign-in", CHANGED)


DIFFER = Text("两次输入的密码不同，请重新输入。", "The two passwords differ; write them again.")
CHANGED = Text("密码已更新，请用新密码登录。", "The password is changed; sign in with it.")
