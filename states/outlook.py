"""What a deed will bring about: the state after it, whether that is an end, who gets a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from states.decide import second_by
from states.facts import Facts
from states.lifecycle import FINAL
from states.machine import move
from states.mailing import told
from states.terms import Act, Action, Role, State


@dataclass(frozen=True, slots=True)
class Outlook:
    """`moves_to` None: the state stays. `second`: who has to complete it, if anybody."""

    moves_to: State | None
    final: bool
    second: tuple[Role, ...]
    tells: tuple[Role, ...]


def outlook(deed: Action | Act, facts: Facts, role: Role, today: date) -> Outlook:
    """As it would be done now, by somebody in this role. The deed is possible in this state."""
    target = move(facts.state, deed, facts.came_from) if isinstance(deed, Action) else None
    second = () if facts.awaits(deed) else second_by(deed, facts.state)
    tells = told(deed, facts, facts, role, today)
    return Outlook(target, target in FINAL, second, tells)
