"""Where the money stands: by fund what is budgeted, capped, proposed, decided and paid; and
what is left to one project."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, cast, func, select, type_coerce

from config.rulebook import Rulebook
from states.facts import Facts
from states.policy import Category, Policy
from states.terms import State, Text
from workflow.holding import hold
from workflow.tables import PROJECT


@dataclass(frozen=True, slots=True)
class FundStand:
    """One fund of one policy, in fen. `budget` and `left` None: not known. `capped`: what its
    projects under way and decided could cost at most; None where a cap is not known."""

    policy: str
    fund: str
    label: Text
    provincial: bool
    budget: int | None
    projects: int = 0
    capped: int | None = 0
    decided: int = 0
    decided_count: int = 0
    paid: int = 0
    paid_count: int = 0

    @property
    def left(self) -> int | None:
        return None if self.budget is None else self.budget - self.decided


OVER = (State.REJECTED.value, State.WITHDRAWN.value, State.CLOSED.value)


def stands(connection: Connection, book: Rulebook, among: ColumnElement[bool]) -> list[FundStand]:
    """Every fund that pays for one of these projects, in one query."""
    paid = _stored(connection, "milestones", "paid", "on").as_string().is_not(None)
    amount = _stored(connection, "amount").as_integer()
    decided = PROJECT.c.state == State.SUBSIDISED.value
    columns = (PROJECT.c.policy, PROJECT.c.category)
    open_ones = (
        select(*columns, func.count().label("n"))
        .where(among, PROJECT.c.state.not_in(OVER))
        .group_by(*columns)
    )
    money = (
        select(*columns, paid.label("paid"), func.count().label("n"), func.sum(amount).label("sum"))
        .where(among, decided)
        .group_by(*columns, paid)
    )
    found: dict[tuple[str, str], FundStand] = {}
    for row in connection.execute(open_ones):
        if (known := _fund(found, book, row)) is not None:
            category = book.policy(row.policy).categories[row.category]
            found[row.policy, known.fund] = _with_projects(known, category, row.n)
    for row in connection.execute(money):
        if (known := _fund(found, book, row)) is not None:
            found[row.policy, known.fund] = _with_money(known, row)
    return list(found.values())


def _stored(connection: Connection, *path: str) -> Any:
    """A fact inside the stored JSON, as each database finds it."""
    if connection.dialect.name == "postgresql":
        return cast(PROJECT.c.facts, JSON)[path]
    return type_coerce(PROJECT.c.facts, JSON)[path]


def _fund(found: dict[tuple[str, str], FundStand], book: Rulebook, row: Any) -> FundStand | None:
    category = book.category(row.policy, row.category)
    if isinstance(category, Text):  # its money cannot be told while its policy cannot be read
        return None
    policy: Policy = book.policy(row.policy)
    fund = policy.funds.get(category.fund or "")
    if fund is None:
        return None
    new = FundStand(policy.id, fund.key, fund.label, fund.provincial, fund.budget.value)
    return found.setdefault((policy.id, fund.key), new)


def _with_projects(known: FundStand, category: Category, n: int) -> FundStand:
    cap = category.cap.value
    unknown = cap is None or known.capped is None
    capped = None if unknown else (known.capped or 0) + (cap or 0) * n
    return replace(known, projects=known.projects + n, capped=capped)


def _with_money(known: FundStand, row: Any) -> FundStand:
    money, n = int(row.sum or 0), row.n
    found = replace(known, decided=known.decided + money, decided_count=known.decided_count + n)
    if row.paid:
        found = replace(found, paid=found.paid + money, paid_count=found.paid_count + n)
    return found


@dataclass(frozen=True, slots=True)
class Share:
    """What a batch would take from a fund, beside what the fund has."""

    stand: FundStand
    asked: int
    lines: int

    @property
    def left_after(self) -> int | None:
        return None if self.stand.left is None else self.stand.left - self.asked

    @property
    def short(self) -> bool:
        after = self.left_after
        return after is not None and after < 0


def shares(stand: Iterable[FundStand], asked: Iterable[tuple[str, str, int]]) -> list[Share]:
    """`asked`: policy, fund and amount of each line."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for policy, fund, amount in asked:
        money, lines = sums.get((policy, fund), (0, 0))
        sums[policy, fund] = (money + amount, lines + 1)
    known = {(one.policy, one.fund): one for one in stand}
    return [Share(known[key], *sums[key]) for key in sums if key in known]


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
