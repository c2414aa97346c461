"""Which deadlines a project has: those of its policy, and three that its course brings up.

Before an opening the host is asked whether all stands as planned; a planned end that passes
unrecorded asks for a record; what was sent back is to be mended by its date. None of them stands in
a notice, and their force says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from states.calculus import Deadline, deadlines_of, extended
from states.calendar import WorkCalendar
from states.facts import Facts, Standing, standing
from states.in_force import deadline_on
from states.mending import asked_by_flags
from states.policy import Category
from states.terms import Force, Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A deadline as the facts ask for it now."""

    kind: Kind
    anchor_on: date
    due_on: date
    advised_on: date
    late_after: date
    force: Force
    provisional: bool
    clause: str
    standing: Standing
    met_on: date | None


def deadlines_for(facts: Facts, category: Category, calendar: WorkCalendar) -> tuple[Deadline, ...]:
    """The policy's deadlines for these facts, with what the province has granted."""
    found = deadlines_of(category, facts.dates, calendar)
    if not facts.extended:
        return found
    granted = {kind: date.fromisoformat(said["due_on"]) for kind, said in facts.extended.items()}
    return tuple(
        extended(one, granted[one.kind], calendar) if one.kind in granted else one for one in found
    )


def applied_late(facts: Facts, category: Category) -> bool:
    """R24-13: whether the application came after its window, so that only the province may still
    take it."""
    rule = category.deadline(Kind.APPLICATION)
    if rule is None or rule.fixed_on is None or facts.submitted_on is None:
        return False
    granted = facts.extended.get(Kind.APPLICATION.value)
    until = date.fromisoformat(granted["due_on"]) if granted else rule.fixed_on
    return facts.submitted_on > max(until, rule.fixed_on)


def wanted(facts: Facts, category: Category, calendar: WorkCalendar) -> list[Wanted]:
    """Every deadline that these facts have, in the order of the policy."""
    found = []
    for one in deadlines_for(facts, category, calendar):
        stands, met_on = standing(one.kind, facts)
        if met_on and facts.dates_before:
            then = deadline_on(one.kind, facts, category, calendar, met_on)
            # Met in time is met, whatever moved since; late by what held then, or only by what
            # holds now, is told by what held then.
            if then and met_on > min(then.late_after, one.late_after):
                one = then
        found.append(
            Wanted(
                one.kind,
                one.anchor_on,
                one.due.due_on,
                one.due.advised_on,
                one.late_after,
                one.force,
                one.provisional,
                one.clause,
                stands,
                met_on,
            )
        )
    return [*found, *_own(facts, category, calendar)]


def _own(facts: Facts, category: Category, calendar: WorkCalendar) -> Iterator[Wanted]:
    """What no policy lists. Asked by the system, or by whoever sent something back."""
    window = facts.dates.open_window
    if ends := facts.dates.latest_end(category.usual_days):
        loose = window or facts.planned_ends is None
        yield _on(Kind.RECORDING, ends, ends, Force.ADVISORY, loose, facts)
    if facts.opens_earliest and facts.actual_opens is None:
        last = facts.opens_latest or facts.opens_earliest
        gone = facts.known_on is not None and facts.opens_earliest < facts.known_on
        opens = last if gone else facts.opens_earliest  # before anybody knew of it
        advised = calendar.on_or_before(opens)
        yield _on(Kind.OPENING, opens, advised, Force.ADVISORY, window, facts, last)
    if one := _mending(facts, calendar):
        yield one


def _mending(facts: Facts, calendar: WorkCalendar) -> Wanted | None:
    """What was sent back comes first, then what flags ask for; what is done, by what came last."""
    own, by = asked_by_flags(facts), facts.mend_by
    sent = by and _on(Kind.MENDING, by, calendar.on_or_before(by), Force.ASKED, False, facts)
    if own is None or (sent and sent.standing is Standing.OPEN):
        return sent or None
    due, stands, met_on = own
    if sent and stands is not Standing.OPEN and _last(sent.met_on) >= _last(met_on):
        return sent
    advised = calendar.on_or_before(due)
    asked = (due, due, advised, due, Force.ASKED, False, "", stands, met_on)
    return Wanted(Kind.MENDING, *asked)


def _last(day: date | None) -> date:
    return day or date.min


def _on(
    kind: Kind,
    day: date,
    advised: date,
    force: Force,
    loose: bool,
    facts: Facts,
    last: date | None = None,
) -> Wanted:
    return Wanted(kind, day, day, advised, last or day, force, loose, "", *standing(kind, facts))
