"""Which deed answers what a mail tells of: the form to which its reader is led."""

from __future__ import annotations

from states.decide import who_may
from states.facts import Facts
from states.mending import mends_by
from states.policy import Category
from states.terms import Act, Action, Kind, Role
from states.waiting import waiting

MEETS: dict[Kind, Action | Act] = {
    Kind.APPLICATION: Action.SUBMIT,
    Kind.FILING: Action.FILE,
    Kind.OPENING: Act.CONFIRM_DATES,
    Kind.RECORDING: Action.HOLD,
    Kind.COMPLETION: Action.HOLD,
    Kind.REIMBURSEMENT: Action.REPORT,
}


def answering(kind: Kind, facts: Facts, category: Category, role: Role) -> Action | Act | None:
    """The deed by which a reader in that role meets a deadline of this kind now; None where it is
    not theirs to meet, or no longer there to be met."""
    if role is not Role.HOST:
        own = (one.deed for one in waiting(facts, category) if one.role is role)
        return next(own, None) if kind is Kind.APPLICATION else None
    deed = mends_by(facts, category) if kind is Kind.MENDING else MEETS.get(kind)
    return deed if deed is not None and role in who_may(deed, facts.state) else None
