"""What a host does next with a project: one deed, until when, with which papers, or what it waits
for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from states.facts import Facts
from states.labels import deed_name
from states.mailing import is_past
from states.mending import mends_by
from states.policy import Category, MilestoneRule, PaperRule
from states.terms import Act, Action, Kind, Role, State, Text
from states.wanted import applied_late


@dataclass(frozen=True, slots=True)
class Next:
    """`deed` None: nothing to do but wait, as `what` says. `kind`: the deadline that it meets."""

    what: Text
    deed: Action | Act | None = None
    kind: Kind | None = None
    papers: tuple[PaperRule, ...] = ()


def next_step(facts: Facts, category: Category, due: Mapping[Kind, date], today: date) -> Next:
    """`due`: the open deadlines by their kind. The papers are those that are not here yet."""
    if facts.pending:
        return Next(AT_PROVINCE)
    deed = mends_by(facts, category) if Kind.MENDING in due else None
    if isinstance(deed, Action):
        return Next(MEND, deed, Kind.MENDING, _asked(category, deed))
    found = _ordinary(facts, category, due, today)
    later = due.get(found.kind, date.max) if found.kind else date.max
    if deed is not None and due[Kind.MENDING] <= later:
        return Next(MEND_FLAGS, deed, Kind.MENDING)
    if found.deed is not None and isinstance(found.deed, Action):
        missing = [p for p in _asked(category, found.deed) if p.key not in facts.papers]
        return Next(found.what, found.deed, found.kind, tuple(missing))
    return found


def _ordinary(facts: Facts, category: Category, due: Mapping[Kind, date], today: date) -> Next:
    state, ends_in_money = facts.state, category.ends_in is State.SUBSIDISED
    if state is State.DRAFTED:
        return Next(SUBMIT, Action.SUBMIT, Kind.APPLICATION)
    if state is State.SUBMITTED and applied_late(facts, category):
        return Next(TO_BE_TAKEN)
    if state in WAITS:
        return Next(WAITS[state])
    if state in (State.PLANNED, State.FILED):
        return around_the_class(facts, category, due, today)
    if state is State.HELD:
        if ends_in_money or category.papers.get(Action.REPORT):
            said = deed_name(Action.REPORT, facts.state, category)
            return Next(said, Action.REPORT, Kind.REIMBURSEMENT)
        return Next(CLOSE, Action.CLOSE)
    if state is State.REPORTED and not ends_in_money:
        return Next(CLOSE, Action.CLOSE)
    if late := [key for key in facts.promised if key not in facts.papers]:
        rules = category.papers.get(Action.REPORT, ())
        return Next(SUPPLY, Act.SUPPLY, None, tuple(p for p in rules if p.key in late))
    if state is State.REPORTED:
        return Next(DECIDED)
    if state is State.SUBSIDISED and "paid" not in facts.milestones:
        return Next(PAID)
    return Next(NOTHING)


def around_the_class(
    facts: Facts, category: Category, due: Mapping[Kind, date], today: date
) -> Next:
    """What comes next of a planned or filed project: the filing, sure dates, the class, its record.

    Once the class should be over nobody is sent to file its plan.
    """
    if is_past(facts, today):
        limit = due.get(Kind.COMPLETION)
        is_late = limit is not None and limit < today
        return Next(HOLD, Action.HOLD, Kind.COMPLETION if is_late else Kind.RECORDING)
    if Kind.FILING in due:
        return Next(deed_name(Action.FILE, facts.state, category), Action.FILE, Kind.FILING)
    if facts.dates.open_window or facts.opens_earliest is None:
        return Next(CONFIRM, Act.CONFIRM_DATES, Kind.OPENING)
    lacking = [m for m in category.milestones if m.by is Role.HOST and _before_class(m, facts)]
    if lacking:
        asks = Text("、".join(m.ask.zh for m in lacking), ", ".join(m.ask.en for m in lacking))
        return Next(BEFORE_CLASS.format(asks=asks), Act.MILESTONE, Kind.OPENING)
    return Next(TEACH, None, Kind.COMPLETION)


def _before_class(milestone: MilestoneRule, facts: Facts) -> bool:
    """R25-06a, R25-06b: whether it has to be on record before the class, and is not."""
    return milestone.flag_at is Action.HOLD and milestone.key not in facts.milestones


def _asked(category: Category, deed: Action) -> tuple[PaperRule, ...]:
    return tuple(category.papers.get(deed, ()))


MEND = Text("按退回意见补正后重新报送", "Mend what was sent back and hand it in again")
MEND_FLAGS = Text("按核定意见限期补正", "Mend by the date given what was flagged")
SUBMIT = Text("填报申报表并提交申报", "Fill in and submit the application")
HOLD = Text("登记办班情况", "Record the class")
CONFIRM = Text("确认办班时间", "Confirm the dates of the class")
CLOSE = Text("登记办结", "Close the project")
SUPPLY = Text("补交承诺后补的材料", "Supply the papers that were promised")
BEFORE_CLASS = Text("办班前办理并登记：{asks}", "Before the class, do and record: {asks}")
TEACH = Text("按计划办班，结束后登记办班情况", "Hold the class as planned, then record it")
AT_PROVINCE = Text("等待省厅复核，暂不需要办理", "Waiting for the province; nothing to do now")
DECIDED = Text("等待省厅审定，暂不需要办理", "Waiting for the decision; nothing to do now")
PAID = Text("等待拨付，暂不需要办理", "Waiting for the payment; nothing to do now")
NOTHING = Text("已办结，不需要办理", "Finished; nothing to do")
TO_BE_TAKEN = Text(
    "已过申报截止日，等待省厅决定是否受理",
    "It came after the window; waiting for the province to decide",
)
WAITS = {
    State.SUBMITTED: Text(
        "等待主管（推荐）单位审核，暂不需要办理", "Waiting for the department's review"
    ),
    State.REVIEWED: Text("等待列入年度计划，暂不需要办理", "Waiting for the annual plan"),
}
