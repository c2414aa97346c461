"""From the draft to the department's recommendation (R24-01 to R24-13)."""

from __future__ import annotations

from states.actions.fields import Field, may, need
from states.actions.row import SAID, ActionRow, Batch, Given
from states.facts import Json
from states.findings import Case
from states.rules.application import (
    applied_in_time,
    enterprise_qualified,
    judged_by_another,
    reached_in_time,
)
from states.rules.dates import not_before_its_time
from states.rules.filing import mended_in_time
from states.rules.papers import papers_present
from states.terms import Action, Role, Text


def _submit(case: Case, _: int) -> Json:
    return {"submitted_on": case.facts.submitted_on or case.on}


def _review(case: Case, _: int) -> Json:
    return {"reviewed_on": case.on}


def _opinion(_: Case) -> Given:
    # Only the province may take a late one, and says why; from others the field changes nothing.
    return {"opinion": SAID, "late_reason": SAID}


LATE_REASON = Text("逾期受理事由（省厅填写）", "why it is taken late (province)")

APPLICATION = (
    ActionRow(
        action=Action.SUBMIT,
        form=(
            may("enterprise", "yes", "申报单位是否为企业", "the applicant is an enterprise"),
            may("training_qualified", "yes", "具有培训资质", "qualified to train"),
            may("can_invoice", "yes", "能开具培训费发票", "can invoice training fees"),
        ),
        rules=(
            papers_present,
            not_before_its_time,
            enterprise_qualified,
            applied_in_time,
            mended_in_time,
        ),
        effect=_submit,
        receipt=True,
        mends=True,
    ),
    ActionRow(
        action=Action.REVIEW,
        form=(
            need("opinion", "text", "审核意见", "opinion"),
            Field("late_reason", "text", LATE_REASON, by=Role.PROVINCE),
        ),
        rules=(judged_by_another, reached_in_time),
        effect=_review,
        example=_opinion,
        weighs=True,
        internal=frozenset({"opinion", "late_reason"}),
        batch=Batch(
            Text("审核推荐批次", "Recommendations"),
            Text("排序、统一意见、一份盖章推荐函", "ranking, one opinion, one stamped letter"),
            shared=("opinion", "late_reason"),
            own=("opinion",),
            letter=True,
        ),
        several=True,
    ),
)
