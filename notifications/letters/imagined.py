"""An event that a project has not seen: what a notice would tell of it, for a preview."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from notifications.letters.story import Story
from states.facts import Facts, Json
from states.mailing import PARTING
from states.policy import Policy
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
    return Story(
        deed=deed,
        notice="file" if notice == "receipt" else notice,
        source=source,
        on=today,
        on_behalf=False,
        given=_given(facts, policy, source, today),
        changes={"amount": category.cap.value or 0, "papers": {}},
        facts=facts,
        before=facts,
        after=facts,
        policy=policy,
        category=category,
        role=role,
    )


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
    }
