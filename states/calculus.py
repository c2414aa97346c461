"""The deadline calculus: from an anchor and a rule to the last day that counts, with a trace.

Always from the anchor, never chained: one month before 03-31 is 02-28, and one month after
that would be 03-28. Counting back is inclusive, clipped to the month's end and never rolled
later, which would eat into the office's lead time. Counting forward follows the Civil Code
by analogy (arts. 201-203): the start day is not counted, a month ends on the corresponding
day or the month's end, and a day off moves to the next working day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from states.calendar import ONE_DAY, WorkCalendar
from states.policy import Anchor, Category, DeadlineRule, OffsetUnit
from states.terms import Basis, Force, Kind, Text, day_label

TraceStep = tuple[Text, Mapping[str, object]]  # template and values, filled in only when shown


@dataclass(frozen=True, slots=True)
class Due:
    """What came of a rule. `plain_on` is the date before any day off is considered."""

    plain_on: date
    due_on: date
    advised_on: date
    provisional: bool
    steps: tuple[TraceStep, ...]

    @property
    def trace(self) -> tuple[Text, ...]:
        """The derivation, a sentence a step."""
        return tuple(template.format(**values) for template, values in self.steps)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline of a project: the rule that gave it and what came out."""

    kind: Kind
    force: Force
    clause: str
    anchor_on: date
    due: Due
    # The last day that can still count: of a window's latest opening, else the due day itself.
    late_after: date
    provisional: bool


@dataclass(frozen=True, slots=True)
class Dates:
    """What is known of a class's days, and since when. A window has `opens_earliest` <
    `opens_latest`."""

    opens_earliest: date | None = None
    opens_latest: date | None = None
    planned_ends: date | None = None
    actual_opens: date | None = None
    actual_ends: date | None = None
    known_on: date | None = None

    @property
    def open_window(self) -> bool:
        return self.actual_opens is None and self.opens_earliest != self.opens_latest

    def latest_end(self, usual_days: int) -> date | None:
        """The last day at the latest: real, planned, or the window's end plus a class."""
        if self.actual_ends or self.planned_ends:
            return self.actual_ends or self.planned_ends
        if self.opens_latest is None:
            return None
        return self.opens_latest + timedelta(days=usual_days - 1)


def shift_months(day: date, months: int) -> date:
    """The corresponding day `months` later (earlier if negative), clipped to the month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=8192)  # many projects share their dates
def compute(rule: DeadlineRule, anchor_on: date, calendar: WorkCalendar) -> Due:
    """Apply one rule to its anchor (for a fixed date the anchor is that date itself)."""
    steps: list[TraceStep] = [(ANCHORS[rule.anchor], {"day": day_label(anchor_on)})]
    plain = anchor_on if rule.anchor is Anchor.FIXED else _count(rule, anchor_on, calendar, steps)
    if rule.inclusive and rule.offset < 0:
        steps.append((INCLUSIVE, {}))
    elif not rule.inclusive:
        plain -= ONE_DAY
        steps.append((NOT_INCLUSIVE, {"day": day_label(plain)}))
    due = plain
    if rule.kind is Kind.COMPLETION:
        # An event on a fixed date is not a filing period: weekends change nothing.
        steps.append((FIXED_DAY, {"day": day_label(plain)}))
        return Due(plain, plain, plain, False, tuple(steps))
    if rule.rolls and rule.offset > 0:
        due = calendar.on_or_after(plain)
        if due != plain:
            why = calendar.why_off(plain)
            values = {"plain": day_label(plain), "why": why, "day": day_label(due)}
            steps.append((ROLLED, values))
        elif plain in calendar.make_up_days:
            steps.append((MADE_UP, {"day": day_label(plain)}))
    elif not calendar.is_working(plain):
        steps.append((NOT_ROLLED, {"day": day_label(plain), "why": calendar.why_off(plain)}))
    advised = calendar.on_or_before(plain)
    steps.append((RESULT, {"due": day_label(due), "advised": day_label(advised)}))
    if rule.basis is not Basis.STATED:
        steps.append((rule.basis.label, {}))
    unknown = sorted({d.year for d in (plain, due, advised) if not calendar.knows(d)})
    if rule.unit is OffsetUnit.WORKING_DAY and not calendar.knows(anchor_on):
        unknown = sorted({*unknown, anchor_on.year})
    if unknown:
        steps.append((UNKNOWN_YEAR, {"years": "、".join(map(str, unknown))}))
    return Due(plain, due, advised, bool(unknown), tuple(steps))


def _count(
    rule: DeadlineRule, anchor_on: date, calendar: WorkCalendar, steps: list[TraceStep]
) -> date:
    template = BACK if rule.offset < 0 else FORWARD
    if rule.unit is OffsetUnit.MONTH:
        plain = shift_months(anchor_on, rule.offset)
    elif rule.unit is OffsetUnit.DAY:
        plain = anchor_on + timedelta(days=rule.offset)
    else:
        plain = calendar.shift(anchor_on, rule.offset)
    values = {"n": abs(rule.offset), "unit": rule.unit.label, "day": day_label(plain)}
    steps.append((template, values))
    if rule.unit is OffsetUnit.MONTH and plain.day != anchor_on.day:
        steps.append((CLIPPED, {"wanted": anchor_on.day, "day": day_label(plain)}))
    return plain


@lru_cache(maxsize=8192)
def deadlines_of(category: Category, dates: Dates, calendar: WorkCalendar) -> tuple[Deadline, ...]:
    """Every deadline of the category whose anchor is known, in the policy's order.

    Filing counts from the earliest opening, or from the latest where the earliest asked for
    something before anybody knew of it (5月底前); reimbursement from the latest end. Both are
    provisional until the dates are exact (filing) or the class was held (reimbursement).
    """
    found = []
    for rule in category.deadlines:
        anchor, loose = _anchor(rule, dates, category.usual_days)
        if anchor is not None:
            due = compute(rule, anchor, calendar)
            last = due.due_on
            if rule.anchor is Anchor.OPENS and dates.open_window:
                last = max(last, _latest(rule, category, dates, calendar))
                latest = dates.opens_latest
                if dates.known_on and due.due_on < dates.known_on and latest and last < latest:
                    anchor, due = latest, _from_the_latest(rule, anchor, latest, calendar)
            loose = due.provisional or loose
            found.append(Deadline(rule.kind, rule.force, rule.clause, anchor, due, last, loose))
    return tuple(found)


def _latest(rule: DeadlineRule, category: Category, dates: Dates, calendar: WorkCalendar) -> date:
    """The last day that can still count while the opening is a window.

    A window that ends so late that nothing would be due before the class must be over (第四季度:
    one month before 12-31 is 11-30 itself), or that has no end, names no such day: nobody is late
    before the window is over. What is late until then is the class (R25-04).
    """
    opens = dates.opens_latest or date.max
    fixed = (one.fixed_on for one in category.deadlines if one.kind is Kind.COMPLETION)
    complete_by = next((day for day in fixed if day), date.max)
    if dates.opens_latest is not None:
        due = compute(rule, opens, calendar).due_on
        if due < complete_by:
            return due
    assert dates.opens_earliest is not None
    return min(opens, date(dates.opens_earliest.year, 12, 31))


def _from_the_latest(
    rule: DeadlineRule, earliest: date, latest: date, calendar: WorkCalendar
) -> Due:
    due = compute(rule, latest, calendar)
    why: TraceStep = (KNOWN_LATER, {"day": day_label(earliest)})
    return replace(due, steps=(why, *due.steps))


KNOWN_LATER = Text(
    "按最早开班日{day}推算，截止日早于计划下达之日，改按最晚开班日推算",
    "Counted from the earliest opening, {day}, it would be due before the plan was known; the"
    " latest opening is taken",
)


def extended(deadline: Deadline, until: date, calendar: WorkCalendar) -> Deadline:
    """The same with the later day that the province granted; an earlier grant changes nothing."""
    if until <= deadline.late_after:
        return deadline
    advised = until if deadline.kind is Kind.COMPLETION else calendar.on_or_before(until)
    step: TraceStep = (GRANTED, {"day": day_label(until)})
    due = Due(until, until, advised, not calendar.knows(until), (*deadline.due.steps, step))
    return replace(deadline, due=due, late_after=until, provisional=due.provisional)


GRANTED = Text("省厅同意延长至{day}", "Extended by the province to {day}")


def _anchor(rule: DeadlineRule, dates: Dates, length: int) -> tuple[date | None, bool]:
    if rule.anchor is Anchor.FIXED:
        return rule.fixed_on, False
    if rule.anchor is Anchor.OPENS:
        return dates.actual_opens or dates.opens_earliest, dates.open_window
    return dates.latest_end(length), dates.actual_ends is None


ANCHORS = {
    Anchor.OPENS: Text("起算日：开班日{day}", "From the opening, {day}"),
    Anchor.ENDS: Text(
        "起算日：办班结束日{day}，当日不计入", "From the last day, {day}, not counted"
    ),
    Anchor.FIXED: Text("通知规定的固定日期：{day}", "A date fixed by the notice: {day}"),
}
BACK = Text("向前推{n}{unit}：{day}", "{n} {unit} back: {day}")
INCLUSIVE = Text("当日仍算按时", "that day itself still counts")
FORWARD = Text("向后推{n}{unit}：{day}", "{n} {unit} on: {day}")
CLIPPED = Text(
    "该月没有{wanted}日，取月末：{day}",
    "That month has no day {wanted}; its last day is taken: {day}",
)
NOT_INCLUSIVE = Text("当日不算在内：{day}", "The day itself does not count: {day}")
FIXED_DAY = Text(
    "以办班最后一天为准，{day}当天仍算完成，遇休息日不顺延",
    "The class's last day decides; {day} itself still counts and never moves",
)
ROLLED = Text(
    "{plain}为{why}，顺延至下一工作日：{day}", "{plain} is a day off ({why}), moved to {day}"
)
MADE_UP = Text("{day}为调休上班日，不顺延", "{day} is a make-up working day and does not move")
NOT_ROLLED = Text(
    "{day}为{why}，向前倒算的期限不顺延",
    "{day} is a day off ({why}); a limit counted backwards never moves later",
)
RESULT = Text("截止日{due}；建议报送日{advised}", "Due {due}; advised by {advised}")
UNKNOWN_YEAR = Text(
    "{years}年放假安排未录入，仅按周末推算，结果暂定",
    "No official calendar for {years}: weekends only, provisional",
)
