"""The sweep: finds every ladder step that has come, and records it as a mail or as silence.

Safe to run at any time, by anybody, twice: each step has a natural key, and the row that says when
a deadline's next step is due moves on in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from config.rulebook import Rulebook
from notifications.late_plan import late_plan_untold
from states.facts import Facts, Standing, silence
from states.ladder import Ladder, Rise
from states.mailing import Sort, hushed, sort_of_step
from states.terms import Act, Action, Force, Kind, Role
from workflow.database import Database
from workflow.mail.gathering import anything_loose, gather
from workflow.mail.recipients import Recipient, addressed
from workflow.mail_tables import MAIL, REMINDER, MailStatus, ReminderStatus
from workflow.statements import Statement
from workflow.tables import DEADLINE, PROJECT

BATCH = 500
EVERYTHING = frozenset(Kind)


@dataclass
class SweepResult:
    """How many mails were queued, reminders put into them, and steps recorded as silent."""

    mails: int = 0
    reminders: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline row whose next step has come."""

    id: int
    project_id: int
    kind: Kind
    round: int
    due_on: date
    advised_on: date
    late_after: date
    force: Force
    standing: Standing
    known_on: date | None
    next_on: date
    facts: Facts


@dataclass
class Ledger:
    """The rows that one batch of the sweep adds."""

    connection: Connection
    as_of: date
    at: datetime
    rows: list[dict[str, Any]] = field(default_factory=list)
    people: dict[tuple[Role, str, Sort], list[Recipient]] = field(default_factory=dict)

    def note(self, due: Due, rise: Rise, role: Role, to: str, reason: str = "") -> None:
        status = ReminderStatus.SUPPRESSED if reason else ReminderStatus.QUEUED
        self.rows.append(
            {
                "project_id": due.project_id,
                "deadline_id": due.id,
                "kind": due.kind.value,
                "round": due.round,
                "due_on": due.due_on,
                "step": rise.rung.key,
                "on_date": rise.on,
                "role": role.value,
                "recipient": to or f"({role.value})",
                "status": status.value,
                "reason": reason,
                "mail_id": None,
                "recorded_at": self.at,
            }
        )

    def told_already(self, due: Due, rise: Rise, email: str) -> str:
        """Why a step needs no mail of its own: what sent it back told the date on that day."""
        if due.kind is not Kind.MENDING:
            return ""
        sent_back = {"project_id": due.project_id, "email": email, "on": rise.on}
        return "told_already" if _SENT_BACK.run(self.connection, sent_back) else ""

    def recipients(self, role: Role, facts: Facts, sort: Sort) -> list[Recipient]:
        if role is Role.HOST:
            return addressed(self.connection, role, facts, sort, on=self.as_of)
        scope = facts.department if role is Role.COORDINATOR else ""
        key = (role, scope, sort)
        if key not in self.people:
            found = addressed(self.connection, role, facts, sort, on=self.as_of)
            self.people[key] = found
        return self.people[key]


def sweep(
    db: Database,
    book: Rulebook,
    *,
    as_of: date,
    at: datetime,
    kinds: Collection[Kind] = EVERYTHING,
) -> SweepResult:
    """Record every step up to `as_of` (a Chinese calendar day) for these kinds of deadline.

    Nothing is announced on a day off: the steps wait for the next working day. `at` is the aware
    time of recording. Batches commit one by one, so a kill loses nothing.
    """
    result = SweepResult()
    if not book.calendar.is_working(as_of):
        return result
    with db.read() as connection:  # most ticks find nothing, and then keep nobody from writing
        come = [kind for kind in sorted(kinds) if _COME.run(connection, _until(kind, as_of))]
        loose = anything_loose(connection)
    for kind in come:
        while True:
            with db.write() as connection:
                batch = _due(connection, kind, as_of)
                if not batch:
                    break
                _record(connection, book, batch, as_of, at, result)
    while come or loose:
        with db.write() as connection:
            gathered, mails = gather(connection, on=as_of, at=at)
        result.mails += mails
        if not gathered:
            break
    return result


_HAS_COME = (DEADLINE.c.kind == bindparam("kind"), DEADLINE.c.next_on <= bindparam("as_of"))
_COME = Statement(select(DEADLINE.c.id).where(*_HAS_COME).limit(1))
_DUE = Statement(
    select(
        DEADLINE.c.id,
        DEADLINE.c.project_id,
        DEADLINE.c.round,
        DEADLINE.c.due_on,
        DEADLINE.c.advised_on,
        DEADLINE.c.late_after,
        DEADLINE.c.force,
        DEADLINE.c.standing,
        DEADLINE.c.known_on,
        DEADLINE.c.next_on,
        PROJECT.c.facts,
    )
    .join_from(DEADLINE, PROJECT, DEADLINE.c.project_id == PROJECT.c.id)
    .where(*_HAS_COME)
    .order_by(DEADLINE.c.next_on, DEADLINE.c.id)
    .limit(BATCH)
)


def _until(kind: Kind, as_of: date) -> dict[str, Any]:
    return {"kind": kind.value, "as_of": as_of}


def _due(connection: Connection, kind: Kind, as_of: date) -> list[Due]:
    rows = _DUE.run(connection, _until(kind, as_of))
    return [
        Due(
            id=row[0],
            project_id=row[1],
            kind=kind,
            round=row[2],
            due_on=row[3],
            advised_on=row[4],
            late_after=row[5],
            force=Force(row[6]),
            standing=Standing(row[7]),
            known_on=row[8],
            next_on=row[9],
            facts=Facts.read(json.loads(row[10])),
        )
        for row in rows
    ]


ASKS_TO_MEND = or_(MAIL.c.notice == Action.SEND_BACK.value, MAIL.c.notice == Act.DISPOSE.value)
_SENT_BACK = Statement(
    select(MAIL.c.id)
    .where(MAIL.c.project_id == bindparam("project_id"), MAIL.c.to_email == bindparam("email"))
    .where(ASKS_TO_MEND, MAIL.c.on_date >= bindparam("on"))
    .where(MAIL.c.status != MailStatus.SUPPRESSED.value, MAIL.c.status != MailStatus.DEAD.value)
    .limit(1)
)
_MOVE_ON = Statement(
    update(DEADLINE)
    .where(DEADLINE.c.id == bindparam("row_id"))
    .values(next_on=bindparam("new_next"))
)
NO_LADDER = Ladder(())  # a kind that the ladders file no longer names
KEY = ("project_id", "kind", "round", "due_on", "step", "recipient")
_COLUMNS = [column.name for column in REMINDER.columns if column.name != "id"]


def _record(
    connection: Connection,
    book: Rulebook,
    batch: list[Due],
    as_of: date,
    at: datetime,
    result: SweepResult,
) -> None:
    ledger = Ledger(connection, as_of, at)
    moves = []
    for due in batch:
        ladder = book.ladder(due.kind, due.force) or NO_LADDER
        passed = book.stepper.passed(
            ladder, due.advised_on, due.late_after, since=due.next_on, until=as_of
        )
        _steps(ledger, due, passed)
        following = book.stepper.next_on(ladder, due.advised_on, due.late_after, as_of)
        moves.append({"row_id": due.id, "new_next": following})
    _insert(connection).many(connection, ledger.rows)
    _MOVE_ON.many(connection, moves)
    queued = sum(row["status"] == ReminderStatus.QUEUED for row in ledger.rows)
    result.reminders += queued
    result.silent += len(ledger.rows) - queued


def _steps(ledger: Ledger, due: Due, passed: tuple[Rise, ...]) -> None:
    """One row a step and recipient; of several missed steps only the latest is announced."""
    late = bool(passed) and late_plan_untold(ledger.connection, due, ledger.as_of)
    for rise in passed:
        for role in rise.rung.tells:
            begun = due.kind is Kind.OPENING and due.late_after <= ledger.as_of
            latest = rise is passed[-1] and not begun
            reason = why_silent(due, rise, role, ledger.as_of, latest=latest)
            if late and rise is passed[-1] and role is Role.HOST and reason == "before_known":
                reason = ""
            found = ledger.recipients(role, due.facts, sort_of_step(due.force, role))
            for to in found:
                why = reason or to.reason or ledger.told_already(due, rise, to.email)
                ledger.note(due, rise, role, to.email, why)
            if not found:
                ledger.note(due, rise, role, "", reason or "no_address")


def why_silent(due: Due, rise: Rise, role: Role, as_of: date, *, latest: bool) -> str:
    """Why a step is not announced to those in a role; empty if it is."""
    if due.standing is not Standing.OPEN:
        return silence(due.standing)
    # A later round forgets when its row began, yet the plan still came no earlier than it came.
    came = (due.facts.known_on, due.facts.planned_on, due.known_on)
    known = max((day for day in came if day), default=None)
    reason = hushed(
        due.kind, due.facts, role, late_after=due.late_after, known_on=due.known_on, on=as_of
    )
    if reason == "before_known" or (known and rise.on < known):
        return "before_known"
    if reason:
        return reason
    return "" if latest else "overtaken"


_INSERTS: dict[str, Statement] = {}


def _insert(connection: Connection) -> Statement:
    """INSERT … ON CONFLICT DO NOTHING, which each database spells through its own dialect."""
    name = connection.dialect.name
    if name not in _INSERTS:
        if name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as dialect_insert
        else:
            from sqlalchemy.dialects.sqlite import insert as dialect_insert  # type: ignore[assignment]
        clause = dialect_insert(REMINDER).on_conflict_do_nothing(index_elements=list(KEY))
        _INSERTS[name] = Statement(clause, _COLUMNS)
    return _INSERTS[name]
