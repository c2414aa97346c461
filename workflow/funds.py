"""What money is left of a provincial fund."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from states.facts import Facts
from states.policy import Policy
from states.terms import State
from workflow.holding import hold
from workflow.tables import PROJECT


def fund_left(
    connection: Connection, policy: Policy, facts: Facts, project_id: int, *, lock: bool = True
) -> int | None:
    """What the other projects leave to this one of the provincial fund, in fen; None where its
    budget is not known. `lock`: no other transaction spends from it until this one ends."""
    key = policy.categories[facts.category].fund or ""
    fund = policy.funds.get(key)
    if fund is None or not fund.provincial or fund.budget.value is None:
        return None
    if lock:
        hold(connection, f"fund:{policy.id}:{key}")
    paying = [c.key for c in policy.categories.values() if c.fund == key]
    amounts = connection.execute(
        select(PROJECT.c.facts)
        .where(PROJECT.c.policy == facts.policy, PROJECT.c.state == State.SUBSIDISED.value)
        .where(PROJECT.c.category.in_(paying), PROJECT.c.id != project_id)
    ).scalars()
    spent: int = sum(json.loads(text).get("amount", 0) for text in amounts)
    return fund.budget.value - spent
