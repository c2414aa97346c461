"""The report, the decision on the money, and the end without any."""

from __future__ import annotations

from states.actions.fields import ACCOUNT, DOCUMENT, MAX_YUAN, REMARK, may, need
from states.actions.row import ActionRow, Batch, Given, taken
from states.facts import Json
from states.findings import Case
from states.rules.dates import not_before_its_time
from states.rules.filing import dated_by_receipt, mended_in_time
from states.rules.money import (
    amount_within_cap,
    ends_without_subsidy,
    flags_disposed,
    fund_has_room,
    has_subsidy,
    promises_kept,
    reported_before_closing,
    reported_in_time,
)
from states.rules.papers import milestones_recorded, papers_present
from states.terms import Action, Text

AMOUNT = need("amount", "yuan", "补助金额（元）", "amount in yuan")


def _report(case: Case, _: int) -> Json:
    changes: Json = {"reported_on": case.facts.reported_on or case.on}
    promised = case.given.get("promised")
    late = [
        paper.key
        for paper in case.category.papers.get(Action.REPORT, ())
        if paper.may_follow and not case.has_paper(paper.key)
    ]
    if promised and late:
        changes["promised"] = {key: promised.isoformat() for key in late}
    if account := taken(case, *(field.name for field in ACCOUNT)):
        changes["account"] = account  # R25-20: the receipt comes with it
    return changes


def _subsidise(case: Case, _: int) -> Json:
    return {"ended_on": case.on, **taken(case, "amount", "document_number")}


def _most(case: Case) -> Given:
    limits = [case.category.cap.value, case.fund_left, int(MAX_YUAN) * 100]
    return {"amount": max(0, min(limit for limit in limits if limit is not None))}


def _close(case: Case, _: int) -> Json:
    return {"ended_on": case.on}


MONEY = (
    ActionRow(
        action=Action.REPORT,
        form=(
            may("promised", "date", "可后补材料的补交日期", "date for papers that may follow"),
            *ACCOUNT,
        ),
        rules=(
            papers_present,
            dated_by_receipt,
            not_before_its_time,
            reported_in_time,
            mended_in_time,
            milestones_recorded,
        ),
        effect=_report,
        receipt=True,
        mends=True,
    ),
    ActionRow(
        action=Action.SUBSIDISE,
        form=(AMOUNT, DOCUMENT),
        rules=(has_subsidy, amount_within_cap, fund_has_room, flags_disposed, promises_kept),
        effect=_subsidise,
        example=_most,
        spends=True,
        batch=Batch(
            Text("补助审定批次", "Subsidies"),
            Text("逐项金额，两人办理", "an amount a line, by two people"),
            shared=("document_number",),
            own=("amount",),
        ),
    ),
    ActionRow(
        action=Action.CLOSE,
        form=(REMARK,),
        rules=(ends_without_subsidy, reported_before_closing, milestones_recorded),
        effect=_close,
        several=True,
    ),
)
