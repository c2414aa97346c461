"""Whose move it is: what a project waits for, and from whom."""

from __future__ import annotations

from dataclasses import dataclass

from states.facts import Facts
from states.labels import deed_name, is_national_money
from states.policy import Category
from states.terms import Act, Action, Role, State, Text, deed_of
from states.wanted import applied_late


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a role should do next, and by which deed."""

    role: Role
    what: Text
    deed: Action | Act
    milestone: str = ""  # which one to record, where it is a milestone


def waiting(facts: Facts, category: Category) -> list[Waiting]:
    """Everything that a project waits for from coordinators and the province."""
    found = []
    if facts.pending:
        deed = deed_of(facts.pending["deed"])
        found.append(
            Waiting(
                Role.PROVINCE, TO_COMPLETE.format(deed=deed_name(deed, facts.state, category)), deed
            )
        )
    elif facts.state is State.SUBMITTED:
        if applied_late(facts, category):
            found.append(Waiting(Role.PROVINCE, TO_TAKE, Action.REVIEW))
        else:
            found.append(Waiting(Role.COORDINATOR, TO_REVIEW, Action.REVIEW))
    elif facts.state is State.REVIEWED:
        found.append(Waiting(Role.PROVINCE, TO_PLAN, Action.PLAN))
    elif facts.state is State.FILED:
        found += [
            Waiting(
                Role.PROVINCE,
                ANSWERS.get(milestone.key) or TO_RECORD_MILESTONE.format(label=milestone.label),
                Act.MILESTONE,
                milestone.key,
            )
            for milestone in category.milestones
            if milestone.by is Role.PROVINCE
            and milestone.flag_at is Action.HOLD
            and milestone.key not in facts.milestones
        ]
    elif facts.state is State.REPORTED and category.ends_in is State.SUBSIDISED:
        said = TO_RECORD if is_national_money(category) else TO_DECIDE
        flags = len(facts.open_flags)
        what = said.format(flags=FLAGS.format(n=flags) if flags else NONE)
        found.append(Waiting(Role.PROVINCE, what, Action.SUBSIDISE))
    return found


NONE = Text("", "")
FLAGS = Text("，另有{n}项提示待核定", ", {n} flag(s) to dispose of")
TO_COMPLETE = Text("拟办“{deed}”待另一人复核", "“{deed}” waits for a second person")
TO_REVIEW = Text("待审核推荐", "to be reviewed")
TO_TAKE = Text("逾期申报，待省厅决定是否受理", "came after the window: the province decides")
TO_PLAN = Text("待列入年度计划", "to be put in the plan")
ANSWERS = {
    "filing_confirmed": Text("开班前报送材料待备案", "the filing is to be confirmed"),
    "notice_issued": Text("开班通知待下发", "the opening notice is to be issued"),
}
TO_RECORD_MILESTONE = Text("待登记：{label}", "to be recorded: {label}")
TO_DECIDE = Text("待审定补助{flags}", "subsidy to be decided{flags}")
TO_RECORD = Text("待登记资助审定结果{flags}", "the funding decision is to be recorded{flags}")
