"""Whose move it is: the next step, what waits for a second person, what officials owe an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.course import course, step_from
from states.decide import roles_now
from states.facts import Facts, Standing
from states.findings import Finding
from states.labels import deed_name
from states.lateness import Look, is_handed_in, last_day, look
from states.mending import is_sent_back, items, mends_by
from states.next_step import MEND_FLAGS, Next, around_the_class
from states.policy import MilestoneRule
from states.terms import Act, Action, Force, Kind, Role, State, Text
from states.waiting import waiting
from workflow.people import Actor, let_in_label, nameless_label
from workflow.project.explain import Known, Option, option, worth_saying
from workflow.project.seen import OneProject
from workflow.project.told import Line, told


@dataclass(frozen=True, slots=True)
class Due:
    """By when. `advised_on` None where nothing is handed in."""

    on: date
    advised_on: date | None
    provisional: bool
    look: Look


@dataclass(frozen=True, slots=True)
class Move:
    """Something that somebody should do next. `option`: how it stands for the reader, if it is a
    deed; `due`: by when; `lacks`: what is missing or stands against it; `back`:
    how sending back stands, where what was handed in is to be judged."""

    who: tuple[Role, ...]
    what: Text
    option: Option | None = None
    due: Due | None = None
    lacks: tuple[Finding, ...] = ()
    said: tuple[Line, ...] = ()
    note: Text | None = None
    later: bool = False  # what follows once this is done
    milestone: MilestoneRule | None = None  # which one the deed is to record
    back: Option | None = None


# The deadline by which a step is done; of a class its own day decides (states/next_step.py).
BY = {
    Action.SUBMIT: Kind.APPLICATION,
    Action.REVIEW: Kind.APPLICATION,
    Action.REPORT: Kind.REIMBURSEMENT,
}


def moves(
    known: Known, project: OneProject, found: dict[str, Option], actor: Actor
) -> Iterator[Move]:
    """What the project waits for, the most pressing first. `found`: the options of its state."""
    facts = project.facts
    if facts.pending:
        yield _second(project, found)
        return
    step = step_from(facts.state, project.category)
    back = found.get(Action.SEND_BACK.value)
    awaited = waiting(facts, project.category)
    for one in awaited:  # an answer comes before the step that it allows
        if step is None or one.deed is not step.action:
            record = next((m for m in project.category.milestones if m.key == one.milestone), None)
            deed = found.get(one.deed.value)
            yield Move((one.role,), one.what, deed, back=back, milestone=record)
    if step is not None:
        judges = any(one.deed is step.action for one in awaited)
        coming = _coming(project, step.action, known.today)
        yield _next(known, project, found, coming, back if judges else None)
    mending = mends_by(facts, project.category)
    if isinstance(mending, Act):
        rows = (d for d in project.deadlines if d["kind"] == Kind.MENDING and _is_open(d))
        due = next((_due(row, facts, known.today) for row in rows), None)
        said = MENDS.format(items=items(facts))
        yield Move((Role.HOST,), MEND_FLAGS, found.get(mending.value), due, note=said)
    if facts.open_flags and project.inside:
        n = len(facts.open_flags)
        yield Move((Role.PROVINCE,), DISPOSE.format(n=n), found.get(Act.DISPOSE.value))
    last = course(project.category)[-1]
    if step is not None and step is not last:
        yield _last(known, last.action, actor, inside=project.inside)


def _coming(project: OneProject, ordinary: Action, today: date) -> Next:
    """The step that comes next: the ordinary one, but around a class what its days say."""
    facts = project.facts
    label = deed_name(ordinary, facts.state, project.category)
    if is_sent_back(facts):
        return Next(label, ordinary, Kind.MENDING)
    if facts.state in (State.PLANNED, State.FILED):
        due = {Kind(d["kind"]): d["due_on"] for d in project.deadlines if _is_open(d)}
        return around_the_class(facts, project.category, due, today)
    return Next(label, ordinary, BY.get(ordinary))


def _next(
    known: Known, project: OneProject, found: dict[str, Option], coming: Next, back: Option | None
) -> Move:
    facts = project.facts
    one = found[coming.deed.value] if coming.deed else None
    rows = (d for d in project.deadlines if d["kind"] == coming.kind and _is_open(d))
    due = next((_due(row, facts, known.today) for row in rows), None)
    if one is None:  # nothing to do but to hold the class
        one = found[Action.HOLD.value]
        lacks = [f for f in (*one.reasons, *one.besides) if f.rule not in TILL_THEN]
        return Move((Role.HOST,), coming.what, one, due, worth_saying(lacks))
    asked = [f for f in one.asks if f.rule == "papers_present"]
    against = worth_saying(f for f in (*one.reasons, *one.besides) if f.rule != "right_role")
    note = MENDS.format(items=facts.mend_items) if is_sent_back(facts) else None
    return Move(one.who, coming.what, one, due, (*asked, *against), note=note, back=back)


# What only says that the class is not over yet, or who will record it.
TILL_THEN = frozenset({"has_ended", "not_before_its_time", "right_role"})


def _due(row: dict[str, Any], facts: Facts, today: date) -> Due:
    kind = Kind(row["kind"])
    seen = look(kind, Force(row["force"]), facts, row["late_after"], today)
    advised = row["advised_on"] if is_handed_in(kind) else None
    by = last_day(facts, row["due_on"], row["late_after"], today)
    return Due(by, advised if by == row["due_on"] else None, bool(row["provisional"]), seen)


def _is_open(row: dict[str, Any]) -> bool:
    return bool(row["standing"] == Standing.OPEN.value)


def _second(project: OneProject, found: dict[str, Option]) -> Move:
    """What one person has proposed; a host is told only that the province is at work."""
    facts = project.facts
    deed = facts.pending["deed"]
    one = found[deed]
    own = project.inside or facts.pending["by"] == "" or Role.HOST in one.who
    if not own and Role.PROVINCE in one.who and deed != Action.WITHDRAW.value:
        return Move((Role.PROVINCE,), AT_WORK)
    what = TO_COMPLETE.format(deed=one.label)
    said = told(deed, facts.pending["given"], project.policy, facts.category)
    on = date.fromisoformat(facts.pending["on"])
    event = next((e for e in project.history if e.proposal), None)
    who = (event.who if event else facts.pending["by"]) or nameless_label(None)
    note = PROPOSED.format(who=who, on=on)
    if event is not None and event.let_in_by:
        note = MARKED.format(note=note, mark=let_in_label(event.let_in_by))
    return Move(one.who, what, one, said=tuple(said), note=note)


def _last(known: Known, deed: Action | Act, actor: Actor, *, inside: bool) -> Move:
    """The step in which the project ends, with what still stands before it."""
    one = option(known, deed, actor)
    before = [leg for leg in one.way if leg.step is not deed]
    own = next((leg for leg in one.way if leg.step is deed), None)
    missing = sum(f.rule == "papers_present" for leg in before[:1] for f in leg.lacks)
    steps = Text(
        "、".join(leg.label.zh for leg in before),
        ", ".join(leg.label.en for leg in before),
    )
    note = AFTER.format(steps=steps, lacking=LACKING.format(n=missing) if missing else NOTHING)
    # Whoever decides flags has just been told of them, one line above.
    lacks = [f for f in own.lacks if not (inside and f.rule == "flags_disposed")] if own else []
    who = own.who if own else roles_now(deed, known.facts)
    return Move(who, one.label, None, None, tuple(lacks), note=note, later=True)


DISPOSE = Text("有{n}项提示待核定", "{n} flag(s) wait for a decision")
MENDS = Text("已退回补正，需补正：{items}", "Sent back; to be mended: {items}")
AT_WORK = Text("省厅正在办理", "The province is at work on it")
TO_COMPLETE = Text("复核“{deed}”", "Complete “{deed}”")
PROPOSED = Text("{who}于{on}拟办，须由另一人复核", "Proposed by {who} on {on}; for a second person")
MARKED = Text("{note}（{mark}）", "{note} ({mark})")
AFTER = Text("暂不能办理，须先完成：{steps}{lacking}。", "Not yet; first: {steps}{lacking}.")
LACKING = Text("（还缺{n}件材料）", " ({n} paper(s) missing)")
NOTHING = Text("", "")
