"""The rules: pure functions, each opening with its clause, and the table of which deed asks which.

Clauses are named for 2025 to help the reader; what a finding cites is the clause in the policy, so
another year or province cites its own. All findings are returned, not the first.
"""

from __future__ import annotations

from states.findings import Rule
from states.rules.acts import (
    change_in_advance,
    change_says_what,
    correction_says_what,
    extension_binds,
    extension_fits,
    flag_known,
    handed_to_somebody,
    host_kept,
    mending_date_ahead,
    milestone_known,
    news_to_confirm,
    origin_known,
    proposal_waits,
    reason_known,
    something_supplied,
    told_once,
    transfer_says_where,
)
from states.rules.application import (
    applied_in_time,
    category_differs,
    category_known,
    enterprise_qualified,
    judged_by_another,
    plan_dates_known,
    reached_in_time,
)
from states.rules.chasing import call_again_ahead, channel_known, mending_after_inspection
from states.rules.dates import (
    can_end_in_time,
    confirmed_as_planned,
    dates_in_order,
    not_before_its_time,
)
from states.rules.filing import dated_by_receipt, filed_in_time, mended_in_time
from states.rules.holding import HELD, filed_before_holding, has_ended, held_as_planned
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
from states.rules.papers import (
    form_complete,
    milestones_recorded,
    not_in_the_future,
    papers_known,
    papers_present,
    without_file_on_behalf,
)
from states.terms import Act, Action

EVERY: tuple[Rule, ...] = (
    form_complete,
    not_in_the_future,
    papers_known,
    without_file_on_behalf,
)
RULES: dict[Action | Act, tuple[Rule, ...]] = {
    Action.SUBMIT: (
        papers_present,
        not_before_its_time,
        enterprise_qualified,
        applied_in_time,
        mended_in_time,
    ),
    Action.REVIEW: (judged_by_another, reached_in_time),
    Action.PLAN: (category_known, plan_dates_known, dates_in_order, can_end_in_time),
    Action.FILE: (
        papers_present,
        not_before_its_time,
        filed_in_time,
        mended_in_time,
    ),
    Action.HOLD: (
        dates_in_order,
        has_ended,
        not_before_its_time,
        *HELD,
        filed_before_holding,
        held_as_planned,
        milestones_recorded,
    ),
    Action.REPORT: (
        papers_present,
        dated_by_receipt,
        not_before_its_time,
        reported_in_time,
        mended_in_time,
        milestones_recorded,
    ),
    Action.SUBSIDISE: (
        has_subsidy,
        amount_within_cap,
        fund_has_room,
        flags_disposed,
        promises_kept,
    ),
    Action.CLOSE: (ends_without_subsidy, reported_before_closing, milestones_recorded),
    Action.SEND_BACK: (mending_date_ahead,),
    Action.REJECT: (reason_known,),
    Action.WITHDRAW: (),
    Action.REINSTATE: (origin_known,),
    Act.CONFIRM_DATES: (dates_in_order, can_end_in_time, confirmed_as_planned),
    Act.CHANGE: (change_says_what, dates_in_order, can_end_in_time, change_in_advance),
    Act.POSTPONE: (change_in_advance,),
    Act.EXTEND: (extension_fits, extension_binds),
    Act.TRANSFER: (transfer_says_where, host_kept),
    Act.HAND_OVER: (handed_to_somebody,),
    Act.RECLASSIFY: (category_known, category_differs, can_end_in_time),
    Act.INSPECT: (mending_date_ahead, mending_after_inspection),
    Act.NOTE: (channel_known, call_again_ahead),
    Act.MILESTONE: (milestone_known,),
    Act.CORRECT: (
        correction_says_what,
        dates_in_order,
        has_ended,
        *HELD,
        amount_within_cap,
        fund_has_room,
    ),
    Act.DISPOSE: (flag_known, mending_date_ahead),
    Act.SUPPLY: (something_supplied,),
    Act.CANCEL: (proposal_waits,),
    Act.ANNOUNCE: (told_once,),
    Act.ACKNOWLEDGE: (news_to_confirm,),
}
