"""The one engine that writes a project: page, API, batch, import and command line go through it.

One transaction holds the compare-and-set on the project's version, the event in the hash-chained
history, the deadlines that follow, and the mail rows. Mail itself goes out later.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from config.rulebook import Rulebook
from states.actions import ACTIONS
from states.decide import blocks, sides_of_proposal
from states.discretion import is_internal
from states.effects import effects
from states.facts import Facts, Json, as_json, merge
from states.findings import Case, Finding
from states.in_force import put_out
from states.mailing import PARTS, notice_of, told
from states.outlook import ended, is_seen
from states.policy import Policy
from states.terms import Act, Action, Amendment, Role
from workflow import deadlines
from workflow.authorise import needs_second
from workflow.columns import drawn
from workflow.database import Database
from workflow.deeds import Deed, LostRace, NoSuchProject, Outcome, Refused
from workflow.flags import add_flags, settle_flags
from workflow.history import COLUMNS as EVENT_COLUMNS
from workflow.history import dump, event_hash
from workflow.judging import add_papers, judged
from workflow.mail.outbox import Result, announce_result
from workflow.mail.parting import tell_who_left
from workflow.mail.readdress import follow
from workflow.people import Actor
from workflow.races import has_moved_on
from workflow.statements import Statement
from workflow.tables import EVENT, PROJECT
from workflow.webhooks import ANY_WEBHOOK, queue_calls


def perform(
    db: Database, book: Rulebook, project_id: int, deed: Deed, *, today: date, at: datetime
) -> Outcome:
    """Do a deed in a transaction of its own.

    Raises Refused, LostRace or NoSuchProject; then nothing was written. `today` is the Chinese
    calendar day, `at` the aware time of recording.
    """
    with db.write(alone=False) as connection:
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
    """Do a deed inside the caller's transaction, which the caller gives up if this raises.

    The project is held from its first reading on: of two at once the second waits, and judges by
    what the first has left.
    """
    row = _load(connection, project_id, held=True)
    seen = deed.seen
    if seen is not None and has_moved_on(connection, project_id, seen=seen, version=row.version):
        raise LostRace(project_id)
    policy = book.policy(row.facts.policy)
    case, findings = judged(connection, book, policy, project_id, row.facts, deed, today)
    stopped = blocks(findings)
    if stopped:
        raise Refused(stopped)
    ends = ended(deed.what, row.facts)
    if ends is not None:
        official = case.role is not Role.HOST or deed.on_behalf
        ends = ends if is_seen(row.facts, official=official) else None
        row = _end_proposal(connection, book, row, deed.what, today=today, at=at)
        case = replace(case, facts=row.facts)
    proposing = needs_second(deed, row.facts)
    if proposing:
        given = {name: as_json(value) for name, value in deed.given.items()}
        said = {"deed": deed.what.value, "by": deed.by.login, "given": given}
        changes: Json = {"pending": said | {"on": case.on.isoformat()}}
    else:
        changes = effects(case, row.version + 1)
        add_flags(changes, case, findings)
        corrects = ACTIONS[deed.what].corrects
        changes |= put_out(row.stored, changes, row.version + 1, case.on, corrects=corrects)
    add_papers(changes, row.facts, deed, case.on)
    settle_flags(changes, case, row.stored)
    entry = _Entry(project_id, row, deed, case, findings, changes, policy, at)
    facts = _append(connection, entry)
    category = policy.categories[facts.category]
    # What a plan or a moved date brings is announced by a mail of its own; earlier steps are not.
    known_on = today if deed.what is Action.PLAN or ACTIONS[deed.what].new_dates else None
    deadlines.reconcile(connection, project_id, facts, category, book, known_on=known_on)
    if deed.what in PARTS:
        follow(connection, project_id, row.facts, facts, on=today, at=at)
    if announce and not proposing:
        tells = told(deed.what, row.facts, facts, case.role, today, on_behalf=deed.on_behalf)
        notice = notice_of(deed.what, case.given)
        result = Result(project_id, row.version + 1, deed.what, notice)
        announce_result(connection, result, facts, tells, on=today, at=at)
        if deed.what in PARTS:
            tell_who_left(connection, result, row.facts, facts, on=today, at=at)
    said_of = (facts.state, proposing, tuple(findings), case.on, ends)
    return Outcome(project_id, row.version + 1, *said_of)


def _end_proposal(
    connection: Connection,
    book: Rulebook,
    row: _Row,
    by: Action | Act | Amendment,
    *,
    today: date,
    at: datetime,
) -> _Row:
    """Put on record that what was proposed is overtaken by another step, and tell both sides; the
    project as it stands then. Nobody did it: it follows from that step."""
    policy, sides = book.policy(row.facts.policy), sides_of_proposal(row.facts)
    role = Role.HOST if Role.HOST in sides else Role.PROVINCE
    given = {"proposal": row.facts.pending["deed"], "overtaken_by": by.value}
    deed = Deed(Act.CANCEL, Actor("", "", ()), given, {}, today, machine=True)
    case = Case(row.facts, policy, book.calendar, deed.what, role, today, today)
    facts = _append(
        connection,
        _Entry(row.id, row, deed, case, [], effects(case, row.version + 1), policy, at),
    )
    ended = Result(row.id, row.version + 1, Act.CANCEL, Act.CANCEL.value)
    announce_result(connection, ended, facts, sides, on=today, at=at)
    return _load(connection, row.id, held=True)


def situation(
    connection: Connection, book: Rulebook, project_id: int
) -> tuple[Facts, Json, int, Policy]:
    """What is known of a project: facts, the same as JSON, version, policy."""
    row = _load(connection, project_id)
    return row.facts, row.stored, row.version, book.policy(row.facts.policy)


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    stored: Json
    facts: Facts
    version: int
    head: str
    watched: bool  # whether there are webhooks; asked along, because a step would feel the question


_ONE = select(
    PROJECT.c.facts, PROJECT.c.version, PROJECT.c.head, ANY_WEBHOOK.label("watched")
).where(PROJECT.c.id == bindparam("id"))
_LOAD, _HOLD = Statement(_ONE), Statement(_ONE.with_for_update(of=PROJECT))


def _load(connection: Connection, project_id: int, *, held: bool = False) -> _Row:
    """The project as it stands; `held`: until the transaction ends nobody else changes it."""
    rows = (_HOLD if held else _LOAD).run(connection, {"id": project_id})
    if not rows:
        raise NoSuchProject(project_id)
    text, version, head, watched = rows[0]
    stored = json.loads(text)
    return _Row(project_id, stored, Facts.read(stored), version, head, watched)


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
    amendment: Amendment | None = None  # what the event is, where it is nobody's deed


APPEND = Statement(insert(EVENT), EVENT_COLUMNS)


@cache
def _update(changed: tuple[str, ...]) -> Statement:
    """The compare-and-set that sets these columns; one that is not named costs no index."""
    return Statement(
        update(PROJECT)
        .where(PROJECT.c.id == bindparam("row_id"), PROJECT.c.version == bindparam("seen"))
        .values({name: bindparam(f"new_{name}") for name in changed})
    )


def redraw(connection: Connection, row: Any, facts: Facts, policy: Policy) -> None:
    """Draw the columns of a whole project row again: whose move it is follows from the rules too,
    and a new version of the tables has columns that nobody has drawn yet."""
    wanted = drawn(json.loads(row.facts), facts, policy)
    changed = {name: value for name, value in wanted.items() if value != getattr(row, name)}
    if changed:
        connection.execute(update(PROJECT).where(PROJECT.c.id == row.id).values(changed))


def _append(connection: Connection, entry: _Entry) -> Facts:
    """Write the event and the project row that follows from it; LostRace if it moved on."""
    row, deed, seq = entry.row, entry.deed, entry.row.version + 1
    stored = merge(row.stored, entry.changes)
    facts = Facts.read(stored)
    event: dict[str, Any] = {
        "project_id": entry.project_id,
        "seq": seq,
        "recorded_at": entry.at,
        "on_date": entry.case.on,
        "deed": (entry.amendment or deed.what).value,
        "source": row.facts.state.value,
        "target": facts.state.value,
        "person": deed.by.login,
        "role": entry.case.role.value,
        "on_behalf": deed.on_behalf,
        "machine": deed.machine,
        "let_in_by": deed.by.let_in_by,
        "given": dump(dict(deed.given)),
        "changes": dump(entry.changes),
        "findings": dump([[f.key, f.clause, f.severity.value] for f in entry.findings]),
        "policy": entry.policy.id,
        "policy_digest": entry.policy.digest,
        "prev": row.head,
    }
    event["hash"] = event_hash(event)
    before = drawn(row.stored, row.facts, entry.policy)
    after = drawn(stored, facts, entry.policy)
    new = {name: value for name, value in after.items() if value != before[name]}
    new |= {"facts": dump(stored), "version": seq, "head": event["hash"]}
    values = {"row_id": entry.project_id, "seen": row.version}
    values |= {f"new_{name}": value for name, value in new.items()}
    if _update(tuple(new)).change(connection, values) != 1:
        raise LostRace(entry.project_id)
    APPEND.run(connection, event)
    if row.watched:
        internal = is_internal(event["deed"], event["role"], deed.given, entry.changes)
        queue_calls(connection, event, before=row.stored, after=stored, internal=internal)
    return facts


def amend(
    connection: Connection,
    book: Rulebook,
    project_id: int,
    changes: Json,
    *,
    what: Amendment,
    row: int,
    differs: str,
    today: date,
    at: datetime,
) -> None:
    """Take over what a plan file says, as what it is: the plan's own content.

    `row`: its row in the file; `differs`: what it says otherwise than was known, empty if nothing.
    """
    before = _load(connection, project_id, held=True)
    if before.facts.pending and changes:
        before = _end_proposal(connection, book, before, what, today=today, at=at)
    policy = book.policy(before.facts.policy)
    given = {"plan_row": row} | ({"differs": differs} if differs else {})
    deed = Deed(Act.CHANGE, Actor("", "", ()), given, {}, today, machine=True)
    case = Case(before.facts, policy, book.calendar, deed.what, Role.PROVINCE, today, today)
    changes = changes | put_out(before.stored, changes, before.version + 1, today, corrects=False)
    entry = _Entry(project_id, before, deed, case, [], changes, policy, at, what)
    facts = _append(connection, entry)
    deadlines.reconcile(connection, project_id, facts, policy.categories[facts.category], book)
    follow(connection, project_id, before.facts, facts, on=today, at=at)
