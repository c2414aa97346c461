"""A policy for reading: every value in words with its clause, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from states import comparing
from states.calculus import UNITS
from states.consequence import consequence
from states.places import where
from states.policy import Anchor, Category, DeadlineRule, Document, DutyDay, Figure, Policy
from states.terms import Basis, Text, day_label, yuan


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
        *_deadlines(category, policy),
        *_figures(category),
        *_papers(category),
        *_milestones(category),
        *_rest(category, policy),
    ]


def _deadlines(category: Category, policy: Policy) -> Iterator[Line]:
    for rule in category.deadlines:
        what, nature = DEADLINE.format(kind=rule.kind.label), rule.force.label
        if rule.forfeit:
            costs = consequence(policy, category, rule.kind)
            stated = where(policy.clauses[rule.forfeit], policy)
            nature = FORFEIT.format(force=nature, costs=costs, clause=stated)
        key, basis = f"deadline.{rule.kind.value}", rule.basis.label
        yield Line(key, what, when(rule), nature, basis, rule.clause)


def when(rule: DeadlineRule) -> Text:
    """How a deadline is found: 开班日前1个月."""
    if rule.fixed_on:
        return _before(rule, day_label(rule.fixed_on))
    unit, number = UNITS[rule.unit], abs(rule.offset)
    side = BEFORE if rule.offset < 0 else AFTER
    said = side.format(anchor=ANCHORS[rule.anchor], n=number, unit=unit)
    return _before(rule, Text(said.zh + ROLLS.zh, said.en + ROLLS.en) if rule.rolls else said)


def _before(rule: DeadlineRule, said: Text) -> Text:
    """Said of the few deadlines whose last day does not count."""
    more = NONE if rule.inclusive else EXCLUSIVE
    return Text(said.zh + more.zh, said.en + more.en)


def _figures(category: Category) -> Iterator[Line]:
    for key, figure in {**category.figures, "cap": category.cap}.items():
        label = FIGURES.get(key) or Text(key, key)
        severity = NONE if figure.value is None else figure.severity.label
        if key == "cap" and figure.value:
            severity = ABOVE.format(severity=severity)
        said, basis = amount(figure), figure.basis.label
        name = key if key == "cap" else f"figure.{key}"
        yield Line(name, label, said, severity, basis, figure.clause or "")


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
        if one.flag_at:
            more = ASKED_AT.format(step=one.flag_at.label)
            nature = Text(nature.zh + more.zh, nature.en + more.en)
        if one.due:
            more = DUE_BY[one.due] if one.dated else NO_DAY.format(day=DUE_BY[one.due])
            nature = Text(f"{nature.zh}，{more.zh}", f"{nature.en}, {more.en}")
        yield Line(key, MILESTONE, one.label, nature, one.basis.label, one.clause)


def _rest(category: Category, policy: Policy) -> Iterator[Line]:
    yield Line("addressee", ADDRESSEE, category.addressee, NONE, category.basis.label, "")
    for key, what, contact in (
        ("contact", CONTACT, category.contact),
        ("report_contact", REPORT_CONTACT, category.report_contact),
    ):
        if contact is not None:
            yield Line(key, what, contact.whole, NONE, NONE, "")
    fund = policy.funds.get(category.fund or "")
    if fund:
        yield Line("fund", FUND, fund.label, NONE, NONE, fund.budget.clause or "")


def common_lines(policy: Policy) -> list[Line]:
    """What holds for all categories: duties, funds, reasons to reject."""
    found = []
    if policy.contact.whole.zh:
        found.append(Line("contact", CONTACT, policy.contact.whole, NONE, NONE, ""))
    for rule, clause in policy.duties.items():
        found.append(Line(f"duty.{rule}", DUTY, policy.clauses[clause].rule, NONE, NONE, clause))
    for fund in policy.funds.values():
        budget, key = fund.budget, f"fund.{fund.key}"
        said, basis = FUND_SAID.format(fund=fund.label, budget=amount(budget)), budget.basis.label
        nature = PROVINCIAL if fund.provincial else NATIONAL
        found.append(Line(key, FUND, said, nature, basis, budget.clause or ""))
    for code in policy.reasons.values():
        zh = "、".join(state.label.zh for state in code.states)
        states = Text(zh, ", ".join(state.label.en for state in code.states))
        named = [policy.categories[key].label for key in code.categories]
        of = Text("、".join(one.zh for one in named), ", ".join(one.en for one in named))
        found.append(Line(f"reason.{code.key}", REASON, code.label, states, of, code.clause))
    return found


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


NOT_AT_HAND = Text("本系统未收录正文", "its text is not at hand")
NEIGHBOUR = Text("相邻年度文件，仅作参照", "of a neighbouring year, gone by only")


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two policies give differently; None: only the other has it."""

    category: Text
    what: Text
    old: Line | None
    new: Line | None


def differences(old: Policy, new: Policy) -> list[Difference]:
    """What differs (states/comparing.py says what that is), in words."""
    return [_told(one, old, new) for one in comparing.differences(old, new)]


def _told(one: comparing.Difference, old: Policy, new: Policy) -> Difference:
    before = _line(old, one, one.old) if one.old is not None else None
    after = _line(new, one, one.new) if one.new is not None else None
    known = after or before
    assert known is not None
    in_force = new.categories.get(one.category) or old.categories.get(one.category)
    return Difference(in_force.label if in_force else ALL, known.what, before, after)


def _line(policy: Policy, one: comparing.Difference, value: str) -> Line:
    """The value in words; where nothing puts it in words, as it is."""
    category = policy.categories.get(one.category)
    found = lines(category, policy) if category else common_lines(policy)
    plain = Line(one.key, PLAIN.get(one.key) or Text(one.key, one.key), Text(value, value), *REST)
    if category and one.key == "ends_in":
        plain = replace(plain, said=category.ends_in.label)
    return next((line for line in found if line.key == one.key), plain)


REST = (Text("", ""), Text("", ""), "")
ALL = Text("全部类别", "All categories")
DEADLINE, PAPER = (
    Text("期限：{kind}", "Deadline: {kind}"),
    Text("所需材料：{step}", "Paper: {step}"),
)
MILESTONE, ADDRESSEE = Text("登记事项", "Milestone"), Text("材料报送至", "Papers go to")
FUND, BY = Text("经费渠道", "Fund"), Text("由{role}登记", "recorded by: {role}")
MAY_FOLLOW = Text("（可后补）", " (may follow)")
BEFORE = Text("{anchor}前{n}{unit}", "{n} {unit} before {anchor}")
AFTER = Text("{anchor}后{n}{unit}", "{n} {unit} after {anchor}")
EXCLUSIVE = Text("，当日不计", ", that day not counted")
FORFEIT = Text("{force}，逾期{costs}（{clause}）", "{force}; if it is missed, {costs} ({clause})")
ASKED_AT = Text("，在{step}时核对", ", looked at when: {step}")
CONTACT, REPORT_CONTACT = Text("联系方式", "Contact"), Text("报送地址", "Where papers go")
ABOVE = Text("超过上限的，{severity}", "above it: {severity}")
DUE_BY = {
    DutyDay.FILING: Text("随开班前报送办理", "due with the filing"),
    DutyDay.OPENS: Text("开班前办理", "by the opening"),
    DutyDay.ENDS: Text("办班结束前办理", "by the last day"),
    DutyDay.REPORT: Text("随办班材料办理", "with the report"),
}
NO_DAY = Text("{day}（通知未定日期）", "{day} (the notice gives no day)")
DUTY, REASON = Text("应遵守的要求", "Duty"), Text("不予通过的理由", "Reason to reject")
FUND_SAID = Text("{fund}，总额{budget}", "{fund}, total {budget}")
PROVINCIAL, NATIONAL = Text("省级经费", "provincial money"), Text("国家经费", "national money")
PLAIN = {
    "label": Text("类别名称", "Name of the category"),
    "ends_in": Text("最终状态", "Ends as"),
    "fund": FUND,
}
ROLLS = Text("，遇休息日顺延", ", moved on from a day off")
ANCHORS = {
    Anchor.OPENS: Text("开班日", "the first day"),
    Anchor.ENDS: Text("结束日", "the last day"),
    Anchor.FIXED: Text("固定日期", "a fixed day"),
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
    "usual_days_around": Text("“左右”允许相差", "Within “about”"),
    "usual_days": Text("一般办班天数", "Usual length"),
    "staff_share_percent": Text("工作人员占比上限", "Largest share of staff"),
    "max_staff": Text("工作人员上限", "Most staff"),
    "online_share_percent": Text("线上学员占比上限", "Largest share online"),
    "fee_from_trainees": Text("向学员收费", "Fee from trainees"),
    "cap": Text("补助上限", "Cap of the subsidy"),
}
