"""Policies: read in words, compared, checked before they are used, saved when they are sound."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from config.errors import ConfigError
from config.policy_reading import ALL, common_lines, differences, document_lines, lines
from states.policy import Policy
from states.terms import Role, Text
from web.pages.admin.tabs import Reads, RuleForm, Rules, room, uploaded
from web.rendering import go
from web.site import Site, site_of
from web.visiting import NotAllowed, values
from workflow.accounts.sessions import Visitor
from workflow.office import policy_desk
from workflow.office.policy_desk import known_policies, known_policy
from workflow.refresh import refresh

routes = APIRouter(include_in_schema=False)
Name = Annotated[str, Query(max_length=100)]


@routes.get("/admin/policies")
def policies(request: Request, visitor: Reads) -> Response:
    return _list(request, visitor)


def _list(request: Request, visitor: Any, status: int = 200, **checked: Any) -> Response:
    site = site_of(request)
    rows = [(name, one, isinstance(one, Policy)) for name, one in known_policies(site.book)]
    nothing: dict[str, Any] = {"problem": None, "sound": None, "against": None, "text": ""}
    own = {path.stem for path in (site.settings.data_dir / "policies").glob("*.toml")}
    saves = visitor.has(Role.ADMIN)
    known: dict[str, Any] = {"rows": rows, "own": own, "saves": saves} | nothing | checked
    return room(request, visitor, "policies.html", status, **known)


@routes.get("/admin/policies/compare")
def compare(request: Request, visitor: Reads, old: Name = "", new: Name = "") -> Response:
    first, second = _policy(request, old), _policy(request, new)
    known: dict[str, Any] = {"old": first, "new": second, "rows": differences(first, second)}
    return room(request, visitor, "policies_compared.html", **known)


@routes.get("/admin/policies/{name}")
def policy(request: Request, visitor: Reads, name: str) -> Response:
    found = _policy(request, name)
    read = [(one.label, lines(one, found)) for one in found.categories.values()]
    parts = [(ALL, common_lines(found)), *read]
    known: dict[str, Any] = {"policy": found, "parts": parts, "documents": document_lines(found)}
    return room(request, visitor, "policy.html", **known)


def _policy(request: Request, name: str) -> Policy:
    found = known_policy(site_of(request).book, name)
    if found is None:
        raise HTTPException(404)
    return found


@routes.post("/admin/policies")
def check(request: Request, visitor: Rules, form: RuleForm) -> Response:
    """Check a file; an administrator may save one that is sound."""
    site, file, saves = site_of(request), uploaded(form), values(form).get("do") == "save"
    if file is None:
        return _list(request, visitor, 422, problem=NO_FILE)
    if saves and not visitor.has(Role.ADMIN):
        raise NotAllowed
    try:
        found = (_save if saves else _checked)(site, visitor, *file)
    except ConfigError as error:
        return _list(request, visitor, 422, problem=error.text)
    if saves:
        return go(request, f"/admin/policies/{found.id}", SAVED.format(id=found.id))
    known = known_policy(site.book, found.id)
    against = differences(known, found) if known else None
    return _list(request, visitor, sound=found, against=against)


def _checked(site: Site, _: Visitor, file: str, content: bytes) -> Policy:
    with site.db.read() as connection:
        return policy_desk.checked(connection, file, content)


def _save(site: Site, visitor: Visitor, file: str, content: bytes) -> Policy:
    folder, by = site.settings.data_dir / "policies", visitor.login
    with site.db.write() as connection:
        found = policy_desk.save(connection, folder, file, content, by=by, at=site.now())
    site.reload()
    refresh(site.db, site.book)
    return found


NO_FILE = Text("请选择政策文件（toml）。", "Choose a policy file (toml).")
SAVED = Text("政策 {id} 已保存并生效，期限已重新推算。", "Policy {id} is saved and holds.")
