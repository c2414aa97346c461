"""Aside from the ordinary course: sent back, ended early, brought back, a proposal ended."""

from __future__ import annotations

from states.actions.fields import MAJEURE, REASON, need
from states.actions.row import SAID, ActionRow, Batch, Given, a_reason, first
from states.choices import REASONS
from states.facts import Json
from states.findings import Case
from states.machine import move
from states.rules.acts import mending_date_ahead, origin_known, proposal_waits, reason_known
from states.terms import Act, Action, Text


def _send_back(case: Case, _: int) -> Json:
    target = move(case.facts.state, Action.SEND_BACK)
    assert target is not None
    return {
        "mend_in": target.value,
        "mend_from": case.on,
        "mend_by": case.given["mend_by"],
        "mend_items": case.given["items"],
        "mend_round": case.facts.mend_round + 1,
        "mended_on": None,
    }


def _by_today(case: Case) -> Given:
    return {"items": SAID, "mend_by": max(case.on, case.today)}


def _reject(case: Case, _: int) -> Json:
    reason = case.policy.reasons[case.given["code"]]
    cited = case.policy.clause_on(reason.clause, case.on)
    said = {
        "state": case.facts.state.value,
        "code": reason.key,
        "clause": cited.id if cited else "",
    }
    return {"ended_on": case.on, "rejected": said | {"text": case.given["text"]}}


def _first_reason(case: Case) -> Given:
    return {"code": first(REASONS, case), "text": SAID}


def _withdraw(case: Case, _: int) -> Json:
    majeure = bool(case.given.get("force_majeure"))
    return {"ended_on": case.on, "force_majeure": majeure or None}


def _reinstate(_: Case, __: int) -> Json:
    return {"ended_on": None, "rejected": None, "amount": None, "force_majeure": None}


def _cancel(_: Case, __: int) -> Json:
    return {"pending": None}


ENDINGS = (
    ActionRow(
        action=Action.SEND_BACK,
        form=(
            need("items", "text", "需补正的内容", "what to mend"),
            need("mend_by", "date", "补正期限", "date to mend by"),
        ),
        rules=(mending_date_ahead,),
        effect=_send_back,
        example=_by_today,
        several=True,
    ),
    ActionRow(
        action=Action.REJECT,
        form=(
            need("code", "text", "不予通过的理由", "reason", REASONS),
            need("text", "text", "理由说明", "explanation"),
        ),
        rules=(reason_known,),
        effect=_reject,
        example=_first_reason,
        batch=Batch(
            Text("不予通过批次", "Refusals"),
            Text("理由和说明", "reason and explanation"),
            shared=("code", "text"),
            own=("code", "text"),
        ),
    ),
    ActionRow(action=Action.WITHDRAW, form=(REASON, MAJEURE), effect=_withdraw, example=a_reason),
    ActionRow(
        action=Action.REINSTATE,
        form=(REASON,),
        rules=(origin_known,),
        effect=_reinstate,
        example=a_reason,
    ),
    ActionRow(
        action=Act.CANCEL,
        form=(REASON,),
        rules=(proposal_waits,),
        effect=_cancel,
        example=a_reason,
    ),
)
