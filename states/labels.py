"""A project's state in the words of its category and of what has been recorded."""

from __future__ import annotations

from collections.abc import Sequence

from states.facts import Facts
from states.policy import Category, Clause
from states.terms import (
    BEFORE_PLAN,
    REJECTED_AS,
    Act,
    Action,
    Amendment,
    Basis,
    State,
    Text,
    known_deed,
)


def is_national_money(category: Category) -> bool:
    """Whether the money is the ministry's: 资助, decided elsewhere and recorded here."""
    return category.level == "national" and category.ends_in is State.SUBSIDISED


def state_label(facts: Facts, category: Category) -> Text:
    """The state as officials say it."""
    if facts.state is State.REJECTED and facts.rejected:
        return rejection(facts, category)
    if facts.state is State.FILED:
        for milestone, label in CONFIRMED.items():
            if milestone in facts.milestones:
                return label
    if facts.state is State.SUBSIDISED and "paid" in facts.milestones:
        return FUNDING_PAID if is_national_money(category) else SUBSIDY_PAID
    return reached_label(facts.came_from, facts.state, category)


def reached_label(source: State | None, state: State, category: Category) -> Text:
    """The state as officials say it of a project that has just come to it from another one."""
    if state is State.WITHDRAWN and source:
        return NOT_APPLIED if source in BEFORE_PLAN else CANCELLED
    if state is State.FILED and not category.papers.get(Action.FILE):  # which asks for no plan
        return FILED_WITHOUT
    nationally = {State.REPORTED: CLAIM_LODGED, State.SUBSIDISED: FUNDED}
    return nationally.get(state, state.label) if is_national_money(category) else state.label


def basis_label(basis: Basis, clause: Clause | None, *, official: bool) -> Text | None:
    """What is said where no document of the year stands behind something; None where one does.

    That the system assumes it is for officials, who may enter what holds; a host is told where it
    comes from, or that no notice asks for it.
    """
    if basis is Basis.STATED:
        return None
    if official:
        return basis.label
    if clause is not None and clause.basis is not Basis.STATED:
        return GOING_BY.format(document=clause.document)
    return SUGGESTED


GOING_BY = Text("参照{document}", "going by the {document}")
SUGGESTED = Text("系统建议（通知未作要求）", "suggested by the system; no notice asks for it")
NOT_APPLIED, CANCELLED = Text("已撤回申报", "Withdrawn"), Text("已取消办班", "Cancelled")
CLAIM_LODGED = Text("已报送经费报销材料", "Reimbursement papers lodged")
FUNDED, FUNDING_PAID = Text("资助已审定", "Funded"), Text("资助已拨付", "Funding paid")
SUBSIDY_PAID = Text("补助已拨付", "Subsidy paid")
# Once the province has answered a filing, the state is shown as its answer.
CONFIRMED = {
    "filing_confirmed": Text("已备案", "Filing confirmed"),
    "notice_issued": Text("省厅已下发开班通知", "The province has issued the opening notice"),
}
FILED_WITHOUT = Text("已登记开班前报送", "Filing before opening recorded")
NO_LONGER_FUNDED = Text("不再资助", "No longer funded")
MISCONDUCT = Text("因违规行为终止", "Ended for misconduct")  # as the shipped policies call it
HELD_STATES = (State.HELD, State.REPORTED)


def states_as_shown() -> dict[str, State]:
    """Every label under which a state is shown somewhere: lists are also read in again."""
    more: dict[State, tuple[Text, ...]] = {
        State.WITHDRAWN: (NOT_APPLIED, CANCELLED),
        State.FILED: (*CONFIRMED.values(), FILED_WITHOUT),
        State.REPORTED: (CLAIM_LODGED,),
        State.SUBSIDISED: (FUNDED, FUNDING_PAID, SUBSIDY_PAID),
        State.REJECTED: (*REJECTED_AS.values(), NO_LONGER_FUNDED, MISCONDUCT),
    }
    labels = ((label, state) for state in State for label in (state.label, *more.get(state, ())))
    return {written: state for label, state in labels for written in (label.zh, label.en)}


# What may go with a deed in every category, whatever the policy lists.
NOTICE = "change_notice"  # the paper that goes with a change
LETTER = "recommendation_letter"  # the stamped letter that goes with a recommendation
BESIDES = {
    NOTICE: Text("书面情况说明", "written notice"),
    LETTER: Text("盖章推荐函", "stamped letter of recommendation"),
}


def paper_labels(category: Category) -> dict[str, Text]:
    """What each paper of a category is called, by its key."""
    rules = (rule for listed in category.papers.values() for rule in listed)
    return BESIDES | {rule.key: rule.label for rule in rules}


def rejection(facts: Facts, category: Category) -> Text:
    """What the rejection of a project means."""
    return rejected_label(State(facts.rejected["state"]), category, facts.rejected["code"])


def rejected_label(source: State, category: Category, code: str = "") -> Text:
    """What a rejection from this state means; money is refused only where there is some."""
    if own := own_outcome(source, category, code):
        return own
    if not _refuses_money(source, category):
        return REJECTED_AS[State.PLANNED if source in HELD_STATES else source]
    return NO_LONGER_FUNDED if is_national_money(category) else REJECTED_AS[source]


def own_outcome(source: State, category: Category, code: str) -> Text | None:
    """What the reason itself calls the end: misconduct is no plan that was not carried out."""
    return None if _refuses_money(source, category) else category.outcomes.get(code)


def _refuses_money(source: State, category: Category) -> bool:
    return source in HELD_STATES and category.ends_in is State.SUBSIDISED


def deed_name(deed: Action | Act, state: State, category: Category) -> Text:
    """What officials call a deed for a project of this category where it stands."""
    if deed is Action.FILE and category.papers.get(deed):
        papers = joined([paper.label for paper in category.papers[deed]])
        return Text(f"报送{papers.zh}", f"File the {papers.en}")
    if deed is Action.REJECT and state in REFUSED_AS:
        if state in (State.HELD, State.REPORTED):
            return _refused_money(category)
        return REFUSED_AS[state]
    if deed is Action.WITHDRAW:
        return WITHDRAWN_AS if state in BEFORE_PLAN else CANCELLED_AS
    return CLAIMED_AS.get(deed, deed.label) if is_national_money(category) else deed.label


def refusal_name(source: State, category: Category, code: str) -> Text:
    """What was said with a no, once its ground is known."""
    own = own_outcome(source, category, code)
    said = own or deed_name(Action.REJECT, source, category)
    return NOT_CARRIED_OUT if said == ENDED else said


def overtaking(deed: str, state: State, category: Category) -> Text:
    """What overtook a proposal: a step, or what a newer plan says."""
    named = known_deed(deed)
    if named is not None:
        return deed_name(named, state, category)
    return next((one.label for one in Amendment if one == deed), Text(deed, deed))


def _refused_money(category: Category) -> Text:
    if category.ends_in is not State.SUBSIDISED:
        return ENDED
    return NOT_FUNDED if is_national_money(category) else REFUSED_AS[State.HELD]


# The ground is chosen on the form: that the plan was not carried out, misconduct, another's hand.
ENDED = Text("终止项目", "End the project")
NOT_CARRIED_OUT = Text("认定未按计划完成", "Found that it was not carried out as planned")
# To say no means something else at every stage (the result: REJECTED_AS).
REFUSED_AS: dict[State, Text] = {
    State.SUBMITTED: Text("不予推荐", "Do not recommend"),
    State.REVIEWED: Text("不列入年度计划", "Leave out of the annual plan"),
    State.PLANNED: ENDED,
    State.FILED: ENDED,
    State.HELD: Text("不予补助", "Refuse the subsidy"),
    State.REPORTED: Text("不予补助", "Refuse the subsidy"),
}
NOT_FUNDED = Text("登记不再资助", "Record that it is no longer funded")
WITHDRAWN_AS = Text("撤回申报", "Withdraw the application")
CANCELLED_AS = Text("取消办班", "Cancel the class")
# The ministry's centre has the papers and decides (R25-15b); what it decides is recorded here.
CLAIMED_AS: dict[Action | Act, Text] = {
    Action.REPORT: Text("报送经费报销材料", "Hand in the reimbursement papers"),
    Action.SUBSIDISE: Text("登记资助审定结果", "Record the decision on the funding"),
}


def money_label(category: Category) -> Text:
    """What the money is called: the ministry funds, the province subsidises."""
    return FUNDING if is_national_money(category) else SUBSIDY


FUNDING, SUBSIDY = Text("资助", "funding"), Text("补助", "subsidy")


def joined(labels: Sequence[Text]) -> Text:
    """甲、乙和丙; in English as within a sentence."""
    *first, last = labels
    chinese = "、".join(one.zh for one in first)
    english = ", ".join(_small(one.en) for one in first)
    return Text(
        f"{chinese}和{last.zh}" if first else last.zh,
        f"{english} and {_small(last.en)}" if first else _small(last.en),
    )


def _small(label: str) -> str:
    return label[:1].lower() + label[1:]
