"""The words for each kind of deadline: what is asked, as a verb and as a noun."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from notifications.letters.grounds import papers
from states.facts import Facts
from states.labels import is_national_money, joined
from states.mending import by_flags
from states.policy import Category
from states.terms import Kind, State, Text


class Words(NamedTuple):
    """How a kind of deadline is spoken of."""

    tag: Text  # in the subject's 【】
    deed: Text  # what is asked
    matter: Text  # the same as a noun
    thing: Text = Text("", "")  # what is handed in, where a mail names it


WORDS: dict[Kind, Words] = {
    Kind.APPLICATION: Words(
        Text("申报提醒", "Application"),
        Text("报送申报材料", "hand in the application"),
        Text("申报材料报送", "application"),
    ),
    Kind.FILING: Words(
        Text("开班前报送提醒", "Filing before opening"),
        Text("报送实施方案", "file the implementation plan"),
        Text("实施方案报送", "implementation plan"),
        Text("实施方案", "implementation plan"),
    ),
    Kind.COMPLETION: Words(
        Text("办班时限提醒", "Completion date"),
        Text("完成办班", "complete the class"),
        Text("办班", "completion of the class"),
    ),
    Kind.REIMBURSEMENT: Words(
        Text("材料报送提醒", "Papers due"),
        Text("报送办班材料", "hand in the papers of the class"),
        Text("办班材料报送", "report on the class"),
    ),
    Kind.MENDING: Words(
        Text("退回补正提醒", "To be mended"),
        Text("报送补正材料", "hand in what was to be mended"),
        Text("补正材料报送", "mended material"),
    ),
    Kind.RECORDING: Words(
        Text("办班登记提醒", "Record the class"),
        Text("登记办班情况", "record the class"),
        Text("办班登记", "record of the class"),
    ),
    Kind.OPENING: Words(
        Text("开班前确认", "Before the opening"),
        Text("确认办班时间和地点", "confirm dates and place"),
        Text("办班时间和地点确认", "dates and place"),
    ),
}
# What was flagged, and is to be mended by a date.
OF_FLAGS = Words(
    Text("限期补正提醒", "To be mended"),
    Text("完成补正", "mend what was flagged"),
    Text("限期补正", "mending of what was flagged"),
)
# The ministry's money alone is claimed.
NATIONAL = Words(
    Text("材料报送提醒", "Reimbursement papers due"),
    Text("报送经费报销材料", "hand in the reimbursement papers"),
    Text("经费报销材料报送", "reimbursement claim"),
)
# An application that its department has: to be reviewed and handed on.
SUBMITTED = Words(
    Text("申报提醒", "Application"),
    Text("审核汇总并报省厅", "review it and hand it on to the province"),
    Text("申报材料审核汇总", "review by the department"),
)
MOST_NAMED = 3  # papers in a subject
MANY = Text("开班前材料", "papers due before the opening")


def words_in(kind: Kind, facts: Facts, category: Category) -> Words:
    """The words for a deadline of a project."""
    named = tuple(paper.label for paper in papers(category, kind))
    national, submitted = is_national_money(category), facts.state is State.SUBMITTED
    flagged = by_flags(facts)
    return words_of(kind, named, national=national, submitted=submitted, flagged=flagged)


def words_of(
    kind: Kind,
    named: Sequence[Text] = (),
    *,
    national: bool = False,
    submitted: bool = False,
    flagged: bool = False,
) -> Words:
    """The words for a kind of deadline. `named`: the papers, by which a filing is called."""
    if kind is Kind.FILING and named:
        return _called_by(joined(named) if len(named) <= MOST_NAMED else MANY)
    if kind is Kind.REIMBURSEMENT and national:
        return NATIONAL
    if kind is Kind.MENDING and flagged:
        return OF_FLAGS
    return SUBMITTED if kind is Kind.APPLICATION and submitted else WORDS[kind]


def _called_by(thing: Text) -> Words:
    deed = Text(f"报送{thing.zh}", f"file the {thing.en}")
    return Words(WORDS[Kind.FILING].tag, deed, Text(f"{thing.zh}报送", thing.en), thing)
