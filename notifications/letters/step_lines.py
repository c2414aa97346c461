"""What the mail about each step tells: its tag, its lines, its clause.

Never what officials say among themselves: opinions, why they decide on a flag, proposals, notes.
The flags that a step raised follow its lines (flag_lines.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from notifications.letters import lines
from notifications.letters.paper_lines import RECEIVED, came_in, paper_lines
from notifications.letters.schedule import planned_time
from notifications.letters.story import SUBSIDY, Line, Story, Told
from notifications.letters.words import words_of
from states.labels import HELD_STATES, is_national_money, rejected_label
from states.terms import Action, Kind, Role, Text, day_label, yuan
from states.wanted import applied_late

RECEIPT = Text("材料接收回执", "Receipt")
RECEIVED_ON = Text("接收日期", "Date that counts")
RECORDED_ON = Text("登记日期", "Recorded on")


def receipt(story: Story, received: Text, tag: Text = RECEIPT) -> Told:
    """What came in, when, what is still missing or promised."""
    told = ((RECEIVED_ON, story.on_label), *paper_lines(story), *_behalf(story))
    return Told(tag, told, values={"received": received})


def _behalf(story: Story) -> tuple[Line, ...]:
    said = Text("由主管（推荐）单位或省厅按纸质材料代为录入", "entered from paper on your behalf")
    return ((Text("录入方式", "Entered"), said),) if story.on_behalf else ()


def submit(story: Story) -> Told:
    waits = Text("待审核", "To be reviewed")
    tag = RECEIPT if story.role is Role.HOST else waits
    told = receipt(story, Text("申报材料", "application"), tag)
    late = "1" if applied_late(story.after, story.category) else ""
    return replace(told, values={**told.values, "after_window": late})


def file(story: Story) -> Told:
    """The papers that came; entered without any, those that the policy lists. Where it lists none
    nothing was received: that it was recorded is all that is said."""
    asked = story.category.papers.get(Action.FILE, ())
    if not asked:
        told = ((RECORDED_ON, story.on_label), *_behalf(story))
        return Told(Text("开班前报送", "Filing"), told, values={"received": ""})
    named = tuple(paper.label for paper in came_in(story) or asked)
    return receipt(story, words_of(Kind.FILING, named).thing)


def report(story: Story) -> Told:
    """Papers of the class come to the office; a claim goes to the ministry's centre, and is only
    recorded here as lodged."""
    if not is_national_money(story.category):
        return receipt(story, Text("办班材料", "papers of the class"))
    claim = Text("经费报销材料", "reimbursement papers")
    told = (
        (Text("报送日期", "Lodged on"), story.on_label),
        (Text("报送至", "Lodged with"), story.category.addressee),
        *(line for line in paper_lines(story) if line[0] is not RECEIVED),
        *_behalf(story),
    )
    return Told(Text("报送登记", "Claim recorded"), told, values={"received": "", "label": claim})


def hold(story: Story) -> Told:
    held = story.after
    told = (
        (RECORDED_ON, story.on_label),
        (lines.HELD, lines.held(held)),
        (lines.PLACE, held.place),
        (lines.TRAINEES, lines.heads(held)),
        (lines.STAFF, lines.persons(held.staff)),
    )
    return Told(Text("办班登记", "Class recorded"), (*told, *_behalf(story)))


def review(story: Story) -> Told:
    told = (
        (Text("审核单位", "Reviewed by"), story.facts.department),
        (Text("审核日期", "Reviewed on"), story.on_label),
    )
    return Told(Text("审核推荐", "Recommended"), told)


def plan(story: Story) -> Told:
    facts = story.after
    told = (
        (Text("计划序号", "Number in the plan"), story.text("number")),
        lines.document(story),
        (lines.CATEGORY, story.category.label),
        (lines.PLANNED, planned_time(facts)),
        (lines.PLACE, facts.place),
    )
    return Told(Text("列入计划", "In the annual plan"), told)


def send_back(story: Story) -> Told:
    by = story.day("mend_by")
    told = (
        (Text("需补正的内容", "To be mended"), story.text("items")),
        (Text("补正期限", "To be mended by"), day_label(by)),
    )
    return Told(Text("退回补正", "Sent back"), told, values=lines.until(by))


def reject(story: Story) -> Told:
    reason = story.policy.reasons[story.given["code"]]
    told: tuple[Line, ...] = (
        (Text("理由", "Reason"), reason.label),
        (Text("说明", "Explanation"), story.text("text")),
        *(lines.fund(story) if story.source in HELD_STATES else ()),
    )
    tag = rejected_label(story.source, story.category, reason.key)
    return Told(tag, told, reason.clause)


DECIDED = Text("{money}审定", "Decision on the {money}")
DECIDED_BY = Text("审核单位", "Decided by")


def subsidise(story: Story) -> Told:
    amount: int = story.changes["amount"]
    centre = is_national_money(story.category)  # it decides; the province records what it decided
    told = (
        (lines.amount_label(story), lines.in_yuan(amount)),
        *lines.fund(story),
        *(((DECIDED_BY, story.category.addressee),) if centre else ()),
        lines.document(story),
    )
    tag = DECIDED.format(money=story.money or SUBSIDY)
    return Told(tag, told, story.category.cap.clause or "", {"amount": yuan(amount)})


def close(story: Story) -> Told:
    return Told(Text("办结", "Closed"), ((Text("办结日期", "Closed on"), story.on_label),))


def withdraw(story: Story) -> Told:
    return Told(Text("取消办班", "Cancelled"), (lines.reason(story),))


def reinstate(story: Story) -> Told:
    return Told(Text("恢复办理", "Reinstated"), (lines.reason(story),))


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
