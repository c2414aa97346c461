"""The parts of a deed's form: which fields, which papers, what somebody else has proposed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from states.actions import ACTIONS
from states.actions.fields import ACCOUNT, Field
from states.choices import fitting_reasons
from states.course import is_asked
from states.decide import chooses_day
from states.facts import Facts
from states.labels import (
    deed_name,
    is_national_money,
    paper_labels,
    rejected_label,
    state_label,
)
from states.outlook import ending, outlook
from states.policy import Category, Policy
from states.terms import STAFF, Act, Action, Basis, Role, State, Text
from states.waiting import waiting
from web.pages.deed_unit import pays_to, unit_of
from workflow.judging import RESTATED
from workflow.people import Actor, recipients
from workflow.project.explain import Known, Option, is_personal, option
from workflow.project.seen import is_inside
from workflow.project.told import Line, told


def is_offered(one: Option) -> bool:
    """Whether there is a form for this person, whatever stands against the deed itself."""
    return bool(one.who) and not any(is_personal(finding) for finding in one.standing_blocks)


def around(known: Known, one: Option, actor: Actor) -> dict[str, Any]:
    """What the form asks for, and what stands beside it: what is judged, what would come of it,
    whom it would be told to."""
    facts, category = known.facts, known.policy.categories[known.facts.category]
    view = outlook(one.deed, facts, one.role, known.today) if one.who else None
    fields = fields_now(one)
    enters = not STAFF.isdisjoint(actor.roles_over(facts))
    return {
        "fields": fields if is_offered(one) else (),
        "papers": asked_papers(one),
        "unit": unit_of(known.connection, one.deed, fields, facts, actor),
        "pays_to": pays_to(known.connection, one.deed, facts, actor),
        "before": judged(known, one.deed, actor),
        "claimed": one.deed is Action.REPORT and is_national_money(category),
        "unasked": not is_asked(one.deed, category),
        "view": view,
        "ends": ending(one.deed, facts, category, official=is_inside(actor, facts)),
        "after": after_label(one.deed, facts, known.policy, view.moves_to if view else None),
        "mails": [
            (role, [name for name, _ in recipients(known.connection, role, facts)])
            for role in (view.tells if view else ())
        ],
        "dated": enters
        or chooses_day(one.deed, one.role or Role.HOST, category, on_behalf=one.on_behalf),
        "may_enter": enters and Role.HOST in one.who and not one.on_behalf,
        "proposal": proposal_lines(facts, known.policy, one, inside=is_inside(actor, facts)),
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """A paper that may come with a deed. `there`: what is kept of an earlier version."""

    key: str
    label: Text
    clause: str
    needed: bool
    may_follow: bool
    basis: Basis
    there: dict[str, Any] | None


def asked_papers(one: Option) -> list[Asked]:
    """The papers that may come with an action."""
    facts = one.case.facts
    if one.second:  # what the first person attached holds
        return []
    return [
        Asked(
            rule.key,
            rule.label,
            rule.clause,
            isinstance(one.deed, Action) and rule.key not in facts.papers and not rule.may_follow,
            rule.may_follow,
            rule.basis,
            facts.papers.get(rule.key),
        )
        for rule in ACTIONS[one.deed].papers(one.case)
    ]


def fields_now(one: Option) -> tuple[Field, ...]:
    """What is to be filled in: all of the form that the person has to do with, or what a second
    person has to write again."""
    category = one.case.policy.categories[one.case.facts.category]
    idle = _idle(one, category)
    fields = [f for f in ACTIONS[one.deed].form if f.by in (None, one.role) and f.name not in idle]
    if is_national_money(category):
        fields = [replace(f, label=FUNDED) if f.name == "amount" else f for f in fields]
    return tuple(f for f in fields if f.name in RESTATED or not one.second)


FUNDED = Text("资助金额（元）", "funding in yuan")


def _idle(one: Option, category: Category) -> set[str]:
    """What a report need not say: when papers follow, where none may; an account, where the
    province pays nothing into it (R25-20 asks for it with the receipt of its subsidy)."""
    if one.deed is not Action.REPORT:
        return set()
    papers = ACTIONS[one.deed].papers(one.case)
    follow = set() if any(paper.may_follow for paper in papers) else {"promised"}
    pays = category.ends_in is State.SUBSIDISED and not is_national_money(category)
    return follow if pays else follow | {field.name for field in ACCOUNT}


def said_of(deed: Action | Act, facts: Facts, category: Category, typed: Mapping[str, str]) -> Text:
    """What the form is called; one that records progress by what it records, once that is known."""
    if deed is Act.MILESTONE:
        known = {milestone.key: milestone.label for milestone in category.milestones}
        if label := known.get(typed.get("name", "")):
            return RECORDING.format(label=label)
    return deed_name(deed, facts.state, category)


RECORDING = Text("登记：{label}", "Record: {label}")


def prefilled(deed: Action | Act, facts: Facts, category: Category) -> dict[str, str]:
    """What the form begins with: the planned days, the contact as it is. Money never."""
    found = ACTIONS[deed].begins_with(facts, category)
    return {name: str(value) for name, value in found.items() if value}


def proposal_lines(facts: Facts, policy: Policy, one: Option, *, inside: bool) -> list[Line]:
    """What waits for the second person, without what has to be written again by that person."""
    if not facts.awaits(one.deed) or not (inside or Role.HOST in one.who):
        return []
    given = facts.pending["given"]
    return told(one.deed, given, policy, facts.category)


@dataclass(frozen=True, slots=True)
class Judged:
    """What lies before somebody who has to answer: the papers, and other answers than yes."""

    papers: dict[str, Any]
    labels: dict[str, Text]
    instead: list[Option]


def judged(known: Known, what: Action | Act, actor: Actor) -> Judged | None:
    """For a deed that answers what was handed in, yes or no; None for any other."""
    facts = known.facts
    category = known.policy.categories[facts.category]
    if facts.pending:
        return None
    papers, labels = dict(facts.papers), paper_labels(category)
    if what in NO:
        return Judged(papers, labels, [])
    if what not in {one.deed for one in waiting(facts, category)}:
        return None
    answers = (option(known, deed, actor) for deed in NO)
    return Judged(papers, labels, [one for one in answers if one.open])


NO = (Action.SEND_BACK, Action.REJECT)


def after_label(
    deed: Action | Act, facts: Facts, policy: Policy, state: State | None
) -> Text | None:
    """How the state after the deed is called: a rejection by each ground that may be chosen."""
    if state is None:
        return None
    category = policy.categories[facts.category]
    if deed is Action.REJECT:
        codes = [one.key for one in fitting_reasons(facts, policy, category)]
        ends = dict.fromkeys(rejected_label(facts.state, category, one) for one in codes or [""])
        return Text("”或“".join(one.zh for one in ends), "” or “".join(one.en for one in ends))
    return state_label(replace(facts, state=state, came_from=facts.state), category)
