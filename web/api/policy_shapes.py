"""What a policy looks like to a program: every field of the law's objects under its own name, in the
reader's language, described by its label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Optional, get_args, get_origin

from pydantic import BaseModel, Field, create_model

from states.comparing import Difference
from states.policy import Clause, Figure, Fund, MilestoneRule, PaperRule, Policy, ReasonCode
from states.policy_fields import fields_of, unmarked
from states.terms import Action, Text
from web.api.describing import both


class PolicySummary(BaseModel):
    id: str
    title: str
    province: str
    year: int
    categories: list[str]
    digest: str = Field(description=both("政策文件的SHA-256", "SHA-256 of its file"))


class DifferenceOut(BaseModel):
    category: str = Field(description=both("空为全部适用", "empty: holds for all"))
    key: str
    old: str | None
    new: str | None
    clause: str


def summary_out(policy: Policy, language: str) -> PolicySummary:
    return PolicySummary(
        id=policy.id,
        title=policy.title.in_(language),
        province=policy.province,
        year=policy.year,
        categories=list(policy.categories),
        digest=policy.digest,
    )


def difference_out(one: Difference) -> DifferenceOut:
    return DifferenceOut(
        category=one.category, key=one.key, old=one.old, new=one.new, clause=one.clause
    )


# -- The shape of each class ------------------------------------------------------------------------

OWN_NAME = {MilestoneRule: "MilestoneOut", Fund: "PolicyFundOut"}
# What an object is given beside its fields: its place in a list that the policy keeps by key.
BESIDE: dict[type, dict[str, Any]] = {
    Figure: {"key": Annotated[str, Field(description=both("数值代号", "Key"))]},
    PaperRule: {"step": Annotated[Action, Field(description=both("环节", "Step"))]},
    Clause: {"place": Annotated[str, Field(description=both("出处", "Where it stands"))]},
}
BY_KEY = {ReasonCode}  # not as a list
# Types that are put together here, of what the law says.
_LIST: Any = list
_DICT: Any = dict
_OPTIONAL: Any = Optional


@cache
def _shape(kind: Any) -> Any:
    keys: dict[str, Any] = {name: (hint, ...) for name, hint in BESIDE.get(kind, {}).items()}
    for one in fields_of(kind):
        keys[one.name] = _type(one.type), Field(description=both(*one.label))
    name: str = OWN_NAME.get(kind, f"{kind.__name__}Out")
    return create_model(name, __doc__=kind.__doc__, **keys)


def _type(hint: Any) -> Any:
    """The type of a value as it is answered."""
    plain: Any = unmarked(hint)[0]
    if plain is Text:
        return str
    if _is_class(plain):
        return _shape(plain)
    if NoneType in get_args(plain):
        return _OPTIONAL[_type(next(one for one in get_args(plain) if one is not NoneType))]
    if get_origin(plain) is tuple:
        return _LIST[_type(get_args(plain)[0])]
    if get_origin(plain) is Mapping:
        inner = _type(get_args(plain)[1])
        listed = _is_listed(get_args(plain)[1])
        return (
            (inner if get_origin(inner) is list else _LIST[inner]) if listed else _DICT[str, inner]
        )
    return plain


def _is_listed(hint: Any) -> bool:
    """Whether a mapping to this is answered as a list, whose objects hold their keys."""
    return get_origin(hint) is tuple or (_is_class(hint) and hint not in BY_KEY)


def _is_class(hint: Any) -> bool:
    return is_dataclass(hint)


# -- Its values -------------------------------------------------------------------------------------


def _value(value: Any, hint: Any, language: str, **beside: Any) -> Any:
    """A value as its type is answered (`_type`)."""
    plain: Any = unmarked(hint)[0]
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, tuple):
        return [_value(one, get_args(plain)[0], language, **beside) for one in value]
    if isinstance(value, Mapping):
        inner = get_args(plain)[1]
        told = {k: _value(one, inner, language, key=k, step=k) for k, one in value.items()}
        if get_origin(inner) is tuple:
            return [one for listed in told.values() for one in listed]
        return list(told.values()) if _is_listed(inner) else told
    return _object(value, language, beside) if _is_class(type(value)) else value


def _object(thing: Any, language: str, beside: dict[str, Any]) -> dict[str, Any]:
    known = beside | ({"place": thing.place} if isinstance(thing, Clause) else {})
    told = {name: known[name] for name in BESIDE.get(type(thing), {})}
    for one in fields_of(type(thing)):
        value = getattr(thing, one.name)
        told[one.name] = _value(value, one.type, language, key=one.name)
    return told


PolicyOut = _shape(Policy)


def policy_out(found: Policy, language: str) -> dict[str, Any]:
    """A policy, every value with its clause. The cap stands also among the figures."""
    told = _object(found, language, {})
    for category in told["categories"]:
        category["figures"].append(category["cap"])
    return told
