"""What the mail about each step tells: its tag, its lines, its clause.

Never what officials say among themselves: opinions, flags and their disposal, proposals, notes.
"""

from __future__ import annotations

from collections.abc import Callable

from notifications.letters.items import planned_time, span
from notifications.letters.paper_lines import paper_lines
from notifications.letters.story import (
    AMOUNT,
    DOCUMENT,
    PERSONS,
    PLACE,
    REASON,
    STAFF,
    SUBSIDY,
    TRAINEES,
    YUAN,
    Line,
    Said,
    Story,
    Told,
    heads,
    until,
)
from states.labels import is_national_money, rejected_label
from states.terms import Action, Role, Text, day_label, yuan

RECEIPT = Text("材料接收回执", "Receipt")
RECEIVED_ON = Text("接收日期", "Date that counts")


def receipt(story: Story, received: Text, tag: Text = RECEIPT) -> Told:
    """What came in, when, what is still missing or promised."""
    lines = ((RECEIVED_ON, story.on_label), *paper_lines(story), *_behalf(story))
    return Told(tag, lines, values={"received": received})


def _behalf(story: Story) -> tuple[Line, ...]:
    said = Text("由主管（推荐）单位或省厅按纸质材料代为录入", "entered from paper on your behalf")
    return ((Text("录入方式", "Entered"), said),) if story.on_behalf else ()


def submit(story: Story) -> Told:
    waits = Text("待审核", "To be reviewed")
    tag = RECEIPT if story.role is Role.HOST else waits
    return receipt(story, Text("申报材料", "application"), tag)


def file(story: Story) -> Told:
    return receipt(story, Text("实施方案", "implementation plan"))


def report(story: Story) -> Told:
    national = is_national_money(story.category)
    claim = Text("经费报销材料", "reimbursement papers")
    return receipt(story, claim if national else Text("办班材料", "papers of the class"))


def hold(story: Story) -> Told:
    held = story.after
    days: Said = span(held.actual_opens, held.actual_ends) if held.actual_opens else ""
    lines = (
        (Text("登记日期", "Recorded on"), story.on_label),
        (Text("实际办班时间", "Held"), days),
        (PLACE, held.place),
        (TRAINEES, heads(held)),
        (STAFF, PERSONS.format(n=held.staff) if held.staff is not None else ""),
    )
    return Told(Text("办班登记", "Class recorded"), (*lines, *_behalf(story)))


def review(story: Story) -> Told:
    lines = (
        (Text("审核单位", "Reviewed by"), story.facts.department),
        (Text("审核日期", "Reviewed on"), story.on_label),
    )
    return Told(Text("审核推荐", "Recommended"), lines)


def plan(story: Story) -> Told:
    facts = story.after
    lines = (
        (Text("计划序号", "Number in the plan"), story.text("number")),
        (DOCUMENT, story.text("document_number")),
        (Text("项目类别", "Category"), story.category.label),
        (Text("计划办班时间", "Planned dates"), planned_time(facts)),
        (PLACE, facts.place),
    )
    return Told(Text("列入计划", "In the annual plan"), lines)


def send_back(story: Story) -> Told:
    by = story.day("mend_by")
    lines = (
        (Text("需补正的内容", "To be mended"), story.text("items")),
        (Text("补正期限", "To be mended by"), day_label(by)),
    )
    return Told(Text("退回补正", "Sent back"), lines, values=until(by))


def reject(story: Story) -> Told:
    reason = story.policy.reasons[story.given["code"]]
    lines = (
        (Text("理由", "Reason"), reason.label),
        (Text("说明", "Explanation"), story.text("text")),
    )
    return Told(rejected_label(story.source, story.category), lines, reason.clause)


DECIDED_BY = Text("审核单位", "Decided by")


def subsidise(story: Story) -> Told:
    amount, money = yuan(story.changes["amount"]), story.money or SUBSIDY
    centre = is_national_money(story.category)  # it decides; the province records what it decided
    lines = (
        (AMOUNT.format(money=money), YUAN.format(amount=amount)),
        *(((DECIDED_BY, story.category.addressee),) if centre else ()),
        (DOCUMENT, story.text("document_number")),
    )
    tag = Text("{money}审定", "Decision on the {money}").format(money=money)
    return Told(tag, lines, values={"amount": amount})


def close(story: Story) -> Told:
    return Told(Text("办结", "Closed"), ((Text("办结日期", "Closed on"), story.on_label),))


def withdraw(story: Story) -> Told:
    return Told(Text("取消办班", "Cancelled"), ((REASON, story.text("reason")),))


def reinstate(story: Story) -> Told:
    return Told(Text("恢复办理", "Reinstated"), ((REASON, story.text("reason")),))


STEPS: dict[Action, Callable[[Story], Told]] = {
    Action.SUBMIT: submit,
    Action.REVIEW: review,
    Action.PLAN: plan,
    Action.FILE: file,
    Action.HOLD: hold,
    Action.REPORT: report,
    Action.SUBSIDISE: subsidise,
    Action.CLOSE: close,
    Action.SEND_BACK: send_back,
    Action.REJECT: reject,
    Action.WITHDRAW: withdraw,
    Action.REINSTATE: reinstate,
}
