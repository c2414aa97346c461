"""What can be done with a project, by whom, and what stands against the rest: the core of `why`.

Nothing is decided here. Each deed is judged by the engine's own evaluation twice: with its form
filled in properly, which leaves what stands against it whatever is filled in; and with an empty
form, which adds what the form itself will settle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from config.rulebook import Rulebook
from states.actions import ACTIONS
from states.course import is_aside, is_asked, way_to
from states.decide import blocks, judge, roles_now, second_by, who_may
from states.example import filled
from states.facts import Facts, Json
from states.findings import Case, Finding
from states.labels import deed_name
from states.lifecycle import FINAL
from states.mailing import is_past
from states.outlook import ending
from states.policy import Policy
from states.terms import STAFF, Act, Action, Labelled, Role, State, Text
from workflow.authorise import roles_for
from workflow.deeds import Deed
from workflow.engine import situation
from workflow.funds import fund_left
from workflow.judging import judged
from workflow.people import Actor


class Stand(Labelled):
    """How a deed stands for somebody."""

    OPEN = "open", "可以办理", "Open"
    OTHERS = "others", "由其他人办理", "For others"
    BLOCKED = "blocked", "暂不能办理", "Not yet"


@dataclass(frozen=True, slots=True)
class Leg:
    """A step on the way to a later one, and what it lacks."""

    step: Action
    label: Text
    who: tuple[Role, ...]
    lacks: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A deed as it stands for somebody now. `case` holds the form as it was filled in for this.

    `reasons` stand whatever is filled in (blocks, and flags that would be raised), as the engine
    would refuse this person; `besides` stand against those whose turn it is, where the person may
    not. `asks` is what the form settles: fields and papers. `way`: what comes before a later step,
    and that step.
    """

    deed: Action | Act
    stand: Stand
    role: Role  # in which the person would act
    who: tuple[Role, ...]  # whose turn it is; empty where it is not possible in this state
    on_behalf: bool  # open only by entering the host's paper
    second: bool  # completes what somebody else has proposed
    proposes: bool  # a second person has to complete it
    reasons: tuple[Finding, ...]
    besides: tuple[Finding, ...]
    asks: tuple[Finding, ...]
    way: tuple[Leg, ...]
    case: Case

    @property
    def label(self) -> Text:
        """What officials call it for this project."""
        facts = self.case.facts
        return deed_name(self.deed, facts.state, self.case.policy.categories[facts.category])

    @property
    def open(self) -> bool:
        return self.stand is Stand.OPEN

    @property
    def standing_blocks(self) -> list[Finding]:
        return blocks(self.reasons)


def ending_of(one: Option, *, official: bool) -> Text | None:
    """What is proposed and would end by this deed (states/outlook.py)."""
    category = one.case.policy.categories[one.case.facts.category]
    return ending(one.deed, one.case.facts, category, official=official)


DEEDS: tuple[Action | Act, ...] = (*Action, *Act)
PERSONAL = frozenset({"role", "person"})
PERSONAL_RULES = frozenset({"right_role", "in_scope", "on_behalf", "second_person"})


def is_personal(finding: Finding) -> bool:
    """Whether a refusal speaks of the person, not of the project or of what was filled in."""
    return finding.rule in PERSONAL_RULES and finding.fact in PERSONAL


def options(
    connection: Connection, book: Rulebook, project_id: int, actor: Actor | None, *, today: date
) -> list[Option]:
    """Every step and act as it stands for `actor`, or (None) for whoever may do it.

    Raises NoSuchProject.
    """
    facts, _, _, policy = situation(connection, book, project_id)
    known = Known(connection, book, policy, project_id, facts, today)
    return [option(known, deed, actor) for deed in DEEDS]


@dataclass(frozen=True, slots=True)
class Known:
    """A project as it was read, for judging several deeds without reading it again."""

    connection: Connection
    book: Rulebook
    policy: Policy
    project_id: int
    facts: Facts
    today: date


def possible(known: Known) -> list[Action | Act]:
    """The deeds that the tables allow in the project's state."""
    return [deed for deed in DEEDS if roles_now(deed, known.facts)]


def option(known: Known, deed: Action | Act, actor: Actor | None, *, ask: bool = True) -> Option:
    """One deed as it stands for `actor`, or (None) for whoever may do it. `ask` False: what the
    form settles is left out, which is half of the work."""
    who = roles_now(deed, known.facts)
    if not who:
        return _not_here(known, deed, actor)
    empty = _case(known, deed, who[0], known.facts)
    if actor is None:
        case = filled(empty)
        return _option(known, case, judge(case), _asked(empty, ask), who, on_behalf=False)
    case, found = _judged(known, deed, actor, on_behalf=False)
    on_behalf = any(f.rule == "right_role" for f in found) and _may_enter(actor, who, known.facts)
    if on_behalf:
        case, found = _judged(known, deed, actor, on_behalf=True)
    bare = _asked(replace(case, given={}, papers=frozenset()), ask)
    return _option(known, case, found, bare, who, on_behalf=on_behalf)


def _asked(empty: Case, ask: bool) -> list[Finding]:
    return judge(empty) if ask else []


def _not_here(known: Known, deed: Action | Act, actor: Actor | None) -> Option:
    """A deed that this state does not allow: order comes first, then the way there."""
    case = _case(known, deed, Role.AUDITOR, known.facts)
    found = judge(case)
    if actor is not None:
        case, found = _judged(known, deed, actor, on_behalf=False)
    made = _option(known, case, found, (), (), on_behalf=False)
    return replace(made, way=tuple(_way(known, deed)))


def _may_enter(actor: Actor, who: tuple[Role, ...], facts: Facts) -> bool:
    return Role.HOST in who and not STAFF.isdisjoint(actor.roles_over(facts))


def _case(known: Known, deed: Action | Act, role: Role, facts: Facts) -> Case:
    left = None
    if ACTIONS[deed].spends:
        left = fund_left(known.connection, known.policy, facts, known.project_id, lock=False)
    return Case(
        facts=facts,
        policy=known.policy,
        calendar=known.book.calendar,
        deed=deed,
        role=role,
        today=known.today,
        on=known.today,
        fund_left=left,
        supposed=True,
    )


def _judged(
    known: Known, deed: Action | Act, actor: Actor, *, on_behalf: bool
) -> tuple[Case, list[Finding]]:
    """The deed with its form filled in, as the engine would judge it of this person."""
    empty = Deed(deed, actor, {}, {}, known.today, on_behalf=on_behalf)
    role = roles_for(empty, known.facts, known.policy)[0]
    form = filled(_case(known, deed, role, known.facts))
    papers: dict[str, Json] = {key: {} for key in form.papers}
    asked = Deed(deed, actor, form.given, papers, known.today, on_behalf=on_behalf)
    return judged(
        known.connection,
        known.book,
        known.policy,
        known.project_id,
        known.facts,
        asked,
        known.today,
        looking=True,
    )


def _option(
    known: Known,
    case: Case,
    found: Iterable[Finding],
    bare: Iterable[Finding],
    who: tuple[Role, ...],
    *,
    on_behalf: bool,
) -> Option:
    reasons = tuple(found)
    against = blocks(reasons)
    standing = {(f.rule, f.fact) for f in reasons}
    personal = bool(against) and all(is_personal(f) for f in against)
    besides = _besides(case, who) if personal else ()
    against = blocks(besides) if personal else against
    asks = () if personal else tuple(f for f in bare if (f.rule, f.fact) not in standing)
    second = second_by(case.deed, known.facts.state)
    awaited = known.facts.awaits(case.deed)
    return Option(
        deed=case.deed,
        stand=Stand.BLOCKED if against else Stand.OTHERS if personal else Stand.OPEN,
        role=case.role,
        who=who,
        on_behalf=on_behalf,
        second=awaited,
        proposes=bool(second) and not awaited,
        reasons=reasons,
        besides=besides,
        asks=asks,
        way=(),
        case=case,
    )


def _besides(case: Case, who: tuple[Role, ...]) -> tuple[Finding, ...]:
    """What stands against a deed for those whose turn it is."""
    return tuple(judge(filled(replace(case, role=who[0], given={}, papers=frozenset()))))


def _way(known: Known, deed: Action | Act) -> Iterable[Leg]:
    """The ordinary steps to this one and what each lacks; last, what would stand against itself."""
    if not isinstance(deed, Action) or is_aside(deed):
        return
    category = known.policy.categories[known.facts.category]
    # Nobody has to file what no notice asks for, nor once the class is over.
    unfiled = not is_asked(Action.FILE, category) or is_past(known.facts, known.today)
    steps = way_to(deed, known.facts.state, category, unfiled=unfiled)
    facts = known.facts
    for step in steps:
        yield _leg(known, step.action, replace(facts, state=step.source))
        if step.action in STAMPED:
            facts = STAMPED[step.action](facts, known.today)
    last = steps[-1].target if steps else _source(deed, facts)
    if last is None:
        return
    leg = _leg(known, deed, replace(facts, state=last))
    if steps or blocks(leg.lacks):
        yield leg


# What is on record once a step on the way has been done, as far as a later one looks at it.
STAMPED: dict[Action, Callable[[Facts, date], Facts]] = {
    Action.FILE: lambda facts, on: replace(facts, filed_on=on),
    Action.REPORT: lambda facts, on: replace(facts, reported_on=on),
}


def _source(deed: Action, facts: Facts) -> State | None:
    """Where a step that no ordinary way leads to would be possible: it may be none of this
    category's at all. Not asked of what has ended, nor of what lies behind."""
    sources = [state for state in State if who_may(deed, state)]
    ahead = [state for state in sources if ORDER[state] > ORDER.get(facts.state, 99)]
    return ahead[-1] if ahead else None


ORDER = {state: n for n, state in enumerate(State) if state not in FINAL}


def _leg(known: Known, action: Action, facts: Facts) -> Leg:
    """A step judged as if the project stood there, with nothing attached yet."""
    who = who_may(action, facts.state)
    empty = _case(known, action, who[0], replace(facts, pending={}))
    papers = [f for f in judge(empty) if f.rule == "papers_present"]
    label = deed_name(action, facts.state, known.policy.categories[facts.category])
    return Leg(action, label, who, (*papers, *worth_saying(judge(filled(empty)))))


def worth_saying(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without what only repeats another: that a record cannot be dated before the class ends."""
    listed = tuple(found)
    said = {finding.rule for finding in listed}
    return tuple(f for f in listed if f.rule != "not_before_its_time" or "has_ended" not in said)
