"""Whose move it is: the next step, what waits for a second person, what officials owe an answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.course import course
from states.decide import roles_now
from states.facts import Facts, Standing
from states.findings import Finding
from states.terms import Act, Action, Kind, Role, Text
from states.waiting import waiting
from workflow.explain import Known, Option, option, worth_saying
from workflow.one_project import OneProject
from workflow.people import Actor
from workflow.queries import deed_label
from workflow.told import Line, told


@dataclass(frozen=True, slots=True)
class Move:
    """Something that somebody should do next. `option`: how it stands for the reader, if it is a
    deed; `due`: the row of its deadline; `lacks`: what is missing or stands against it; `back`:
    how sending back stands, where what was handed in is to be judged."""

    who: tuple[Role, ...]
    what: Text
    option: Option | None = None
    due: dict[str, Any] | None = None
    lacks: tuple[Finding, ...] = ()
    said: tuple[Line, ...] = ()
    note: Text | None = None
    later: bool = False  # what follows once this is done
    back: Option | None = None


# The deadline by which a step is done.
BY = {
    Action.SUBMIT: Kind.APPLICATION,
    Action.REVIEW: Kind.APPLICATION,
    Action.FILE: Kind.FILING,
    Action.HOLD: Kind.COMPLETION,
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
    step = next((s for s in course(project.category) if s.source is facts.state), None)
    back = found.get(Action.SEND_BACK.value)
    awaited = waiting(facts, project.category)
    for one in awaited:  # an answer comes before the step that it allows
        if step is None or one.deed is not step.action:
            yield Move((one.role,), one.what, found.get(one.deed.value), back=back)
    if step is not None:
        judges = any(one.deed is step.action for one in awaited)
        yield _next(project, found[step.action.value], back if judges else None)
    if facts.open_flags and project.inside:
        n = len(facts.open_flags)
        yield Move((Role.PROVINCE,), DISPOSE.format(n=n), found.get(Act.DISPOSE.value))
    last = course(project.category)[-1]
    if step is not None and step is not last:
        yield _last(known, last.action, actor, inside=project.inside)


def _next(project: OneProject, one: Option, back: Option | None) -> Move:
    facts = project.facts
    mending = _mends(facts)
    kind = Kind.MENDING if mending else BY.get(Action(one.deed))
    due = next((d for d in project.deadlines if kind and _is_open(d, kind)), None)
    asked = [f for f in one.asks if f.rule == "papers_present"]
    against = worth_saying(f for f in (*one.reasons, *one.besides) if f.rule != "right_role")
    note = MENDS.format(items=facts.mend_items) if mending else None
    return Move(one.who, one.deed.label, one, due, (*asked, *against), note=note, back=back)


def _mends(facts: Facts) -> bool:
    return facts.mend_in is facts.state and not facts.mended_on


def _is_open(row: dict[str, Any], kind: Kind) -> bool:
    return (row["kind"], row["standing"]) == (kind.value, Standing.OPEN.value)


def _second(project: OneProject, found: dict[str, Option]) -> Move:
    """What one person has proposed; a host is told only that the province is at work."""
    facts = project.facts
    deed = facts.pending["deed"]
    one = found[deed]
    own = project.inside or facts.pending["by"] == "" or Role.HOST in one.who
    if not own and Role.PROVINCE in one.who and deed != Action.WITHDRAW.value:
        return Move((Role.PROVINCE,), AT_WORK)
    what = TO_COMPLETE.format(deed=deed_label(deed))
    said = told(deed, facts.pending["given"], project.policy, facts.category)
    on = date.fromisoformat(facts.pending["on"])
    first = next((e.who for e in project.history if e.proposal), facts.pending["by"])
    note = PROPOSED.format(who=first or LOCAL, on=on)
    return Move(one.who, what, one, said=tuple(said), note=note)


def _last(known: Known, deed: Action | Act, actor: Actor, *, inside: bool) -> Move:
    """The step in which the project ends, with what still stands before it."""
    one = option(known, deed, actor)
    before = [leg for leg in one.way if leg.step is not deed]
    own = next((leg for leg in one.way if leg.step is deed), None)
    missing = sum(f.rule == "papers_present" for leg in before[:1] for f in leg.lacks)
    steps = Text(
        "、".join(leg.step.label.zh for leg in before),
        ", ".join(leg.step.label.en for leg in before),
    )
    note = AFTER.format(steps=steps, lacking=LACKING.format(n=missing) if missing else NOTHING)
    # Whoever decides flags has just been told of them, one line above.
    lacks = [f for f in own.lacks if not (inside and f.rule == "flags_disposed")] if own else []
    who = own.who if own else roles_now(deed, known.facts)
    return Move(who, one.deed.label, None, None, tuple(lacks), note=note, later=True)


DISPOSE = Text("有{n}项提示待核定", "{n} flag(s) wait for a decision")
MENDS = Text("已退回补正，需补正：{items}", "Sent back; to be mended: {items}")
AT_WORK = Text("省厅正在办理", "The province is at work on it")
TO_COMPLETE = Text("复核“{deed}”", "Complete “{deed}”")
PROPOSED = Text("{who}于{on}拟办，须由另一人复核", "Proposed by {who} on {on}; for a second person")
LOCAL = Text("本机操作员", "the local operator")
AFTER = Text("暂不能办理，须先完成：{steps}{lacking}。", "Not yet; first: {steps}{lacking}.")
LACKING = Text("（还缺{n}件材料）", " ({n} paper(s) missing)")
NOTHING = Text("", "")
