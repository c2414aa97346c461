"""Which deadlines a project has: those of its policy, and three that its course brings up.

Before an opening the host is asked whether all stands as planned; a planned end that passes
unrecorded asks for a record; what was sent back is to be mended by its date. None of them stands in
a notice, and their force says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from states.calculus import Deadline, deadlines_of, extended
from states.calendar import WorkCalendar
from states.facts import Facts, Standing, standing
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


def wanted(facts: Facts, category: Category, calendar: WorkCalendar) -> list[Wanted]:
    """Every deadline that these facts have, in the order of the policy."""
    found = []
    for one in deadlines_for(facts, category, calendar):
        stands, met_on = standing(one.kind, facts)
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
    ends = facts.dates.latest_end(category.usual_days)
    if ends:
        loose = facts.dates.open_window or facts.planned_ends is None
        stands, met_on = standing(Kind.RECORDING, facts)
        asked = Force.ADVISORY  # by the system, not by a notice
        found.append(
            Wanted(Kind.RECORDING, ends, ends, ends, ends, asked, loose, "", stands, met_on)
        )
    opens = facts.opens_earliest
    if opens and facts.actual_opens is None:
        stands, met_on = standing(Kind.OPENING, facts)
        advised, loose = calendar.on_or_before(opens), facts.dates.open_window
        found.append(
            Wanted(
                Kind.OPENING,
                opens,
                opens,
                advised,
                opens,
                Force.ADVISORY,
                loose,
                "",
                stands,
                met_on,
            )
        )
    if facts.mend_by:
        by = facts.mend_by
        advised = calendar.on_or_before(by)
        stands, met_on = standing(Kind.MENDING, facts)
        found.append(
            Wanted(Kind.MENDING, by, by, advised, by, Force.ASKED, False, "", stands, met_on)
        )
    return found
