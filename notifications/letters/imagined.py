"""An event that a project has not seen: what a notice would tell of it, for a preview."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from notifications.letters.notices import NOTICES
from notifications.letters.story import Story
from states.facts import Facts, Json
from states.mailing import PARTING
from states.policy import Category, Policy
from states.terms import REJECTED_AS, Act, Action, Kind, Role, State, deed_of

PLACEHOLDER = "（示例）"


def imagined(notice: str, facts: Facts, policy: Policy, role: Role, today: date) -> Story:
    """The story of a deed done today with sample values."""
    deed = _deed(notice)
    category = policy.categories[facts.category]
    source = facts.state
    if deed is Action.REJECT and source not in REJECTED_AS:
        source = State.PLANNED
    if deed is Action.SUBMIT:
        source = State.DRAFTED
    asked = category.papers.get(deed, ()) if isinstance(deed, Action) else ()
    papers: Json = {paper.key: {} for paper in asked}  # all that the step asks for came in
    return Story(
        deed=deed,
        notice=_notice(notice, category),
        source=source,
        on=today,
        on_behalf=False,
        given=_given(facts, policy, source, today),
        changes={"amount": category.cap.value or 0, "papers": papers},
        facts=facts,
        before=_proposed(facts, today) if deed is Act.CANCEL else facts,
        after=replace(facts, papers={**facts.papers, **papers}),
        policy=policy,
        category=category,
        role=role,
    )


def _proposed(facts: Facts, today: date) -> Facts:
    """With something that waits for a second person."""
    said = {"deed": Action.WITHDRAW.value, "by": "", "given": {}, "on": today.isoformat()}
    return replace(facts, pending=said)


def _notice(notice: str, category: Category) -> str:
    """What the deed is called: a general notice becomes one that follows it."""
    if notice == "receipt":
        return Action.FILE.value
    if notice == Act.MILESTONE and category.milestones:
        keys = [rule.key for rule in category.milestones]
        return next((key for key in keys if key not in NOTICES), keys[0])
    return notice


def _deed(notice: str) -> Action | Act:
    if notice == "receipt":
        return Action.FILE
    with suppress(ValueError):
        return deed_of(notice.removesuffix(PARTING))
    return Act.MILESTONE


def _given(facts: Facts, policy: Policy, source: State, today: date) -> Json:
    by = (today + timedelta(days=7)).isoformat()
    codes = [reason.key for reason in policy.reasons.values() if source in reason.states]
    return {
        "items": PLACEHOLDER,
        "mend_by": by,
        "code": (codes or list(policy.reasons))[0],
        "text": PLACEHOLDER,
        "reason": PLACEHOLDER,
        "number": facts.number or 1,
        "document_number": PLACEHOLDER,
        "kind": Kind.FILING.value,
        "due_on": by,
        "evidence": PLACEHOLDER,
        "findings": PLACEHOLDER,
    }
