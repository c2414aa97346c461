"""What can be done with a project, by whom, and what stands against the rest."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from states.actions import ACTIONS
from states.facts import Facts
from states.findings import Finding
from states.policy import PaperRule
from states.terms import Action, Role, State
from web.api.callers import Caller
from web.api.describing import both, problems
from web.api.problems import FindingOut, finding_out, spoken
from web.api.projects import seen
from web.numbers import Id
from web.site import site_of
from workflow.project import explain
from workflow.project.explain import Stand

routes = APIRouter(tags=[both("办理", "actions")])


class Asked(BaseModel):
    """One thing to fill in."""

    name: str
    kind: str = Field(description="text, line, date, count, yuan, yes, email, account")
    label: str
    required: bool


class AskedPaper(BaseModel):
    """A paper that the policy asks for at this step."""

    key: str
    label: str
    may_follow: bool
    clause: str
    there: bool = Field(description=both("已有", "in the files already"))


class Leg(BaseModel):
    """A step that comes before, and what it lacks."""

    action: str
    who: list[Role]
    lacks: list[FindingOut]


class Option(BaseModel):
    """A step or an act, and how it stands for the caller."""

    action: str
    label: str
    stand: Stand = Field(
        description=both("可以办理、由他人办理、暂不能办理", "open, others, blocked")
    )
    open: bool = Field(description=both("现在可以办理", "can be done now"))
    who: list[Role] = Field(description=both("应由谁办理", "whose turn it is"))
    on_behalf: bool = Field(description=both("须代录（on_behalf）", "open by `on_behalf` alone"))
    needs_second: bool = Field(description=both("须另一人复核", "a second person completes it"))
    completes: bool = Field(description=both("复核他人拟办", "completes what another proposed"))
    ends: str = Field(
        description=both(
            "办理后随之终止的待复核拟办，没有的为空",
            "what waits for a second person and ends undecided by this; or empty",
        )
    )
    reasons: list[FindingOut] = Field(
        description=both("无论填什么都存在的障碍和提示", "what stands whatever is filled in")
    )
    asks: list[FindingOut] = Field(
        description=both("填好表单、附上材料即可解决", "what the form and its papers settle")
    )
    way: list[Leg] = Field(description=both("之前还须办理", "what comes before"))
    fields: list[Asked]
    papers: list[AskedPaper]


class Options(BaseModel):
    id: int
    state: State
    version: int
    actions: list[Option]


@routes.get(
    "/projects/{project_id}/actions",
    summary=both("可以办理什么，为什么不能", "What can be done, and why not"),
    responses=problems(404),
)
def list_actions(request: Request, visitor: Caller, project_id: Id) -> Options:
    site, language = site_of(request), spoken(request)
    with site.db.read() as connection:
        facts, _, version = seen(connection, site, visitor, project_id)
        actor, today = visitor.actor, site.today()
        found = explain.options(connection, site.book, project_id, actor, today=today)
    host = Role.HOST in actor.roles_over(facts)
    actions = [_option(one, facts, language, host=host) for one in found]
    return Options(id=project_id, state=facts.state, version=version, actions=actions)


def _option(one: explain.Option, facts: Facts, language: str, *, host: bool) -> Option:
    def told(found: Iterable[Finding]) -> list[FindingOut]:
        return [finding_out(f, language, host=host) for f in found]

    deed, said = one.deed, explain.ending_of(one, official=not host)
    papers = one.case.category.papers.get(deed, ()) if isinstance(deed, Action) else ()
    return Option(
        action=deed.value,
        label=deed.label.in_(language),
        stand=one.stand,
        open=one.open,
        who=list(one.who),
        on_behalf=one.on_behalf,
        needs_second=one.proposes,
        completes=one.second,
        ends=said.in_(language) if said else "",
        reasons=told((*one.reasons, *one.besides)),
        asks=told(one.asks),
        way=[
            Leg(action=leg.step.value, who=list(leg.who), lacks=told(leg.lacks)) for leg in one.way
        ],
        fields=[
            Asked(name=f.name, kind=f.kind, label=f.label.in_(language), required=f.required)
            for f in ACTIONS[deed].form
        ],
        papers=[_paper(paper, facts, language) for paper in papers],
    )


def _paper(paper: PaperRule, facts: Facts, language: str) -> AskedPaper:
    return AskedPaper(
        key=paper.key,
        label=paper.label.in_(language),
        may_follow=paper.may_follow,
        clause=paper.clause,
        there=paper.key in facts.papers,
    )
