"""Who is told what: sorts of mail, which of them somebody may put off or mute, and whom a deed
concerns.

What a notice requires of a person reaches that person at once, whatever was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from states.actions import ACTIONS
from states.decide import sides_of_proposal
from states.facts import Facts
from states.lifecycle import ACT_RULES, STEPS
from states.mending import to_mend
from states.terms import STAFF, Act, Action, Force, Kind, Labelled, Role, State


class Sort(Labelled):
    """What somebody can choose for: the coarse sorts, not every notice."""

    DEADLINES = "deadlines", "本人事项的期限提醒", "Deadlines of one's own"
    CHASING = "chasing", "所联系项目的期限和催报", "Deadlines of projects that one watches"
    GENTLE = "gentle", "开班前确认、办班登记等建议性提醒", "What no notice asks for"
    RECEIPTS = "receipts", "收到材料的回执", "Receipts"
    RESULTS = "results", "办理结果、日期变更", "Results and moved dates"
    DIGEST = "digest", "定期汇总", "Digests"
    ALARMS = "alarms", "退信和发送失败", "Returned and failed mail"


class Mode(Labelled):
    """How somebody wants one sort of mail."""

    AT_ONCE = "at_once", "即时发送", "At once"
    DIGEST = "digest", "并入定期汇总", "In the digest"
    OFF = "off", "不接收", "Off"


ONCE = frozenset({Mode.AT_ONCE})
NOT_OFF = frozenset({Mode.AT_ONCE, Mode.DIGEST})
ANY = frozenset(Mode)


def choices(sort: Sort, role: Role) -> frozenset[Mode]:
    """What a person in this role may choose. Only staff have a digest to put things into."""
    if role in STAFF:
        return {
            Sort.CHASING: NOT_OFF,  # somebody must hear that a host is late
            Sort.GENTLE: ANY,
            Sort.RECEIPTS: ANY,
            Sort.RESULTS: ANY,
            Sort.DIGEST: frozenset({Mode.AT_ONCE, Mode.OFF}),
        }.get(sort, ONCE)
    if role is Role.HOST and sort in (Sort.GENTLE, Sort.RECEIPTS):
        return frozenset({Mode.AT_ONCE, Mode.OFF})
    return ONCE


def sort_of_step(force: Force, role: Role) -> Sort:
    """The sort of a ladder's step for somebody in this role."""
    if force is Force.ADVISORY:
        return Sort.GENTLE
    return Sort.DEADLINES if role is Role.HOST else Sort.CHASING


def sort_of_result(deed: Action | Act, role: Role) -> Sort:
    return Sort.RECEIPTS if ACTIONS[deed].receipt and role is Role.HOST else Sort.RESULTS


def whose_turn(kind: Kind, facts: Facts, role: Role) -> bool:
    """Whether a step concerns somebody in this role now: what a host has handed in to its
    department is the department's to hand on."""
    return not (kind is Kind.APPLICATION and role is Role.HOST and facts.state is State.SUBMITTED)


def is_past(facts: Facts, today: date) -> bool:
    """Whether the class, by its plan, is over."""
    over = facts.actual_ends or facts.planned_ends or facts.opens_latest
    return over is not None and over < today


def plan_came_late(facts: Facts, late_after: date) -> bool:
    """Whether the plan itself came after the deadline: nobody's fault among the hosts."""
    planned = [day for day in (facts.known_on, facts.planned_on) if day]
    return bool(planned) and late_after < max(planned)


FIRST_DAYS = 7  # in which a class that should be over is asked for its record only


def hushed(
    kind: Kind,
    facts: Facts,
    role: Role,
    *,
    late_after: date,
    known_on: date | None,
    on: date,
) -> str:
    """Why a deadline is not urged on somebody in a role on a day, whichever step it is; empty if
    it is. The same for reminders and digests."""
    if plan_came_late(facts, late_after):
        return "before_known"
    if role is not Role.HOST and known_on and late_after < known_on and is_past(facts, known_on):
        return "past_class"  # a class moved into the past concerns its own people only
    if not whose_turn(kind, facts, role):
        return "not_theirs"
    if kind is Kind.APPLICATION and role is Role.COORDINATOR and _after_window(facts, late_after):
        return "province_only"
    if kind is Kind.APPLICATION and facts.state is State.DRAFTED and late_after < on:
        return "no_duty"  # nobody has to apply
    # Once the class should be over, asking for its record takes the place of asking for the plan.
    if kind is Kind.FILING and is_past(facts, on):
        return "class_over"
    ends = facts.planned_ends
    if kind is Kind.COMPLETION and ends and ends <= late_after < on:
        return "class_over" if (on - ends).days < FIRST_DAYS else ""
    return ""


def _after_window(facts: Facts, late_after: date) -> bool:
    """R24-13: what was handed in after the window only the province may still take."""
    return facts.submitted_on is not None and facts.submitted_on > late_after


def told(
    deed: Action | Act,
    before: Facts,
    after: Facts,
    by: Role,
    today: date,
    *,
    on_behalf: bool = False,
) -> tuple[Role, ...]:
    """Who gets a mail about a deed. A class moved into the past concerns its own people only; a
    milestone those who did not record it; an inspection its host, if there is something to mend; the
    end of a proposal both sides, but for colleagues, who see it."""
    if isinstance(deed, Action):
        return STEPS[before.state, deed].tells
    if deed is Act.CANCEL:
        sides = sides_of_proposal(before)
        return sides if Role.HOST in sides else ()
    if deed is Act.MILESTONE and by is Role.HOST and not on_behalf:
        return ()
    if deed is Act.HAND_OVER and by is Role.HOST:
        return Role.HOST, Role.COORDINATOR  # who has to know whom to call
    if deed is Act.INSPECT and not _to_mend(after):
        return ()
    if deed is Act.DISPOSE and before.flags != after.flags and not _asks_anew(before, after):
        return ()
    tells = ACT_RULES[deed].tells
    return (Role.HOST,) if tells and ACTIONS[deed].new_dates and is_past(after, today) else tells


def _to_mend(facts: Facts) -> bool:
    """Whether the last inspection found something to mend."""
    if not facts.inspections:  # asked before the first one is on record: it may
        return True
    return "mend_by" in facts.inspections[max(facts.inspections, key=int)]


def notice_of(deed: Action | Act, given: Mapping[str, Any]) -> str:
    """What a mail about a deed is called: the deed, or the milestone that was recorded."""
    return str(given.get("name", deed.value)) if deed is Act.MILESTONE else deed.value


def _asks_anew(before: Facts, after: Facts) -> bool:
    """Whether a flag has become one to mend."""
    return any(flag != before.flags.get(key) for key, flag in to_mend(after).items())


# Whose part in a project a deed can end: they are told so, once, by a notice of its own.
PARTS = {Act.HAND_OVER: Role.HOST, Act.TRANSFER: Role.COORDINATOR}


def parting_notice(act: Act) -> str:
    """What the mail to those who have no more to do with a project is called."""
    return f"{act.value}{PARTING}"


PARTING = ".left"
PARTING_NOTICES = frozenset(parting_notice(act) for act in PARTS)
