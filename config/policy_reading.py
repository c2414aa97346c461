"""A policy for reading: every value in words with its clause, and what differs between two.

What is said in a sentence is put together here; a field that no sentence holds follows under its
label, so that nothing that a policy says is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import date
from typing import Any

from states.comparing import differing
from states.consequence import consequence
from states.contact import Contact
from states.places import place, where
from states.policy import (
    Announced,
    Category,
    Clause,
    DeadlineRule,
    Document,
    Figure,
    Fund,
    MilestoneRule,
    PaperRule,
    Policy,
    ReasonCode,
)
from states.policy_fields import says_something, values_of
from states.policy_rows import IN_FORCE, Row, rows
from states.terms import Basis, Labelled, Text, day_label, yuan


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a category: what it is, what it says, of which nature, how it is known, where
    it stands. `key` names it across policies."""

    key: str
    what: Text
    said: Text
    nature: Text
    basis: Text
    clause: str


NONE, NO_WORD = Text("", ""), Text("通知未作规定", "not stated")


def lines(category: Category, policy: Policy) -> list[Line]:
    """Every value of a category."""
    return [_line(row, policy, category) for row in rows(category)]


def common_lines(policy: Policy) -> list[Line]:
    """What holds for all categories; documents and clauses are listed by themselves."""
    own = [row for row in rows(policy) if not isinstance(row.value, Document | Clause)]
    return [_line(row, policy) for row in own]


def document_lines(policy: Policy) -> list[Line]:
    """The documents that a policy rests on, or names."""
    return [_line(row, policy) for row in rows(policy) if isinstance(row.value, Document)]


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two policies give differently; None: only the other has it."""

    category: Text
    what: Text
    old: Line | None
    new: Line | None


def differences(old: Policy, new: Policy) -> list[Difference]:
    """What differs (states/comparing.py says what that is), in words."""
    found = []
    for pair in differing(old, new):
        was, now = old.categories.get(pair.category), new.categories.get(pair.category)
        before = _line(pair.old, old, was) if pair.old else None
        after = _line(pair.new, new, now) if pair.new else None
        if before and after and _in_chinese(before) == _in_chinese(after):
            before, after = (replace(one, said=_both(one.said)) for one in (before, after))
        label = now.label if now else was.label if was else ALL
        found.append(Difference(label, pair.known.label, before, after))
    return found


def _in_chinese(line: Line) -> tuple[str, ...]:
    return line.said.zh, line.nature.zh, line.basis.zh, line.clause


def _both(said: Text) -> Text:
    return Text(f"{said.zh}（{said.en}）", said.en) if said.zh != said.en else said


# -- A value in words -------------------------------------------------------------------------------


def _line(row: Row, policy: Policy, category: Category | None = None) -> Line:
    value = row.value
    if value is IN_FORCE:
        said, nature, basis = policy.clauses[row.clause].rule, NONE, NONE
    elif is_dataclass(value):
        covered, worded = SENTENCES[type(value)]
        said, nature, basis = worded(value, policy, category)
        said = _joined(said, *_rest(value, covered))
    elif category and row.key == "fund":
        fund = policy.funds[value]
        return Line(row.key, row.label, fund.label, NONE, NONE, fund.budget.clause or "")
    else:
        said, nature, basis = words(value), NONE, NONE
    return Line(row.key, row.label, said, nature, basis, row.clause)


def _rest(thing: Any, covered: tuple[str, ...]) -> list[Text]:
    """The fields that the sentence does not hold, each under its label."""
    found = []
    for one in values_of(type(thing)):
        value = getattr(thing, one.name)
        unsaid = one.name not in (*covered, "clause", "basis") and value != one.of.default
        if unsaid and says_something(value) and value != getattr(thing, "label", None):
            told = words(value)
            sentence = Text(told.zh.removesuffix("。"), told.en.removesuffix("."))
            found.append(NAMED.format(label=one.label, said=sentence))
    return found


def words(value: Any) -> Text:
    """A value by itself."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Labelled):
        return value.label
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, date):
        return day_label(value)
    if isinstance(value, tuple):
        told = [words(one) for one in value]
        return Text("、".join(one.zh for one in told), ", ".join(one.en for one in told))
    if isinstance(value, Mapping):
        return words(tuple(Text(f"{key} {one}", f"{key} {one}") for key, one in value.items()))
    return Text(str(value), str(value))


def _joined(*parts: Text) -> Text:
    told = [part for part in parts if part.zh]
    return Text("；".join(one.zh for one in told), "; ".join(one.en for one in told))


# -- Sentences: what a value says, of which nature it is, how it is known ---------------------------

Sentence = tuple[Text, Text, Text]


def _deadline(rule: DeadlineRule, policy: Policy, category: Category | None) -> Sentence:
    nature = rule.force.label
    if rule.forfeit and category:
        costs = consequence(policy, category, rule.kind)
        stated = where(policy.clauses[rule.forfeit], policy)
        nature = FORFEIT.format(force=nature, costs=costs, clause=stated)
    return when(rule), nature, rule.basis.label


def when(rule: DeadlineRule) -> Text:
    """How a deadline is found: 开班日前1个月."""
    if rule.fixed_on:
        return _before(rule, day_label(rule.fixed_on))
    side = BEFORE if rule.offset < 0 else AFTER
    said = side.format(anchor=rule.anchor.label, n=abs(rule.offset), unit=rule.unit.label)
    return _before(rule, Text(said.zh + ROLLS.zh, said.en + ROLLS.en) if rule.rolls else said)


def _before(rule: DeadlineRule, said: Text) -> Text:
    """Said of the few deadlines whose last day does not count."""
    more = NONE if rule.inclusive else EXCLUSIVE
    return Text(said.zh + more.zh, said.en + more.en)


def _figure(figure: Figure, _: Policy, category: Category | None) -> Sentence:
    nature = NONE if figure.value is None else figure.severity.label
    if category and figure is category.cap and figure.value:
        nature = ABOVE.format(severity=nature)
    return amount(figure), nature, figure.basis.label


def amount(figure: Figure) -> Text:
    """A figure with its unit."""
    if figure.value is None:
        return NO_WORD
    unit = figure.unit.label
    if figure.unit == "yuan":
        said = yuan(figure.value)
        return Text(f"{said} {unit.zh}", f"{said} {unit.en}")
    return Text(f"{figure.value}{unit.zh}", f"{figure.value} {unit.en}")


def _paper(paper: PaperRule, *_: Any) -> Sentence:
    more = MAY_FOLLOW if paper.may_follow else NONE
    said = Text(paper.label.zh + more.zh, paper.label.en + more.en)
    return said, paper.severity.label, paper.basis.label


def _milestone(one: MilestoneRule, *_: Any) -> Sentence:
    nature = BY.format(role=one.by.label)
    if one.flag_at:
        more = ASKED_AT.format(step=one.flag_at.label)
        nature = Text(nature.zh + more.zh, nature.en + more.en)
    if one.due:
        day = one.due.label if one.dated else NO_DAY.format(day=one.due.label)
        nature = Text(f"{nature.zh}，{day.zh}", f"{nature.en}, {day.en}")
    return one.label, nature, one.basis.label


def _contact(contact: Contact, *_: Any) -> Sentence:
    return contact.whole, NONE, NONE


def _fund(fund: Fund, *_: Any) -> Sentence:
    said = FUND_SAID.format(fund=fund.label, budget=amount(fund.budget))
    return said, PROVINCIAL if fund.provincial else NATIONAL, fund.budget.basis.label


def _reason(code: ReasonCode, policy: Policy, _: Category | None) -> Sentence:
    named = words(tuple(policy.categories[key].label for key in code.categories))
    return code.label, _joined(words(code.states), named), code.basis.label


def _announced(announced: Announced, *_: Any) -> Sentence:
    return amount(announced.total), NONE, announced.total.basis.label


def _document(document: Document, *_: Any) -> Sentence:
    return document_line(document), NONE, document.basis.label


def document_line(document: Document) -> Text:
    """A document as it is listed: its title, number and day, and whether its text is known."""
    zh, en = document.title.zh, document.title.en
    more = [document.number] if document.number else []
    more += [document.issued_on.isoformat()] if document.issued_on else []
    notes = [Text("、".join(more), ", ".join(more))] if more else []
    notes += [] if document.at_hand else [NOT_AT_HAND]
    notes += [NEIGHBOUR] if document.basis is Basis.ASSUMED else []
    if notes:
        zh += f"（{'；'.join(note.zh for note in notes)}）"
        en += f" ({'; '.join(note.en for note in notes)})"
    return Text(zh, en)


def _clause(clause: Clause, *_: Any) -> Sentence:
    return clause.rule, place(clause), clause.basis.label


# The fields that each sentence holds.
SENTENCES: dict[type, tuple[tuple[str, ...], Callable[..., Sentence]]] = {
    DeadlineRule: (
        ("anchor", "fixed_on", "offset", "unit", "force", "inclusive", "rolls", "forfeit"),
        _deadline,
    ),
    Figure: (("value", "unit", "severity"), _figure),
    PaperRule: (("label", "severity", "may_follow"), _paper),
    MilestoneRule: (("label", "by", "flag_at", "due", "dated"), _milestone),
    Contact: (("telephone", "post", "mailbox", "sample"), _contact),
    Fund: (("label", "provincial", "budget"), _fund),
    ReasonCode: (("label", "states", "categories"), _reason),
    Announced: (("total",), _announced),
    Document: (("title", "number", "issued_on", "at_hand"), _document),
    Clause: (("document", "part", "paragraph", "rule", "since"), _clause),
}
NOT_AT_HAND = Text("本系统未收录正文", "its text is not at hand")
NEIGHBOUR = Text("相邻年度文件，仅作参照", "of a neighbouring year, gone by only")
ALL = Text("全部类别", "All categories")
NAMED = Text("{label}：{said}", "{label}: {said}")
YES, NO = Text("是", "yes"), Text("否", "no")
BY = Text("由{role}登记", "recorded by: {role}")
MAY_FOLLOW = Text("（可后补）", " (may follow)")
BEFORE = Text("{anchor}前{n}{unit}", "{n} {unit} before {anchor}")
AFTER = Text("{anchor}后{n}{unit}", "{n} {unit} after {anchor}")
EXCLUSIVE = Text("，当日不计", ", that day not counted")
FORFEIT = Text("{force}，逾期{costs}（{clause}）", "{force}; if it is missed, {costs} ({clause})")
ASKED_AT = Text("，在{step}时核对", ", looked at when: {step}")
ABOVE = Text("超过上限的，{severity}", "above it: {severity}")
NO_DAY = Text("{day}（通知未定日期）", "{day} (the notice gives no day)")
FUND_SAID = Text("{fund}，总额{budget}", "{fund}, total {budget}")
PROVINCIAL, NATIONAL = Text("省级经费", "provincial money"), Text("国家经费", "national money")
ROLLS = Text("，遇休息日顺延", ", moved on from a day off")
