"""The words of the trade: one English name per Chinese term, each with its label."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple


class Text(NamedTuple):
    """A sentence in both languages; the edge picks one."""

    zh: str
    en: str

    def format(self, **values: Any) -> Text:
        """Fill both languages; a value that is itself a Text gives its own language to each."""
        return Text(
            self.zh.format(**{k: v.zh if isinstance(v, Text) else v for k, v in values.items()}),
            self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in values.items()}),
        )

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Labelled(StrEnum):
    """A value that is stored as its English name and shown with its label."""

    label: Text

    def __new__(cls, value: str, zh: str = "", en: str = "") -> Labelled:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = Text(zh, en)
        return member


class State(Labelled):
    DRAFTED = "drafted", "起草中", "Drafted"
    SUBMITTED = "submitted", "已申报", "Submitted"
    REVIEWED = "reviewed", "已审核推荐", "Reviewed"
    PLANNED = "planned", "已列入年度计划", "In the annual plan"
    FILED = "filed", "已报送实施方案", "Implementation plan filed"
    HELD = "held", "已完成办班", "Held"
    REPORTED = "reported", "已报送办班材料", "Reported"
    SUBSIDISED = "subsidised", "补助已审定", "Subsidised"
    REJECTED = "rejected", "未通过", "Rejected"
    CLOSED = "closed", "已办结（按各自经费渠道结算）", "Closed (settled from its own funds)"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class Action(Labelled):
    """A step of the life: it changes the state."""

    SUBMIT = "submit", "申报", "Submit"
    REVIEW = "review", "审核推荐", "Review"
    PLAN = "plan", "列入计划", "Put in the plan"
    FILE = "file", "报送实施方案", "File the implementation plan"
    HOLD = "hold", "登记办班", "Record as held"
    REPORT = "report", "报送办班材料", "Report"
    SUBSIDISE = "subsidise", "审定补助", "Subsidise"
    CLOSE = "close", "办结", "Close"
    SEND_BACK = "send_back", "退回补正", "Send back"
    REJECT = "reject", "不予通过", "Reject"
    WITHDRAW = "withdraw", "撤回", "Withdraw"
    REINSTATE = "reinstate", "恢复办理", "Reinstate"


class Act(Labelled):
    """A deed that changes facts, not the state."""

    CONFIRM_DATES = "confirm_dates", "确认办班时间", "Confirm dates"
    CHANGE = "change", "报送变更情况说明", "File a change notice"
    MILESTONE = "milestone", "登记工作进展", "Record progress"
    CORRECT = "correct", "更正", "Correct"
    DISPOSE = "dispose", "核定", "Dispose of a flag"
    SUPPLY = "supply", "补交材料", "Supply papers"
    CANCEL = "cancel", "撤销拟办", "Cancel a proposal"
    POSTPONE = "postpone", "延期（时间待定）", "Postpone, dates open"
    EXTEND = "extend", "延长期限", "Extend a deadline"
    TRANSFER = "transfer", "调整主管部门或承办单位", "Transfer to another unit"
    HAND_OVER = "hand_over", "更换联系人", "Hand over to another contact"
    RECLASSIFY = "reclassify", "调整类别", "Put in another category"
    INSPECT = "inspect", "检查", "Inspect"
    NOTE = "note", "催办记录", "Note a call"
    ANNOUNCE = "announce", "通知承办单位", "Tell the host that it is in the plan"
    ACKNOWLEDGE = "acknowledge", "确认收到通知", "Confirm that the news arrived"


def deed_of(value: str) -> Action | Act:
    """The step or act that is stored under this name. ValueError for anything else."""
    found = _DEEDS.get(value)
    if found is None:
        raise ValueError(value)
    return found


def known_deed(name: str) -> Action | Act | None:
    """The step or act of a name that anybody may have written; None for anything else."""
    return _DEEDS.get(name)


_DEEDS: dict[str, Action | Act] = {one.value: one for one in (*Action, *Act)}


class Entry(Labelled):
    """How a project came onto the books: the deed of its first event."""

    IMPORT = "import", "导入计划", "Imported with the plan"
    OPEN_BOOKS = "open_books", "期初建账", "Taken over in mid-season"


class Amendment(Labelled):
    """What a plan file says of a project that is on the books: nobody's deed, and no notice of a
    change by the host."""

    NOTED = "plan_noted", "登记计划下达的内容", "The plan's content noted"
    DIFFERS = "plan_differs", "计划下达内容与申报不一致", "The plan differs from the application"
    REISSUED = "plan_reissued", "按新下达的计划更新", "Updated from a newer plan file"


class Role(Labelled):
    HOST = "host", "承办单位", "Host unit"
    COORDINATOR = "coordinator", "主管（推荐）单位联系人", "Coordinator"
    PROVINCE = "province", "省厅", "Province"
    ADMIN = "admin", "系统管理员", "Administrator"
    AUDITOR = "auditor", "审计人员", "Auditor"


STAFF = frozenset({Role.COORDINATOR, Role.PROVINCE})  # carry projects on, also for their hosts
OFFICIALS = frozenset(Role) - {Role.HOST}
OFFICE = frozenset({Role.PROVINCE, Role.ADMIN})  # keep the rules, the mail and the settings


class Channel(Labelled):
    """How somebody was reached."""

    PHONE = "phone", "电话", "Telephone"
    WECHAT = "wechat", "微信", "WeChat"
    MAIL = "mail", "邮件", "E-mail"
    IN_PERSON = "in_person", "当面", "In person"


class Severity(Labelled):
    BLOCK = "block", "暂不能办理", "Not possible yet"
    FLAG = "flag", "提示（由人工核定）", "Flag, left to a person"


class Kind(Labelled):
    """What a deadline asks for."""

    APPLICATION = "application", "申报", "Application"
    FILING = "filing", "开班前报送", "Filing before opening"
    COMPLETION = "completion", "办班时限", "Completion"
    REIMBURSEMENT = "reimbursement", "材料报送", "Papers after the class"
    MENDING = "mending", "退回补正", "Mending"
    # Not a deadline of any notice: a planned end passed, so the host is asked to record it.
    RECORDING = "recording", "办班登记", "Recording the class"
    # Nor is this: before the opening the host is asked whether all stands as planned.
    OPENING = "opening", "开班前确认", "Confirming the opening"


# Asked by the system alone: no notice sets a day for these, and nobody is ever late with them. What
# they hang on is a day of the class.
ASKED_BY_SYSTEM = {
    Kind.OPENING: Text("计划开班日", "Planned opening"),
    Kind.RECORDING: Text("计划结束日", "Planned last day"),
}


class Force(Labelled):
    """Whether a notice asks for it."""

    STATED = "stated", "通知明确要求", "Required by the notice"
    ADVISORY = "advisory", "建议（通知未作要求）", "Advised; the notice does not ask for it"
    ASKED = "asked", "退回补正时要求", "Asked for when it was sent back"


class Basis(Labelled):
    """How a policy value is known."""

    STATED = "stated", "通知明确", "Stated in the notice"
    ASSUMED = "assumed", "系统推定（无文件依据）", "Assumed, without a document"
    UNSTATED = "unstated", "通知未作规定", "Not stated; nothing is required"


PROVISIONAL = Text("暂定（待确认）", "provisional, to be confirmed")

# What the single state `rejected` means depends on where the project stood.
REJECTED_AS: dict[State, Text] = {
    State.SUBMITTED: Text("不予推荐", "Not recommended"),
    State.REVIEWED: Text("未列入年度计划", "Not in the annual plan"),
    State.PLANNED: Text("未按计划完成", "Not carried out as planned"),
    State.FILED: Text("未按计划完成", "Not carried out as planned"),
    State.HELD: Text("不予补助", "Subsidy refused"),
    State.REPORTED: Text("不予补助", "Subsidy refused"),
}
BEFORE_PLAN = frozenset({State.DRAFTED, State.SUBMITTED, State.REVIEWED})

WEEKDAYS = Text("一二三四五六日", "Mon Tue Wed Thu Fri Sat Sun")


def day_label(day: date) -> Text:
    """A date with its weekday, as officials write it: 2025年2月28日（周五）."""
    return Text(
        f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS.zh[day.weekday()]}）",
        f"{day.isoformat()} ({WEEKDAYS.en.split()[day.weekday()]})",
    )


def yuan(fen: int) -> str:
    """An amount in fen as yuan, without needless decimals: 5000000 -> 50,000."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
