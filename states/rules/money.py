"""The report after the class, and the subsidy."""

from __future__ import annotations

from collections.abc import Iterable

from states.consequence import ending, stated_in
from states.findings import Case, Finding, block, flag
from states.labels import deed_name, money_label
from states.rules.filing import late
from states.terms import Action, Force, Kind, Role, State, Text, yuan


def reported_in_time(case: Case) -> Iterable[Finding]:
    """R25-15b, R25-20: the papers come within the window after the last day. The first counts, by
    the dates of that day."""
    reported = case.facts.reported_on or case.on
    deadline = case.deadline_on(Kind.REIMBURSEMENT, reported)
    if deadline and deadline.force is Force.STATED and reported > deadline.due.due_on:
        then = ending(case.policy, case.category, Kind.REIMBURSEMENT)
        message = late(case, case.facts.reported_on, deadline.due.due_on, then)
        costs = stated_in(case.category, Kind.REIMBURSEMENT)
        yield flag("reported_in_time", deadline.clause, "on", message, consequence=costs)


def has_subsidy(case: Case) -> Iterable[Finding]:
    """R25-16, R25-19: self-funded and ordinary projects are settled from their own funds."""
    if case.category.ends_in is not State.SUBSIDISED:
        said = Text(
            "{label}按各自经费渠道结算，没有补助来源；请用“办结”（close）。",
            "{label} are settled from their own funds; use `close`.",
        ).format(label=case.category.label)
        yield block("has_subsidy", case.category.cap.clause or "", "category", said)


def ends_without_subsidy(case: Case) -> Iterable[Finding]:
    """R25-15a, R25-17, R25-18: a category with a subsidy ends by its decision, not by closing."""
    if case.category.ends_in is State.SUBSIDISED:
        said = Text(
            "{label}须{decided}或{refused}，不能直接办结。",
            "{label} end by a decision on the {money}, not by closing.",
        ).format(
            label=case.category.label,
            decided=deed_name(Action.SUBSIDISE, case.facts.state, case.category),
            refused=deed_name(Action.REJECT, case.facts.state, case.category),
            money=money_label(case.category),
        )
        clause = case.category.cap.clause or ""
        yield block("ends_without_subsidy", clause, "category", said, who=(Role.PROVINCE,))


def reported_before_closing(case: Case) -> Iterable[Finding]:
    """X25-03: where a notice wants a report, closing without one is worth a look."""
    deadline = case.deadline(Kind.REIMBURSEMENT)
    if deadline and deadline.force is Force.STATED and not case.facts.reported_on:
        said = Text("尚未报送办班材料。", "The report has not come.")
        yield flag("reported_before_closing", deadline.clause, "reported_on", said)


def amount_within_cap(case: Case) -> Iterable[Finding]:
    """R25-15a, R25-17, R25-18: the subsidy of one class has an upper limit."""
    cap, amount = case.category.cap, case.given.get("amount")
    if cap.value is not None and amount is not None and amount > cap.value:
        said = Text(
            "{money}{amount}元超过每期上限{cap}元。",
            "{amount} yuan is above the cap of {cap} yuan.",
        ).format(money=money_label(case.category), amount=yuan(amount), cap=yuan(cap.value))
        yield block("amount_within_cap", cap.clause or "", "amount", said, who=(Role.PROVINCE,))


def fund_has_room(case: Case) -> Iterable[Finding]:
    """R25-17, R25-18: the provincial fund that pays has this much left, where it is known."""
    fund = case.policy.funds.get(case.category.fund or "")
    amount = case.given.get("amount")
    if fund and fund.provincial and case.fund_left is not None and amount is not None:
        if amount > case.fund_left:
            said = Text(
                "{fund}余额{left}元，不足{amount}元。", "{fund} has {left} yuan left, not {amount}."
            ).format(fund=fund.label, left=yuan(case.fund_left), amount=yuan(amount))
            yield block("fund_has_room", fund.budget.clause or "", "amount", said)


def flags_disposed(case: Case) -> Iterable[Finding]:
    """R25-21: what was flagged on the way should be judged before money is decided."""
    if case.facts.open_flags:
        said = Text(
            "尚有{n}项提示未核定：{said}。",
            "{n} flag(s) not yet disposed of: {said}.",
        ).format(n=len(case.facts.open_flags), said=_listed(case))
        yield flag("flags_disposed", "", "flags", said, who=(Role.PROVINCE,))


def _listed(case: Case) -> Text:
    """What the open flags say."""
    flags = [case.facts.flags[key] for key in case.facts.open_flags]
    zh = "；".join(said.get("zh", "").rstrip("。") for said in flags)
    return Text(zh, "; ".join(said.get("en", "").rstrip(".") for said in flags))


def promises_kept(case: Case) -> Iterable[Finding]:
    """R25-20: papers that were promised have come in."""
    for paper in case.category.papers.get(Action.REPORT, ()):
        if paper.key in case.facts.promised and not case.has_paper(paper.key):
            said = Text("承诺补交的{label}尚未收到。", "{label} was promised but has not come.")
            message = said.format(label=paper.label)
            yield flag("promises_kept", paper.clause, paper.key, message, who=(Role.HOST,))
