"""The parts of a project's page, put together from what was read: the bar, deadlines, papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from states.calculus import Deadline
from states.calendar import WorkCalendar
from states.course import course
from states.facts import Facts, Standing
from states.findings import Finding
from states.labels import basis_label, deed_name, reached_label, rejection, state_label
from states.lateness import MET_LATE, Look, is_handed_in, last_day, late_when_met, look
from states.policy import Category, Clause, DeadlineRule, PaperRule
from states.terms import Act, Action, Basis, Force, Kind, State, Text
from states.wanted import deadlines_for
from workflow.mail_tables import Purpose
from workflow.people import Actor
from workflow.project.explain import Option, Stand, worth_saying
from workflow.project.moves import Move
from workflow.project.seen import OneProject
from workflow.queries import deed_label

# When each state was reached, as the facts say.
REACHED = {
    State.SUBMITTED: "submitted_on",
    State.REVIEWED: "reviewed_on",
    State.PLANNED: "planned_on",
    State.FILED: "filed_on",
    State.HELD: "held_on",
    State.REPORTED: "reported_on",
    State.SUBSIDISED: "ended_on",
    State.CLOSED: "ended_on",
}


@dataclass(frozen=True, slots=True)
class Stop:
    """A state on the bar. `look`: past, now, over (ended early) or ahead."""

    label: Text
    look: str
    on: date | None


def bar(facts: Facts, category: Category) -> list[Stop]:
    """The ordinary states in order; an early end stands after the last that was reached."""
    line = [State.DRAFTED, *(step.target for step in course(category) if step.target)]
    here = facts.state if facts.state in line else facts.came_from
    if facts.state not in line and here not in line:  # a filing that the course does not ask for
        here = State.PLANNED
    if facts.state is State.FILED and facts.state not in line:
        line.insert(line.index(State.PLANNED) + 1, State.FILED)
        here = State.FILED
    at = line.index(here) if here else 0
    ended_early = facts.state not in line
    stops = []
    for n, state in enumerate(line):
        ends = n == at and not ended_early and n == len(line) - 1
        look = (
            "past" if n < at or (ended_early and n == at) or ends else "now" if n == at else "ahead"
        )
        # The stage as it was reached, on whose day it stands; what came of it is said above.
        label = reached_label(facts.came_from, state, category)
        on = getattr(facts, REACHED[state]) if state in REACHED and n <= at else None
        stops.append(Stop(label, look, on))
    if ended_early:
        stops = [*stops[: at + 1], Stop(_end(facts, category), "over", facts.ended_on)]
    return stops


def _end(facts: Facts, category: Category) -> Text:
    if facts.state is State.REJECTED and facts.rejected:
        return rejection(facts, category)
    return state_label(facts, category)


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """A deadline as it is shown. `advised_on` None where nothing is handed in by it; `basis`: what
    is said where no document stands behind it."""

    kind: Text
    due_on: date
    advised_on: date | None
    seen: Look
    basis: Text | None
    note: Text | None
    provisional: bool
    standing: Text
    look: str  # open, late, ahead, met, over
    met_on: date | None
    late: int  # whole days by which it was met late
    force: Text
    clause: str
    trace: tuple[Text, ...]


def deadline_rows(
    project: OneProject, calendar: WorkCalendar, today: date
) -> dict[str, list[DeadlineRow]]:
    """`current`: what is asked for, the next first; `over`: earlier dates and what was lifted."""
    computed = {d.kind.value: d for d in deadlines_for(project.facts, project.category, calendar)}
    current: list[DeadlineRow] = []
    over: list[DeadlineRow] = []
    last = {row["kind"]: row["id"] for row in project.deadlines}  # the last round of each kind
    for row in project.deadlines:
        standing = Standing(row["standing"])
        if standing is Standing.SUPERSEDED and row["id"] == last[row["kind"]]:
            row = row | {"standing": Standing.LIFTED.value}  # no new date took its place
        made = _row(project, row, computed.get(row["kind"]), today)
        gone = standing in (Standing.SUPERSEDED, Standing.LIFTED)
        (over if gone else current).append(made)
    order = {"open": 0, "ahead": 1, "met": 2}
    current.sort(key=lambda one: (order[one.look], one.due_on))
    return {"current": current, "over": over}


def _row(
    project: OneProject, row: dict[str, Any], found: Deadline | None, today: date
) -> DeadlineRow:
    looks = {Standing.OPEN: "open", Standing.AHEAD: "ahead", Standing.MET: "met"}
    own = found is not None and found.due.due_on == row["due_on"]
    kind, standing = Kind(row["kind"]), Standing(row["standing"])
    rule = project.category.deadline(kind)
    by = row["due_on"]
    if standing is Standing.OPEN:
        by = last_day(project.facts, by, row["late_after"], today)
    force, basis = Force(row["force"]), _basis(project, rule) if rule else None
    late = late_when_met(kind, force, project.facts, row["late_after"], row["met_on"])
    return DeadlineRow(
        kind=kind.label,
        due_on=by,
        advised_on=row["advised_on"] if is_handed_in(kind) and by == row["due_on"] else None,
        seen=look(kind, force, project.facts, row["late_after"], today),
        basis=basis,
        note=rule.note if rule else None,
        provisional=bool(row["provisional"]),
        standing=MET_LATE.format(n=late) if late else standing.label,
        look=looks.get(standing, "over"),
        met_on=row["met_on"],
        late=late,
        force=force.label,
        clause=row["clause"],
        trace=tuple(_worded(step, basis) for step in found.due.trace) if found and own else (),
    )


def _worded(step: Text, basis: Text | None) -> Text:
    """A step of the derivation in the reader's words."""
    return basis if basis is not None and step == Basis.ASSUMED.label else step


def _basis(project: OneProject, rule: DeadlineRule) -> Text | None:
    clause = project.policy.clauses.get(rule.clause)
    return basis_label(rule.basis, clause, official=project.inside)


@dataclass(frozen=True, slots=True)
class Stage:
    """The papers that one step asks for: (rule, what is kept of it or None, promised day or None)."""

    step: Text
    papers: list[tuple[PaperRule, dict[str, Any] | None, str | None]]
    missing: int
    # now: the next step asks for them; past: should be there; elsewhere: handed in, but not here;
    # ahead: not yet; over: it has ended.
    look: str


def stages(facts: Facts, category: Category) -> list[Stage]:
    """The papers of each step, in the order of the life."""
    found = []
    steps = [step.action for step in course(category)]
    here = next((s.action for s in course(category) if s.source is facts.state), None)
    for action in Action:
        rules = category.papers.get(action, ())
        papers = [(r, facts.papers.get(r.key), facts.promised.get(r.key)) for r in rules]
        if papers:
            missing = sum(kept is None for _, kept, _ in papers)
            look = _look(action, here, steps)
            look = "elsewhere" if look == "past" and _elsewhere(action, facts) else look
            found.append(Stage(deed_name(action, facts.state, category), papers, missing, look))
    return found


def _elsewhere(action: Action, facts: Facts) -> bool:
    """Whether a step that lies behind was done on paper, or before the books were opened: here it
    would not have been possible without the papers that are missing."""
    if action is Action.REPORT and facts.promised:
        return False
    return action is not Action.FILE or facts.filed_on is not None


def _look(action: Action, here: Action | None, steps: list[Action]) -> str:
    if here is None:  # it has ended
        return "over"
    if action is here:
        return "now"
    behind = action in steps and steps.index(action) < steps.index(here)
    return "past" if behind else "ahead"


@dataclass(frozen=True, slots=True)
class Groups:
    """Options by how they stand for the visitor; those that a move already shows are left out."""

    open: list[Option]
    others: list[Option]
    blocked: list[Option]


def option_groups(found: Iterable[Option], shown: Iterable[Move]) -> Groups:
    taken = {move.option.deed for move in shown if move.option and move.option.open}
    taken |= {move.back.deed for move in shown if move.back and move.back.open}
    taken -= {Act.MILESTONE, Act.DISPOSE}
    listed = [one for one in found if one.deed not in taken]
    by = {stand: [one for one in listed if one.stand is stand] for stand in Stand}
    return Groups(by[Stand.OPEN], by[Stand.OTHERS], by[Stand.BLOCKED])


def clauses_of(
    project: OneProject,
    shown: Iterable[Move],
    groups: Groups,
    rows: dict[str, list[DeadlineRow]],
) -> list[Clause]:
    """Every clause that the page cites, in the order of the policy."""
    cited = {row.clause for row in rows["current"]}
    cited |= {flag.get(key, "") for flag in _flags(project) for key in ("clause", "consequence")}
    cited |= {key for move in shown for f in move.lacks for key in f.clauses}
    for one in (*groups.open, *groups.blocked):
        cited |= {key for finding in _said(one) for key in finding.clauses}
    cited |= {rule.clause for papers in project.category.papers.values() for rule in papers}
    cited |= {milestone.clause for milestone in project.category.milestones}
    cited |= {project.facts.rejected.get("clause", ""), project.category.cap.clause or ""}
    return [clause for key, clause in project.policy.clauses.items() if key in cited]


def _flags(project: OneProject) -> Iterator[dict[str, Any]]:
    yield from project.facts.flags.values()


def _said(one: Option) -> tuple[Finding, ...]:
    return worth_saying((*one.reasons, *one.besides))


def recordable(one: Option | None, project: OneProject, actor: Actor) -> frozenset[str]:
    """The milestones that the visitor may record now, also on the host's behalf."""
    if one is None or not one.open:
        return frozenset()
    roles = {*actor.roles_over(project.facts), one.role}
    return frozenset(m.key for m in project.category.milestones if m.by in roles)


def notice_labels(category: Category) -> Callable[[dict[str, Any]], Text]:
    """What a mail is about while it has no subject, which comes with writing it."""
    milestones = {one.key: one.label for one in category.milestones}

    def label(mail: dict[str, Any]) -> Text:
        if mail["purpose"] == Purpose.REMINDER.value or not mail["notice"]:
            return REMINDER
        return milestones.get(mail["notice"]) or deed_label(mail["notice"])

    return label


REMINDER = Text("期限提醒", "Reminder")
