"""The single values of a policy file: labels, figures and deadlines, as an official writes them.

Amounts are written in yuan and become whole fen. What a notice does not say is left out or
written { basis = "unstated" }; a basis that is not written is "stated".
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date as Day
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from config.errors import NO_CLAUSE, refusal
from states import policy as law
from states.terms import Basis, Force, Kind, Severity, Text

LIMITS = {"person": 100_000, "day": 366, "percent": 100, "class": 100_000, "yuan": 10**11}


def _readable(text: str) -> str:
    if not text.strip() or any(unicodedata.category(c)[0] == "C" for c in text):
        raise refusal(UNREADABLE)
    return text


def one_of(*allowed: StrEnum) -> AfterValidator:
    """Some members of an enum only."""

    def check(member: StrEnum) -> StrEnum:
        if member not in allowed:
            raise refusal(ONLY.format(known="、".join(allowed)))
        return member

    return AfterValidator(check)


Words = Annotated[str, StringConstraints(max_length=300), AfterValidator(_readable)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{0,9}-[0-9]{1,3}[a-z]?$")]
Lax = Field(strict=False)  # an enum is written as its text
Known = Annotated[Basis, Lax, one_of(Basis.STATED, Basis.ASSUMED)]


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Label(Table):
    zh: Words
    en: Words

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class MilestoneLabel(Label):
    ask: Label | None = None  # as what is to be done; None: the label

    @property
    def asked(self) -> Text:
        return self.ask.text if self.ask else self.text


class DocumentTable(Table):
    basis: Known = Basis.STATED  # assumed: a neighbouring year's, by which this year only goes
    title: Label
    cited_as: Words  # short, as pages cite it
    cited_as_en: Words | None = None  # the same in English; None: the title's
    number: Words  # "unstated" where our copy does not show it
    issued_on: Day | None = None
    not_before: Day | None = None  # where no copy shows the day: it cannot be older than this
    at_hand: bool = True  # false: it is named, its text is not known

    def to_law(self, key: str) -> law.Document:
        number = "" if self.number == "unstated" else self.number
        title = self.title.text
        return law.Document(key, title, number, self.issued_on, self.basis, self.at_hand)


class ClauseTable(Table):
    document: Words
    part: Words
    paragraph: Words
    rule: Label


class Figure(Table):
    value: object = None
    unit: Literal["person", "day", "percent", "class", "yuan"] | None = None
    severity: Annotated[Severity, Lax] = Severity.FLAG
    basis: Annotated[Basis, Lax] = Basis.STATED
    clause: ClauseId | None = None

    @model_validator(mode="after")
    def complete(self) -> Figure:
        if self.basis is Basis.UNSTATED:
            if self.value is not None:
                raise refusal(SILENT)
            return self
        if self.value is None or self.unit is None:
            raise refusal(NO_VALUE)
        whole_number(self.value, self.unit)
        if self.clause is None and self.basis is Basis.STATED:
            raise refusal(NO_CLAUSE)
        return self

    def to_law(self, unit: str) -> law.Figure:
        value = None if self.value is None else whole_number(self.value, unit)
        return law.Figure(value, unit, self.severity, self.basis, self.clause)


def whole_number(value: object, unit: str) -> int:
    """The value in whole units, yuan in whole fen; anything else is refused."""
    if (
        isinstance(value, str)
        and unit == "yuan"
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
    if not 0 <= value <= LIMITS[unit]:
        raise refusal(OUT_OF_RANGE)
    scaled = value * (100 if unit == "yuan" else 1)
    if scaled != int(scaled):
        raise refusal(NOT_WHOLE)
    return int(scaled)


def _in(unit: str) -> AfterValidator:
    def check(figure: Figure) -> Figure:
        if figure.unit not in (unit, None):
            raise refusal(OTHER_UNIT.format(unit=unit))
        if unit == "day" and figure.value == 0:
            raise refusal(OUT_OF_RANGE)
        return figure

    return AfterValidator(check)


Persons = Annotated[Figure, _in("person")]
Days = Annotated[Figure, _in("day")]
Percent = Annotated[Figure, _in("percent")]
Classes = Annotated[Figure, _in("class")]
Yuan = Annotated[Figure, _in("yuan")]
UNITS = {
    "min_trainees": "person",
    "max_trainees": "person",
    "min_days": "day",
    "usual_days": "day",
    "usual_days_around": "day",
    "staff_share_percent": "percent",
    "max_staff": "person",
    "online_share_percent": "percent",
    "fee_from_trainees": "yuan",
}


class Deadline(Table):
    kind: Annotated[
        Kind, Lax, one_of(Kind.APPLICATION, Kind.FILING, Kind.COMPLETION, Kind.REIMBURSEMENT)
    ]
    anchor: Annotated[law.Anchor, Lax]
    date: Day | None = None
    offset: Annotated[int, Field(ge=-400, le=400)] = 0
    unit: Annotated[law.Unit, Lax] | None = None
    inclusive: bool = True
    rolls: bool = False
    force: Annotated[Force, Lax] = Force.STATED
    basis: Known = Basis.STATED
    clause: ClauseId
    forfeit: ClauseId | None = None
    note: Label | None = None

    @model_validator(mode="after")
    def complete(self) -> Deadline:
        fixed = self.anchor is law.Anchor.FIXED
        if fixed != (self.date is not None) or (fixed and (self.offset or self.unit)):
            raise refusal(FIXED_DATE)
        if not fixed and (not self.offset or self.unit is None):
            raise refusal(NO_OFFSET)
        if self.rolls and self.offset <= 0:
            raise refusal(NEVER_ROLLS)
        if self.forfeit and self.force is not Force.STATED:
            raise refusal(ADVISED)
        if self.note and self.basis is not Basis.ASSUMED:
            raise refusal(NOTE_STATED)
        return self

    def to_law(self) -> law.DeadlineRule:
        values = {key: getattr(self, key) for key in type(self).model_fields if key != "date"}
        values |= {"fixed_on": self.date, "unit": self.unit or law.Unit.DAY}
        return law.DeadlineRule(**values | {"note": self.note.text if self.note else None})


UNREADABLE = Text("不能为空，也不能含控制字符。", "It is empty or has control characters.")
ONLY = Text("只能填写：{known}。", "Only these: {known}.")
SILENT = Text("写明“unstated”的项不能再有数值。", "What is unstated has no value.")
NO_VALUE = Text(
    '缺少数值（value）或单位（unit）；未作规定的写 basis = "unstated"。',
    'value or unit is missing; what is not stated says basis = "unstated".',
)
NO_NUMBER = Text("数值须为数字。", "The value is no number.")
OUT_OF_RANGE = Text(
    "数值为负、为零天或大得不合理。", "The value is negative, no day or beyond reason."
)
NOT_WHOLE = Text("须为整数；金额最多两位小数。", "It is not whole, for an amount not whole fen.")
OTHER_UNIT = Text("单位须为 {unit}。", "The unit must be {unit}.")
FIXED_DATE = Text(
    "anchor 为 fixed 的期限须写 date，且只写 date；其他期限不能写 date。",
    "A fixed deadline has a date and no offset; any other has no date.",
)
NO_OFFSET = Text("缺少不为零的 offset 或单位 unit。", "offset (not zero) or unit is missing.")
NEVER_ROLLS = Text(
    "只有向后计算的期限可以顺延（rolls）。",
    "Only a limit counted forwards may roll to a working day.",
)
ADVISED = Text(
    "仅作建议（advisory）的期限不影响补助，不能写 forfeit。",
    "A deadline that is only advised forfeits nothing.",
)
NOTE_STATED = Text(
    '通知已作规定的期限以条款为准；只有 basis = "assumed" 的可以写 note。',
    'What a notice states needs no note; only basis = "assumed" takes one.',
)
