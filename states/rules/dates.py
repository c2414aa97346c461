"""Whether the days of a class hang together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states.findings import Case, Finding, block, flag
from states.terms import Act, Action, Kind, Text, day_label


def dates_in_order(case: Case) -> Iterable[Finding]:
    """A class opens before it ends, and in the plan's year."""
    opens, ends = _dates(case)
    if opens and ends and opens > ends:
        said = Text("结束日期{b}早于开班日期{a}。", "The last day {b} is before the first day {a}.")
        message = said.format(a=day_label(opens), b=day_label(ends))
        yield block("dates_in_order", "", "ends", message, who=(case.role,))
    recorded = case.deed in (Action.HOLD, Act.CORRECT)  # what has happened is always recorded
    if opens and not recorded and opens.year != case.facts.year:
        said = Text(
            "开班日期{a}不在{year}年度内。", "The first day {a} is not in the plan's year {year}."
        )
        message = said.format(a=day_label(opens), year=case.facts.year)
        yield block("dates_in_order", "", "opens", message, who=(case.role,))


def _dates(case: Case) -> tuple[date | None, date | None]:
    """First and last day as they will stand after this deed."""
    if case.deed in (Action.HOLD, Act.CORRECT):
        return case.now("opens", "actual_opens"), case.now("ends", "actual_ends")
    moved = case.given.get("opens")
    ends = case.given.get("ends") or (None if moved else case.facts.planned_ends)
    return moved or case.facts.opens_earliest, ends


def can_end_in_time(case: Case) -> Iterable[Finding]:
    """R25-04: the planned last day should not lie after the completion date."""
    deadline, ends = case.deadline(Kind.COMPLETION), case.given.get("ends")
    if deadline and ends and ends > deadline.due.due_on:
        said = Text(
            "计划结束日{ends}晚于办班时限{due}，可能影响补助，由省厅核定。",
            "The planned last day {ends} is after the limit {due}; the province will decide.",
        )
        message = said.format(ends=day_label(ends), due=day_label(deadline.due.due_on))
        yield flag("can_end_in_time", deadline.clause, "ends", message)
