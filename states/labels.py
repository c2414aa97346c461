"""A project's state in the words of its category and of what has been recorded."""

from __future__ import annotations

from states.facts import Facts
from states.filling import LETTER, NOTICE
from states.policy import Category
from states.terms import BEFORE_PLAN, REJECTED_AS, State, Text


def is_national_money(category: Category) -> bool:
    """Whether the money is the ministry's: 资助, decided elsewhere and recorded here."""
    return category.level == "national" and category.ends_in is State.SUBSIDISED


def state_label(facts: Facts, category: Category) -> Text:
    """The state as officials say it."""
    if facts.state is State.REJECTED and facts.rejected:
        return rejected_label(State(facts.rejected["state"]), category)
    if facts.state is State.WITHDRAWN and facts.came_from:
        early = facts.came_from in BEFORE_PLAN
        return Text("已撤回申报", "Withdrawn") if early else Text("已取消办班", "Cancelled")
    if facts.state is State.FILED:
        for milestone, label in CONFIRMED.items():
            if milestone in facts.milestones:
                return label
    if is_national_money(category):
        if facts.state is State.REPORTED:
            return Text("已报送经费报销材料", "Reimbursement papers lodged")
        if facts.state is State.SUBSIDISED:
            paid = "paid" in facts.milestones
            return Text("资助已拨付", "Funding paid") if paid else Text("资助已审定", "Funded")
    if facts.state is State.SUBSIDISED and "paid" in facts.milestones:
        return Text("补助已拨付", "Subsidy paid")
    return facts.state.label


# What may go with a deed in every category, whatever the policy lists.
BESIDES = {
    NOTICE: Text("书面情况说明", "written notice"),
    LETTER: Text("盖章推荐函", "stamped letter of recommendation"),
}


def paper_labels(category: Category) -> dict[str, Text]:
    """What each paper of a category is called, by its key."""
    rules = (rule for listed in category.papers.values() for rule in listed)
    return BESIDES | {rule.key: rule.label for rule in rules}


# Once the province has answered a filing, the state is shown as its answer.
CONFIRMED = {
    "filing_confirmed": Text("已备案", "Filing confirmed"),
    "notice_issued": Text("省厅已下发开班通知", "The province has issued the opening notice"),
}


def rejected_label(source: State, category: Category) -> Text:
    """What a rejection from this state means; money is refused only where there is some."""
    label = REJECTED_AS[source]
    if source not in (State.HELD, State.REPORTED):
        return label
    if category.ends_in is not State.SUBSIDISED:
        return REJECTED_AS[State.PLANNED]
    return Text("不再资助", "No longer funded") if is_national_money(category) else label
