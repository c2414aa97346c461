"""What a deed changes: pure functions from a case to changed facts, as JSON.

None in the result removes a fact (see facts.merge). The engine stores exactly this with the
event, so that replaying the history gives the project back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from states.facts import Facts, Json, as_json
from states.findings import Case
from states.forms import ACCOUNT
from states.machine import move
from states.mending import is_sent_back, to_mend
from states.terms import Act, Action, Kind, State


def effects(case: Case, seq: int) -> Json:
    """The changed facts of a deed that nothing blocks. `seq` numbers the event."""
    changes = EFFECTS[case.deed](case, seq)
    facts = case.facts
    if facts.awaits(case.deed):
        changes["pending"] = None
    if isinstance(case.deed, Action):
        target = move(facts.state, case.deed, facts.came_from)
        assert target is not None, (facts.state, case.deed)
        changes |= {"state": target.value, "came_from": facts.state.value}
        if facts.follow_up:  # whom it was about has acted, or nothing is left to ask for
            changes["follow_up"] = None
        if case.deed in MENDS and facts.mend_in is facts.state and not facts.mended_on:
            changes["mended_on"] = case.on.isoformat()
    return {key: as_json(value) for key, value in changes.items()}


def overtakes(deed: Action | Act, facts: Facts) -> bool:
    """Whether a deed ends what was proposed without deciding it: that rested on other facts, and
    must be proposed anew."""
    other = bool(facts.pending) and not facts.awaits(deed)
    return other and (isinstance(deed, Action) or deed in UNSETTLES)


UNSETTLES = frozenset({Act.CORRECT, Act.CHANGE, Act.CONFIRM_DATES, Act.POSTPONE, Act.TRANSFER})
MENDS = frozenset({Action.SUBMIT, Action.FILE, Action.REPORT})


def _taken(case: Case, *names: str, **renamed: str) -> Json:
    """Given values under their own or another fact's name, those that were given."""
    pairs = {**{name: name for name in names}, **renamed}
    return {fact: case.given[name] for name, fact in pairs.items() if name in case.given}


def submit(case: Case, _: int) -> Json:
    return {"submitted_on": case.facts.submitted_on or case.on}


def review(case: Case, _: int) -> Json:
    return {"reviewed_on": case.on}


def plan(case: Case, _: int) -> Json:
    dates = _moved_dates(case)
    taken = _taken(case, "number", "category", "document_number")
    return {"planned_on": case.on, "known_on": case.on, **taken, **dates}


def file(case: Case, _: int) -> Json:
    return {"filed_on": case.facts.filed_on or case.on}


def hold(case: Case, _: int) -> Json:
    taken = _taken(case, "trainees", "online_trainees", "staff", "place", **ACTUAL)
    return {"held_on": case.on, **taken}


ACTUAL = {"opens": "actual_opens", "ends": "actual_ends"}


def report(case: Case, _: int) -> Json:
    changes: Json = {"reported_on": case.facts.reported_on or case.on}
    promised = case.given.get("promised")
    late = [
        paper.key
        for paper in case.category.papers.get(Action.REPORT, ())
        if paper.may_follow and not case.has_paper(paper.key)
    ]
    if promised and late:
        changes["promised"] = {key: promised.isoformat() for key in late}
    if account := _taken(case, *(field.name for field in ACCOUNT)):
        changes["account"] = account  # R25-20: the receipt comes with it
    return changes


def subsidise(case: Case, _: int) -> Json:
    return {"ended_on": case.on, **_taken(case, "amount", "document_number")}


def close(case: Case, _: int) -> Json:
    return {"ended_on": case.on}


def send_back(case: Case, _: int) -> Json:
    target = move(case.facts.state, Action.SEND_BACK)
    assert target is not None
    return {
        "mend_in": target.value,
        "mend_from": case.on,
        "mend_by": case.given["mend_by"],
        "mend_items": case.given["items"],
        "mend_round": case.facts.mend_round + 1,
        "mended_on": None,
    }


def reject(case: Case, _: int) -> Json:
    reason = case.policy.reasons[case.given["code"]]
    cited = case.policy.clause_on(reason.clause, case.on)
    said = {
        "state": case.facts.state.value,
        "code": reason.key,
        "clause": cited.id if cited else "",
    }
    return {"ended_on": case.on, "rejected": said | {"text": case.given["text"]}}


def withdraw(case: Case, _: int) -> Json:
    majeure = bool(case.given.get("force_majeure"))
    return {"ended_on": case.on, "force_majeure": majeure or None}


def reinstate(_: Case, __: int) -> Json:
    return {"ended_on": None, "rejected": None, "amount": None, "force_majeure": None}


def _planned_dates(case: Case) -> Json:
    opens, ends = case.given["opens"], case.given.get("ends")
    text = f"{opens.isoformat()} 至 {ends.isoformat()}" if ends else opens.isoformat()
    window = {"opens_earliest": opens, "opens_latest": opens}
    return {**window, "planned_ends": ends, "schedule_text": text}


def _moved_dates(case: Case) -> Json:
    if "opens" in case.given:
        return _planned_dates(case)
    return _taken(case, ends="planned_ends")


def confirm_dates(case: Case, _: int) -> Json:
    return _planned_dates(case)


def change(case: Case, seq: int) -> Json:
    """R25-05: the notice is on record; what it announces is what now holds."""
    given = {name: as_json(value) for name, value in case.given.items()}
    noted = {"changes": {str(seq): {"on": case.on.isoformat(), **given}}}
    dates = _moved_dates(case)
    return {**noted, **dates, **_taken(case, "name", "place", trainees="planned_trainees")}


def postpone(case: Case, seq: int) -> Json:
    """Opening and filing are open until new dates come; fixed dates stay."""
    said = {name: as_json(value) for name, value in case.given.items()}
    return {
        **dict.fromkeys(("opens_earliest", "opens_latest", "planned_ends")),
        "schedule_text": "延期，时间待定",
        "changes": {str(seq): {"on": case.on.isoformat(), "postponed": True, **said}},
        "postponed": {"on": case.on.isoformat(), **said},
    }


def extend(case: Case, _: int) -> Json:
    """What is sent back has one date, which moves; all others keep the grant beside the rule."""
    kind, until = Kind(case.given["kind"]), case.given["due_on"]
    if kind is Kind.MENDING and is_sent_back(case.facts):
        return {"mend_by": until}
    if kind is Kind.MENDING:
        by = until.isoformat()
        flags = to_mend(case.facts).items()
        earlier = {key: flag for key, flag in flags if flag["disposed"]["mend_by"] < by}
        moved = {k: f | {"disposed": f["disposed"] | {"mend_by": by}} for k, f in earlier.items()}
        return {"flags": moved}
    said = {name: as_json(value) for name, value in case.given.items() if name != "kind"}
    return {"extended": {kind.value: said | {"on": case.on.isoformat()}}}


def transfer(case: Case, _: int) -> Json:
    return _taken(case, "department", "host")


def hand_over(case: Case, _: int) -> Json:
    return _taken(case, *CONTACT)


CONTACT = ("contact_name", "contact_email", "contact_phone", "office_email")


def reclassify(case: Case, _: int) -> Json:
    return _taken(case, "category", "number", "document_number")


def inspect(case: Case, seq: int) -> Json:
    """What was found stays with the event; the facts keep when, and what there is to mend by."""
    return {"inspections": {str(seq): {"on": case.on.isoformat(), **_dated(case, "mend_by")}}}


def _dated(case: Case, name: str) -> Json:
    return {name: case.given[name].isoformat()} if case.given.get(name) else {}


def note(case: Case, _: int) -> Json:
    """What was said stays with the event, for officials; the facts keep when to call again."""
    return {"follow_up": case.given.get("follow_up")}


def milestone(case: Case, _: int) -> Json:
    said = {"on": case.on.isoformat(), "evidence": case.given.get("evidence", "")}
    return {"milestones": {case.given["name"]: said}}


def correct(case: Case, _: int) -> Json:
    if case.given.get("undo"):
        assert case.facts.came_from is not None
        step, stamps = LED_TO[case.facts.state]
        # What only mended an earlier report leaves that one standing: the first date counts.
        mended = case.facts.mended_on and case.facts.mend_in is case.facts.came_from
        gone: Json = dict.fromkeys(("mended_on",) if mended else stamps)
        raised = {step.value} | ({Act.CORRECT.value} if step is Action.HOLD else set())
        gone["flags"] = {k: None for k, f in case.facts.flags.items() if f["deed"] in raised}
        return gone | {"state": case.facts.came_from.value, "came_from": None}
    return _taken(case, "trainees", "online_trainees", "staff", "place", "amount", **ACTUAL)


HELD_STAMPS = ("held_on", "actual_opens", "actual_ends", "trainees", "online_trainees", "staff")
# The step that led to a state that can be undone, and the facts that it had set.
LED_TO: dict[State, tuple[Action, tuple[str, ...]]] = {
    State.HELD: (Action.HOLD, HELD_STAMPS),
    State.REPORTED: (Action.REPORT, ("reported_on", "promised", "account")),
    State.SUBSIDISED: (Action.SUBSIDISE, ("amount", "ended_on")),
    State.CLOSED: (Action.CLOSE, ("ended_on",)),
}


def dispose(case: Case, _: int) -> Json:
    key = case.given["flag"]
    said = {name: as_json(value) for name, value in case.given.items() if name != "flag"}
    flag = case.facts.flags[key]
    by = flag.get("disposed", {}).get("mend_by")  # stays readable
    disposed = ({"mend_by": by} if by else {}) | said | {"on": case.on.isoformat()}
    return {"flags": {key: flag | {"disposed": disposed}}}


def supply(_: Case, __: int) -> Json:
    return {}  # the engine keeps the papers of every deed


def cancel(_: Case, __: int) -> Json:
    return {"pending": None}


def announce(case: Case, _: int) -> Json:
    return {"untold": None, "announced_on": case.on, "acknowledged_on": None}


def acknowledge(case: Case, _: int) -> Json:
    return {"acknowledged_on": case.on}


EFFECTS: dict[Action | Act, Callable[[Case, int], dict[str, Any]]] = {
    Action.SUBMIT: submit,
    Action.REVIEW: review,
    Action.PLAN: plan,
    Action.FILE: file,
    Action.HOLD: hold,
    Action.REPORT: report,
    Action.SUBSIDISE: subsidise,
    Action.CLOSE: close,
    Action.SEND_BACK: send_back,
    Action.REJECT: reject,
    Action.WITHDRAW: withdraw,
    Action.REINSTATE: reinstate,
    Act.CONFIRM_DATES: confirm_dates,
    Act.CHANGE: change,
    Act.POSTPONE: postpone,
    Act.EXTEND: extend,
    Act.TRANSFER: transfer,
    Act.HAND_OVER: hand_over,
    Act.RECLASSIFY: reclassify,
    Act.INSPECT: inspect,
    Act.NOTE: note,
    Act.MILESTONE: milestone,
    Act.CORRECT: correct,
    Act.DISPOSE: dispose,
    Act.SUPPLY: supply,
    Act.CANCEL: cancel,
    Act.ANNOUNCE: announce,
    Act.ACKNOWLEDGE: acknowledge,
}
