"""Whether the days of a class hang together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states.consequence import ending, stated_in
from states.findings import Case, Finding, block, flag
from states.terms import Act, Action, Kind, Role, Text, day_label


def dates_in_order(case: Case) -> Iterable[Finding]:
    """A class opens before it ends, and in the plan's year."""
    opens, ends = _dates(case)
    if opens and ends and opens > ends:
        said = Text("结束日期{b}早于开班日期{a}。", "The last day {b} is before the first day {a}.")
        message = said.format(a=day_label(opens), b=day_label(ends))
        yield block("dates_in_order", "", "ends", message, who=(case.role,))
    if opens and ends and (ends - opens).days > LONGEST_CLASS:
        said = Text("结束日期{b}距开班超过一年，请核对。", "The last day {b} is over a year later.")
        message = said.format(b=day_label(ends))
        yield block("dates_in_order", "", "ends", message, who=(case.role,))
    recorded = case.deed in (Action.HOLD, Act.CORRECT)  # what has happened is always recorded
    if opens and not recorded and opens.year != case.facts.year:
        said = Text(
            "开班日期{a}不在{year}年度内。", "The first day {a} is not in the plan's year {year}."
        )
        message = said.format(a=day_label(opens), year=case.facts.year)
        yield block("dates_in_order", "", "opens", message, who=(case.role,))


LONGEST_CLASS = 366  # days; longer is a slip of the pen


def not_before_its_time(case: Case) -> Iterable[Finding]:
    """Nothing is dated before what it follows: a record before the class ends, a mended paper
    before it was sent back."""
    facts = case.facts
    earliest = [case.given.get("ends")] if case.deed is Action.HOLD else []
    if case.deed is Action.REPORT:
        earliest.append(facts.actual_ends)
    if facts.mend_in is facts.state and not facts.mended_on:
        earliest.append(facts.mend_from)
    limit = max((day for day in earliest if day), default=None)
    if limit and case.on < limit:
        said = Text(
            "办理日期{on}早于{limit}，请核对日期（--on）。", "The date {on} lies before {limit}."
        ).format(on=day_label(case.on), limit=day_label(limit))
        yield block("not_before_its_time", "", "on", said, who=(case.role,), earliest=limit)


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
            "计划结束日{ends}晚于办班时限{due}{then}",
            "The planned last day {ends} is after the limit {due}{then}",
        )
        then = ending(case.policy, case.category, Kind.COMPLETION)
        due = day_label(deadline.due.due_on)
        message = said.format(ends=day_label(ends), due=due, then=then)
        costs = stated_in(case.category, Kind.COMPLETION)
        yield flag("can_end_in_time", deadline.clause, "ends", message, consequence=costs)


def confirmed_as_planned(case: Case) -> Iterable[Finding]:
    """R25-02, R25-05: confirming settles a window; other dates are a change, announced as one."""
    clause, facts = case.duty("held_as_planned"), case.facts
    opens, ends = case.given.get("opens"), case.given.get("ends")
    if not clause or opens is None or facts.opens_earliest is None:
        return
    within = facts.opens_earliest <= opens <= (facts.opens_latest or facts.opens_earliest)
    if not within or (facts.planned_ends and ends != facts.planned_ends):
        said = Text(
            "确认的时间与计划（{planned}）不一致，应报送变更情况说明。",
            "These days differ from the plan ({planned}), which calls for a change notice.",
        ).format(planned=facts.schedule_text or day_label(facts.opens_earliest))
        yield flag("confirmed_as_planned", clause, "opens", said, who=(Role.HOST,))
