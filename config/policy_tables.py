"""The tables of a policy file, read with pydantic as the law's own objects.

The law's classes say what a file writes (states/policy_fields.py): here is how each type is read, and
what must agree within one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, is_dataclass, replace
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Field, create_model

from config.errors import NO_CLAUSE, ConfigError, refusal
from config.policy_values import (
    MARKED,
    OUT_OF_RANGE,
    TABLE,
    Label,
    Lax,
    Words,
    one_of,
    whole_number,
)
from states import policy as law
from states.policy_fields import (
    ClauseId,
    Key,
    Mark,
    Only,
    PolicyField,
    fields_of,
    name_of,
    unmarked,
    values_of,
)
from states.terms import Basis, Force, Severity, State, Text

Given = dict[str, Any]  # what a table of the file writes, by the names of the law
# Types that are put together here, of what the law says.
_ANNOTATED: Any = Annotated
_LIST: Any = list
_DICT: Any = dict


# -- Any type ---------------------------------------------------------------------------------------


def read_as(hint: Any) -> Any:
    """The type by which pydantic reads a value of the file as one of the law."""
    plain, marks = unmarked(hint)
    return _read_as(plain, marks)


def _read_as(hint: Any, marks: Iterable[Any]) -> Any:
    for mark in marks:
        if isinstance(mark, Mark) and mark in MARKED:
            return MARKED[mark]
    if get_origin(hint) is tuple:
        return _list_of(get_args(hint)[0], marks)
    if get_origin(hint) is Mapping:
        key, row = get_args(hint)
        return _tables(key, row, marks)
    if NoneType in get_args(hint):  # what is not there is not written
        [hint] = [one for one in get_args(hint) if one is not NoneType]
        return _read_as(*unmarked(hint)) if unmarked(hint)[1] else _read_as(hint, marks)
    if hint is law.Figure:
        [measure] = [mark for mark in marks if isinstance(mark, law.Measure)]
        return _figure(measure)
    if is_dataclass(hint) and isinstance(hint, type):
        return _ANNOTATED[_table(hint), AfterValidator(_given(hint)), AfterValidator(_made(hint))]
    return _single(hint, marks)


def _single(hint: Any, marks: Iterable[Any]) -> Any:
    if hint is Text:
        return Annotated[Label, AfterValidator(lambda label: label.text)]
    if hint is str:
        return Words
    if hint is int:
        limits = next((mark for mark in marks if isinstance(mark, range)), range(100_001))
        return Annotated[int, Field(ge=limits.start, le=limits.stop - 1)]
    if hint in (bool, date):
        return hint
    if issubclass(hint, StrEnum):
        only = [one_of(*mark.members) for mark in marks if isinstance(mark, Only)]
        return _ANNOTATED[hint, Lax, *only]
    raise TypeError(hint)


def _list_of(hint: Any, marks: Iterable[Any]) -> Any:
    least = Field(min_length=1 if Mark.FILLED in marks else 0)
    return _ANNOTATED[_LIST[read_as(hint)], least, AfterValidator(_once), AfterValidator(tuple)]


def _once(rows: list[Any]) -> list[Any]:
    names = [name_of(row) if is_dataclass(row) else row for row in rows]
    if len(set(names)) < len(names):
        raise refusal(TWICE)
    return rows


def _tables(key: Any, hint: Any, marks: Iterable[Any]) -> Any:
    """Tables by their names, which each object takes as its first field."""
    least = Field(min_length=1 if Mark.FILLED in marks else 0)
    if not is_dataclass(hint) or not isinstance(hint, type):
        return _ANNOTATED[_DICT[read_as(key), read_as(hint)], least]
    name, others = fields_of(hint)[0], values_of(hint)
    row = _ANNOTATED[_table(hint, others), AfterValidator(_given(hint))]

    def named(rows: dict[str, Given]) -> dict[str, Any]:
        return {key: hint(**{name.name: key}, **row) for key, row in rows.items()}

    return _ANNOTATED[_DICT[read_as(key), row], least, AfterValidator(named)]


def _table(kind: type, fields: Iterable[PolicyField] | None = None, **more: Any) -> type[BaseModel]:
    """A table with a key for each field that is written in it, and more."""
    known = fields_of(kind) if fields is None else fields
    keys = {one.name: _key(one) for one in known if one.in_its_table}
    return create_model(kind.__name__, __config__=TABLE, **{**keys, **_more(kind), **more})


def _key(one: PolicyField) -> Any:
    alias = None if one.written_as == one.name else one.written_as
    if one.of.default_factory is not MISSING:
        default = Field(alias=alias, default_factory=one.of.default_factory)
    else:
        default = Field(... if one.of.default is MISSING else one.of.default, alias=alias)
    return _read_as(one.type, one.marks), default


def _given(kind: type) -> Callable[[BaseModel], Given]:
    """What was written, once it is known to agree; what was not is left to the law's defaults."""
    agreeing = AGREEING.get(kind)

    def given(table: BaseModel) -> Given:
        found = {name: getattr(table, name) for name in table.model_fields_set}
        return agreeing(found) if agreeing else found

    return given


def _made(kind: type) -> Callable[[Given], Any]:
    return lambda given: kind(**given)


# -- What must agree within a table -----------------------------------------------------------------


def _figure(measure: law.Measure) -> Any:
    """A figure that counts this; its value may be left out where its basis says so."""

    def made(given: Given) -> law.Figure:
        value, unit = given.pop("value", None), given.pop("unit", None)
        if given.get("basis") is Basis.UNSTATED:
            if value is not None:
                raise refusal(SILENT)
        elif value is None or unit is None:
            raise refusal(NO_VALUE)
        else:
            value = whole_number(value, unit)
            if "clause" not in given and given.get("basis", Basis.STATED) is Basis.STATED:
                raise refusal(NO_CLAUSE)
        if unit not in (measure, None):
            raise refusal(OTHER_UNIT.format(unit=measure.value))
        if measure is law.Measure.DAY and value == 0:
            raise refusal(OUT_OF_RANGE)
        return law.Figure(value, measure, **given)

    return _ANNOTATED[_table(law.Figure), AfterValidator(_given(law.Figure)), AfterValidator(made)]


def _deadline(given: Given) -> Given:
    fixed, offset = given["anchor"] is law.Anchor.FIXED, given.get("offset", 0)
    if fixed != ("fixed_on" in given) or (fixed and (offset or "unit" in given)):
        raise refusal(FIXED_DATE)
    if not fixed and (not offset or "unit" not in given):
        raise refusal(NO_OFFSET)
    if given.get("rolls") and offset <= 0:
        raise refusal(NEVER_ROLLS)
    if "forfeit" in given and given.get("force", Force.STATED) is not Force.STATED:
        raise refusal(ADVISED)
    if "note" in given and given.get("basis") is not Basis.ASSUMED:
        raise refusal(NOTE_STATED)
    return given


def _category(given: Given) -> Given:
    if given["cap"].value:
        if given["ends_in"] is State.CLOSED:
            raise refusal(CAP_WITHOUT_SUBSIDY)
        if "fund" not in given:
            raise refusal(CAP_WITHOUT_FUND)
    given["cap"] = replace(given["cap"], severity=Severity.BLOCK)
    return given | {"figures": {key: given.pop(key) for key in law.FIGURES if key in given}}


AGREEING: dict[type, Callable[[Given], Given]] = {
    law.DeadlineRule: _deadline,
    law.Category: _category,
}


def _more(kind: type) -> dict[str, Any]:
    """Keys of a table that are no fields of its object, or that may be left out where those may not."""
    if kind is law.Figure:
        return {"value": (Any, None), "unit": (read_as(law.Measure), None)}
    if kind is law.Category:
        return {key: (_figure(measure), None) for key, (_, measure) in law.FIGURES.items()}
    return {}


# -- The whole file ---------------------------------------------------------------------------------


class MilestoneLabel(Label):
    ask: Label | None = None  # as what is to be done; None: the label

    @property
    def texts(self) -> dict[str, Text]:
        return {"label": self.text, "ask": self.ask.text if self.ask else self.text}


DUTY = create_model(
    "Duty",
    __config__=TABLE,
    basis=(read_as(law.Known), Basis.STATED),
    clause=(read_as(ClauseId), ...),
)
_DUTIES: dict[str, Any] = dict.fromkeys(law.DUTIES, (DUTY, None))
DUTIES: Any = create_model("Duties", __config__=TABLE, **_DUTIES)
PolicyTable: Any = _table(
    law.Policy,
    papers=(read_as(Mapping[Key, Text]), Field(default_factory=dict)),
    milestones=(_DICT[read_as(Key), MilestoneLabel], Field(default_factory=dict)),
    duties=(DUTIES, DUTIES()),
)


def policy_of(table: Any, digest: str) -> law.Policy:
    """The policy as the law reads it; `digest` is that of the file's bytes."""
    given = _given(law.Policy)(table)
    for key in ("papers", "milestones"):  # labels that the categories take over
        given.pop(key, None)
    clauses = {key: _placed(one, table.documents) for key, one in table.clauses.items()}
    categories = {key: _labelled(one, table) for key, one in table.categories.items()}
    return law.Policy(
        **given
        | {"clauses": clauses, "categories": _Categories.of(table.id, categories)}
        | {"duties": {rule: duty.clause for rule, duty in table.duties if duty}},
        one_document=len(_of_the_year(clauses)) == 1,
        digest=digest,
    )


def _placed(clause: law.Clause, documents: Mapping[str, law.Document]) -> law.Clause:
    document = documents[clause.source]
    since = document.issued_on or document.not_before
    return replace(clause, document=document.cited, basis=document.basis, since=since)


def _of_the_year(clauses: Mapping[str, law.Clause]) -> set[Text]:
    """The documents that are cited and speak of the year, as they are cited."""
    return {one.document for one in clauses.values() if one.basis is Basis.STATED}


def _labelled(category: law.Category, table: Any) -> law.Category:
    """With what other parts of the file call its papers, its milestones and the ends of projects."""
    papers = {
        step: tuple(replace(one, label=table.papers[one.key]) for one in listed)
        for step, listed in category.papers.items()
    }
    milestones = [replace(one, **table.milestones[one.key].texts) for one in category.milestones]
    outcomes = {key: one.outcome for key, one in table.reasons.items() if one.outcome}
    return replace(category, papers=papers, milestones=tuple(milestones), outcomes=outcomes)


class _Categories(dict[str, law.Category]):
    """The categories of a policy; one that projects have and the file has lost is a fault of it."""

    policy = ""  # not an argument: dataclasses.asdict makes another one of its own kind

    @classmethod
    def of(cls, policy: str, known: dict[str, law.Category]) -> _Categories:
        made = cls(known)
        made.policy = policy
        return made

    def __missing__(self, key: str) -> law.Category:
        raise ConfigError(f"{self.policy}.toml", f"categories.{key}", LOST)


TWICE = Text("同一项写了两次。", "The same thing is listed twice.")
SILENT = Text("写明“unstated”的项不能再有数值。", "What is unstated has no value.")
NO_VALUE = Text(
    '缺少数值（value）或单位（unit）；未作规定的写 basis = "unstated"。',
    'value or unit is missing; what is not stated says basis = "unstated".',
)
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
CAP_WITHOUT_FUND = Text(
    "有补助上限（cap），但没有写明经费来源（fund）。", "There is a cap but no fund that pays."
)
CAP_WITHOUT_SUBSIDY = Text(
    "以办结（closed）为终点的类别不能有补助上限。", "A category that ends closed pays no subsidy."
)
LOST = Text(
    "这一类别已不在文件中，而仍有项目属于它，请补回。",
    "The category is gone from the file, and projects belong to it; put it back.",
)
