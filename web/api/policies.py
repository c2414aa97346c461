"""Policies: read, compared, checked before they are used, saved by an administrator."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from config.errors import ConfigError
from config.rulebook import Rulebook
from config.toml_text import LARGEST
from states.comparing import differences
from states.form_reading import Problem
from states.policy import Policy
from states.terms import OFFICE, Role
from web.api.callers import Caller, writer_in
from web.api.describing import IdempotencyKey, both, problems
from web.api.once import once
from web.api.policy_shapes import (
    DifferenceOut,
    PolicyOut,
    PolicySummary,
    difference_out,
    policy_out,
    summary_out,
)
from web.api.problems import Unfit, spoken
from web.site import site_of
from workflow.accounts.sessions import Visitor
from workflow.office import policy_desk
from workflow.office.policy_desk import known_policies, known_policy
from workflow.refresh import refresh

routes = APIRouter(tags=[both("政策和期限", "rules")])
PolicyId = Annotated[str, Path(max_length=80)]


def policy_of(book: Rulebook, name: str) -> Policy:
    """The policy of that id; 404 where there is none that can be read."""
    found = known_policy(book, name)
    if found is None:
        raise HTTPException(404)
    return found


class Broken(BaseModel):
    """A file of the office that cannot be used, and why."""

    id: str
    problem: str


class Policies(BaseModel):
    items: list[PolicySummary]
    broken: list[Broken]


@routes.get("/policies", summary=both("政策列表", "List policies"), responses=problems())
def list_policies(request: Request, _: Caller) -> Policies:
    language = spoken(request)
    items: list[PolicySummary] = []
    broken: list[Broken] = []
    for name, one in known_policies(site_of(request).book):
        if isinstance(one, Policy):
            items.append(summary_out(one, language))
        else:
            broken.append(Broken(id=name, problem=one.in_(language)))
    return Policies(items=items, broken=broken)


@routes.get(
    "/policies/{policy}",
    summary=both("一项政策的全部规定", "One policy"),
    response_model=PolicyOut,
    responses=problems(404),
)
def show_policy(request: Request, _: Caller, policy: PolicyId) -> dict[str, Any]:
    return policy_out(policy_of(site_of(request).book, policy), spoken(request))


class Differences(BaseModel):
    items: list[DifferenceOut]


@routes.get(
    "/policies/{policy}/diff/{other}",
    summary=both("两项政策的差别", "What differs between two policies"),
    description=both("从 policy 到 other 逐项列出", "from `policy` to `other`, value by value"),
    responses=problems(404),
)
def compare(request: Request, _: Caller, policy: PolicyId, other: PolicyId) -> Differences:
    book = site_of(request).book
    found = differences(policy_of(book, policy), policy_of(book, other))
    return Differences(items=[difference_out(one) for one in found])


class PolicyFile(BaseModel):
    """A policy as its file says it."""

    model_config = ConfigDict(extra="forbid")
    file: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description=both("文件名，用于说明错误所在", "its name, said where something is wrong")
    )
    text: Annotated[str, StringConstraints(max_length=LARGEST)] = Field(
        description=both("文件内容（TOML）", "its content (TOML)")
    )


class Sound(BaseModel):
    """A file that holds, and what it changes in the policy of the same id."""

    policy: PolicySummary
    against: list[DifferenceOut] | None = Field(
        description=both("现行同名政策的差别；没有则为空", "null: there is no policy of that id")
    )


@routes.post(
    "/policies/check",
    summary=both("校验政策文件", "Check a policy file"),
    description=both(
        "不写入任何内容；有误的回答422并说明文件、位置和原因。",
        "Nothing is kept; 422 names the file, the key and the reason.",
    ),
    responses=problems(400),
)
def check(
    request: Request,
    _: Annotated[Visitor, Depends(writer_in(*OFFICE))],
    given: PolicyFile,
) -> Sound:
    site = site_of(request)
    try:
        with site.db.read() as connection:
            found = policy_desk.checked(connection, given.file, given.text.encode())
    except ConfigError as error:
        raise Unfit([Problem("text", error.text)]) from None
    known = known_policy(site.book, found.id)
    against = [difference_out(one) for one in differences(known, found)] if known else None
    return Sound(policy=summary_out(found, spoken(request)), against=against)


@routes.post(
    "/policies",
    summary=both("保存政策（系统管理员）", "Save a policy (administrators)"),
    description=both(
        "校验通过即生效，代替同名政策，并重新推算全部期限。",
        "Checked, then used at once in place of its namesake; deadlines are derived again.",
    ),
    status_code=201,
    response_model=PolicySummary,
    responses=problems(400, 409),
)
def save(
    request: Request,
    visitor: Annotated[Visitor, Depends(writer_in(Role.ADMIN))],
    given: PolicyFile,
    key: IdempotencyKey = None,  # noqa: ARG001 - read by `once`
) -> Response:
    site, language = site_of(request), spoken(request)
    folder, at = site.settings.data_dir / "policies", site.now()

    def work(connection: Connection) -> PolicySummary:
        file, content = given.file, given.text.encode()
        try:
            found = policy_desk.save(connection, folder, file, content, by=visitor.login, at=at)
        except ConfigError as error:
            raise Unfit([Problem("text", error.text)]) from None
        return summary_out(found, language)

    answer = once(request, visitor, given.model_dump_json(), work, status=201)
    site.reload()
    refresh(site.db, site.book)
    return answer
