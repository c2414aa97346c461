"""Judging a deed with what the law alone cannot see: scope, second persons, funds, names.

The rules themselves are in states/; here the case is put together from the database, and what
their findings leave behind (flags, papers) is added to the changes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.arrival import received
from states.decide import blocks, chooses_day, judge, roles_now, second_by
from states.facts import Facts, Json, as_json, merge
from states.findings import Case, Finding, block
from states.forms import FORMS, SETTLED
from states.policy import Policy
from states.settling import settled
from states.terms import STAFF, Act, Action, Entry, Role, Severity, State, Text, deed_of
from workflow.deeds import Deed
from workflow.holding import hold
from workflow.identity import identity
from workflow.numbers import NUMBER_TAKEN, holder, list_of, next_free
from workflow.people import Actor, decider_at, is_one_person
from workflow.tables import EVENT, PROJECT


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
        if deed.what in SPENDS:
            left = fund_left(connection, policy, facts, project_id, lock=not looking)
        reviews = deed.what is Action.REVIEW and facts.state is State.SUBMITTED
        same = reviews and _same_hand(connection, project_id, deed.by)
        case = _case(
            book, policy, facts, deed, today, role, left=left, supposed=looking, same_hand=same
        )
        findings = judge(case) + _not_entitled(connection, case, deed, facts)
        findings += _name_taken(connection, project_id, deed, facts, lock=not looking)
        findings += _not_their_mailbox(connection, deed, facts)
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
    proposal = facts.pending if facts.awaits(deed.what) else {}
    if proposal and proposal["by"] != deed.by.login:
        given = {**_proposed(proposal), **given}
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


def _proposed(proposal: Json) -> Json:
    deed = proposal["deed"]
    form = FORMS[deed_of(deed)]
    dates = {field.name for field in form if field.kind == "date"}
    return {
        name: date.fromisoformat(value) if name in dates else value
        for name, value in proposal["given"].items()
        if name not in RESTATED
    }


def roles_for(deed: Deed, facts: Facts, policy: Policy) -> list[Role]:
    """The roles in which the deed may be done: those of the table's that the person has."""
    if deed.on_behalf:
        return [Role.HOST]
    roles = deed.by.roles_over(facts)
    wanted = roles_now(deed.what, facts)
    if deed.what is Act.MILESTONE:  # the policy says who records which
        listed = policy.categories[facts.category].milestones
        wanted = tuple(m.by for m in listed if m.key == deed.given.get("name")) or wanted
    return [role for role in wanted if role in roles] or [*roles[:1]] or [Role.AUDITOR]


def _same_hand(connection: Connection, project_id: int, by: Actor) -> bool:
    """Whether this person, or somebody of the same mailbox, entered or submitted the project."""
    entered = (*(one.value for one in Entry), Action.SUBMIT.value)
    query = select(EVENT.c.person).where(EVENT.c.project_id == project_id)
    query = query.where(EVENT.c.deed.in_(entered), EVENT.c.person != "").distinct()
    people = connection.execute(query).scalars().all()
    return any(is_one_person(connection, by.login, one) for one in people)


def _not_entitled(connection: Connection, case: Case, deed: Deed, facts: Facts) -> list[Finding]:
    """Scope, entering on behalf, and the second person: what only the engine can see."""
    roles = deed.by.roles_over(facts)
    if not roles:
        return [block("in_scope", "", "person", OUT_OF_SCOPE, who=())]
    if deed.on_behalf and STAFF.isdisjoint(roles):
        return [block("on_behalf", "", "person", NOT_ON_BEHALF)]
    if not facts.awaits(deed.what):
        return []
    if is_one_person(connection, facts.pending["by"], deed.by.login):
        return [block("second_person", "", "person", SAME_PERSON)]
    proposed = facts.pending["given"]
    given = {name: as_json(value) for name, value in case.given.items()}
    differing = sorted(n for n in given | proposed if given.get(n) != proposed.get(n))
    if differing and case.role in second_by(deed.what, facts.state):
        said = OTHER_VALUES.format(names="、".join(differing))
        return [block("second_person", "", differing[0], said)]
    return []


def _name_taken(
    connection: Connection, project_id: int, deed: Deed, facts: Facts, *, lock: bool
) -> list[Finding]:
    """A host's projects of one year differ by name. `lock`: nobody else takes the name meanwhile."""
    fields = {Act.CHANGE: "name", Act.TRANSFER: "host"}
    field = fields.get(deed.what) if isinstance(deed.what, Act) else None
    if field is None or field not in deed.given:
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


def _not_their_mailbox(connection: Connection, deed: Deed, facts: Facts) -> list[Finding]:
    """A contact at the mailbox of somebody who decides on money would be two people in one hand."""
    email = deed.given.get("contact_email")
    if deed.what is not Act.HAND_OVER or not email:
        return []
    name = deed.given.get("contact_name", facts.contact_name)
    whose = decider_at(connection, email, name)
    said = DECIDERS_MAILBOX.format(email=email, name=whose)
    return [block("own_mailbox", "", "contact_email", said)] if whose else []


def _number_taken(
    connection: Connection, project_id: int, deed: Deed, facts: Facts
) -> list[Finding]:
    """No two projects of a year's list carry one number by a decision made here; what a published
    plan says is taken as it is."""
    gives = deed.what in (Action.PLAN, Act.RECLASSIFY)
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


DECIDERS_MAILBOX = Text(
    "{email} 是省厅人员{name}的邮箱，不能作为承办单位联系人的邮箱，请填写联系人本人或单位的邮箱。",
    "{email} is the mailbox of {name}, who decides on money; name an address of the contact or the "
    "unit.",
)
NAME_TAKEN = Text(
    "承办单位本年度已有同名项目（编号{id}）。", "The host has a project of that name: {id}."
)
OUT_OF_SCOPE = Text("该项目不在您的办理范围内。", "This project is outside your scope.")
NOT_ON_BEHALF = Text(
    "只有主管（推荐）单位联系人或省厅可以代录。",
    "Only a coordinator or the province may enter papers on a host's behalf.",
)
SAME_PERSON = Text(
    "该事项由您拟办，须由另一人复核；如需修改，请先撤销（cancel）。",
    "You proposed this; a second person must complete it. To change it, cancel first.",
)
OTHER_VALUES = Text(
    "与拟办内容不一致（{names}），请核对后再复核。",
    "This differs from the proposal ({names}); check and try again.",
)


def needs_second(deed: Deed, facts: Facts) -> bool:
    second = second_by(deed.what, facts.state)
    return bool(second) and not facts.awaits(deed.what)


SPENDS = frozenset({Action.SUBSIDISE, Act.CORRECT})  # a correction may change the amount


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


def add_flags(changes: Json, case: Case, findings: Sequence[Finding]) -> None:
    """Keep what was flagged until a person disposes of it."""
    if case.given.get("undo"):
        return  # judged by facts that are taken back; effects.correct drops their flags
    raised = {
        found.key: {
            "clause": found.clause,
            **({"consequence": found.consequence} if found.consequence else {}),
            "zh": found.message.zh,
            "en": found.message.en,
            "deed": case.deed.value,
            "on": case.on.isoformat(),
        }
        for found in findings
        if found.severity is Severity.FLAG and found.rule not in MOMENTARY
    }
    kept = case.facts.flags
    # Said before in the same words: it stands as it is, disposed of or not.
    new = {key: said for key, said in raised.items() if not _stands(kept.get(key), said)}
    flags: Json = {**changes.get("flags", {}), **new}
    if flags:
        changes["flags"] = flags


def _stands(kept: Json | None, said: Json) -> bool:
    """Whether a flag says this already, and its cause has not been away in between."""
    if kept is None or kept["zh"] != said["zh"]:
        return False
    return bool(kept.get("disposed", {}).get("outcome") != SETTLED)


def settle_flags(changes: Json, case: Case, stored: Json) -> None:
    """Close the flags whose cause the deed has taken away (states/settling.py)."""
    if not case.facts.unsettled:
        return
    after = Facts.read(merge(stored, changes))
    found = settled(case, after, changes.get("flags", {}))
    if found:
        changes["flags"] = {**changes.get("flags", {}), **found}


MOMENTARY = frozenset({"flags_disposed"})  # said when deciding, nothing to keep


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
