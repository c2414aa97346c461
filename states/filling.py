"""How somebody would fill in each form properly, from what is known of the project.

Judging this instead of an empty form tells what stands against a deed whatever is filled in. The
texts are place-holders; nothing here is ever stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from states.choices import choices, extendable
from states.findings import Case
from states.form_reading import MAX_YUAN
from states.forms import FORMS
from states.policy import PaperRule
from states.terms import Act, Action, Role

Given = dict[str, Any]
SAID = "…"
NOTICE = "change_notice"  # the paper that goes with a change
LETTER = "recommendation_letter"  # the stamped letter that goes with a recommendation


def filled(case: Case) -> Case:
    """The same deed with its form filled in and the papers that it asks for attached."""
    given = proposed(case) or FILLED.get(case.deed, _nothing)(case)
    return replace(case, given=given, papers=frozenset(missing_papers(case)))


def missing_papers(case: Case) -> list[str]:
    """Keys of what this deed asks for and is not there yet; of a change: the notice itself."""
    if case.deed in (Act.CHANGE, Act.POSTPONE):
        return [NOTICE]
    if case.deed is Act.SUPPLY:
        known = [paper.key for papers in case.category.papers.values() for paper in papers]
        return [next((key for key in known if not case.has_paper(key)), NOTICE)]
    return [paper.key for paper in asked_papers(case) if not case.has_paper(paper.key)]


def asked_papers(case: Case) -> tuple[PaperRule, ...]:
    """The papers that the policy asks for at this step."""
    return case.category.papers.get(case.deed, ()) if isinstance(case.deed, Action) else ()


def proposed(case: Case) -> Given:
    """What the first of two people gave, where this deed waits for the second."""
    if not case.facts.awaits(case.deed):
        return {}
    days = {field.name for field in FORMS[case.deed] if field.kind == "date"}
    given: Mapping[str, Any] = case.facts.pending["given"]
    return {name: date.fromisoformat(v) if name in days else v for name, v in given.items()}


def _nothing(_: Case) -> Given:
    return {}


def _reason(_: Case) -> Given:
    return {"reason": SAID}


def _review(_: Case) -> Given:
    # Only the province may take a late one, and says why; from others the field changes nothing.
    return {"opinion": SAID, "late_reason": SAID}


def _plan(case: Case) -> Given:
    return {"number": case.facts.number or 1} | ({} if _dated(case) else _in_the_year(case))


def _dated(case: Case) -> bool:
    """Whether the planned days hang together as they are."""
    facts = case.facts
    opens, ends = facts.opens_earliest, facts.planned_ends
    if opens is None or opens.year != facts.year:
        return False
    return ends is None or 0 <= (ends - opens).days <= case.category.usual_days + 300


def _in_the_year(case: Case) -> Given:
    """The planned days, or some of the year where they are unknown or out of order."""
    length = timedelta(days=case.category.usual_days - 1)
    if _dated(case):
        opens, ends = case.facts.opens_earliest, case.facts.planned_ends
        assert opens is not None
        return {"opens": opens, "ends": ends or opens + length}
    opens = date(case.facts.year, 6, 2)
    return {"opens": opens, "ends": opens + length}


def _hold(case: Case) -> Given:
    """As planned; a class without a date might have ended today."""
    length = timedelta(days=case.category.usual_days - 1)
    opens, ends = case.facts.opens_earliest, case.facts.planned_ends
    if opens is None or (ends and ends < opens):
        opens, ends = case.today - length, case.today
    least = case.category.figure("min_trainees")
    people = case.facts.planned_trainees or (least.value if least else None) or 30
    heads = {"trainees": people, "online_trainees": 0, "staff": 0}
    return {"opens": opens, "ends": ends or opens + length, **heads}


def _subsidise(case: Case) -> Given:
    limits = [case.category.cap.value, case.fund_left, int(MAX_YUAN) * 100]
    return {"amount": max(0, min(limit for limit in limits if limit is not None))}


def _send_back(case: Case) -> Given:
    return {"items": SAID, "mend_by": max(case.on, case.today)}


def _first(case: Case, name: str, roles: tuple[Role, ...] = ()) -> str:
    """The first that can be chosen; "" where there is nothing, which the rules will say."""
    listed = choices(case.deed, case.facts, case.policy, case.calendar, roles)[name]
    return listed[0][0] if listed else ""


def _reject(case: Case) -> Given:
    return {"code": _first(case, "code"), "text": SAID}


def _change(case: Case) -> Given:
    return {"reason": SAID, "content": SAID} | ({} if _dated(case) else _in_the_year(case))


def _extend(case: Case) -> Given:
    standing = extendable(case.facts, case.category, case.calendar)
    kind, first = next(iter(standing.items()), ("", None))
    until = max(case.today, first.late_after if first else case.today) + timedelta(days=1)
    return {"kind": kind, "due_on": until, "reason": SAID}


def _transfer(case: Case) -> Given:
    return {"reason": SAID, "department": case.facts.department + SAID}


def _hand_over(case: Case) -> Given:
    return {"contact_name": case.facts.contact_name + SAID}


def _milestone(case: Case) -> Given:
    return {"name": _first(case, "name", (case.role,))}


def _correct(case: Case) -> Given:
    return {"reason": SAID, "place": case.facts.place or SAID}


def _dispose(case: Case) -> Given:
    return {"flag": _first(case, "flag"), "outcome": "accepted", "reason": SAID}


def _reclassify(case: Case) -> Given:
    return {"category": _first(case, "category"), "reason": SAID}


def _inspect(_: Case) -> Given:
    return {"findings": SAID}


def _note(case: Case) -> Given:
    return {"channel": _first(case, "channel"), "person": SAID}


FILLED: dict[Action | Act, Callable[[Case], Given]] = {
    Action.REVIEW: _review,
    Action.PLAN: _plan,
    Action.HOLD: _hold,
    Action.SUBSIDISE: _subsidise,
    Action.SEND_BACK: _send_back,
    Action.REJECT: _reject,
    Action.WITHDRAW: _reason,
    Action.REINSTATE: _reason,
    Act.CONFIRM_DATES: _in_the_year,
    Act.CHANGE: _change,
    Act.POSTPONE: _reason,
    Act.EXTEND: _extend,
    Act.TRANSFER: _transfer,
    Act.HAND_OVER: _hand_over,
    Act.MILESTONE: _milestone,
    Act.CORRECT: _correct,
    Act.DISPOSE: _dispose,
    Act.CANCEL: _reason,
    Act.RECLASSIFY: _reclassify,
    Act.INSPECT: _inspect,
    Act.NOTE: _note,
}
