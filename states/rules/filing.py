"""What is filed before the class, and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states.calculus import Deadline
from states.consequence import ending, stated_in
from states.findings import Case, Finding, flag
from states.terms import Force, Kind, Role, Text, day_label


def filed_in_time(case: Case) -> Iterable[Finding]:
    """R25-06a, R25-07: the plan is filed one month before the opening. The first filing counts, by
    the dates of that day."""
    filed = case.facts.filed_on or case.on
    deadline = case.deadline_on(Kind.FILING, filed)
    if deadline is None or deadline.force is not Force.STATED:
        return
    due = deadline.late_after
    if filed <= due:
        return
    if case.facts.known_on and case.facts.known_on > due:
        yield plan_came_late(deadline, case.facts.known_on)
        return
    then = ending(case.policy, case.category, Kind.FILING)
    message = late(case, case.facts.filed_on, due, then)
    costs = stated_in(case.category, Kind.FILING)
    yield flag("filed_in_time", deadline.clause, "on", message, consequence=costs)


def plan_came_late(deadline: Deadline, known_on: date) -> Finding:
    """A plan that comes after the filing date: on record, and nobody's fault among the hosts."""
    said = Text(
        "计划下达日{known}晚于备案期限{due}，不归责于承办单位。",
        "The plan came on {known}, after the filing limit {due}: not the host's fault.",
    ).format(known=day_label(known_on), due=day_label(deadline.late_after))
    return flag("plan_came_late", deadline.clause, "known_on", said)


def late(case: Case, before: date | None, due: date, then: Text) -> Text:
    """How late, and what `then` may follow (states/consequence.py). `before`: the earlier day that
    counts; without one it is the day of this deed, which may be only supposed."""
    done = before or case.on
    said = DONE_LATE
    if case.supposed and before is None:
        said = LATE_TODAY if done == case.today else LATE_THEN
    return said.format(due=day_label(due), done=day_label(done), n=(done - due).days, then=then)


DONE_LATE = Text(
    "应于{due}前报送，实际{done}，逾期{n}天{then}",
    "Due {due}, done {done}, {n} day(s) late{then}",
)
LATE_TODAY = Text(
    "应于{due}前报送，如今天报送，将逾期{n}天{then}",
    "Due {due}; if done today it will be {n} day(s) late{then}",
)
LATE_THEN = Text(
    "应于{due}前报送，如于{done}报送，将逾期{n}天{then}",
    "Due {due}; if done on {done} it will be {n} day(s) late{then}",
)


def dated_by_receipt(case: Case) -> Iterable[Finding]:
    """A host that gives an earlier day than today for what it has lodged elsewhere says so itself:
    somebody should look at it. Its other papers count on the day they arrive."""
    if case.role is Role.HOST and not case.on_behalf and case.on < case.today:
        said = Text(
            "报送日期{on}由承办单位自行填写，早于登记日{today}，以收件记录为准。",
            "The host dates this {on}, before the day of entry, {today}; the receipt is what counts.",
        ).format(on=day_label(case.on), today=day_label(case.today))
        yield flag("dated_by_receipt", "", "on", said, who=(Role.PROVINCE,))


def mended_in_time(case: Case) -> Iterable[Finding]:
    """What was sent back counts as on time only if it is mended by the date given."""
    by, here = case.facts.mend_by, case.facts.mend_in is case.facts.state
    if by and here and not case.facts.mended_on and case.on > by:
        yield flag("mended_in_time", "", "mend_by", late(case, None, by, Text("。", ".")))
