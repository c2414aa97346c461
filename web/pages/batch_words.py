"""What the pages of batches say after each step."""

from __future__ import annotations

from states.terms import Action, Text
from workflow.batch_publishing import BatchRefused

NAMED = 5  # projects that stand in the way, by name


def stopped_by(refused: BatchRefused) -> Text:
    """Which projects kept the batch from being published."""
    names = "、".join(f"“{v.line.facts.name}”" for v in refused.verdicts[:NAMED])
    return STOPPED.format(n=len(refused.verdicts), names=names)


ABOUT: dict[Action, Text] = {
    Action.REVIEW: Text(
        "排序、统一意见、一份盖章推荐函", "ranking, one opinion, one stamped letter"
    ),
    Action.PLAN: Text("计划序号、类别、时间、统一文号", "number, category, dates, one document"),
    Action.REJECT: Text("理由和说明", "reason and explanation"),
    Action.SUBSIDISE: Text("逐项金额，两人办理", "an amount a line, by two people"),
}
KEPT = Text("已保存。", "Saved.")
TO_CORRECT = Text(
    "已保存，但有{n}处填写有误，请按提示修改。",
    "Saved, but {n} part(s) need correcting, see below.",
)
ADDED = Text("已加入{n}个项目。", "{n} project(s) added.")
NONE_TICKED = Text(
    "没有勾选项目，请勾选后再加入。", "Nothing was ticked; tick some projects first."
)
STOPPED = Text(
    "没有公布：{n}个项目不能办理（{names}），原因见下。本批没有办理任何项目，也没有发出邮件。",
    "Not published: {n} project(s) cannot be done ({names}), see below. Nothing was done or sent.",
)
PROPOSED = Text(
    "已提交{n}个项目，等待另一人复核后公布；邮件在公布后发出。",
    "{n} project(s) proposed; a second person completes them, and mails go out then.",
)
DONE = Text(
    "已公布，{n}个项目全部办理完成，通知邮件已排队发送。",
    "Published: all {n} project(s) are done, and the mails are queued.",
)
BACK = Text("已撤回，可以修改。", "Taken back; it can be changed.")
DROPPED = Text("批次已作废。", "The batch is dropped.")
