"""A batch is done: every line through the engine in one transaction, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, update

from config.rulebook import Rulebook
from states.terms import Act, Text
from workflow.batches.edits import NotTheirs, over
from workflow.batches.lines import Verdict, do_line, do_lines
from workflow.batches.prepared import (
    BatchOver,
    Prepared,
    Stage,
    find,
    fingerprint,
    lines_of,
    packed,
    sorts_for,
)
from workflow.deeds import Deed
from workflow.office_tables import BATCH, LINE, BatchStatus
from workflow.people import Actor


class BatchRefused(Exception):
    """Lines stand against it: nothing was written. `text` names the first of them."""

    def __init__(self, verdicts: Sequence[Verdict]) -> None:
        self.verdicts = list(verdicts)
        names = "、".join(f"“{v.line.facts.name}”" for v in self.verdicts[:NAMED])
        self.text = STOPPED.format(n=len(self.verdicts), names=names)
        super().__init__(self.text.en)


@dataclass(frozen=True, slots=True)
class Published:
    """How many lines were done; `pending`: they wait for a second person."""

    lines: int
    pending: bool


def publish(
    connection: Connection,
    book: Rulebook,
    actor: Actor,
    batch_id: int,
    shown: str,
    *,
    today: date,
    at: datetime,
) -> Published:
    """Do every line, or nothing: the transaction has to end with what is raised. `shown`: the
    fingerprint of what the person was looking at.

    Raises NoSuchBatch, NotTheirs, BatchOver (somebody else was first, or changed it since), and
    BatchRefused with the lines that cannot be done.
    """
    batch = find(connection, actor, batch_id, lock=True)
    if batch.deed not in sorts_for(actor):
        raise NotTheirs
    if batch.stage not in (Stage.PREPARED, Stage.PROPOSED):
        raise BatchOver(over(connection, batch))
    lines, hidden = lines_of(connection, batch.id, actor)
    if fingerprint(batch, lines) != shown:
        raise BatchOver(NOT_AS_SHOWN)
    if hidden or not lines:
        raise BatchOver(OUT_OF_SIGHT if hidden else EMPTY)
    verdicts = do_lines(connection, book, batch, lines, actor, today=today, at=at, strict=True)
    if refused := [verdict for verdict in verdicts if verdict.problems]:
        raise BatchRefused(refused)
    pending = all(v.outcome and v.outcome.pending for v in verdicts)
    _record(connection, batch, verdicts, actor, pending=pending, at=at)
    return Published(len(lines), pending)


def take_back(
    connection: Connection,
    book: Rulebook,
    actor: Actor,
    batch_id: int,
    *,
    today: date,
    at: datetime,
) -> None:
    """Cancel what the first person proposed, in all lines, so that it can be changed again. Raises
    as `publish`, and the transaction has to end with it."""
    batch = find(connection, actor, batch_id, lock=True)
    if batch.deed not in sorts_for(actor):
        raise NotTheirs
    if batch.stage is not Stage.PROPOSED:
        raise BatchOver(over(connection, batch))
    lines, hidden = lines_of(connection, batch.id, actor)
    if hidden:
        raise BatchOver(OUT_OF_SIGHT)
    verdicts = []
    for line in sorted(lines, key=lambda one: one.project_id):
        deed = Deed(Act.CANCEL, actor, {"reason": TAKEN_BACK}, {}, today)
        verdict = Verdict(line)
        if line.facts.awaits(batch.deed):  # else somebody has cancelled it by itself
            do_line(connection, book, verdict, deed, today=today, at=at)
        verdicts.append(verdict)
    if refused := [verdict for verdict in verdicts if verdict.problems]:
        raise BatchRefused(refused)
    back = replace(batch, proposed_by="", proposed_at="")
    connection.execute(update(BATCH).where(BATCH.c.id == batch.id).values(**packed(back)))
    _seen(connection, batch, verdicts)


def _record(
    connection: Connection,
    batch: Prepared,
    verdicts: Sequence[Verdict],
    actor: Actor,
    *,
    pending: bool,
    at: datetime,
) -> None:
    own = update(BATCH).where(BATCH.c.id == batch.id)
    if pending:
        proposed = replace(batch, proposed_by=actor.login, proposed_at=at.isoformat())
        connection.execute(own.values(**packed(proposed)))
    else:
        ended = {"status": BatchStatus.PUBLISHED.value, "ended_by": actor.login, "ended_at": at}
        connection.execute(own.values(**ended))
    _seen(connection, batch, verdicts)


def _seen(connection: Connection, batch: Prepared, verdicts: Sequence[Verdict]) -> None:
    """Each line now stands at the event that the batch has brought about."""
    rows = [
        {"row_project": v.line.project_id, "new_seen": v.outcome.version}
        for v in verdicts
        if v.outcome
    ]
    its = (LINE.c.batch_id == batch.id, LINE.c.project_id == bindparam("row_project"))
    if rows:
        connection.execute(update(LINE).where(*its).values(seen=bindparam("new_seen")), rows)


NAMED = 5  # projects that stand in the way, by name
STOPPED = Text(
    "没有公布：{n}个项目不能办理（{names}），原因见下。本批没有办理任何项目，也没有发出邮件。",
    "Not published: {n} project(s) cannot be done ({names}), see below. Nothing was done or sent.",
)
TAKEN_BACK = "批次拟办撤回修改"
NOT_AS_SHOWN = Text(
    "该批次在您打开页面之后有改动，请重新预览后再公布。没有办理任何项目。",
    "The batch was changed after you opened the page: preview it again. Nothing was done.",
)
OUT_OF_SIGHT = Text(
    "批次中有项目已不在您的办理范围内，请先移出后再公布。没有办理任何项目。",
    "A project of the batch is outside your scope now; take it out first. Nothing was done.",
)
EMPTY = Text("批次中还没有项目，请先添加。", "The batch has no projects yet; add some first.")
