"""A batch rehearsed: what would come of it, from the engine itself, in a transaction given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from states.facts import Standing
from states.labels import state_label
from states.terms import Role
from workflow.batches.edits import over
from workflow.batches.lines import Verdict, do_lines
from workflow.batches.money import money
from workflow.batches.prepared import (
    BatchOver,
    Prepared,
    Stage,
    find,
    fingerprint,
    lines_of,
    sorts_for,
)
from workflow.database import Database
from workflow.engine import situation
from workflow.funds import Share
from workflow.mail_tables import MAIL
from workflow.people import Actor
from workflow.tables import DEADLINE

Subject = Callable[[Connection, Any], str]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would come of a batch. `hidden`: lines out of the actor's sight; `shown`: the
    fingerprint of what was rehearsed; `own`: the actor has proposed it; `may`: he could publish
    such a batch at all."""

    batch: Prepared
    verdicts: list[Verdict]
    hidden: int
    shown: str
    own: bool
    may: bool
    shares: list[Share]

    @property
    def stopped(self) -> int:
        return sum(one.stopped for one in self.verdicts)

    @property
    def mails(self) -> int:
        return sum(len(one.mails) for one in self.verdicts)

    @property
    def total(self) -> int:
        """Of all amounts, in fen."""
        return sum(one.amount or 0 for one in self.verdicts)

    @property
    def can_publish(self) -> bool:
        in_the_way = self.stopped or self.hidden or self.own
        return self.may and bool(self.verdicts) and not in_the_way


def rehearse(
    db: Database,
    book: Rulebook,
    actor: Actor,
    batch_id: int,
    subject: Subject,
    *,
    today: date,
    at: datetime,
) -> Rehearsal:
    """What would come of it, line by line, as things stand now; nothing is kept. Asks as often as
    there are lines, of which a batch has MOST_LINES at most. NoSuchBatch, BatchOver.

    Where two people are needed and the first has not proposed yet, the second's part is rehearsed
    as well: what follows then is what will follow in the end.
    """
    with db.trial() as connection:
        batch = find(connection, actor, batch_id)
        if batch.stage not in (Stage.PREPARED, Stage.PROPOSED):
            raise BatchOver(over(connection, batch))
        lines, hidden = lines_of(connection, batch.id, actor)
        shares = money(connection, book, batch, lines)
        own = batch.stage is Stage.PROPOSED and batch.proposed_by == actor.login
        who = SECOND if own else actor
        then: dict[str, Any] = {"today": today, "at": at, "strict": False}
        found = do_lines(connection, book, batch, lines, who, **then)
        waiting = [v for v in found if v.outcome and v.outcome.pending]
        now = {v.line.project_id: v.outcome.version for v in waiting if v.outcome}
        again = [replace(v.line, seen=now[v.line.project_id]) for v in waiting]
        second = do_lines(connection, book, batch, again, SECOND, second=True, **then)
        found = _joined(found, second)
        _look(connection, book, found, subject)
    shown, may = fingerprint(batch, lines), batch.deed in sorts_for(actor)
    return Rehearsal(batch, found, hidden, shown, own, may, shares)


# Who completes in a rehearsal what the visitor would propose; nothing is ever recorded for him.
SECOND = Actor("(second)", "", ((Role.PROVINCE, ""),))


def _joined(first: list[Verdict], second: list[Verdict]) -> list[Verdict]:
    """The first person's verdicts with what the second's part adds."""
    later = {verdict.line.project_id: verdict for verdict in second}
    for verdict in first:
        if then := later.get(verdict.line.project_id):
            verdict.problems = then.problems
            verdict.flags = list(dict.fromkeys([*verdict.flags, *then.flags]))
            verdict.outcome = then.outcome
    return first


def _look(
    connection: Connection, book: Rulebook, verdicts: Sequence[Verdict], subject: Subject
) -> None:
    """State, open deadlines and mails of each line, as the transaction would leave them."""
    done = {v.line.project_id: v for v in verdicts if v.outcome}
    ids = sorted(done)
    for project_id in ids:
        facts, _, _, policy = situation(connection, book, project_id)
        done[project_id].state = state_label(facts, policy.categories[facts.category])
    due = select(DEADLINE).where(
        DEADLINE.c.project_id.in_(ids), DEADLINE.c.standing == Standing.OPEN.value
    )
    for row in connection.execute(due.order_by(DEADLINE.c.due_on, DEADLINE.c.id)):
        done[row.project_id].deadlines.append(row)
    mails = select(MAIL).where(MAIL.c.project_id.in_(ids), MAIL.c.event_seq.is_not(None))
    for row in connection.execute(mails.order_by(MAIL.c.id)).all():
        verdict = done[row.project_id]
        if verdict.outcome and row.event_seq == verdict.outcome.version:
            verdict.mails.append((row, subject(connection, row)))
