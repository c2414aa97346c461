"""The single values of a policy file: texts, labels and figures, as an official writes them.

Amounts are written in yuan and become whole fen. What a notice does not say is left out or
written { basis = "unstated" }; a basis that is not written is "stated".
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from config.errors import refusal
from states.lifecycle import LIFECYCLE
from states.policy import Measure
from states.policy_fields import Mark
from states.terms import Action, State, Text

REJECTABLE = {step.source for step in LIFECYCLE if step.action is Action.REJECT}
MAILBOX = re.compile(r"[^@\s<>,;，；]+@[^@\s<>,;，；]+\.[^@\s<>,;，；]+")
LIMITS = {
    Measure.PERSON: 100_000,
    Measure.DAY: 366,
    Measure.PERCENT: 100,
    Measure.CLASS: 100_000,
    Measure.YUAN: 10**11,
}


def _readable(text: str) -> str:
    if not text.strip() or any(unicodedata.category(c)[0] == "C" for c in text):
        raise refusal(UNREADABLE)
    return text


def _an_address(text: str) -> str:
    if not MAILBOX.fullmatch(text):
        raise refusal(NO_MAILBOX)
    return text


def _rejectable(state: State) -> State:
    if state not in REJECTABLE:
        raise refusal(NOT_REJECTABLE)
    return state


def one_of(*allowed: StrEnum) -> AfterValidator:
    """Some members of an enum only."""

    def check(member: StrEnum) -> StrEnum:
        if member not in allowed:
            raise refusal(ONLY.format(known="、".join(allowed)))
        return member

    return AfterValidator(check)


TABLE = ConfigDict(extra="forbid", strict=True, frozen=True)
Words = Annotated[str, StringConstraints(max_length=300), AfterValidator(_readable)]
Lax = Field(strict=False)  # an enum is written as its text
# How a text is written that is marked; any other is Words.
MARKED: dict[Mark, Any] = {
    Mark.KEY: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")],
    Mark.CLAUSE: Annotated[
        str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,9}-[0-9]{1,3}[a-z]?$")
    ],
    Mark.POLICY: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")],
    Mark.MAILBOX: Annotated[Words, AfterValidator(_an_address)],
    Mark.NUMBER: Annotated[
        Words, AfterValidator(lambda number: "" if number == "unstated" else number)
    ],
    Mark.REJECTABLE: Annotated[State, Lax, AfterValidator(_rejectable)],
}


class Label(BaseModel):
    model_config = TABLE
    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


def whole_number(value: object, measure: Measure) -> int:
    """The value in whole units, yuan in whole fen; anything else is refused."""
    if (
        isinstance(value, str)
        and measure is Measure.YUAN
        and re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", value)
    ):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise refusal(NO_NUMBER)
    if isinstance(value, Decimal):
        # Infinite values, and those that would take for ever to spell out, end here.
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or abs(exponent) > 15:
            raise refusal(OUT_OF_RANGE)
    if not 0 <= value <= LIMITS[measure]:
        raise refusal(OUT_OF_RANGE)
    scaled = value * (100 if measure is Measure.YUAN else 1)
    if scaled != int(scaled):
        raise refusal(NOT_WHOLE)
    return int(scaled)


UNREADABLE = Text("不能为空，也不能含控制字符。", "It is empty or has control characters.")
ONLY = Text("只能填写：{known}。", "Only these: {known}.")
NO_MAILBOX = Text("不是一个邮箱地址。", "It is no e-mail address.")
NOT_REJECTABLE = Text(
    "所列状态中有不能作不予通过处理的。", "One of these states is none to reject from."
)
NO_NUMBER = Text("数值须为数字。", "The value is no number.")
OUT_OF_RANGE = Text(
    "数值为负、为零天或大得不合理。", "The value is negative, no day or beyond reason."
)
NOT_WHOLE = Text("须为整数；金额最多两位小数。", "It is not whole, for an amount not whole fen.")
