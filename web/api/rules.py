"""What follows from the rules: deadlines of a class, and when its reminders go out."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from states.calculus import Dates, deadlines_of
from states.form_reading import Problem
from states.terms import OFFICIALS, Kind, Role, Text
from web.api.callers import Caller, in_role
from web.api.describing import both, problems
from web.api.policies import policy_of
from web.api.problems import Unfit, spoken
from web.api.shapes import Deadline
from web.site import site_of
from workflow.mail.log import step_label

routes = APIRouter(tags=[both("政策和期限", "rules")])
Day = Annotated[date, Query(ge=date(1990, 1, 1), lt=date(2200, 1, 1))]


class Deadlines(BaseModel):
    items: list[Deadline]


@routes.get(
    "/deadlines",
    summary=both("推算期限", "Compute deadlines"),
    description=both(
        "按政策推算一个班的各项期限，附推算过程；不写入任何内容。",
        "Every deadline of a class on these days, with its derivation; writes nothing.",
    ),
    responses=problems(404),
)
def compute(
    request: Request,
    _: Caller,
    policy: Annotated[str, Query(max_length=80)],
    category: Annotated[str, Query(max_length=80)],
    opens: Day,
    ends: Annotated[date | None, Query(ge=date(1990, 1, 1), lt=date(2200, 1, 1))] = None,
) -> Deadlines:
    site, language = site_of(request), spoken(request)
    found = policy_of(site.book, policy).categories.get(category)
    if found is None:
        raise Unfit([Problem("category", NO_CATEGORY)])
    if ends is not None and ends < opens:
        raise Unfit([Problem("ends", BACKWARDS)])
    dates = Dates(opens, opens, ends, opens, ends)
    return Deadlines(
        items=[
            Deadline(
                kind=one.kind,
                label=one.kind.label.in_(language),
                due_on=one.due.due_on,
                advised_on=one.due.advised_on,
                force=one.force,
                provisional=one.provisional,
                clause=one.clause,
                trace=[step.in_(language) for step in one.due.trace],
            )
            for one in deadlines_of(found, dates, site.book.calendar)
        ]
    )


class StepOut(BaseModel):
    """A step of a ladder: when, and who is told."""

    step: str = Field(
        description=both(
            "D-7：建议报送日前7天；D+3：截止日后3天",
            "D-7: 7 days before the advised day; D+3: 3 days after the due day",
        )
    )
    label: str
    tells: list[Role]


class LadderOut(BaseModel):
    kind: Kind
    label: str
    steps: list[StepOut]


class Ladders(BaseModel):
    items: list[LadderOut]


@routes.get(
    "/ladders",
    summary=both("提醒安排", "When reminders go out"),
    dependencies=[Depends(in_role(*OFFICIALS))],
    responses=problems(),
)
def list_ladders(request: Request) -> Ladders:
    language = spoken(request)
    found = []
    for kind, ladder in site_of(request).book.ladders.items():
        steps = [
            StepOut(step=r.key, label=step_label(r.key).in_(language), tells=list(r.tells))
            for r in ladder.rungs
        ]
        found.append(LadderOut(kind=kind, label=kind.label.in_(language), steps=steps))
    return Ladders(items=found)


NO_CATEGORY = Text("这项政策没有这个项目类别。", "The policy has no such category.")
BACKWARDS = Text("结束日早于开班日，请核对。", "The last day is before the first.")
