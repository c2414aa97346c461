"""Papers and milestones that a step asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states.findings import Case, Finding, flag
from states.terms import Action, Role, Text, day_label


def papers_present(case: Case) -> Iterable[Finding]:
    """R24-13, R25-06a, R25-07, R25-20: the papers that the category asks for at this step."""
    assert isinstance(case.deed, Action)
    for paper in case.category.papers.get(case.deed, ()):
        if case.has_paper(paper.key):
            continue
        promised = case.given.get("promised") or _promised(case, paper.key)
        label = {"label": paper.label, "key": paper.key}
        if paper.may_follow and promised:
            said = Text("{label}尚缺，承诺{day}前补交。", "{label} promised by {day}.")
            message = said.format(**label, day=day_label(promised))
            yield flag("papers_present", paper.clause, paper.key, message)
            continue
        hint = FOLLOWS if paper.may_follow else PLAIN
        found = Finding(
            "papers_present",
            paper.clause,
            paper.severity,
            paper.key,
            Text("缺：{label}（{key}）{hint}。", "Missing: {label} ({key}){hint}.").format(
                **label, hint=hint
            ),
            who=(Role.HOST,),
        )
        yield found


def _promised(case: Case, key: str) -> date | None:
    """What an earlier report, sent back since, has promised."""
    found = case.facts.promised.get(key)
    return date.fromisoformat(found) if found else None


PLAIN = Text("", "")
FOLLOWS = Text("，可先填写补交日期（promised）", "; it may follow, give its date (promised)")


def milestones_recorded(case: Case) -> Iterable[Finding]:
    """R25-06a, R25-06b, R25-07, R25-13: dated check items that should stand by now."""
    for milestone in case.category.milestones:
        if milestone.flag_at is case.deed and milestone.key not in case.facts.milestones:
            said = Text("未登记：{label}。", "Not recorded: {label}.").format(label=milestone.label)
            who = (milestone.by,)
            yield flag("milestones_recorded", milestone.clause, milestone.key, said, who=who)
