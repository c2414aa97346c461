"""Around the class: the filing before it, its record, what was done beside it, what comes later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from states.actions.dates import planned_days
from states.actions.fields import ENDS, HEADS, OPENS, PLACE, REMARK, may, need
from states.actions.row import ActionRow, Given, first, taken
from states.choices import MILESTONES
from states.facts import Facts, Json
from states.findings import Case
from states.labels import NOTICE
from states.policy import Category, PaperRule
from states.rules.acts import milestone_known, something_supplied
from states.rules.dates import dates_in_order, not_before_its_time
from states.rules.filing import filed_in_time, mended_in_time
from states.rules.holding import HELD, filed_before_holding, has_ended, held_as_planned
from states.rules.papers import milestones_recorded, papers_present
from states.terms import Act, Action, Role
from states.waiting import waiting

ACTUAL = {"opens": "actual_opens", "ends": "actual_ends"}


def _file(case: Case, _: int) -> Json:
    return {"filed_on": case.facts.filed_on or case.on}


def _hold(case: Case, _: int) -> Json:
    given = taken(case, "trainees", "online_trainees", "staff", "place", **ACTUAL)
    return {"held_on": case.on, **given}


def _as_planned(case: Case) -> Given:
    """As planned; a class without a date might have ended today."""
    length = timedelta(days=case.category.usual_days - 1)
    opens, ends = case.facts.opens_earliest, case.facts.planned_ends
    if opens is None or (ends and ends < opens):
        opens, ends = case.today - length, case.today
    least = case.category.figure("min_trainees")
    people = case.facts.planned_trainees or (least.value if least else None) or 30
    heads = {"trainees": people, "online_trainees": 0, "staff": 0}
    return {"opens": opens, "ends": ends or opens + length, **heads}


def _milestone(case: Case, _: int) -> Json:
    said = {"on": case.on.isoformat(), "evidence": case.given.get("evidence", "")}
    return {"milestones": {case.given["name"]: said}}


def _next_milestone(case: Case) -> Given:
    return {"name": first(MILESTONES, case)}


def _who_records(category: Category, given: Mapping[str, Any]) -> tuple[Role, ...]:
    return tuple(one.by for one in category.milestones if one.key == given.get("name"))


def _awaited(facts: Facts, category: Category) -> Given:
    return {"name": next((one.milestone for one in waiting(facts, category)), "")}


def _of_any_step(case: Case) -> tuple[PaperRule, ...]:
    listed = {rule.key: rule for papers in case.category.papers.values() for rule in papers}
    return tuple(listed.values())


def _one_that_lacks(case: Case) -> list[str]:
    lacking = (rule.key for rule in _of_any_step(case) if not case.has_paper(rule.key))
    return [next(lacking, NOTICE)]


HOLDING = (
    ActionRow(
        action=Action.FILE,
        form=(may("lecturers", "text", "授课专家", "lecturers"),),
        rules=(papers_present, not_before_its_time, filed_in_time, mended_in_time),
        effect=_file,
        receipt=True,
        mends=True,
    ),
    ActionRow(
        action=Action.HOLD,
        form=(OPENS, ENDS, *HEADS, PLACE),
        rules=(
            *(dates_in_order, has_ended, not_before_its_time, *HELD),
            *(filed_before_holding, held_as_planned, milestones_recorded),
        ),
        effect=_hold,
        example=_as_planned,
        begins_with=lambda facts, category: {
            **planned_days(facts, category),
            "place": facts.place,
        },
        receipt=True,
    ),
    ActionRow(
        action=Act.MILESTONE,
        form=(
            need("name", "text", "登记事项", "what is recorded", MILESTONES),
            may("evidence", "line", "依据（文号、编号等）", "evidence"),
        ),
        rules=(milestone_known,),
        effect=_milestone,
        example=_next_milestone,
        begins_with=_awaited,
        by=_who_records,
        several=True,
    ),
    ActionRow(
        action=Act.SUPPLY,  # the engine keeps the papers of every action
        form=(REMARK,),
        papers=_of_any_step,
        attaches=_one_that_lacks,
        rules=(something_supplied,),
        receipt=True,
    ),
)
