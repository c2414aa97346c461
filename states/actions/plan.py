"""The annual plan: put in it, put in another category of it, the host told of it."""

from __future__ import annotations

from states.actions.dates import example_dates, given_dates, hang_together
from states.actions.fields import DOCUMENT, NEW_ENDS, NEW_OPENS, REASON, may, need
from states.actions.row import SAID, ActionRow, Batch, Given, first, taken
from states.choices import CATEGORIES, OTHER_CATEGORIES
from states.facts import Json
from states.findings import Case
from states.rules.acts import news_to_confirm, told_once
from states.rules.application import category_differs, category_known, plan_dates_known
from states.rules.dates import can_end_in_time, dates_in_order
from states.terms import Act, Action, Text


def _plan(case: Case, _: int) -> Json:
    given = taken(case, "number", "category", "document_number")
    return {"planned_on": case.on, "known_on": case.on, **given, **given_dates(case)}


def _number(case: Case) -> Given:
    return {"number": case.facts.number or 1} | ({} if hang_together(case) else example_dates(case))


def _reclassify(case: Case, _: int) -> Json:
    return taken(case, "category", "number", "document_number")


def _another(case: Case) -> Given:
    return {"category": first(OTHER_CATEGORIES, case), "reason": SAID}


def _announce(case: Case, _: int) -> Json:
    return {"untold": None, "announced_on": case.on, "acknowledged_on": None}


def _acknowledge(case: Case, _: int) -> Json:
    return {"acknowledged_on": case.on}


PLAN = (
    ActionRow(
        action=Action.PLAN,
        form=(
            need("number", "count", "计划序号", "number in the plan"),
            may("category", "text", "项目类别", "category", CATEGORIES),
            *(NEW_OPENS, NEW_ENDS, DOCUMENT),
        ),
        rules=(category_known, plan_dates_known, dates_in_order, can_end_in_time),
        effect=_plan,
        numbers=True,
        example=_number,
        begins_with=lambda facts, _: {"category": facts.category, "number": facts.number},
        batch=Batch(
            Text("年度计划批次", "Plan list"),
            Text("计划序号、类别、时间、统一文号", "number, category, dates, one document"),
            shared=("document_number",),
            own=("number", "category", "opens", "ends"),
        ),
    ),
    ActionRow(
        action=Act.RECLASSIFY,
        form=(
            need("category", "text", "调整后的项目类别", "new category", OTHER_CATEGORIES),
            may("number", "count", "调整后的计划序号", "its number in the plan there"),
            *(REASON, DOCUMENT),
        ),
        rules=(category_known, category_differs, can_end_in_time),
        effect=_reclassify,
        numbers=True,
        example=_another,
        new_dates=True,
    ),
    ActionRow(action=Act.ANNOUNCE, rules=(told_once,), effect=_announce),
    ActionRow(action=Act.ACKNOWLEDGE, rules=(news_to_confirm,), effect=_acknowledge),
)
