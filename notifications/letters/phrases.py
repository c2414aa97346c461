"""The fixed phrases of the mails, in both languages: labels, greetings, words for each deadline."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import NamedTuple

from states.terms import Kind, Text


class Words(NamedTuple):
    """How a kind of deadline is spoken of."""

    tag: Text  # in the subject's 【】
    deed: Text  # what is asked
    matter: Text  # the same as a noun


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
CLOSINGS = {
    "reminder": Text(
        "本邮件由系统于{today}自动发送，仅作提醒，不替代正式通知。如已办理，请忽略本邮件。",
        "Sent automatically on {today}. This is a reminder and does not replace the official "
        "notice. If the matter is settled, please disregard it.",
    ),
    "notice": Text(
        "本邮件由系统于{today}自动发送，仅作告知，具体以正式文件为准。如有疑问，请与咨询单位联系。",
        "Sent automatically on {today} for information; the official document decides. "
        "Questions go to the office named above.",
    ),
    "digest": Text(
        "本邮件由系统于{today}自动汇总发送，仅供工作参考。",
        "Put together and sent automatically on {today}, for your information.",
    ),
    "alarm": Text("本邮件由系统于{today}自动发送。", "Sent automatically on {today}."),
}
PHRASES: dict[str, Text] = {
    "code": Text("zh-CN", "en"),
    "colon": Text("：", ": "),
    "colon_end": Text("：", ":"),
    "comma": Text("，", ", "),
    "bracket": Text("（", " ("),
    "unbracket": Text("）", ")"),
    "nth": Text("【第%d项】", "No. %d: "),
    "semicolon": Text("；", "; "),
    "greeting": Text("您好！", ""),
    "dear": Text("", "Dear "),
    "after_name": Text("：", ","),
    "open": Text("登录系统查看", "Open the system"),
    "act": Text("登录系统办理", "Open the system"),
    "link": Text("办理地址", "Address"),
    "ask": Text("咨询单位", "Office to ask"),
    "papers": Text("所需材料", "Papers"),
    "project": Text("项目", "Project"),
    "item": Text("事项", "Matter"),
    "date": Text("日期", "Date"),
    "planned_end": Text("计划结束 ", "planned end "),
    "planned_opening": Text("计划开班 ", "planned opening "),
    "overdue_title": Text("逾期催报", "Overdue"),
    "summary_title": Text("待办事项提醒", "Items to see to"),
    "name": Text("项目名称", "Project"),
    "number": Text("计划编号", "Number in the plan"),
    "category": Text("项目类别", "Category"),
    "host": Text("承办单位", "Host unit"),
    "opens": Text("计划办班时间", "Planned dates"),
    "place": Text("办班地点", "Place"),
    "open_still": Text("待定", "open"),
    "addressee": Text("材料报送至", "Papers go to"),
    "due_on": Text("截止日", "Due"),
    "advised_on": Text("建议报送日", "Advised by"),
    "advised_day": Text("建议日期", "Advised day"),
    "status": Text("时限情况", "Time left"),
    "force": Text("要求性质", "Nature"),
    "provisional": Text("日期状态", "Status of dates"),
    "mend_items": Text("补正内容", "To be mended"),
    "ground": Text("办理依据", "Basis"),
    "consequence": Text("逾期影响", "If late"),
    "two_days": Text("日期说明", "About the dates"),
    "why_provisional": Text("暂定说明", "Why provisional"),
    "provisional_note": Text(
        "本期限按尚未确认的办班时间或放假安排推算，确认后将重新计算。",
        "Computed from dates or holidays that are not confirmed yet; it will be computed anew.",
    ),
    "planned_last": Text("计划结束日", "Planned last day"),
    "planned_last_open": Text(
        "按计划时段推算的最迟结束日（暂定）", "Latest end by the planned period (provisional)"
    ),
    "to_record": Text("需登记内容", "To be recorded"),
    "to_record_what": Text("实际办班日期和学员人数", "the actual dates and the number of trainees"),
    "planned_first": Text("计划开班日", "Planned opening"),
    "planned_first_open": Text(
        "按计划时段推算的最早开班日（暂定）", "Earliest opening by the planned period (provisional)"
    ),
    "to_confirm": Text("需确认内容", "To be confirmed"),
    "to_confirm_what": Text("开班和结束日期、办班地点", "first and last day, place"),
    "was_on": Text("原截止日", "Before"),
    "provisional_short": Text("暂定", "provisional"),
}


@cache
def phrases(language: str) -> SimpleNamespace:
    """All phrases in one language, as attributes."""
    return SimpleNamespace(**{key: text.in_(language) for key, text in PHRASES.items()})
