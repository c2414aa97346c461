"""Which dates held when. A paper is on time by the due day that was in force when it came: a date
that moves afterwards makes nobody late, and one that had moved before counts as it then stood.

What a change of dates puts out of force stays in the facts (`dates_before`), so that the history
tells it again. On the day of the move itself the host has the later of the two; what was recorded
wrongly and is corrected counts as it was and as it is, whichever is later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from states.calculus import Dates, Deadline, deadlines_of, extended
from states.calendar import WorkCalendar
from states.facts import Facts, Json
from states.policy import Category
from states.terms import Kind

DAYS = ("opens_earliest", "opens_latest", "planned_ends", "actual_opens", "actual_ends")


def put_out(
    before: Mapping[str, Any], changes: Mapping[str, Any], seq: int, on: date, *, corrects: bool
) -> Json:
    """The dates that event `seq` puts out of force, as a fact; empty where none moves."""
    if all(changes[name] == before.get(name) for name in DAYS if name in changes):
        return {}
    held: Json = {name: before[name] for name in DAYS if before.get(name)}
    if corrects:
        held["corrected"] = True
    return {"dates_before": {str(seq): {"until": on.isoformat(), **held}}}


def deadline_on(
    kind: Kind, facts: Facts, category: Category, calendar: WorkCalendar, day: date
) -> Deadline | None:
    """The deadline of this kind that was in force on a day, with what the province has granted;
    None where there was none, so that nobody can have been late."""
    found = []
    for dates in _dates_on(facts, day):
        known = deadlines_of(category, dates, calendar)
        one = next((deadline for deadline in known if deadline.kind is kind), None)
        if one is None:
            return None
        if said := facts.extended.get(kind):
            one = extended(one, date.fromisoformat(said["due_on"]), calendar)
        found.append(one)
    return max(found, key=lambda one: one.late_after)


def _dates_on(facts: Facts, day: date) -> list[Dates]:
    """All dates that may count for a day."""
    gone = [facts.dates_before[seq] for seq in sorted(facts.dates_before, key=int)]
    since = [date.min, *(date.fromisoformat(one["until"]) for one in gone)]
    known = [max(facts.known_on or date.min, day) for day in since]
    held = [*map(_dates, gone, known), facts.dates]
    last = max(n for n, first in enumerate(since) if first <= day)
    first = last
    while first and since[first] == day:
        first -= 1
    while last < len(gone) and gone[last].get("corrected"):
        last += 1
    return held[first : last + 1]


def _dates(kept: Mapping[str, str], known_on: date) -> Dates:
    days = {name: date.fromisoformat(kept[name]) for name in DAYS if name in kept}
    return Dates(**days, known_on=known_on)
