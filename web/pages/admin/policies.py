"""Policies: read in words, compared, checked before they are used, saved when they are sound."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from config.errors import ConfigError
from config.policy_files import policy_ids, read_policy
from config.policy_reading import differences, lines
from states.policy import Policy
from states.terms import Role, Text
from web.pages.admin.tabs import Reads, RuleForm, Rules, room, uploaded
from web.rendering import go
from web.site import Site, site_of
from web.visiting import NotAllowed, values
from workflow.office_log import note
from workflow.refresh import categories_in_use, refresh
from workflow.whole_files import write_whole

routes = APIRouter(include_in_schema=False)
Name = Annotated[str, Query(max_length=100)]


def _known(site: Site) -> list[tuple[str, Policy | Text]]:
    """Each policy, or why it cannot be read."""
    found: list[tuple[str, Policy | Text]] = []
    for name in policy_ids(site.book.own_policies):
        try:
            found.append((name, site.book.policy(name)))
        except ConfigError as error:
            found.append((name, error.text))
    return found


@routes.get("/admin/policies")
def policies(request: Request, visitor: Reads) -> Response:
    return _list(request, visitor)


def _list(request: Request, visitor: Any, status: int = 200, **checked: Any) -> Response:
    site = site_of(request)
    rows = [(name, one, isinstance(one, Policy)) for name, one in _known(site)]
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
    read = [(one, lines(one, found)) for one in found.categories.values()]
    return room(request, visitor, "policy.html", policy=found, categories=read)


def _policy(request: Request, name: str) -> Policy:
    site = site_of(request)
    if name not in policy_ids(site.book.own_policies):
        raise HTTPException(404)
    try:
        return site.book.policy(name)
    except ConfigError:
        raise HTTPException(404) from None


@routes.post("/admin/policies")
def check(request: Request, visitor: Rules, form: RuleForm) -> Response:
    """Check a file; an administrator may save one that is sound."""
    site, file, saves = site_of(request), uploaded(form), values(form).get("do") == "save"
    if file is None:
        return _list(request, visitor, 422, problem=NO_FILE)
    if saves and not visitor.has(Role.ADMIN):
        raise NotAllowed
    try:
        found = read_policy(file[0], file[1])
        _fits(site, found)
    except ConfigError as error:
        return _list(request, visitor, 422, problem=error.text)
    if not saves:
        known = found.id in policy_ids(site.book.own_policies)
        against = differences(site.book.policy(found.id), found) if known else None
        return _list(request, visitor, sound=found, against=against)
    folder = site.settings.data_dir / "policies"
    folder.mkdir(mode=0o700, exist_ok=True)
    write_whole(folder / f"{found.id}.toml", file[1])
    site.reload()
    refresh(site.db, site.book)
    with site.db.write() as connection:
        detail, at = f"{file[0]} {found.digest[:12]}", site.now()
        note(connection, visitor.login, "policy_saved", about=found.id, detail=detail, at=at)
    return go(request, f"/admin/policies/{found.id}", SAVED.format(id=found.id))


def _fits(site: Site, found: Policy) -> None:
    """Projects on the books keep their category: one that is in use must not go."""
    with site.db.read() as connection:
        used = categories_in_use(connection, found.id)
    for key in sorted(used - set(found.categories)):
        raise ConfigError(f"{found.id}.toml", f"categories.{key}", IN_USE)


NO_FILE = Text("请选择政策文件（toml）。", "Choose a policy file (toml).")
IN_USE = Text("已有项目属于这一类别，不能取消。", "Projects belong to this category; it must stay.")
SAVED = Text("政策 {id} 已保存并生效，期限已重新推算。", "Policy {id} is saved and holds.")
