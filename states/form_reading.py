"""Reads what was written in a form: text becomes values, and each field says what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from states.actions import ACTIONS
from states.actions.fields import MAX_YUAN, Field
from states.mailbox import mailbox
from states.terms import Act, Action, Text

MAX_TEXT = 2000
MAX_COUNT = 100_000
FEN = Decimal("0.01")
YEARS = range(1990, 2200)
MAX_LINE = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field."""

    field: str
    message: Text


def read_form(deed: Action | Act, raw: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Values by field name (date, int fen or persons, bool, str), and what was wrong.

    An empty text counts as not given. Unknown names are problems, never dropped.
    """
    form = {field.name: field for field in ACTIONS[deed].form}
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
    return mailbox(text)


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
