"""What a deed will bring about: the state after it, whether that is an end, what it ends that waits
for a second person, who gets a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from states.decide import second_by, sides_of_proposal
from states.effects import overtakes
from states.facts import Facts
from states.labels import deed_name
from states.lifecycle import FINAL
from states.machine import move
from states.mailing import told
from states.policy import Category
from states.terms import Act, Action, Role, State, Text, deed_of


@dataclass(frozen=True, slots=True)
class Outlook:
    """`moves_to` None: the state stays. `second`: who has to complete it, if anybody."""

    moves_to: State | None
    final: bool
    second: tuple[Role, ...]
    tells: tuple[Role, ...]
    ends: Action | Act | None  # what is proposed and will not be decided (states/effects.py)


def outlook(deed: Action | Act, facts: Facts, role: Role, today: date) -> Outlook:
    """As it would be done now, by somebody in this role. The deed is possible in this state."""
    target = move(facts.state, deed, facts.came_from) if isinstance(deed, Action) else None
    second = () if facts.awaits(deed) else second_by(deed, facts.state)
    tells = told(deed, facts, facts, role, today)
    ends = ended(deed, facts)
    if ends is not None and is_seen(facts, official=role is not Role.HOST):
        tells = tuple(dict.fromkeys((*tells, *sides_of_proposal(facts))))
    return Outlook(target, target in FINAL, second, tells, ends)


def ended(deed: Action | Act, facts: Facts) -> Action | Act | None:
    """What waits for a second person and ends undecided by this deed."""
    return deed_of(facts.pending["deed"]) if overtakes(deed, facts) else None


def is_seen(facts: Facts, *, official: bool) -> bool:
    """Whether the reader is told of what is proposed: a host only of what is its own to propose."""
    return official or Role.HOST in sides_of_proposal(facts)


def ending(deed: Action | Act, facts: Facts, category: Category, *, official: bool) -> Text | None:
    """That such a proposal ends by this deed, to be said before it is done; None where it does not,
    or is none of the reader's."""
    ends = ended(deed, facts)
    if ends is None or not is_seen(facts, official=official):
        return None
    return ENDS.format(deed=deed_name(ends, facts.state, category))


ENDS = Text(
    "待复核的拟办“{deed}”随之终止，拟办和复核双方均收到邮件。",
    "“{deed}”, which waits for a second person, ends with it; both sides get a mail.",
)
