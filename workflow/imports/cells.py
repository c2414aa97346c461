"""Reads single cells: text, places in a list, amounts, e-mail addresses, phone numbers, states."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from unicodedata import normalize

from email_validator import EmailNotValidError, validate_email

from states.labels import states_as_shown
from states.mailbox import mailbox
from states.terms import State, Text
from workflow.identity import GAPS, INVISIBLE, squeeze, tidy
from workflow.imports.numerals import whole
from workflow.imports.words import CellError, short

MAX_TEXT = 200
MAX_NUMBER = 10_000
MAX_DIGITS = 15  # Excel keeps no more of a number
MAX_EMAIL = 254
MAX_FEN = 10_000_000_000_00  # ten thousand million yuan: a slip of the keyboard
NOTHING = frozenset(
    {"", "无", "暂无", "没有", "/", "-", "－", "—", "——", "\\", "空", "…", "……", "..."}
)
LONGEST_NOTHING = 8  # a longer text need not be looked at; invisible characters included
NOT_YET = re.compile("待[补定填报核查确].*|后补|未定|暂缺|缺|尚无.*|未提供|暂未.*|另行.*")
EXCEL_ERRORS = frozenset(
    {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
)
NUMBERED = re.compile(r"(?:no\.?|第)?[(]?([0-9]{1,6})(?:\.0+)?[)]?[.、,号*★]*", re.IGNORECASE)
YUAN = re.compile(r"[¥￥]?([0-9][0-9,]{0,20}(?:\.[0-9]{1,10})?)(万)?元?")
SEPARATORS = re.compile(r"[\r\n,;、<>]")
BRACKETED = re.compile(r"[(（].*")


def is_formula(value: object) -> bool:
    """Whether the cell holds a formula, or text that would become one."""
    return isinstance(value, str) and value.lstrip().startswith("=")


def is_blank(value: object) -> bool:
    """Whether the cell is empty or says that there is nothing."""
    if value is None or not isinstance(value, str):
        return value is None
    return len(value.strip()) <= LONGEST_NOTHING and tidy(value) in NOTHING


def read_text(value: object) -> str:
    """Text as written, on one line. CellError: over 200 characters, lost digits, Excel's errors."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _digits(value)
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else tidy(str(value))
    if text in EXCEL_ERRORS:
        raise _error(FORMULA_ERROR, value)
    if len(text) > MAX_TEXT:
        raise CellError(TOO_LONG.format(value=short(text), length=len(text), most=MAX_TEXT))
    return text


def _digits(value: int | float) -> str:
    if isinstance(value, float):
        if not value.is_integer():
            return repr(value)
        value = int(value)
    if len(str(abs(value))) > MAX_DIGITS:
        raise _error(LOST_DIGITS, value)
    return str(value)


def read_place_in_list(value: object) -> int:
    """A number in a list: 3, '3.', '（3）', '③', '三', 'No.3' count. CellError otherwise."""
    _no_formula(value)
    text = squeeze(str(value))
    found = None if isinstance(value, bool) else NUMBERED.fullmatch(text)
    number = int(found[1]) if found else whole(text.strip("()、.")) or 0
    if not 1 <= number <= MAX_NUMBER:
        raise _error(NOT_A_NUMBER, value)
    return number


def read_amount(value: object, in_ten_thousands: bool) -> int:
    """An amount in whole fen from yuan (or 万元), counted exactly. CellError otherwise."""
    _no_formula(value)
    found = None if isinstance(value, bool) else YUAN.fullmatch(squeeze(_written(value)))
    if found is None:
        raise _error(NOT_AN_AMOUNT, value)
    unit = 10_000_00 if found[2] or in_ten_thousands else 100
    fen = Decimal(found[1].replace(",", "")) * unit
    if fen != fen.to_integral_value() or fen > MAX_FEN:
        raise _error(NOT_AN_AMOUNT, value)
    return int(fen)


def _written(value: object) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    try:
        return format(Decimal(str(value)), "f")  # never 1E+15
    except InvalidOperation:
        return str(value)


def is_not_yet(value: object) -> bool:
    """Whether the cell says that what belongs there will come: 待补, 待定."""
    return isinstance(value, str) and NOT_YET.fullmatch(squeeze(value)) is not None


def read_email(value: object) -> str:
    """One deliverable-looking address in ASCII. CellError: several, malformed, injected lines."""
    _no_formula(value)
    text = normalize("NFKC", INVISIBLE.sub("", str(value))).strip()
    if SEPARATORS.search(text):
        raise _error(ONE_ADDRESS, value)
    if GAPS.search(text) or len(text) > MAX_EMAIL:
        raise _error(NO_ADDRESS, value)
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except (EmailNotValidError, ValueError) as error:
        raise _error(NO_ADDRESS, value) from error
    return mailbox(found.ascii_email or found.normalized)


def read_state(value: object) -> State:
    """A state by its label, with or without the bracketed part, or by its English value."""
    _no_formula(value)
    state = STATES.get(squeeze(str(value)).casefold())
    if state is None:
        labels = "、".join(s.label.zh for s in State)
        raise CellError(NO_STATE.format(value=short(value), labels=labels))
    return state


def _no_formula(value: object) -> None:
    if is_formula(value):
        raise _error(FORMULA, value)


def _error(text: Text, value: object) -> CellError:
    return CellError(text.format(value=short(value)))


STATES = {state.value: state for state in State} | {
    key: state
    for label, state in states_as_shown().items()
    for key in (squeeze(label).casefold(), squeeze(BRACKETED.sub("", label)).casefold())
}

TOO_LONG = Text(
    "“{value}”共{length}字，超过{most}字，请缩短",
    "“{value}” has {length} characters, more than {most}; shorten it",
)
LOST_DIGITS = Text(
    "“{value}”以数字存放且超过15位，Excel已丢失末尾数字，请把单元格改为文本格式后重新填写",
    "“{value}” is stored as a number of over 15 digits, of which Excel has lost the last; "
    "format the cell as text and enter it again",
)
FORMULA = Text(
    "“{value}”是公式，系统不计算公式，请改填结果",
    "“{value}” is a formula, which is never computed here; enter its result",
)
FORMULA_ERROR = Text(
    "“{value}”是Excel的公式错误，请改填实际内容",
    "“{value}” is an error of an Excel formula; enter what is meant",
)
NOT_A_NUMBER = Text(
    "“{value}”不是1至10000的整数，请填写阿拉伯数字，例如30",
    "“{value}” is not a whole number from 1 to 10000; write digits such as 30",
)
NOT_AN_AMOUNT = Text(
    "“{value}”不是金额，请填写不为负、最多精确到分的数字，例如50000",
    "“{value}” is not an amount; write a number such as 50000, not negative and in whole fen",
)
ONE_ADDRESS = Text(
    "“{value}”含有逗号、分号、尖括号或换行，请只填写一个邮箱地址",
    "“{value}” holds a comma, semicolon, angle bracket or line break; enter a single address",
)
NO_ADDRESS = Text(
    "“{value}”不是有效的邮箱地址，请核对，例如name@example.cn",
    "“{value}” is not a valid e-mail address; check it, for example name@example.cn",
)
NO_STATE = Text(
    "没有“{value}”这一状态，请填写下列之一：{labels}",
    "There is no state “{value}”; write one of: {labels}",
)
