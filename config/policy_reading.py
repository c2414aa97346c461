"""A policy for reading: every value in words with its clause, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from states.policy import Anchor, Category, DeadlineRule, Figure, Policy, Unit
from states.terms import Text, day_label, yuan


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
    """Every value of a category, deadlines first."""
    return [
        *_deadlines(category),
        *_figures(category),
        *_papers(category),
        *_milestones(category),
        *_rest(category, policy),
    ]


def _deadlines(category: Category) -> Iterator[Line]:
    for rule in category.deadlines:
        what = DEADLINE.format(kind=rule.kind.label)
        force, basis = rule.force.label, rule.basis.label
        yield Line(f"deadline.{rule.kind.value}", what, when(rule), force, basis, rule.clause)


def when(rule: DeadlineRule) -> Text:
    """How a deadline is found: 开班日前1个月."""
    if rule.fixed_on:
        return day_label(rule.fixed_on)
    unit, number = UNITS[rule.unit], abs(rule.offset)
    side = BEFORE if rule.offset < 0 else AFTER
    said = side.format(anchor=ANCHORS[rule.anchor], n=number, unit=unit)
    return Text(said.zh + ROLLS.zh, said.en + ROLLS.en) if rule.rolls else said


def _figures(category: Category) -> Iterator[Line]:
    for key, figure in {**category.figures, "cap": category.cap}.items():
        label = FIGURES.get(key) or Text(key, key)
        severity = NONE if figure.value is None else figure.severity.label
        said, basis = amount(figure), figure.basis.label
        yield Line(f"figure.{key}", label, said, severity, basis, figure.clause or "")


def amount(figure: Figure) -> Text:
    """A figure with its unit."""
    if figure.value is None:
        return NO_WORD
    if figure.unit == "yuan":
        said = yuan(figure.value)
        return Text(f"{said} 元", f"{said} yuan")
    unit = FIGURE_UNITS.get(figure.unit) or Text(figure.unit, figure.unit)
    return Text(f"{figure.value}{unit.zh}", f"{figure.value} {unit.en}")


def _papers(category: Category) -> Iterator[Line]:
    for step, papers in category.papers.items():
        for paper in papers:
            more = MAY_FOLLOW if paper.may_follow else NONE
            said = Text(paper.label.zh + more.zh, paper.label.en + more.en)
            key, what = f"paper.{step.value}.{paper.key}", PAPER.format(step=step.label)
            yield Line(key, what, said, paper.severity.label, paper.basis.label, paper.clause)


def _milestones(category: Category) -> Iterator[Line]:
    for one in category.milestones:
        key, nature = f"milestone.{one.key}", BY.format(role=one.by.label)
        yield Line(key, MILESTONE, one.label, nature, one.basis.label, one.clause)


def _rest(category: Category, policy: Policy) -> Iterator[Line]:
    yield Line("addressee", ADDRESSEE, category.addressee, NONE, category.basis.label, "")
    fund = policy.funds.get(category.fund or "")
    if fund:
        yield Line("fund", FUND, fund.label, NONE, NONE, fund.budget.clause or "")


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two policies give differently; None: only the other has it."""

    category: Text
    what: Text
    old: Line | None
    new: Line | None


def differences(old: Policy, new: Policy) -> list[Difference]:
    """What differs, category by category; the basis and the clause count as well."""
    found = []
    for key in dict.fromkeys((*new.categories, *old.categories)):
        before, after = _by_key(old, key), _by_key(new, key)
        label = (new.categories.get(key) or old.categories[key]).label
        for name in dict.fromkeys((*after, *before)):
            one, two = before.get(name), after.get(name)
            if one != two:
                known = two or one
                assert known is not None
                found.append(Difference(label, known.what, one, two))
    return found


def _by_key(policy: Policy, category: str) -> dict[str, Line]:
    found = policy.categories.get(category)
    return {line.key: line for line in lines(found, policy)} if found else {}


DEADLINE, PAPER = Text("期限：{kind}", "Deadline: {kind}"), Text("{step}材料", "{step}, paper")
MILESTONE, ADDRESSEE = Text("节点", "Milestone"), Text("材料报送至", "Papers go to")
FUND, BY = Text("经费渠道", "Fund"), Text("由{role}登记", "recorded by: {role}")
MAY_FOLLOW = Text("（可后补）", " (may follow)")
BEFORE = Text("{anchor}前{n}{unit}", "{n} {unit} before {anchor}")
AFTER = Text("{anchor}后{n}{unit}", "{n} {unit} after {anchor}")
ROLLS = Text("，遇休息日顺延", ", moved on from a day off")
ANCHORS = {
    Anchor.OPENS: Text("开班日", "the first day"),
    Anchor.ENDS: Text("结束日", "the last day"),
    Anchor.FIXED: Text("固定日期", "a fixed day"),
}
UNITS = {
    Unit.MONTH: Text("个月", "month(s)"),
    Unit.DAY: Text("日", "day(s)"),
    Unit.WORKING_DAY: Text("个工作日", "working day(s)"),
}
FIGURE_UNITS = {
    "person": Text("人", "person(s)"),
    "day": Text("天", "day(s)"),
    "percent": Text("%", "percent"),
}
FIGURES = {
    "min_trainees": Text("学员人数下限", "Fewest trainees"),
    "max_trainees": Text("学员人数上限", "Most trainees"),
    "min_days": Text("办班天数下限", "Shortest class"),
    "max_days": Text("办班天数上限", "Longest class"),
    "usual_days": Text("一般办班天数", "Usual length"),
    "staff_share_percent": Text("工作人员占比上限", "Largest share of staff"),
    "max_staff": Text("工作人员上限", "Most staff"),
    "online_share_percent": Text("线上学员占比上限", "Largest share online"),
    "fee_from_trainees": Text("向学员收费", "Fee from trainees"),
    "cap": Text("补助上限", "Cap of the subsidy"),
}
