"""The one engine that writes a project: page, API, batch, import and command line go through it.

One transaction holds the compare-and-set on the project's version, the event in the hash-chained
history, the deadlines that follow, and the mail rows. Mail itself goes out later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from config.rulebook import Rulebook
from states.decide import blocks, judge, may_cancel, second_by, who_may
from states.effects import effects
from states.facts import Facts, Json, as_json, merge
from states.findings import Case, Finding, block
from states.lifecycle import STEPS
from states.policy import Policy
from states.rules import HELD
from states.terms import Act, Action, Role, Severity, State, Text
from workflow import deadlines
from workflow.database import Database
from workflow.history import COLUMNS as EVENT_COLUMNS
from workflow.history import dump, event_hash
from workflow.identity import identity
from workflow.outbox import announce_result
from workflow.people import Actor
from workflow.statements import Statement
from workflow.tables import Event, Project

TABLE = Project.__table__  # type: ignore[attr-defined]


class Refused(Exception):
    """The deed is not possible; `findings` say why, with clauses. Nothing was written."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("; ".join(found.message.en for found in findings))


class LostRace(Exception):
    """Somebody else changed the project in between. Nothing was written."""

    def __init__(self, project_id: int) -> None:
        self.text = Text(
            f"项目{project_id}刚被他人办理，请查看最新情况后再办。",
            f"Project {project_id} was just changed by somebody else; look again, then act.",
        )
        super().__init__(self.text.en)


class NoSuchProject(Exception):
    """There is no project of that number."""

    def __init__(self, project_id: int) -> None:
        self.text = Text(
            f"没有编号（id）为{project_id}的项目，请用 yanxiu projects 查看。",
            f"There is no project {project_id}; see `yanxiu projects`.",
        )
        super().__init__(self.text.en)


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody wants to do with a project. Values as read by states.forms.read_form."""

    what: Action | Act
    by: Actor
    given: Mapping[str, Any]
    papers: Mapping[str, Json]  # key -> {sha256, name, size}, already stored
    on: date  # the date that counts
    on_behalf: bool = False  # entered from paper for the host
    machine: bool = False
    seen: int | None = None  # the version that the person was looking at


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a deed. `pending`: it waits for a second person."""

    project_id: int
    version: int
    state: State
    pending: bool
    findings: tuple[Finding, ...]


def perform(
    db: Database, book: Rulebook, project_id: int, deed: Deed, *, today: date, at: datetime
) -> Outcome:
    """Do a deed in a transaction of its own.

    Raises Refused, LostRace or NoSuchProject; then nothing was written. `today` is the Chinese
    calendar day, `at` the aware time of recording.
    """
    with db.write() as connection:
        return perform_in(connection, book, project_id, deed, today=today, at=at)


def perform_in(
    connection: Connection,
    book: Rulebook,
    project_id: int,
    deed: Deed,
    *,
    today: date,
    at: datetime,
    announce: bool = True,
) -> Outcome:
    """Do a deed inside the caller's transaction, which the caller gives up if this raises."""
    row = _load(connection, project_id)
    if deed.seen is not None and deed.seen != row.version:
        raise LostRace(project_id)
    policy = book.policy(row.facts.policy)
    case, findings = _judged(connection, book, policy, row, deed, today)
    findings += _name_taken(connection, project_id, deed, row.facts)
    stopped = blocks(findings)
    if stopped:
        raise Refused(stopped)
    proposing = _needs_second(deed, row.facts)
    if proposing:
        given = {name: as_json(value) for name, value in deed.given.items()}
        said = {"deed": deed.what.value, "by": deed.by.login, "given": given}
        changes: Json = {"pending": said | {"on": deed.on.isoformat()}}
    else:
        changes = effects(case, row.version + 1)
        _add_flags(changes, case, findings)
    _add_papers(changes, row.facts, deed)
    entry = _Entry(project_id, row, deed, case, findings, changes, policy, at)
    facts = _append(connection, entry)
    category = policy.categories[facts.category]
    known_on = today if deed.what is Action.PLAN else None
    deadlines.reconcile(connection, project_id, facts, category, book, known_on=known_on)
    if announce and not proposing and isinstance(deed.what, Action):
        tells = STEPS[row.facts.state, deed.what].tells
        announce_result(connection, project_id, row.version + 1, facts, tells, on=today, at=at)
    return Outcome(project_id, row.version + 1, facts.state, proposing, tuple(findings))


def situation(
    connection: Connection, book: Rulebook, project_id: int
) -> tuple[Facts, Json, int, Policy]:
    """What is known of a project: facts, the same as JSON, version, policy."""
    row = _load(connection, project_id)
    return row.facts, row.stored, row.version, book.policy(row.facts.policy)


@dataclass(frozen=True, slots=True)
class _Row:
    stored: Json
    facts: Facts
    version: int
    head: str


_LOAD = Statement(
    select(TABLE.c.facts, TABLE.c.version, TABLE.c.head).where(TABLE.c.id == bindparam("id"))
)


def _load(connection: Connection, project_id: int) -> _Row:
    rows = _LOAD.run(connection, {"id": project_id})
    if not rows:
        raise NoSuchProject(project_id)
    text, version, head = rows[0]
    stored = json.loads(text)
    return _Row(stored, Facts.read(stored), version, head)


def _judged(
    connection: Connection, book: Rulebook, policy: Policy, row: _Row, deed: Deed, today: date
) -> tuple[Case, list[Finding]]:
    """The case in the first of the person's roles that nothing blocks, else in the first of all."""
    tried = []
    for role in _roles(deed, row.facts, policy):
        case = _case(connection, book, policy, row, deed, today, role)
        findings = judge(case) + _not_entitled(case, deed, row.facts)
        if not blocks(findings):
            return case, findings
        tried.append((case, findings))
    return tried[0]


def _case(
    connection: Connection,
    book: Rulebook,
    policy: Policy,
    row: _Row,
    deed: Deed,
    today: date,
    role: Role,
) -> Case:
    facts = row.facts
    given = dict(deed.given)
    proposal = facts.pending if facts.pending.get("deed") == deed.what.value else {}
    if proposal and proposal["by"] != deed.by.login:
        given = {**_proposed(proposal), **given}
    return Case(
        facts=facts,
        policy=policy,
        calendar=book.calendar,
        deed=deed.what,
        role=role,
        today=today,
        on=deed.on,
        given=given,
        papers=frozenset(deed.papers),
        fund_left=_fund_left(connection, policy, facts) if deed.what is Action.SUBSIDISE else None,
    )


RESTATED = frozenset({"amount"})  # the second person writes it again; all else is taken over


def _proposed(proposal: Json) -> Json:
    dates = {"opens", "ends", "mend_by"}
    return {
        name: date.fromisoformat(value) if name in dates else value
        for name, value in proposal["given"].items()
        if name not in RESTATED
    }


def _roles(deed: Deed, facts: Facts, policy: Policy) -> list[Role]:
    """The roles in which the deed may be done: those of the table's that the person has."""
    if deed.on_behalf:
        return [Role.HOST]
    roles = deed.by.roles_over(facts)
    wanted = who_may(deed.what, facts.state)
    if facts.pending.get("deed") == deed.what.value:
        wanted = second_by(deed.what, facts.state)
    if deed.what is Act.MILESTONE:  # the policy says who records which
        listed = policy.categories[facts.category].milestones
        wanted = tuple(m.by for m in listed if m.key == deed.given.get("name")) or wanted
    if deed.what is Act.CANCEL:
        wanted = may_cancel(facts) or wanted
    return [role for role in wanted if role in roles] or [*roles[:1]] or [Role.AUDITOR]


def _not_entitled(case: Case, deed: Deed, facts: Facts) -> list[Finding]:
    """Scope, entering on behalf, and the second person: what only the engine can see."""
    roles = deed.by.roles_over(facts)
    if not roles:
        return [block("in_scope", "", "person", OUT_OF_SCOPE, who=())]
    if deed.on_behalf and not {Role.COORDINATOR, Role.PROVINCE} & set(roles):
        return [block("on_behalf", "", "person", NOT_ON_BEHALF)]
    if facts.pending.get("deed") != deed.what.value:
        return []
    if facts.pending["by"] == deed.by.login:
        return [block("second_person", "", "person", SAME_PERSON)]
    proposed = facts.pending["given"]
    given = {name: as_json(value) for name, value in case.given.items()}
    differing = sorted(n for n in given | proposed if given.get(n) != proposed.get(n))
    if differing and case.role in second_by(deed.what, facts.state):
        said = OTHER_VALUES.format(names="、".join(differing))
        return [block("second_person", "", differing[0], said)]
    return []


def _name_taken(connection: Connection, project_id: int, deed: Deed, facts: Facts) -> list[Finding]:
    """A host's projects of one year differ by name."""
    if deed.what is not Act.CHANGE or "name" not in deed.given:
        return []
    same = select(TABLE.c.id).where(
        TABLE.c.year == facts.year,
        TABLE.c.identity == identity(deed.given["name"], facts.host),
        TABLE.c.id != project_id,
    )
    taken = connection.execute(same).scalars().all()
    return [block("name_taken", "", "name", NAME_TAKEN.format(id=other)) for other in taken]


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


def _needs_second(deed: Deed, facts: Facts) -> bool:
    second = second_by(deed.what, facts.state)
    return bool(second) and facts.pending.get("deed") != deed.what.value


def _fund_left(connection: Connection, policy: Policy, facts: Facts) -> int | None:
    """What is left of the provincial fund in fen; None where its budget is not known."""
    key = policy.categories[facts.category].fund or ""
    fund = policy.funds.get(key)
    if fund is None or not fund.provincial or fund.budget.value is None:
        return None
    paying = [c.key for c in policy.categories.values() if c.fund == key]
    amounts = connection.execute(
        select(TABLE.c.facts)
        .where(TABLE.c.policy == facts.policy, TABLE.c.state == State.SUBSIDISED.value)
        .where(TABLE.c.category.in_(paying))
    ).scalars()
    spent: int = sum(json.loads(text).get("amount", 0) for text in amounts)
    return fund.budget.value - spent


def _add_flags(changes: Json, case: Case, findings: Sequence[Finding]) -> None:
    """Keep what was flagged until a person disposes of it; drop what a correction has cleared."""
    if case.given.get("undo"):
        return  # judged by facts that are taken back; effects.correct drops their flags
    raised = {
        found.key: {
            "clause": found.clause,
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
    new = {key: said for key, said in raised.items() if kept.get(key, {}).get("zh") != said["zh"]}
    flags: Json = {**changes.get("flags", {}), **new}
    if case.deed is Act.CORRECT:
        judged = {rule.__name__ for rule in HELD}
        flags |= dict.fromkeys(key for key in kept if key in judged and key not in raised)
    if flags:
        changes["flags"] = flags


MOMENTARY = frozenset({"flags_disposed"})  # said when deciding, nothing to keep


def _add_papers(changes: Json, facts: Facts, deed: Deed) -> None:
    if deed.papers:
        changes["papers"] = {
            key: {
                **stored,
                "on": deed.on.isoformat(),
                "version": facts.papers.get(key, {}).get("version", 0) + 1,
            }
            for key, stored in deed.papers.items()
        }


@dataclass(frozen=True, slots=True)
class _Entry:
    project_id: int
    row: _Row
    deed: Deed
    case: Case
    findings: list[Finding]
    changes: Json
    policy: Policy
    at: datetime


EVENT = Statement(insert(Event.__table__), EVENT_COLUMNS)  # type: ignore[attr-defined]
DRAWN = (
    "policy",
    "year",
    "number",
    "name",
    "host",
    "category",
    "department",
    "state",
    "contact_email",
)
_UPDATE = Statement(
    update(TABLE)
    .where(TABLE.c.id == bindparam("row_id"), TABLE.c.version == bindparam("seen"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in (*DRAWN, "identity", "opens", "ends", "facts", "version", "head")
        }
    )
)


def drawn(stored: Json) -> dict[str, Any]:
    """The columns of a project row that are drawn from its facts, for queries."""
    day = date.fromisoformat
    opens = stored.get("actual_opens") or stored.get("opens_earliest")
    ends = stored.get("actual_ends") or stored.get("planned_ends")
    return {
        **{name: stored.get(name) for name in DRAWN},
        "department": stored.get("department", ""),
        "contact_email": stored.get("contact_email", ""),
        "identity": identity(stored["name"], stored["host"]),
        "opens": day(opens) if opens else None,
        "ends": day(ends) if ends else None,
    }


def _append(connection: Connection, entry: _Entry) -> Facts:
    """Write the event and the project row that follows from it; LostRace if it moved on."""
    row, deed, seq = entry.row, entry.deed, entry.row.version + 1
    stored = merge(row.stored, entry.changes)
    facts = Facts.read(stored)
    event = {
        "project_id": entry.project_id,
        "seq": seq,
        "recorded_at": entry.at,
        "on_date": deed.on,
        "deed": deed.what.value,
        "source": row.facts.state.value,
        "target": facts.state.value,
        "person": deed.by.login,
        "role": entry.case.role.value,
        "on_behalf": deed.on_behalf,
        "machine": deed.machine,
        "given": dump({name: as_json(value) for name, value in deed.given.items()}),
        "changes": dump(entry.changes),
        "findings": dump([[f.key, f.clause, f.severity.value] for f in entry.findings]),
        "policy": entry.policy.id,
        "policy_digest": entry.policy.digest,
        "prev": row.head,
    }
    event["hash"] = event_hash(event)
    new = drawn(stored) | {"facts": dump(stored), "version": seq, "head": event["hash"]}
    values = {"row_id": entry.project_id, "seen": row.version}
    values |= {f"new_{name}": value for name, value in new.items()}
    if _UPDATE.change(connection, values) != 1:
        raise LostRace(entry.project_id)
    EVENT.run(connection, event)
    return facts


def amend(
    connection: Connection,
    book: Rulebook,
    project_id: int,
    changes: Json,
    *,
    row: int,
    today: date,
    at: datetime,
) -> None:
    """Take over what a newer plan file says (`row`: its row there), as a change on record."""
    before = _load(connection, project_id)
    policy = book.policy(before.facts.policy)
    given = {"reason": f"导入年度计划第{row}行"}
    deed = Deed(Act.CHANGE, Actor("", "", ()), given, {}, today, machine=True)
    case = Case(before.facts, policy, book.calendar, deed.what, Role.PROVINCE, today, today)
    noted = {"changes": {str(before.version + 1): {"on": today.isoformat(), **given}}}
    entry = _Entry(project_id, before, deed, case, [], changes | noted, policy, at)
    facts = _append(connection, entry)
    deadlines.reconcile(connection, project_id, facts, policy.categories[facts.category], book)
