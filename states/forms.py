"""What each step and act asks to be filled in: one table for command line, import and pages.

`read_form` turns text into values and says, field by field, what is wrong with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from states.terms import Act, Action, Role, Text

MAX_TEXT = 2000
MAX_COUNT = 100_000
MAX_YUAN = Decimal(100_000_000)
FEN = Decimal("0.01")
YEARS = range(1990, 2200)
MAX_LINE = 200


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
}
OUTCOMES: dict[str, Text] = {
    "accepted": Text("予以认可", "Accepted"),
    "mend": Text("限期补正", "To be mended"),
    "reduced": Text("核减补助", "Reduced"),
    "refused": Text("不予认可", "Refused"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    field: str
    message: Text


def read_form(deed: Action | Act, raw: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Values by field name (date, int fen or persons, bool, str), and what was wrong.

    An empty text counts as not given. Unknown names are problems, never dropped.
    """
    form = {field.name: field for field in FORMS[deed]}
    values: dict[str, Any] = {}
    problems = [Problem(name, unknown(name, form)) for name in raw if name not in form]
    for name, field in form.items():
        text = raw.get(name, "").strip()
        if not text:
            continue
        try:
            values[name] = READERS[field.kind](unicodedata.normalize("NFKC", text), text)
        except ValueError:
            said = WRONG[field.kind].format(label=field.label, name=name, given=text[:40])
            problems.append(Problem(name, said))
    return values, problems


def read_day(text: str) -> date | None:
    """A date as any form takes it, None for what is none."""
    try:
        return _date(unicodedata.normalize("NFKC", text.strip()), text)
    except ValueError:
        return None


def unknown(name: str, form: Mapping[str, Field]) -> Text:
    known = [f"{field.name}（{field.label.zh}）" for field in form.values()]
    return Text(
        f"没有“{name}”这一项。可填：{'、'.join(known) or '（无）'}。",
        f"There is no field “{name}”. Known: {', '.join(form) or 'none'}.",
    )


def _date(text: str, _: str) -> date:
    match = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", text)
    if not match:
        raise ValueError(text)
    day = date(*(int(part) for part in match.groups()))
    if day.year not in YEARS:
        raise ValueError(text)
    return day


def _count(text: str, _: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text) or int(text) > MAX_COUNT:
        raise ValueError(text)
    return int(text)


def _yuan(text: str, _: str) -> int:
    try:
        yuan = Decimal(text.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not yuan.is_finite() or not 0 <= yuan <= MAX_YUAN or yuan != yuan.quantize(FEN):
        raise ValueError(text)
    return int(yuan * 100)


def _yes(text: str, _: str) -> bool:
    answer = text.casefold()
    if answer not in YES | NO:
        raise ValueError(text)
    return answer in YES


def _text(_: str, text: str) -> str:
    if len(text) > MAX_TEXT or any(unicodedata.category(c) in UNWRITTEN for c in text if c != "\n"):
        raise ValueError(text)
    return text


def _line(_: str, text: str) -> str:
    line = " ".join(text.split())
    if not line or len(line) > MAX_LINE or any(unicodedata.category(c) in UNSEEN for c in line):
        raise ValueError(text)
    return line


def _email(text: str, _: str) -> str:
    if not EMAIL.fullmatch(text):
        raise ValueError(text)
    return text


def _account(text: str, _: str) -> str:
    number = re.sub(r"[\s-]", "", text)
    if not ACCOUNT_NUMBER.fullmatch(number):
        raise ValueError(text)
    return number


ACCOUNT_NUMBER = re.compile(r"[0-9]{6,32}")
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
UNSEEN = {"Cc", "Cs", "Cf", "Zl", "Zp"}  # nothing that a reader cannot see
UNWRITTEN = {"Cc", "Cs"}  # control characters; halves of a character, which no file can hold
YES, NO = {"是", "yes", "true", "1", "有"}, {"否", "no", "false", "0", "无"}
READERS = {
    "date": _date,
    "count": _count,
    "yuan": _yuan,
    "yes": _yes,
    "text": _text,
    "line": _line,
    "email": _email,
    "account": _account,
}
WRONG = {
    "date": Text(
        "{label}（{name}）“{given}”不是有效日期，请写作 2025-03-31。",
        "{label} ({name}): “{given}” is no valid date; write 2025-03-31.",
    ),
    "count": Text(
        "{label}（{name}）“{given}”不是有效人数或序号，请填整数。",
        "{label} ({name}): “{given}” is no whole number.",
    ),
    "yuan": Text(
        "{label}（{name}）“{given}”不是有效金额，请按元填写，最多两位小数。",
        "{label} ({name}): “{given}” is no amount in yuan with at most two decimals.",
    ),
    "line": Text(
        "{label}（{name}）须为一行文字，不超过200字，且不含不可见字符。",
        "{label} ({name}): one line of at most 200 characters, none of them invisible.",
    ),
    "email": Text(
        "{label}（{name}）“{given}”不是有效邮箱，请写作 someone@example.cn。",
        "{label} ({name}): “{given}” is no e-mail address.",
    ),
    "account": Text(
        "{label}（{name}）应为6至32位数字，请核对。", "{label} ({name}) has 6 to 32 digits."
    ),
    "yes": Text("{label}（{name}）请填 是 或 否。", "{label} ({name}): write yes or no."),
    "text": Text(
        "{label}（{name}）过长或含有控制字符，请改短（不超过2000字）。",
        "{label} ({name}) is too long (2000 characters at most) or has control characters.",
    ),
}
