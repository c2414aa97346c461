"""Judging an action with what the law alone cannot see: who may, what money is left, whether a name
or number is taken. The rules are in states/; here the case is put together from the database."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.actions import ACTIONS
from states.arrival import received
from states.decide import blocks, chooses_day, judge
from states.example import proposed
from states.facts import Facts, Json
from states.findings import Case, Finding, block
from states.policy import Policy
from states.terms import Role, Text
from workflow.authorise import not_entitled, not_their_mailbox, roles_for, same_hand
from workflow.deeds import Deed
from workflow.funds import fund_left
from workflow.holding import hold
from workflow.identity import identity
from workflow.numbers import NUMBER_TAKEN, holder, list_of, next_free
from workflow.tables import PROJECT


def judged(
    connection: Connection,
    book: Rulebook,
    policy: Policy,
    project_id: int,
    facts: Facts,
    deed: Deed,
    today: date,
    *,
    looking: bool = False,
) -> tuple[Case, list[Finding]]:
    """The case in the first of the person's roles that nothing blocks, else in the first of all.

    `looking`: nothing will be done, so nobody has to wait for the fund, and findings say what
    would be.
    """
    tried = []
    for role in roles_for(deed, facts, policy):
        left = None
        if ACTIONS[deed.what].spends:
            left = fund_left(connection, policy, facts, project_id, lock=not looking)
        same = ACTIONS[deed.what].weighs and same_hand(connection, project_id, deed.by)
        case = _case(
            book, policy, facts, deed, today, role, left=left, supposed=looking, same_hand=same
        )
        findings = judge(case) + not_entitled(connection, case, deed, facts)
        findings += _name_taken(connection, project_id, deed, facts, lock=not looking)
        findings += not_their_mailbox(connection, deed, facts)
        if not looking:  # else its number is one that nobody has typed yet
            findings += _number_taken(connection, project_id, deed, facts)
        if not blocks(findings):
            return case, findings
        tried.append((case, findings))
    return tried[0]


def _case(
    book: Rulebook,
    policy: Policy,
    facts: Facts,
    deed: Deed,
    today: date,
    role: Role,
    *,
    left: int | None,
    supposed: bool,
    same_hand: bool,
) -> Case:
    given = dict(deed.given)
    if facts.awaits(deed.what) and facts.pending["by"] != deed.by.login:
        first = proposed(deed.what, facts).items()
        given = {name: value for name, value in first if name not in RESTATED} | given
    category = policy.categories[facts.category]
    chooses = chooses_day(deed.what, role, category, on_behalf=deed.on_behalf)
    return Case(
        facts=facts,
        policy=policy,
        calendar=book.calendar,
        deed=deed.what,
        role=role,
        today=today,
        on=deed.on if chooses else today,
        given=given,
        papers=frozenset(deed.papers),
        without_file=frozenset(key for key, kept in deed.papers.items() if received(kept)),
        on_behalf=deed.on_behalf,
        fund_left=left,
        supposed=supposed,
        same_hand=same_hand,
    )


RESTATED = frozenset({"amount"})  # the second person writes it again; all else is taken over


def _name_taken(
    connection: Connection, project_id: int, deed: Deed, facts: Facts, *, lock: bool
) -> list[Finding]:
    """A host's projects of one year differ by name. `lock`: nobody else takes the name meanwhile."""
    field = ACTIONS[deed.what].renames
    if field not in deed.given:
        return []
    name, host = deed.given.get("name", facts.name), deed.given.get("host", facts.host)
    wanted = identity(name, host)
    if lock:
        hold(connection, f"name:{facts.year}:{wanted}")
    same = select(PROJECT.c.id).where(
        PROJECT.c.year == facts.year,
        PROJECT.c.identity == wanted,
        PROJECT.c.id != project_id,
    )
    taken = connection.execute(same).scalars().all()
    return [block("name_taken", "", field, NAME_TAKEN.format(id=other)) for other in taken]


def _number_taken(
    connection: Connection, project_id: int, deed: Deed, facts: Facts
) -> list[Finding]:
    """No two projects of a year's list carry one number by a decision made here; what a published
    plan says is taken as it is."""
    gives = ACTIONS[deed.what].numbers
    number = deed.given.get("number", facts.number) if gives and not deed.machine else None
    if number is None:
        return []
    hold(connection, f"numbers:{facts.policy}:{facts.year}")
    category = deed.given.get("category") or facts.category
    other = holder(connection, facts, category, number, but=project_id)
    if other is None:
        return []
    within = list_of(connection, facts, category)
    values = {"number": number, "id": other.id, "name": other.name, "host": other.host}
    said = NUMBER_TAKEN.format(**values, free=next_free(connection, within))
    return [block("number_taken", "", "number", said, who=(Role.PROVINCE,))]


NAME_TAKEN = Text(
    "承办单位本年度已有同名项目（编号{id}）。", "The host has a project of that name: {id}."
)


def add_papers(changes: Json, facts: Facts, deed: Deed, on: date) -> None:
    if deed.papers:
        changes["papers"] = {
            key: {
                **stored,
                "on": on.isoformat(),
                "version": facts.papers.get(key, {}).get("version", 0) + 1,
            }
            for key, stored in deed.papers.items()
        }
