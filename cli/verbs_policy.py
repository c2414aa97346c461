"""`yanxiu deadlines` and `yanxiu policy …`: no database needed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cli import reading
from cli.office import Office, Stop
from cli.output import USAGE
from states.calculus import Dates, deadlines_of
from states.policy import Anchor, Category, DeadlineRule, Figure, Policy, Unit
from states.terms import Kind, Text, yuan


def deadlines(policy_name: str, category_key: str, opens: str, ends: str, as_json: bool) -> None:
    """List every deadline that the category has for a class on these days."""
    office = Office(as_json)
    policy = reading.policy(office, policy_name)
    category = reading.category(policy, category_key)
    first = reading.day(opens, "--opens")
    last = reading.day(ends, "--ends") if ends else None
    if last and last < first:
        raise Stop(BACKWARDS.format(opens=opens, ends=ends), USAGE)
    dates = Dates(first, first, last, first, last)
    found: list[dict[str, Any]] = [
        {
            "kind": one.kind,
            "due_on": one.due.due_on,
            "advised_on": one.due.advised_on,
            "force": one.force,
            "provisional": one.provisional,
            "clause": one.clause,
            "trace": list(one.due.trace),
        }
        for one in deadlines_of(category, dates, office.book.calendar)
    ]
    if as_json:
        office.printer.data(found)
        return
    rows = [
        (Kind(row["kind"]).label, row["due_on"], row["advised_on"], _force(row), row["clause"])
        for row in found
    ]
    office.printer.table(HEADS, rows)
    for row in found:
        office.printer.text(f"\n{office.printer.say(Kind(row['kind']).label)}：")
        for number, step in enumerate(row["trace"], start=1):
            office.printer.text(f"  {number}. {office.printer.say(step)}")


def _force(row: dict[str, Any]) -> Text:
    label: Text = row["force"].label
    if not row["provisional"]:
        return label
    return Text(f"{label.zh}，暂定（待确认）", f"{label.en}, provisional")


def list_policies(as_json: bool) -> None:
    """List the policies that can be used here."""
    from config.policy_files import policy_ids

    office = Office(as_json)
    found = [office.book.policy(name) for name in policy_ids(office.book.own_policies)]
    if as_json:
        office.printer.data(
            [
                {"id": p.id, "title": p.title, "province": p.province, "year": p.year}
                | {"categories": list(p.categories), "digest": p.digest}
                for p in found
            ]
        )
        return
    office.printer.table(
        (Text("政策", "Policy"), Text("名称", "Title"), Text("项目类别", "Categories")),
        [(p.id, p.title, "、".join(p.categories)) for p in found],
    )


def show(name: str, as_json: bool) -> None:
    """Print every value of a policy with its clause."""
    office = Office(as_json)
    policy = reading.policy(office, name)
    if as_json:
        office.printer.data(asdict(policy))
        return
    office.printer.line(policy.title)
    for category in policy.categories.values():
        office.printer.text(f"\n{office.printer.say(category.label)}（{category.key}）")
        office.printer.table(VALUE_HEADS, _values(category, policy))
    office.printer.text()
    office.printer.table(
        (Text("条款", "Clause"), Text("出处", "Where"), Text("内容", "Rule")),
        [(clause.id, clause.place, clause.rule) for clause in policy.clauses.values()],
    )


def _values(category: Category, policy: Policy) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for rule in category.deadlines:
        how = rule.fixed_on or _offset(rule)
        rows.append((rule.kind.label, how, rule.force.label, rule.basis.label, rule.clause))
    figures = {**category.figures, "cap": category.cap}
    for key, figure in figures.items():
        if figure.value is not None:
            rows.append(
                (key, _amount(figure), figure.severity.label, figure.basis.label, figure.clause)
            )
    for step, papers in category.papers.items():
        for paper in papers:
            rows.append(
                (step.label, paper.label, paper.severity.label, paper.basis.label, paper.clause)
            )
    for milestone in category.milestones:
        by = milestone.by.label
        rows.append((Text("节点", "Milestone"), milestone.label, by, milestone.basis.label))
    fund = policy.funds.get(category.fund or "")
    if fund:
        rows.append((Text("经费", "Fund"), fund.label, "", "", ""))
    return [(*row, *[""] * (len(VALUE_HEADS) - len(row))) for row in rows]


def _offset(rule: DeadlineRule) -> Text:
    unit, number = UNITS[rule.unit], abs(rule.offset)
    zh = f"{ANCHORS[rule.anchor].zh}{'前' if rule.offset < 0 else '后'}{number}{unit.zh}"
    en = f"{number} {unit.en} {'before' if rule.offset < 0 else 'after'} {ANCHORS[rule.anchor].en}"
    return Text(zh, en)


def _amount(figure: Figure) -> str:
    if figure.unit == "yuan":
        return f"{yuan(figure.value or 0)} 元"
    return f"{figure.value} {figure.unit}"


def check(name: str, as_json: bool) -> None:
    """Load a policy and say that it holds, or in one sentence why not."""
    office = Office(as_json)
    policy = reading.policy(office, name)
    if as_json:
        office.printer.data({"id": policy.id, "ok": True, "digest": policy.digest})
        return
    said = Text("{id} 可用：{c}个项目类别，{k}条条款。", "{id} holds: {c} categories, {k} clauses.")
    office.printer.line(said.format(id=policy.id, c=len(policy.categories), k=len(policy.clauses)))


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
HEADS = (
    Text("期限", "Deadline"),
    Text("截止日", "Due"),
    Text("建议报送日", "Advised"),
    Text("效力", "Force"),
    Text("条款", "Clause"),
)
VALUE_HEADS = (
    Text("项目", "Value"),
    Text("内容", "Content"),
    Text("性质", "Nature"),
    Text("依据", "Basis"),
    Text("条款", "Clause"),
)
BACKWARDS = Text(
    "结束日 {ends} 早于开班日 {opens}，请核对。",
    "The last day {ends} is before the first, {opens}.",
)
