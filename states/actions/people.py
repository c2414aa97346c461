"""Whose project it is: another department or host, another contact."""

from __future__ import annotations

from states.actions.fields import CONTACT, DOCUMENT, REASON, may
from states.actions.row import SAID, ActionRow, Given, taken
from states.facts import Json
from states.findings import Case
from states.rules.acts import handed_to_somebody, host_kept, transfer_says_where
from states.terms import Act


def _transfer(case: Case, _: int) -> Json:
    return taken(case, "department", "host")


def _elsewhere(case: Case) -> Given:
    return {"reason": SAID, "department": case.facts.department + SAID}


def _hand_over(case: Case, _: int) -> Json:
    return taken(case, *(field.name for field in CONTACT))


def _somebody(case: Case) -> Given:
    return {"contact_name": case.facts.contact_name + SAID}


PEOPLE = (
    ActionRow(
        action=Act.TRANSFER,
        form=(
            REASON,
            may("department", "line", "主管（推荐）单位", "competent department"),
            may("host", "line", "承办单位", "host unit"),
            DOCUMENT,
        ),
        rules=(transfer_says_where, host_kept),
        effect=_transfer,
        renames="host",
        example=_elsewhere,
        unsettles=True,
    ),
    ActionRow(
        action=Act.HAND_OVER,
        form=(*CONTACT, may("reason", "text", "事由", "reason")),
        rules=(handed_to_somebody,),
        effect=_hand_over,
        example=_somebody,
        begins_with=lambda facts, _: {one.name: getattr(facts, one.name) for one in CONTACT},
        several=True,
    ),
)
