"""One evaluation that decides, explains and draws: what stands against a deed, and why."""

from __future__ import annotations

from collections.abc import Iterable

from states.actions import ACTIONS
from states.facts import Facts
from states.findings import Case, Finding, block
from states.labels import deed_name, is_national_money, state_label
from states.lifecycle import ACT_RULES, LIFECYCLE, STEPS, Step
from states.policy import Category
from states.rules.every import EVERY
from states.terms import Act, Action, Role, Severity, State, Text, known_deed


def judge(case: Case) -> list[Finding]:
    """Every finding against `case`; the deed is open if none of them blocks.

    Order and role come first: what the tables do not allow is not judged further.
    """
    refused = list(_allowed(case))
    if refused:
        return refused
    return [found for rule in (*EVERY, *ACTIONS[case.deed].rules) for found in rule(case)]


def blocks(findings: Iterable[Finding]) -> list[Finding]:
    return [found for found in findings if found.severity is Severity.BLOCK]


def who_may(deed: Action | Act, state: State) -> tuple[Role, ...]:
    """The roles to which the tables give this deed in this state; none where it is not possible."""
    if isinstance(deed, Action):
        step = STEPS.get((state, deed))
        return step.by if step else ()
    rule = ACT_RULES[deed]
    return rule.by if state in rule.states else ()


def second_by(deed: Action | Act, state: State) -> tuple[Role, ...]:
    """Who must complete what the first person proposes; none where one person is enough."""
    if isinstance(deed, Action):
        step = STEPS.get((state, deed))
        return step.twice if step else ()
    rule = ACT_RULES[deed]
    return rule.twice if state in rule.twice_in else ()


def roles_now(deed: Action | Act, facts: Facts) -> tuple[Role, ...]:
    """Whose turn it is: the first person's, or the second's once the deed has been proposed."""
    roles = who_may(deed, facts.state)
    if roles and deed is Act.CANCEL:
        return sides_of_proposal(facts) or roles
    return second_by(deed, facts.state) if roles and facts.awaits(deed) else roles


def sides_of_proposal(facts: Facts) -> tuple[Role, ...]:
    """Whom that concerns which waits for a second person: who proposes it, who completes it. Either
    may cancel it, and both hear of its end."""
    proposed = known_deed(facts.pending.get("deed", ""))
    if proposed is None:
        return ()
    both = (*who_may(proposed, facts.state), *second_by(proposed, facts.state))
    return tuple(dict.fromkeys(both))


def chooses_day(deed: Action | Act, role: Role, category: Category, *, on_behalf: bool) -> bool:
    """Whether somebody says on which day it was. A host's own step counts on the day it arrives.

    Whoever enters its paper gives the day of receipt. What a host has done elsewhere was on the
    day that it names: progress (a milestone), and a claim lodged with the ministry's centre.
    """
    lodged = deed is Action.REPORT and is_national_money(category)
    return role is not Role.HOST or on_behalf or deed is Act.MILESTONE or lodged


def _onward(state: State, category: Category) -> list[Step]:
    """The steps from here, without the end that is another category's."""
    ends = {State.SUBSIDISED, State.CLOSED} - {category.ends_in}
    return [step for step in LIFECYCLE if step.source is state and step.target not in ends]


def _allowed(case: Case) -> Iterable[Finding]:
    state, category = case.facts.state, case.policy.categories[case.facts.category]
    roles = roles_now(case.deed, case.facts)
    if not roles:
        possible = [
            deed_name(s.action, case.facts.state, category) for s in _onward(state, category)
        ]
        said = Text(
            "项目现为“{state}”，不能{deed}；现在可以办理：{zh}。",
            "The project is “{state}”: {deed} is not possible; possible now: {en}.",
        ).format(
            state=state_label(case.facts, category),
            deed=deed_name(case.deed, case.facts.state, category),
            zh="、".join(label.zh for label in possible) or "无",
            en=", ".join(label.en for label in possible) or "nothing",
        )
        yield block("right_order", "", "state", said)
    elif case.role not in roles:
        names = Text("、".join(r.label.zh for r in roles), ", ".join(r.label.en for r in roles))
        said = Text("{deed}应由{who}办理。", "{deed} is for: {who}.")
        deed = deed_name(case.deed, case.facts.state, category)
        message = said.format(deed=deed, who=names)
        yield block("right_role", "", "role", message, who=roles)
