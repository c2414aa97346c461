"""The last step taken back: which step led here, and the facts that it had set."""

from __future__ import annotations

from states.terms import Action, State

HELD_STAMPS = ("held_on", "actual_opens", "actual_ends", "trainees", "online_trainees", "staff")
LED_TO: dict[State, tuple[Action, tuple[str, ...]]] = {
    State.HELD: (Action.HOLD, HELD_STAMPS),
    State.REPORTED: (Action.REPORT, ("reported_on", "promised", "account")),
    State.SUBSIDISED: (Action.SUBSIDISE, ("amount", "ended_on")),
    State.CLOSED: (Action.CLOSE, ("ended_on",)),
}
