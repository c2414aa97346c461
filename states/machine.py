"""The lifecycle table run by `transitions`: one machine for all projects, built once.

A machine per project would cost more than the durable step that it guards
(docs/decisions/0002); here a flyweight carries the state through a shared one.
"""

from __future__ import annotations

from functools import cache

from transitions import Machine, MachineError

from states.lifecycle import LIFECYCLE
from states.terms import Action, State


class Token:
    """The flyweight: a state on its way through the machine."""

    __slots__ = ("came_from", "state")

    def __init__(self, state: State, came_from: State | None) -> None:
        self.state: str = state.value
        self.came_from = came_from


@cache
def machine() -> Machine:
    """The shared machine. `reinstate` has one arrow per possible origin, chosen by a condition."""
    built = Machine(
        model=None,
        states=[state.value for state in State],
        initial=State.DRAFTED.value,
        auto_transitions=False,
        send_event=True,
    )
    for step in LIFECYCLE:
        if step.target is not None:
            built.add_transition(step.action.value, step.source.value, step.target.value)
            continue
        for origin in origins(step.source):
            built.add_transition(
                step.action.value,
                step.source.value,
                origin.value,
                conditions=[lambda event, origin=origin: event.model.came_from is origin],
            )
    return built


def origins(final: State) -> tuple[State, ...]:
    """The states from which `final` can be reached, in the order of the table."""
    return tuple(dict.fromkeys(step.source for step in LIFECYCLE if step.target is final))


@cache  # the answer depends on nothing else, and there are few hundred questions
def move(state: State, action: Action, came_from: State | None = None) -> State | None:
    """The state after `action`, or None where the table has no such arrow.

    `came_from` is the state before the last final one; only `reinstate` asks for it.
    """
    token = Token(state, came_from)
    event = machine().events[action.value]
    try:
        moved = event.trigger(token)
    except MachineError:
        return None
    return State(token.state) if moved else None
