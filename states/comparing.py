"""What differs between two policies: value by value, each with the clause that it now comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from states.policy import Category, DeadlineRule, Figure, Fund, MilestoneRule, PaperRule, Policy


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of two policies. `category`: "" for what holds for all; None: not there."""

    category: str
    key: str
    old: str | None
    new: str | None
    clause: str  # of the new value, else of the old


def differences(old: Policy, new: Policy) -> list[Difference]:
    """In the order of the new policy, what is gone last."""
    found = list(_between("", _of_all(old), _of_all(new)))
    for key in dict.fromkeys((*new.categories, *old.categories)):
        before, after = old.categories.get(key), new.categories.get(key)
        found += _between(key, _of(before) if before else {}, _of(after) if after else {})
    return found


Values = Mapping[str, tuple[str, str]]  # key -> value, clause


def _between(category: str, old: Values, new: Values) -> Iterator[Difference]:
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        was, now = before[0] if before else None, after[0] if after else None
        if was != now:
            yield Difference(category, key, was, now, (after or before or ("", ""))[1])


def _of_all(policy: Policy) -> Values:
    found = {f"duty.{rule}": ("required", clause) for rule, clause in policy.duties.items()}
    found |= {"contact": (policy.contact.whole.zh, "")} if policy.contact.whole.zh else {}
    found |= {f"fund.{fund.key}": _fund(fund) for fund in policy.funds.values()}
    for code in policy.reasons.values():
        said = "、".join([*(state.value for state in code.states), *code.categories])
        found[f"reason.{code.key}"] = (said, code.clause)
    return found


def _of(category: Category) -> Values:
    clauses: dict[str, tuple[str, str]] = {
        "label": (category.label.zh, ""),
        "ends_in": (category.ends_in.value, ""),
        "fund": (category.fund or "", ""),
        "addressee": (f"{category.addressee.zh} ({category.basis.value})", ""),
        "cap": _figure(category.cap),
    }
    reached = {"contact": category.contact, "report_contact": category.report_contact}
    clauses |= {key: (one.whole.zh, "") for key, one in reached.items() if one is not None}
    clauses |= {f"figure.{k}": _figure(f) for k, f in category.figures.items()}
    clauses |= {f"deadline.{rule.kind.value}": _deadline(rule) for rule in category.deadlines}
    for step, papers in category.papers.items():
        clauses |= {f"paper.{step.value}.{paper.key}": _paper(paper) for paper in papers}
    return clauses | {f"milestone.{m.key}": _milestone(m) for m in category.milestones}


def _figure(figure: Figure) -> tuple[str, str]:
    value: Any = "—" if figure.value is None else figure.value
    if figure.unit == "yuan" and figure.value is not None:
        value = f"{figure.value / 100:.2f}"
    said = f"{value} {figure.unit} ({figure.severity.value}, {figure.basis.value})"
    return said, figure.clause or ""


def _deadline(rule: DeadlineRule) -> tuple[str, str]:
    when = (
        rule.fixed_on.isoformat()
        if rule.fixed_on
        else f"{rule.anchor.value} {rule.offset:+d} {rule.unit.value}"
    )
    said = [when, rule.force.value, rule.basis.value]
    said += ["inclusive"] * rule.inclusive + ["rolls"] * rule.rolls
    return ", ".join([*said, *([f"forfeit {rule.forfeit}"] if rule.forfeit else [])]), rule.clause


def _paper(paper: PaperRule) -> tuple[str, str]:
    said = [paper.label.zh, paper.severity.value, paper.basis.value]
    return ", ".join(said + ["may follow"] * paper.may_follow), paper.clause


def _milestone(milestone: MilestoneRule) -> tuple[str, str]:
    at = milestone.flag_at.value if milestone.flag_at else "-"
    said = f"{milestone.label.zh}, {milestone.by.value}, {at}, {milestone.basis.value}"
    if milestone.due:
        said += f", by {milestone.due.value} ({'stated' if milestone.dated else 'no day stated'})"
    return said, milestone.clause


def _fund(fund: Fund) -> tuple[str, str]:
    budget, clause = _figure(fund.budget)
    return f"{fund.label.zh}, {'provincial' if fund.provincial else 'national'}, {budget}", clause
