"""What the pages of batches say after each step."""

from __future__ import annotations

from states.terms import Text

KEPT = Text("已保存。", "Saved.")
TO_CORRECT = Text(
    "已保存，但有{n}处填写有误，请按提示修改。",
    "Saved, but {n} part(s) need correcting, see below.",
)
ADDED = Text("已加入{n}个项目。", "{n} project(s) added.")
NONE_TICKED = Text(
    "没有勾选项目，请勾选后再加入。", "Nothing was ticked; tick some projects first."
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
