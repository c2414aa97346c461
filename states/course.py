"""The ordinary course of a category: which steps it takes, and the way from here to a later one."""

from __future__ import annotations

from functools import lru_cache

from states.lifecycle import ACT_RULES, LIFECYCLE, STEPS, Step
from states.policy import Category
from states.terms import Act, Action, Force, Kind, State

ASIDE = frozenset({Action.SEND_BACK, Action.REJECT, Action.WITHDRAW, Action.REINSTATE})
ONWARD: tuple[Step, ...] = tuple(step for step in LIFECYCLE if step.action not in ASIDE)


@lru_cache(maxsize=256)
def course(category: Category) -> tuple[Step, ...]:
    """The steps from the draft to the end, without those that this category is not asked for."""
    asked = {Action.FILE: Kind.FILING}
    if category.ends_in is not State.SUBSIDISED:  # money is decided on a report
        asked[Action.REPORT] = Kind.REIMBURSEMENT
    left_out = {
        action
        for action, kind in asked.items()
        if category.deadline(kind) is None and not category.papers.get(action)
    }
    taken, state = [], State.DRAFTED
    while state is not category.ends_in:
        step = next(
            step
            for step in ONWARD
            if step.source is state
            and step.action not in left_out
            and (step.target is category.ends_in or _goes_on(step.target))
        )
        taken.append(step)
        assert step.target is not None
        state = step.target
    return tuple(taken)


ASKED_BY = {Action.FILE: Kind.FILING, Action.REPORT: Kind.REIMBURSEMENT}


def is_asked(deed: Action | Act, category: Category) -> bool:
    """Whether a notice asks for this of the category, where it depends on one."""
    kind = ASKED_BY.get(deed) if isinstance(deed, Action) else None
    rule = category.deadline(kind) if kind else None
    return kind is None or (rule is not None and rule.force is Force.STATED)


def _goes_on(state: State | None) -> bool:
    return any(step.source is state for step in ONWARD)


def step_from(state: State, category: Category, *, unfiled: bool = False) -> Step | None:
    """The ordinary step from a state. `unfiled`: without the filing, which nobody has to wait for;
    what was filed although no notice asks for it goes on to the class too."""
    if state is State.FILED or (unfiled and state is State.PLANNED):
        return STEPS[state, Action.HOLD]
    return next((step for step in course(category) if step.source is state), None)


def way_to(
    deed: Action | Act, state: State, category: Category, *, unfiled: bool = False
) -> tuple[Step, ...]:
    """The ordinary steps from `state` to where `deed` is possible; none if it is possible here,
    or if no such way leads there. `unfiled` as in `step_from`."""
    sources = _sources(deed)
    taken: list[Step] = []
    at: State | None = state
    while at not in sources:
        step = step_from(at, category, unfiled=unfiled) if at else None
        if step is None:
            return ()
        taken.append(step)
        at = step.target
    return tuple(taken)


def onward(state: State) -> frozenset[Action]:
    """The steps that lead on from here, in whatever category."""
    return frozenset(step.action for step in ONWARD if step.source is state)


def is_aside(deed: Action | Act) -> bool:
    """Whether nobody waits for this deed: it sends back, ends early or brings back."""
    return deed in ASIDE


def _sources(deed: Action | Act) -> frozenset[State]:
    if isinstance(deed, Action):
        return frozenset(source for source, action in STEPS if action is deed)
    return frozenset(ACT_RULES[deed].states)
