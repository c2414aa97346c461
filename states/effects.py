"""What an action changes: pure functions from a case to changed facts, as JSON.

None in the result removes a fact (see facts.merge). The engine stores exactly this with the
event, so that replaying the history gives the project back.
"""

from __future__ import annotations

from states.actions import ACTIONS
from states.facts import Facts, Json, as_json
from states.findings import Case
from states.machine import move
from states.terms import Act, Action


def effects(case: Case, seq: int) -> Json:
    """The changed facts of an action that nothing blocks. `seq` numbers the event."""
    row, facts = ACTIONS[case.deed], case.facts
    changes = row.effect(case, seq)
    if facts.awaits(case.deed):
        changes["pending"] = None
    if isinstance(case.deed, Action):
        target = move(facts.state, case.deed, facts.came_from)
        assert target is not None, (facts.state, case.deed)
        changes |= {"state": target.value, "came_from": facts.state.value}
        if facts.follow_up:  # whom it was about has acted, or nothing is left to ask for
            changes["follow_up"] = None
        if row.mends and facts.mend_in is facts.state and not facts.mended_on:
            changes["mended_on"] = case.on.isoformat()
    return {key: as_json(value) for key, value in changes.items()}


def overtakes(deed: Action | Act, facts: Facts) -> bool:
    """Whether an action ends what was proposed without deciding it: that rested on other facts, and
    must be proposed anew."""
    other = bool(facts.pending) and not facts.awaits(deed)
    return other and (isinstance(deed, Action) or ACTIONS[deed].unsettles)
