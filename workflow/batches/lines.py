"""The lines of a batch, each done through the engine inside one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.errors import ConfigError
from config.rulebook import Rulebook
from states.decide import blocks
from states.findings import Finding
from states.form_reading import read_form
from states.terms import Action, Text
from workflow.batches.prepared import Line, Prepared, Stage
from workflow.deeds import Deed, LostRace, NoSuchProject, Outcome, Refused
from workflow.engine import perform_in
from workflow.people import Actor, names_of

NOTHING = Text("", "")


@dataclass
class Verdict:
    """What the engine says of a line. `problems` stand against it; without any there is an
    outcome. `state`, `deadlines` and `mails`: as they would be afterwards."""

    line: Line
    amount: int | None = None
    problems: list[Finding | Text] = field(default_factory=list)
    flags: list[Finding] = field(default_factory=list)
    outcome: Outcome | None = None
    state: Text = NOTHING
    deadlines: list[Any] = field(default_factory=list)
    mails: list[tuple[Any, str]] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether it keeps the batch from being published, also where nobody has looked at what
        happened since it was put in."""
        return bool(self.problems) or self.line.changed


def do_lines(
    connection: Connection,
    book: Rulebook,
    batch: Prepared,
    lines: Sequence[Line],
    actor: Actor,
    *,
    today: date,
    at: datetime,
    strict: bool,
    second: bool = False,
) -> list[Verdict]:
    """Every line done, in the order of the projects so that two batches cannot block each other;
    what refuses one does not spare the others. `strict`: only as they were seen."""
    verdicts = {line.project_id: Verdict(line) for line in lines}
    for project_id in sorted(verdicts):
        verdict = verdicts[project_id]
        line = verdict.line
        values, problems = read_form(batch.deed, filled(batch, line, len(lines)))
        verdict.amount = values.get("amount")
        if problems:
            verdict.problems = [problem.message for problem in problems]
            continue
        proposed = batch.stage is Stage.PROPOSED or second
        if batch.deed is Action.SUBSIDISE and line.facts.awaits(batch.deed) and not proposed:
            who = line.facts.pending["by"]
            name = names_of(connection, [who]).get(who, who)
            verdict.problems = [PROPOSED_ELSEWHERE.format(who=name)]
            continue
        seen = line.seen if strict else None
        deed = Deed(batch.deed, actor, values, batch.papers, today, seen=seen)
        do_line(connection, book, verdict, deed, today=today, at=at)
        if verdict.outcome and verdict.outcome.pending and proposed:
            verdict.problems = [NO_LONGER_PROPOSED]
    return list(verdicts.values())


def do_line(
    connection: Connection,
    book: Rulebook,
    verdict: Verdict,
    deed: Deed,
    *,
    today: date,
    at: datetime,
) -> None:
    try:
        done = perform_in(connection, book, verdict.line.project_id, deed, today=today, at=at)
    except Refused as refusal:
        verdict.problems = list(refusal.findings)
    except (LostRace, NoSuchProject, ConfigError) as lost:
        verdict.problems = [lost.text]
    else:
        verdict.outcome = done
        verdict.flags = [f for f in done.findings if f not in blocks(done.findings)]


def filled(batch: Prepared, line: Line, of: int) -> dict[str, str]:
    """The form of one line: what is said for all, and over it what is said for this one. A
    recommendation says its place in the ranking."""
    given = {**batch.fields, **line.fields}
    if batch.deed is Action.REVIEW and given.get("opinion") and of > 1:
        given["opinion"] += RANKED.format(place=line.place, of=of)
    return given


RANKED = "（推荐排序：第{place}位，共{of}项）"
PROPOSED_ELSEWHERE = Text(
    "该项目的补助已由{who}单独拟办，请先单独复核或撤销，再列入批次。",
    "{who} has already proposed this by itself; complete or cancel that first.",
)
NO_LONGER_PROPOSED = Text(
    "拟办内容已被撤销，请撤回本批修改后重新提交。",
    "The proposal was cancelled meanwhile; take the batch back and propose again.",
)
