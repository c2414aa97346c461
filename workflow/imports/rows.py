"""One row of the plan: its values, each fault with its column, each thing worth a look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from states.policy import Category, Policy
from states.terms import State, Text
from workflow.identity import squeeze, tidy
from workflow.imports import cells
from workflow.imports.categories import match_category, read_funding
from workflow.imports.headings import SYNONYMS, Columns, Field
from workflow.imports.schedule import EMPTY, Schedule, ScheduleError, parse_schedule
from workflow.imports.words import CellError, short
from workflow.imports.workbook import Row

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong or worth a look: Excel's row, the heading as the file writes it, a sentence.

    `row` None: the whole file. `column` None: the whole row.
    """

    row: int | None
    column: str | None
    message: Text


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A project as the plan has it. None: the file does not say; `amount` is whole fen."""

    row: int
    number: int | None
    name: str
    category: str  # key of the policy's category
    host: str
    department: str | None
    place: str | None
    schedule_text: str
    opens_earliest: date
    opens_latest: date
    planned_ends: date | None
    planned_trainees: int | None
    contact_name: str | None
    contact_phone: str | None
    contact_email: str | None
    state: State | None
    actual_opens: date | None
    actual_ends: date | None
    document_number: str | None
    amount: int | None
    office_email: str | None = None


@dataclass
class Reading:
    """A row while it is read; `section` is the title above it that names a category."""

    row: Row
    columns: Columns
    policy: Policy
    section: str | None
    faults: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    category: Category | None = None
    number: int | None = None

    def value(self, name: Field) -> Any:
        place = self.columns.places.get(name)
        found = None if place is None else self.row.cells.get(place)
        return None if cells.is_blank(found) else found

    def fault(self, name: Field | None, message: Text) -> None:
        self.faults.append(self._remark(name, message))

    def warn(self, name: Field | None, message: Text) -> None:
        self.warnings.append(self._remark(name, message))

    def _remark(self, name: Field | None, message: Text) -> Remark:
        return Remark(self.row.number, self.columns.title(name) if name else None, message)

    def take(self, name: Field, read: Callable[[Any], T]) -> T | None:
        """The cell's value; None if it is empty or, with a fault noted, unreadable."""
        value = self.value(name)
        if value is None:
            return None
        try:
            return read(value)
        except CellError as error:
            self.fault(name, error.text)
            return None

    def text(self, name: Field) -> str | None:
        if cells.is_formula(self.value(name)):
            self.warn(name, FORMULA_KEPT.format(value=short(self.value(name))))
        return self.take(name, cells.read_text)

    def required(self, name: Field) -> str:
        """The text, or "" with a fault noted."""
        if self.value(name) is None:
            title = self.columns.title(name) or SYNONYMS[name][0]
            self.fault(name, MISSING.format(column=title))
        return self.text(name) or ""


def read_row(reading: Reading) -> PlanRow | None:
    """The project in this row, or None with at least one fault noted in `reading`."""
    name, host = reading.required(Field.NAME), reading.required(Field.HOST)
    category = reading.category = _category(reading)
    days = category.usual_days if category else 1
    planned, actual = _schedule(reading, days), _actual(reading, days)
    rest = _plain_cells(reading)
    if reading.faults or category is None or planned is None:
        return None
    return PlanRow(
        row=reading.row.number,
        name=name,
        category=category.key,
        host=host,
        schedule_text=planned.text,
        opens_earliest=planned.opens_earliest,
        opens_latest=planned.opens_latest,
        planned_ends=planned.ends,
        actual_opens=actual.opens_earliest if actual else None,
        actual_ends=actual.ends if actual else None,
        **rest,
    )


def _plain_cells(reading: Reading) -> dict[str, Any]:
    """The values that need no other cell, by their name in `PlanRow`."""
    reading.number = reading.take(Field.NUMBER, cells.read_number)
    if Field.EMAIL in reading.columns.places and reading.value(Field.EMAIL) is None:
        reading.warn(Field.EMAIL, NO_EMAIL)
    in_ten_thousands = "万元" in squeeze(reading.columns.title(Field.AMOUNT) or "")
    return {
        "number": reading.number,
        "department": reading.text(Field.DEPARTMENT),
        "place": reading.text(Field.PLACE),
        "planned_trainees": reading.take(Field.TRAINEES, cells.read_number),
        "contact_name": reading.text(Field.CONTACT),
        "contact_phone": reading.text(Field.PHONE),
        "contact_email": reading.take(Field.EMAIL, cells.read_email),
        "office_email": reading.take(Field.OFFICE_EMAIL, cells.read_email),
        "state": reading.take(Field.STATE, cells.read_state),
        "document_number": reading.text(Field.DOCUMENT),
        "amount": reading.take(Field.AMOUNT, lambda v: cells.read_amount(v, in_ten_thousands)),
    }


def _category(reading: Reading) -> Category | None:
    """The category by its own cell, or else by the section above."""
    where = Field.CATEGORY if Field.CATEGORY in reading.columns.places else None
    own = reading.value(Field.CATEGORY) is not None
    written = reading.take(Field.CATEGORY, cells.read_text) if own else reading.section
    if not written:
        if not own:
            reading.fault(where, NO_CATEGORY)
        return None
    paid = _funding(reading)
    try:
        category, contradicted = match_category(written, paid, reading.policy)
    except CellError as error:
        reading.fault(where, error.text)
        return None
    if contradicted:
        reading.warn(Field.FUNDING if paid else where, contradicted)
    return category


def _funding(reading: Reading) -> str | None:
    paid = reading.take(Field.FUNDING, cells.read_text)
    if paid and read_funding(paid) is None:
        reading.warn(Field.FUNDING, UNCLEAR_FUNDING.format(value=short(paid)))
    return paid


def _schedule(reading: Reading, usual_days: int) -> Schedule | None:
    name, value = Field.SCHEDULE, reading.value(Field.SCHEDULE)
    if name not in reading.columns.places:
        name, value = Field.STARTS, _from_two(reading)
    try:
        return _parse(reading, "" if value is None else value, usual_days)
    except ScheduleError as error:
        reading.fault(name, error.text)
        return None


def _from_two(reading: Reading) -> Any:
    """Opening and end from two columns, as one time."""
    start, end = reading.value(Field.STARTS), reading.value(Field.ENDS)
    if start is None or end is None:
        return start
    return f"{_written(start)}至{_written(end)}"


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else tidy(str(value))


def _actual(reading: Reading, usual_days: int) -> Schedule | None:
    found = reading.take(Field.ACTUAL, lambda value: _parse(reading, value, usual_days))
    if found is not None and found.provisional:
        reading.fault(Field.ACTUAL, NOT_EXACT.format(value=short(found.text)))
    return found


def _parse(reading: Reading, value: Any, usual_days: int) -> Schedule:
    if cells.is_formula(value):
        raise ScheduleError(cells.FORMULA.format(value=short(value)))
    if value == "":
        raise ScheduleError(EMPTY)
    return parse_schedule(value, reading.policy.year, usual_days)


MISSING = Text("“{column}”没有填写，请补填", "“{column}” is empty; fill it in")
NO_CATEGORY = Text(
    "没有项目类别，请填写，或在本行之上写明类别标题",
    "No category is given; fill it in, or put a section title with it above the row",
)
UNCLEAR_FUNDING = Text(
    "资助方式“{value}”无法识别为财政资助或自筹，未采用，请核对",
    "“{value}” says neither funded nor self-funded and was not used; check it",
)
FORMULA_KEPT = Text(
    "“{value}”是公式，已按文字原样保留，未作计算，请核对",
    "“{value}” is a formula; it was kept as text and not computed, check it",
)
NO_EMAIL = Text(
    "没有联系邮箱，无法向本项目发送邮件提醒，请补充",
    "No e-mail address: no reminder can be mailed to this project; add one",
)
NOT_EXACT = Text(
    "实际日期“{value}”不是确切日期，请写明起止日，例如5月12日-16日",
    "The actual time “{value}” is not exact; write both days, for example 5月12日-16日",
)
