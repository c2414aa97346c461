"""Which category of the policy a row means, from what plans write and how it is paid."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from states.policy import Category, Policy
from states.terms import Text
from workflow.identity import squeeze
from workflow.imports.words import CellError, short

LEAST_OF_A_TITLE = 4  # 国家级 alone may stand in any title
FUNDED, SELF_FUNDED = "funded", "self_funded"
PAID_BY_THE_STATE = frozenset({"资助", "经费资助", "补助", "经费补助"})
SECTION = re.compile(r"^(?:[(（]?[一二三四五六七八九十0-9]{1,3}[)）]?[、.．:]?)")
FUNDING_LABELS = {
    FUNDED: Text("财政资助", "funded"),
    SELF_FUNDED: Text("自筹经费", "self-funded"),
}


class Match(NamedTuple):
    """The category meant. `contradicted`: the funding written says otherwise."""

    category: Category
    contradicted: Text | None


def match_category(written: str, funding: str | None, policy: Policy) -> Match:
    """The category named in `written`, told apart by funding where several share the name.

    CellError lists the known categories if none is named, or if more than one is meant.
    """
    text = squeeze(SECTION.sub("", written.strip()))
    named = _named(text, policy)
    if not named:
        raise CellError(UNKNOWN.format(value=short(written), known=_known(policy)))
    paid = read_funding(funding or "") or read_funding(text)
    fitting = [category for category in named if category.funding == paid] or named
    if len(fitting) > 1:
        known = _known(policy, fitting)
        raise CellError(AMBIGUOUS.format(value=short(written), known=known))
    category = fitting[0]
    if paid is None or category.funding == paid:
        return Match(category, None)
    values = {"paid": FUNDING_LABELS[paid], "usual": FUNDING_LABELS.get(category.funding, "")}
    return Match(category, CONTRADICTED.format(label=category.label, **values))


def names_category(text: str, policy: Policy) -> bool:
    """Whether a section's title names a category of the policy at all."""
    return bool(_named(squeeze(text), policy))


def names_one(text: str, policy: Policy) -> bool:
    """Whether a title of the whole file names one category, by more than a word in passing."""
    named = _named(squeeze(text), policy, LEAST_OF_A_TITLE)
    return len({category.names for category in named}) == 1


def read_funding(text: str) -> str | None:
    """`funded`, `self_funded`, or None where the words say neither, or both."""
    words = squeeze(text)
    own = "自筹" in words or "非财政" in words
    state = "财政" in words.replace("非财政", "") or words in PAID_BY_THE_STATE
    if own == state:
        return None
    return SELF_FUNDED if own else FUNDED


def _named(text: str, policy: Policy, least: int = 1) -> list[Category]:
    """Categories with the exact name, else with the names found inside, longest first.

    Names shorter than `least` are not looked at.
    """
    known = ((c, (*c.names, c.label.zh, c.label.en)) for c in policy.categories.values())
    all_names = ((squeeze(name), c) for c, names in known for name in names)
    names = [(name, c) for name, c in all_names if len(name) >= least]
    exact = {c.key: c for name, c in names if name == text}
    if exact:
        return list(exact.values())
    inside = {name for name, _ in names if name and name in text}
    whole = {n for n in inside if not any(n != other and n in other for other in inside)}
    return list({c.key: c for name, c in names if name in whole}.values())


def _known(policy: Policy, among: Iterable[Category] | None = None) -> Text:
    found = list(policy.categories.values() if among is None else among)
    return Text("、".join(c.label.zh for c in found), ", ".join(c.label.en for c in found))


UNKNOWN = Text(
    "没有“{value}”这一项目类别，请填写下列之一：{known}",
    "There is no category “{value}”; write one of: {known}",
)
AMBIGUOUS = Text(
    "仅凭“{value}”无法区分{known}，请写明项目类别和资助方式（财政资助或自筹）",
    "“{value}” alone does not tell apart {known}; state the category and who pays",
)
CONTRADICTED = Text(
    "资助方式写的是{paid}，而“{label}”为{usual}，已按项目类别登记，请核对",
    "The row says {paid}, but “{label}” is {usual}; the category was taken, check it",
)
