"""On what a deadline rests, the same in mails, calendars and on the timetable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from states.consequence import consequence, stated_in
from states.facts import Facts
from states.labels import SUGGESTED, is_national_money
from states.mailing import plan_came_late
from states.places import place
from states.policy import Category, Clause, PaperRule, Policy
from states.terms import Action, Basis, Force, Kind, Text, day_label


class Ground(NamedTuple):
    """Where it stands, ready to print, and what it says there; both empty where nothing asks."""

    place: Text
    rule: Text


NOTHING = Text("", "")
NONE = Ground(NOTHING, NOTHING)
HANDED_IN = {Kind.FILING: Action.FILE, Kind.REIMBURSEMENT: Action.REPORT}


def ground(policy: Policy, category: Category, kind: Kind, clause_id: str, on: date) -> Ground:
    """The clause of a deadline as it can be cited on a day, or, where none asks for it, that we
    assume it.

    An opening rests on what is to be told beforehand if it changes; a record on nothing.
    """
    rule = category.deadline(kind)
    if rule is not None and rule.note is not None:
        return Ground(SUGGESTED, rule.note)
    if kind is Kind.OPENING:
        return cite(policy, policy.duties.get("change_in_advance", ""), on)
    known = policy.clauses.get(clause_id)
    if known and not known.existed(on):  # a later year's, by which we only go
        return Ground(SUGGESTED, known.rule)
    return cite(policy, clause_id, on)


def cite(policy: Policy, clause_id: str, on: date) -> Ground:
    """Where a clause stands, for what is done on a day: no document is cited before it existed."""
    clause = policy.clause_on(clause_id, on)
    return Ground(cited(clause), clause.rule) if clause else NONE


def cited(clause: Clause) -> Text:
    """Where it stands; of a document that does not speak of this year, that we go by it."""
    where = place(clause)
    said = Text(f"{where.zh}（{clause.id}）", f"{where.en} ({clause.id})")
    return BY_ANALOGY.format(place=said) if clause.basis is Basis.ASSUMED else said


BY_ANALOGY = Text("参照{place}", "going by the {place}")


def if_late(policy: Policy, category: Category, kind: Kind, on: date) -> Text:
    """What a delay may lead to, with the clause that states it; or nothing."""
    what = consequence(policy, category, kind)
    where = cite(policy, stated_in(category, kind), on).place
    return WITH_PLACE.format(what=what, place=where) if what.zh and where.zh else what


WITH_PLACE = Text("依据{place}，{what}", "{what}; see the {place}")


def papers(category: Category, kind: Kind) -> tuple[PaperRule, ...]:
    """The papers that this kind of deadline asks for."""
    step = HANDED_IN.get(kind)
    return category.papers.get(step, ()) if step else ()


def listed(asked: Iterable[PaperRule]) -> Text:
    labels = [paper.label for paper in asked]
    return Text("、".join(one.zh for one in labels), ", ".join(one.en for one in labels))


def granted(facts: Facts, category: Category, kind: Kind) -> Text:
    """The later day that the province granted, and what that does not change; or nothing."""
    extended = facts.extended.get(kind.value)
    if not extended:
        return NOTHING
    said = GRANTED.format(day=day_label(date.fromisoformat(extended["due_on"])))
    if not centre_stays(category, kind):
        return said
    more = CENTRE_STAYS.format(addressee=category.addressee)
    return Text(f"{said.zh}；{more.zh}", f"{said.en}; {more.en}")


def centre_stays(category: Category, kind: Kind) -> bool:
    """R25-15b, R25-15c: whether the ministry's centre keeps its own conditions."""
    return kind in (Kind.COMPLETION, Kind.REIMBURSEMENT) and is_national_money(category)


def came_late(facts: Facts, kind: Kind, force: str, late_after: date) -> Text:
    """That the plan came after the last day for the filing that it asks for; or nothing."""
    if kind is not Kind.FILING or force == Force.ADVISORY:
        return NOTHING
    return CAME_LATE if plan_came_late(facts, late_after) else NOTHING


CAME_LATE = Text(
    "计划下达晚于备案期限，不归责于承办单位，请尽快报送",
    "the plan came after this date, which is not the host's fault: please file soon",
)
GRANTED = Text("省厅已同意延长至{day}", "extended by the province to {day}")
CENTRE_STAYS = Text(
    "省厅延长期限不改变{addressee}的资助条件，请先与其沟通",
    "an extension by the province does not change the conditions of {addressee}; consult it first",
)
