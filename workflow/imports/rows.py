"""A row of the plan: while it is read, with each fault and remark; and what it came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from states.policy import Category, Policy
from states.terms import State, Text
from workflow.imports import cells
from workflow.imports.headings import SYNONYMS, Columns, Field
from workflow.imports.sheet_cells import NO_MARK, Mark
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
    opens_earliest: date | None  # None: the time is still open
    opens_latest: date | None
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

    def __post_init__(self) -> None:
        cells_here = ((name, self.row.cells.get(c)) for name, c in self.columns.places.items())
        self._values = {name: v for name, v in cells_here if not cells.is_blank(v)}

    def value(self, name: Field) -> Any:
        return self._values.get(name)

    def mark(self, name: Field) -> Mark:
        """What is odd about the cell."""
        return self.row.marks.get(self.columns.places.get(name, 0), NO_MARK)

    def has_fault(self, *names: Field) -> bool:
        titles = {self.columns.title(name) for name in names} - {None}
        return any(fault.column in titles for fault in self.faults)

    def fault(self, name: Field | None, message: Text) -> None:
        self.faults.append(self._remark(name, message))

    def warn(self, name: Field | None, message: Text) -> None:
        self.warnings.append(self._remark(name, message))

    def _remark(self, name: Field | None, message: Text) -> Remark:
        return Remark(self.row.number, self.columns.title(name) if name else None, message)

    def take(self, name: Field, read: Callable[[Any], T]) -> T | None:
        """The cell's value; None if it is empty or, with a fault noted, unreadable."""
        return self._take(name, read, self.fault)

    def may_take(self, name: Field, read: Callable[[Any], T]) -> T | None:
        """As `take`, for what the plan can do without: unreadable is a warning, and nothing."""
        return self._take(name, read, self._leave_out)

    def _take(
        self, name: Field, read: Callable[[Any], T], say: Callable[[Field, Text], None]
    ) -> T | None:
        value = self.value(name)
        if value is None:
            return None
        try:
            return read(value)
        except CellError as error:
            say(name, error.text)
            return None

    def _leave_out(self, name: Field, message: Text) -> None:
        self.warn(name, Text(f"{message.zh}（本格没有导入）", f"{message.en} (not taken)"))

    def text(self, name: Field) -> str | None:
        if cells.is_formula(self.value(name)):
            self.warn(name, FORMULA_KEPT.format(value=short(self.value(name))))
        return self.may_take(name, cells.read_text)

    def required(self, name: Field) -> str:
        """The text, or "" with a fault noted."""
        value = self.value(name)
        if value is None:
            title = self.columns.title(name) or SYNONYMS[name][0]
            self.fault(name, MISSING.format(column=title))
        if cells.is_formula(value):
            self.warn(name, FORMULA_KEPT.format(value=short(value)))
        return self.take(name, cells.read_text) or ""


MISSING = Text("“{column}”没有填写，请补填", "“{column}” is empty; fill it in")
FORMULA_KEPT = Text(
    "“{value}”是公式，已按文字原样保留，未作计算，请核对",
    "“{value}” is a formula; it was kept as text and not computed, check it",
)
