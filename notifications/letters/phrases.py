"""The fixed phrases of the mails, in both languages: labels, greetings, closings."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

from states.terms import Text

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
    "sign_in": Text(
        "本邮件由系统于{today}应登录申请自动发送，请勿回复。",
        "Sent automatically on {today} because somebody asked to sign in; please do not reply.",
    ),
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
    "press": Text("（请打开此链接）", " (open this link)"),
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
    "number": Text("计划序号", "Number in the plan"),
    "category": Text("项目类别", "Category"),
    "host": Text("承办单位", "Host unit"),
    "opens": Text("计划办班时间", "Planned dates"),
    "place": Text("办班地点", "Place"),
    "open_still": Text("待定", "open"),
    "addressee": Text("材料报送至", "Papers go to"),
    "originals": Text("纸质材料寄送", "Originals by post to"),
    "copies": Text("电子版发送至", "Copies by e-mail to"),
    "due_on": Text("截止日", "Due"),
    "advised_on": Text("建议报送日", "Advised by"),
    "advised_day": Text("建议日期", "Advised day"),
    "status": Text("时限情况", "Time left"),
    "force": Text("要求性质", "Nature"),
    "nature": Text("提醒性质", "Nature"),
    "by_system": Text(
        "通知未作要求，由系统提醒", "No notice asks for it; the system reminds of it"
    ),
    "provisional": Text("日期状态", "Status of dates"),
    "mend_items": Text("补正内容", "To be mended"),
    "beside": Text("同时须办理", "Also to be done"),
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
    "was_on": Text("原截止日", "Until now"),
    "was_advised": Text("原建议日期", "Until now"),
    "provisional_short": Text("暂定", "provisional"),
}


@cache
def phrases(language: str) -> SimpleNamespace:
    """All phrases in one language, as attributes."""
    return SimpleNamespace(**{key: text.in_(language) for key, text in PHRASES.items()})
