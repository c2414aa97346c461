"""What the fields of a policy are called, and what a policy file may write in them.

A field says both in its annotation: a Text is its label, and what its type alone does not say is a
mark beside it.

    offset: Annotated[int, Text("相差", "Offset"), range(-400, 401)] = 0

Reading a file (config/policy_tables.py), comparing two policies (comparing.py), showing one on a page
or a screen (config/policy_reading.py) and to a program (web/api/policy_shapes.py) all walk these
fields. A new value is a line of its class here and a line of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from states.terms import Text


class Mark(Enum):
    """What a type alone does not say of a value in a policy file."""

    KEY = "a name that other parts of the file use"
    CLAUSE = "the id of a clause"
    POLICY = "the id of a policy, which names its file"
    MAILBOX = "an e-mail address"
    NUMBER = "the number of a document, unstated where no copy shows it"
    REJECTABLE = "a state from which a project may be rejected"
    FILLED = "at least one"
    ELSEWHERE = "written in another part of the file"
    DERIVED = "written nowhere: it follows from the rest"


@dataclass(frozen=True, slots=True)
class Only:
    """The members of an enum that a file may write."""

    members: tuple[StrEnum, ...]


@dataclass(frozen=True, slots=True)
class WrittenAs:
    """What the file calls the field."""

    name: str


Key = Annotated[str, Mark.KEY]
ClauseId = Annotated[str, Mark.CLAUSE]


@dataclass(frozen=True, slots=True)
class PolicyField:
    """A field of a class: its name, its label, its type and the marks beside it."""

    name: str
    label: Text
    type: Any
    marks: tuple[Any, ...]
    of: Field[Any]  # for its default

    @property
    def written_as(self) -> str:
        return next((one.name for one in self.marks if isinstance(one, WrittenAs)), self.name)

    @property
    def in_its_table(self) -> bool:
        """Whether the file writes it in the table of its object."""
        return not {Mark.ELSEWHERE, Mark.DERIVED} & {m for m in self.marks if isinstance(m, Mark)}


NAMES = ("key", "kind", "id")  # the first field of a class whose objects have names


def fields_of(kind: Any) -> tuple[PolicyField, ...]:
    """The fields of one of the classes, in its order."""
    return _fields_of(kind)


@cache
def _fields_of(kind: Any) -> tuple[PolicyField, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_field(one, hints[one.name]) for one in fields(kind))


def _field(of: Field[Any], hint: Any) -> PolicyField:
    plain, marks = unmarked(hint)
    label = next(mark for mark in marks if isinstance(mark, Text))
    others = tuple(mark for mark in marks if not isinstance(mark, Text))
    return PolicyField(of.name, label, plain, others, of)


def unmarked(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type, and what is marked beside it."""
    if get_origin(hint) is not Annotated:
        return hint, ()
    plain, *marks = get_args(hint)
    return plain, tuple(marks)


def classes_of(kind: type) -> Iterator[type]:
    """The class and those of all values that it holds."""
    yield kind
    for one in fields_of(kind):
        for inner in parts_of(one.type):
            if is_dataclass(inner) and isinstance(inner, type):
                yield from classes_of(inner)


def parts_of(hint: Any) -> Iterator[Any]:
    """A type with the types and marks that it is made of."""
    yield hint
    for inner in get_args(hint):
        yield from parts_of(inner)


def values_of(kind: type) -> tuple[PolicyField, ...]:
    """The fields of a class but the name of its objects."""
    first, *others = fields_of(kind)
    return tuple(others) if first.name in NAMES else (first, *others)


def name_of(thing: Any) -> Any:
    """What names an object among its kind."""
    return getattr(thing, fields_of(type(thing))[0].name)


def says_something(value: object) -> bool:
    """Whether anything was written: no empty text, list or table, and no None."""
    return value not in (None, "", Text("", ""), ()) and not (
        isinstance(value, Mapping) and not value
    )
