"""Which notices there are, and which names their wording may use: what the office edits.

A notice without a wording of its own follows a more general one: `filing` that of `reminder`.
"""

from __future__ import annotations

from dataclasses import dataclass

from states.lifecycle import ACTS, LIFECYCLE
from states.mailing import PARTS, parting_notice
from states.terms import Act, Action, Labelled, Text


class Family(Labelled):
    """What a notice tells of; its names come with it."""

    REMINDER = "reminder", "期限提醒", "Reminder"
    SUMMARY = "summary", "多项提醒", "Several reminders"
    RESULT = "result", "办理结果", "Result"
    DIGEST = "digest", "定期汇总", "Digest"
    ALARM = "alarm", "邮件未送达", "Mail that did not arrive"


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A notice that has a wording, or follows that of another."""

    key: str
    family: Family
    label: Text
    follows: str = ""


def _reminder(key: str, zh: str, en: str, follows: str = "") -> NoticeKind:
    return NoticeKind(key, Family.REMINDER, Text(zh, en), follows)


TOLD = tuple(
    dict.fromkeys(
        [step.action for step in LIFECYCLE if step.tells]
        + [rule.act for rule in ACTS if rule.tells]
    )
)
WORDED_AS_RECEIPT = (Action.FILE, Action.REPORT, Act.SUPPLY)
FOLLOWS: dict[Action | Act, str] = dict.fromkeys(WORDED_AS_RECEIPT, "receipt")
TO_WHO_LEFT = Text("{deed}（告知原联系人）", "{deed}: to those whose part ends")
MILESTONES = {
    "filing_confirmed": Text("备案确认", "Filing confirmed"),
    "notice_issued": Text("开班通知下发", "Opening notice issued"),
    "ministry_decision": Text("人社部中心审核经费", "Decision of the ministry's centre"),
    "paid": Text("经费拨付", "Paid"),
}

_ALL = (
    _reminder("reminder", "期限提醒（通用）", "Reminder in general"),
    _reminder("application", "申报提醒", "Application", "reminder"),
    _reminder(
        "application.submitted", "申报待审核提醒", "Application to be reviewed", "application"
    ),
    _reminder("filing", "开班前报送提醒", "Filing", "reminder"),
    _reminder("filing.late_plan", "计划下达晚于备案期限", "Filing after a late plan", "filing"),
    _reminder("filing.open_window", "办班时间未定的开班前报送", "Filing, dates open", "filing"),
    _reminder("completion", "办班时限提醒", "Completion", "reminder"),
    _reminder("reimbursement", "材料报送提醒", "Papers after the class", "reminder"),
    _reminder("reimbursement.national", "经费报销材料提醒", "Reimbursement claim", "reimbursement"),
    _reminder("mending", "退回补正提醒", "Mending", "reminder"),
    _reminder("overdue", "催报（通用）", "Overdue in general"),
    _reminder("overdue.application", "审核汇总逾期催报", "Review overdue", "overdue"),
    _reminder("overdue.completion", "办班逾期催报", "Completion overdue", "overdue"),
    _reminder("past_advice", "建议日期已过", "Advised day passed"),
    _reminder("opening", "开班前确认", "Confirming the opening"),
    _reminder("recording", "办班登记提醒", "Recording the class"),
    NoticeKind("summary", Family.SUMMARY, Text("多项提醒合并", "Several on one day")),
    NoticeKind("receipt", Family.RESULT, Text("收件回执（通用）", "Receipt in general")),
    *(NoticeKind(deed.value, Family.RESULT, deed.label, FOLLOWS.get(deed, "")) for deed in TOLD),
    *(
        NoticeKind(parting_notice(act), Family.RESULT, TO_WHO_LEFT.format(deed=act.label))
        for act in PARTS
    ),
    *(NoticeKind(key, Family.RESULT, label, "milestone") for key, label in MILESTONES.items()),
    NoticeKind("digest.coordinator", Family.DIGEST, Text("主管单位每周汇总", "Weekly digest")),
    NoticeKind("digest.province", Family.DIGEST, Text("省厅每日汇总", "Daily digest")),
    NoticeKind("alarm.bounced", Family.ALARM, Text("退信", "Returned mail")),
    NoticeKind("alarm.unproven", Family.ALARM, Text("退信核实", "Report of returned mail")),
    NoticeKind("alarm.marked", Family.ALARM, Text("邮箱停发", "Address stopped")),
    NoticeKind("alarm.forward", Family.ALARM, Text("转发失效", "Forward that fails")),
    NoticeKind("alarm.refusing", Family.ALARM, Text("发信被拒", "Our mail is refused")),
    NoticeKind("answer", Family.ALARM, Text("收到回复", "An answer")),
    NoticeKind("substitute", Family.ALARM, Text("代收安排", "Substitution")),
    NoticeKind("left", Family.ALARM, Text("联系人账号停用", "A contact disabled")),
    NoticeKind("let_in", Family.ALARM, Text("账号登录方式由他人设置", "A way in made by another")),
    NoticeKind(
        "new_address", Family.ALARM, Text("账号邮箱由他人变更", "Address changed by another")
    ),
)
NOTICES: dict[str, NoticeKind] = {kind.key: kind for kind in _ALL}


def chain(key: str) -> tuple[str, ...]:
    """The notice itself and those that it follows, the nearest first; unknown: a milestone."""
    if key not in NOTICES:  # what another province's policy lets somebody record
        key = Act.MILESTONE.value
    found = [key]
    while follows := NOTICES[found[-1]].follows:
        found.append(follows)
    return tuple(found)


Names = dict[str, Text]
WHO: Names = {
    "name": Text("项目名称", "the project's name"),
    "host": Text("承办单位", "the host unit"),
    "whose": Text(
        "主题中项目名称前的说明，如“福州大学承办的”；发给承办单位时为空",
        "before the name in a subject, such as “Fuzhou University: ”; empty for the host itself",
    ),
    "who": Text(
        "正文中项目名称前的说明，如“贵单位承办的”",
        "before the name in the text, such as “Your project”",
    ),
    "watching": Text(
        "收件人是否为主管单位或省厅（用于判断）", "whether the reader is not the host, to test"
    ),
}
TO: Names = {
    "role": Text(
        "收件人身份：host、coordinator、province；几项中身份不同时为 several",
        "the reader: host, coordinator, province; several where that differs among the items",
    ),
    "today": Text("发信日期", "the day of the mail"),
    "tag": Text("主题【】中的文字", "what stands in the subject's brackets"),
    "ask": Text("咨询单位，可能为空", "the office to ask, perhaps empty"),
}
NAMES: dict[Family, Names] = {
    Family.REMINDER: WHO
    | TO
    | {
        "deed": Text("要求办理的事项，如“报送实施方案”", "what is asked"),
        "matter": Text("事项的名词说法，如“实施方案报送”", "the same as a noun"),
        "please": Text("“请”“应”或“建议”", "“please”, “should” or “advised to”"),
        "urge": Text(
            "“督促承办单位”；发给承办单位时为空", "“have the host unit ”; empty for hosts"
        ),
        "urge_short": Text("“督促”；发给承办单位时为空", "the same"),
        "by": Text("下一个要紧的日期（短）", "the day that counts next, short"),
        "by_long": Text("同上，带年份", "the same with its year"),
        "due": Text("截止日（短）", "the due day, short"),
        "due_long": Text("截止日，带年份", "the due day with its year"),
        "left": Text("“还有7天”“今天截止”“已逾期3天”", "“7 days left”, “due today” and so on"),
        "advisory": Text(
            "是否为通知未作要求的事项（用于判断）", "whether no notice asks for it, to test"
        ),
        "department": Text("主管（推荐）单位", "the department"),
        "after_window": Text(
            "申报材料在截止日之后才报送（用于判断）",
            "whether the application came after its window, to test",
        ),
        "late_days": Text("已过天数（数字）", "how many days have passed, a number"),
        "addressee": Text("材料报送至何处，可能为空", "where papers go, perhaps empty"),
        "opens": Text("计划办班时间", "the planned dates"),
        "window": Text("办班日期尚未确定（用于判断）", "whether the dates are still open, to test"),
        "record": Text(
            "“登记”；承办单位打不开系统的为“报告”",
            "“record”, or “report” to who has no page for it",
        ),
        "passed": Text("日期已过（用于判断）", "whether the day has passed, to test"),
    },
    Family.SUMMARY: TO
    | {
        "watching": WHO["watching"],
        "count": Text("事项数", "how many items"),
        "late": Text("其中已逾期数", "how many of them are overdue"),
        "earliest": Text("最早的日期，可能为空", "the first day, perhaps empty"),
        "own": Text(
            "其中由收件人本单位办理的项数（审核汇总）", "how many the reader is to do himself"
        ),
    },
    Family.RESULT: WHO
    | TO
    | {
        "urge": Text(
            "“督促承办单位”；发给承办单位时为空", "“have the host unit ”; empty for hosts"
        ),
        "on": Text("办理（接收）日期", "the date that counts"),
        "by": Text("补正或延长至的日期（短），可能为空", "until when, short; perhaps empty"),
        "by_long": Text("同上，带年份", "the same with its year"),
        "received": Text("收到的材料，可能为空", "what was received, perhaps empty"),
        "label": Text(
            "登记事项、期限或调整事项的名称，可能为空", "what it is about, perhaps empty"
        ),
        "stage": Text("项目现在的状态", "how the project stands"),
        "money": Text("“补助”或“资助”；无经费的类别为空", "“subsidy” or “funding”, or empty"),
        "amount": Text("金额（元），可能为空", "the amount in yuan, perhaps empty"),
        "addressee": Text("办班材料报送至何处", "where the papers after the class go"),
        "was": Text("变更前的办班时间，可能为空", "the dates before, perhaps empty"),
        "now": Text(
            "变更后的办班时间、联系人、主管单位或类别，可能为空",
            "dates, contact, department or category now, perhaps empty",
        ),
        "after_window": Text(
            "申报材料在截止日之后才报送（用于判断）",
            "whether the application came after its window, to test",
        ),
        "still": Text(
            "办班前尚待登记的事项，可能为空", "what has to be on record before the class, or empty"
        ),
        "ready": Text(
            "办班前的事项是否都已登记（用于判断）", "whether all of it is on record, to test"
        ),
        "moved": Text("办班时间是否变动（用于判断）", "whether the dates moved, to test"),
    },
    Family.DIGEST: TO
    | {
        "summary": Text("各类事项数，如“已逾期1项，新到2项”", "how many of what"),
        "late": Text("已逾期数", "how many are overdue"),
        "week": Text("本周到期数", "how many are due this week"),
        "waiting": Text("待您办理数", "how many wait for the reader"),
        "new": Text("新到事项数", "how many are new"),
        "unrecorded": Text(
            "计划结束日已过、尚未登记办班的项数", "how many classes are over and not recorded"
        ),
        "died": Text("未送达的邮件数", "how many mails did not arrive"),
        "openings": Text("本周开班数", "how many classes open this week"),
    },
    Family.ALARM: TO
    | {
        "person": Text("原收件人；不知姓名时为邮箱", "to whom it was written, or the address"),
        "address": Text("原收件邮箱", "at which address"),
        "name": Text("项目名称，可能为空", "the project, perhaps empty"),
        "reason": Text("退回原因", "why it came back"),
        "forward": Text("转发到的邮箱，可能为空", "where mail is passed on to, perhaps empty"),
        "count": Text("同一原因涉及的邮箱数", "how many addresses one reason meets"),
        "substitute": Text("代收人，可能为空", "who stands in, perhaps empty"),
        "days": Text("代收时间，可能为空", "when somebody stands in, perhaps empty"),
        "by": Text("操作账号的人，可能为空", "who touched the account, perhaps empty"),
    },
}
