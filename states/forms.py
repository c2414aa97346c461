"""What each step and act asks to be filled in: one table for command line, import and pages.

What was written in them is read by states/form_reading.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from states.terms import Act, Action, Role, Text


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. Kinds: text, line, date, count (persons), yuan (stored as fen), yes,
    email, account (a bank account's number, of which most readers are told the end only)."""

    name: str
    kind: str
    label: Text
    required: bool = False
    by: Role | None = None  # only for this role, if for one


def need(name: str, kind: str, zh: str, en: str) -> Field:
    return Field(name, kind, Text(zh, en), required=True)


def may(name: str, kind: str, zh: str, en: str) -> Field:
    return Field(name, kind, Text(zh, en))


REASON = need("reason", "text", "事由", "reason")
OPENS = need("opens", "date", "开班日期", "first day")
ENDS = need("ends", "date", "结束日期", "last day")
HEADS = (
    need("trainees", "count", "研修学员总数（含线上）", "trainees, online included"),
    need("online_trainees", "count", "其中线上学员数", "of these online"),
    need("staff", "count", "工作人员数", "staff"),
)
LATE_REASON = Text("逾期受理事由（省厅填写）", "why it is taken late (province)")
DOCUMENT = may("document_number", "line", "文号", "document number")
ACCOUNT = (
    may("account_name", "line", "账户名称", "account name"),
    may("account_number", "account", "账号", "account number"),
    may("bank", "line", "开户银行", "bank"),
)

FORMS: dict[Action | Act, tuple[Field, ...]] = {
    Action.SUBMIT: (
        may("enterprise", "yes", "申报单位是否为企业", "the applicant is an enterprise"),
        may("training_qualified", "yes", "具有培训资质", "qualified to train"),
        may("can_invoice", "yes", "能开具培训费发票", "can invoice training fees"),
    ),
    Action.REVIEW: (
        need("opinion", "text", "审核意见", "opinion"),
        Field("late_reason", "text", LATE_REASON, by=Role.PROVINCE),
    ),
    Action.PLAN: (
        need("number", "count", "计划序号", "number in the plan"),
        may("category", "text", "项目类别", "category"),
        may("opens", "date", "开班日期", "first day"),
        may("ends", "date", "结束日期", "last day"),
        DOCUMENT,
    ),
    Action.FILE: (may("lecturers", "text", "授课专家", "lecturers"),),
    Action.HOLD: (OPENS, ENDS, *HEADS, may("place", "line", "办班地点", "place")),
    Action.REPORT: (
        may("promised", "date", "可后补材料的补交日期", "date for papers that may follow"),
        *ACCOUNT,
    ),
    Action.SUBSIDISE: (need("amount", "yuan", "补助金额（元）", "amount in yuan"), DOCUMENT),
    Action.CLOSE: (may("note", "text", "说明", "note"),),
    Action.SEND_BACK: (
        need("items", "text", "需补正的内容", "what to mend"),
        need("mend_by", "date", "补正期限", "date to mend by"),
    ),
    Action.REJECT: (
        need("code", "text", "不予通过的理由", "reason"),
        need("text", "text", "理由说明", "explanation"),
    ),
    Action.WITHDRAW: (REASON, may("force_majeure", "yes", "是否因不可抗力", "force majeure")),
    Action.REINSTATE: (REASON,),
    Act.CONFIRM_DATES: (OPENS, ENDS),
    Act.CHANGE: (
        REASON,
        may("name", "line", "项目名称（选题）", "name (topic)"),
        may("content", "text", "研修内容变更", "change of content"),
        may("audience", "text", "研修对象变更", "change of those it is for"),
        may("trainees", "count", "计划人数", "planned trainees"),
        may("opens", "date", "开班日期", "first day"),
        may("ends", "date", "结束日期", "last day"),
        may("place", "line", "办班地点", "place"),
    ),
    Act.POSTPONE: (REASON, may("force_majeure", "yes", "是否因不可抗力", "force majeure")),
    Act.EXTEND: (
        need("kind", "text", "期限种类", "kind of deadline"),
        need("due_on", "date", "延长至", "new last day"),
        REASON,
        DOCUMENT,
    ),
    Act.TRANSFER: (
        REASON,
        may("department", "line", "主管（推荐）单位", "competent department"),
        may("host", "line", "承办单位", "host unit"),
        DOCUMENT,
    ),
    Act.HAND_OVER: (
        may("contact_name", "line", "联系人", "contact"),
        may("contact_email", "email", "联系人邮箱", "the contact's address"),
        may("contact_phone", "line", "联系电话", "telephone"),
        may("office_email", "email", "单位邮箱（抄送）", "the office's address, for copies"),
        may("reason", "text", "事由", "reason"),
    ),
    Act.RECLASSIFY: (
        need("category", "text", "调整后的项目类别", "new category"),
        may("number", "count", "调整后的计划序号", "its number in the plan there"),
        REASON,
        DOCUMENT,
    ),
    Act.INSPECT: (
        need("findings", "text", "检查情况", "findings"),
        may(
            "mend_by",
            "date",
            "整改期限（有问题须整改的填写）",
            "date to mend by, if anything is to",
        ),
        DOCUMENT,
    ),
    Act.NOTE: (
        need("channel", "text", "联系方式", "how"),
        need("person", "line", "联系对象", "person"),
        may("promise", "text", "对方答复", "what was promised"),
        may("promised_for", "date", "承诺办理日期", "promised for"),
        may("follow_up", "date", "下次跟进日期", "next follow-up"),
    ),
    Act.MILESTONE: (
        need("name", "text", "登记事项", "what is recorded"),
        may("evidence", "line", "依据（文号、编号等）", "evidence"),
    ),
    Act.CORRECT: (
        REASON,
        may("undo", "yes", "撤销上一步", "undo the last step"),
        may("opens", "date", "实际开班日期", "actual first day"),
        may("ends", "date", "实际结束日期", "actual last day"),
        *(may(f.name, f.kind, f.label.zh, f.label.en) for f in HEADS),
        may("place", "line", "办班地点", "place"),
        may("amount", "yuan", "补助金额（元）", "amount in yuan"),
    ),
    Act.DISPOSE: (
        need("flag", "text", "提示", "flag"),
        need("outcome", "text", "核定结果", "outcome"),
        REASON,
        may("mend_by", "date", "补正期限", "date to mend by"),
    ),
    Act.SUPPLY: (may("note", "text", "说明", "note"),),
    Act.CANCEL: (REASON,),
    Act.ANNOUNCE: (),
    Act.ACKNOWLEDGE: (),
}
OUTCOMES: dict[str, Text] = {
    "accepted": Text("予以认可", "Accepted"),
    "mend": Text("限期补正", "To be mended"),
    "reduced": Text("核减补助", "Reduced"),
    "refused": Text("不予认可", "Refused"),
}
SETTLED = "settled"  # nobody's decision: the cause of a flag has gone (states/settling.py)
ENDS_OF_FLAGS = OUTCOMES | {SETTLED: Text("已消除", "Settled")}
