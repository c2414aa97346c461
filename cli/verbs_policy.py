"""`yanxiu deadlines` and `yanxiu policy …`: no database needed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from cli import reading
from cli.office import Office, Stop
from cli.output import USAGE
from config.policy_reading import (
    ALL,
    Difference,
    Line,
    common_lines,
    differences,
    document_lines,
    lines,
)
from states import comparing
from states.calculus import Dates, deadlines_of
from states.terms import Kind, Text


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
    from workflow.office.policy_desk import known_policies

    office = Office(as_json)
    known = known_policies(office.book)
    found = [one for _, one in known if not isinstance(one, Text)]
    broken = {name: why for name, why in known if isinstance(why, Text)}
    if as_json:
        office.printer.data(
            [
                {"id": p.id, "title": p.title, "province": p.province, "year": p.year}
                | {"categories": list(p.categories), "digest": p.digest}
                for p in found
            ]
            + [{"id": name, "problem": why} for name, why in broken.items()]
        )
        return
    office.printer.table(
        (Text("政策", "Policy"), Text("名称", "Title"), Text("项目类别", "Categories")),
        [(p.id, p.title, "、".join(p.categories)) for p in found],
    )
    for why in broken.values():
        office.printer.line(why)


def show(name: str, as_json: bool) -> None:
    """Print every value of a policy with its clause."""
    office = Office(as_json)
    policy = reading.policy(office, name)
    if as_json:
        office.printer.data(asdict(policy))
        return
    office.printer.line(policy.title)
    for document in document_lines(policy):
        office.printer.line(document.said)
    office.printer.text(f"\n{office.printer.say(ALL)}")
    office.printer.table(VALUE_HEADS, [_row(line) for line in common_lines(policy)])
    for category in policy.categories.values():
        office.printer.text(f"\n{office.printer.say(category.label)}（{category.key}）")
        office.printer.table(VALUE_HEADS, [_row(line) for line in lines(category, policy)])
    office.printer.text()
    office.printer.table(
        (Text("条款", "Clause"), Text("出处", "Where"), Text("内容", "Rule")),
        [(clause.id, clause.place, clause.rule) for clause in policy.clauses.values()],
    )


def check(name: str, as_json: bool) -> None:
    """Load a policy and say that it holds, or in one sentence why not."""
    office = Office(as_json)
    policy = reading.policy(office, name)
    if as_json:
        office.printer.data({"id": policy.id, "ok": True, "digest": policy.digest})
        return
    said = Text("{id} 可用：{c}个项目类别，{k}条条款。", "{id} holds: {c} categories, {k} clauses.")
    office.printer.line(said.format(id=policy.id, c=len(policy.categories), k=len(policy.clauses)))


def _row(line: Line) -> tuple[Text | str, ...]:
    return line.what, line.said, line.nature, line.basis, line.clause


def diff(old_name: str, new_name: str, as_json: bool) -> None:
    """List every value that two policies give differently."""
    office = Office(as_json)
    old, new = reading.policy(office, old_name), reading.policy(office, new_name)
    if as_json:
        office.printer.data([asdict(one) for one in comparing.differences(old, new)])
        return
    found = differences(old, new)
    if not found:
        office.printer.line(SAME)
        return
    heads = (*DIFFERENCE_HEADS, *(policy.title for policy in (old, new)), CLAUSE)
    rows = [(one.category, one.what, _told(one.old), _told(one.new), _clause(one)) for one in found]
    office.printer.table(heads, rows)


def _told(line: Line | None) -> Text:
    """A value with its nature and its basis, where it has them."""
    parts = [] if line is None else dict.fromkeys((line.said, line.nature, line.basis))
    told = [part for part in parts if part.zh]
    return Text("，".join(p.zh for p in told) or "—", ", ".join(p.en for p in told) or "-")


def _clause(one: Difference) -> str:
    known = one.new or one.old
    return known.clause if known else ""


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
CLAUSE = Text("条款", "Clause")
DIFFERENCE_HEADS = (Text("类别", "Category"), Text("规定", "Value"))
SAME = Text("两项政策没有不同。", "The two policies say the same.")
BACKWARDS = Text(
    "结束日 {ends} 早于开班日 {opens}，请核对。",
    "The last day {ends} is before the first, {opens}.",
)
