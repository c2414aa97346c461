"""What a form is made of: fields, what can be chosen in them, and those that several forms share.

What was written in them is read by states/form_reading.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from states.choices import Options
from states.terms import Role, Text

MAX_YUAN = Decimal(100_000_000)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. Kinds: text, line, date, count (persons), yuan (stored as fen), yes,
    email, account (a bank account's number, of which most readers are told the end only)."""

    name: str
    kind: str
    label: Text
    required: bool = False
    by: Role | None = None  # only for this role, if for one
    options: Options | None = None  # where it is chosen from a list


def need(name: str, kind: str, zh: str, en: str, options: Options | None = None) -> Field:
    return Field(name, kind, Text(zh, en), required=True, options=options)


def may(name: str, kind: str, zh: str, en: str, options: Options | None = None) -> Field:
    return Field(name, kind, Text(zh, en), options=options)


REASON = need("reason", "text", "事由", "reason")
MAJEURE = may("force_majeure", "yes", "是否因不可抗力", "force majeure")
OPENS = need("opens", "date", "开班日期", "first day")
ENDS = need("ends", "date", "结束日期", "last day")
NEW_OPENS, NEW_ENDS = (may(f.name, f.kind, f.label.zh, f.label.en) for f in (OPENS, ENDS))
HEADS = (
    need("trainees", "count", "研修学员总数（含线上）", "trainees, online included"),
    need("online_trainees", "count", "其中线上学员数", "of these online"),
    need("staff", "count", "工作人员数", "staff"),
)
PLACE = may("place", "line", "办班地点", "place")
REMARK = may("note", "text", "说明", "note")
DOCUMENT = may("document_number", "line", "文号", "document number")
ACCOUNT = (
    may("account_name", "line", "账户名称", "account name"),
    may("account_number", "account", "账号", "account number"),
    may("bank", "line", "开户银行", "bank"),
)
CONTACT = (
    may("contact_name", "line", "联系人", "contact"),
    may("contact_email", "email", "联系人邮箱", "the contact's address"),
    may("contact_phone", "line", "联系电话", "telephone"),
    may("office_email", "email", "单位邮箱（抄送）", "the office's address, for copies"),
)
