"""Papers, milestones, and what every deed needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from states.findings import Case, Finding, block, flag
from states.forms import FORMS
from states.labels import BESIDES
from states.terms import STAFF, Action, Role, Text, day_label


def form_complete(case: Case) -> Iterable[Finding]:
    """What the step asks for has been filled in."""
    missing = [f for f in FORMS[case.deed] if f.required and case.given.get(f.name) is None]
    if missing:
        names = "、".join(f"{f.label.zh}（{f.name}）" for f in missing)
        english = ", ".join(f"{f.label.en} ({f.name})" for f in missing)
        said = Text(f"缺：{names}。", f"Missing: {english}.")
        yield block("form_complete", "", "form", said, who=(case.role,))


def not_in_the_future(case: Case) -> Iterable[Finding]:
    """A deed is recorded when it has happened."""
    if case.on > case.today:
        said = Text("办理日期{on}还未到，不能提前登记。", "{on} has not come yet.")
        message = said.format(on=day_label(case.on))
        yield block("not_in_the_future", "", "on", message, earliest=case.on)


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


def papers_known(case: Case) -> Iterable[Finding]:
    """A paper is attached under one of the names that the policy knows."""
    known = {paper.key: paper.label for papers in case.category.papers.values() for paper in papers}
    for key in sorted(case.papers - known.keys() - BESIDES.keys()):
        listed = "；".join(f"{name} {label.zh}" for name, label in known.items())
        english = "; ".join(f"{name} {label.en}" for name, label in known.items())
        said = Text("没有材料“{key}”，可用：{known}。", "No paper “{key}”; known: {known}.")
        message = said.format(key=key, known=Text(listed, english))
        yield block("papers_known", "", key, message, who=(case.role,))


def without_file_on_behalf(case: Case) -> Iterable[Finding]:
    """Who hands a paper in here hands in its file; that it came otherwise says who received it."""
    if case.without_file and not case.on_behalf:
        key = min(case.without_file)
        said = NO_FILE if case.role is Role.HOST else NO_FILE_HERE
        yield block("without_file_on_behalf", "", key, said, who=tuple(sorted(STAFF)))


NO_FILE = Text(
    "网上报送须附电子件；由邮寄或邮箱收到、未存电子件的材料，由主管（推荐）单位联系人或省厅代录。",
    "What is handed in here comes with its file; what came by post or e-mail is entered for the host "
    "by its coordinator or the province.",
)
NO_FILE_HERE = Text(
    "未存电子件的材料只限代录；请附电子件，或选择代承办单位录入。",
    "A paper without its file is one entered for the host: attach the file, or enter it on behalf.",
)


def milestones_recorded(case: Case) -> Iterable[Finding]:
    """R25-06a, R25-06b, R25-07, R25-13: dated check items that should stand by now."""
    for milestone in case.category.milestones:
        if milestone.flag_at is case.deed and milestone.key not in case.facts.milestones:
            said = Text("未登记：{label}。", "Not recorded: {label}.").format(label=milestone.label)
            who = (milestone.by,)
            yield flag("milestones_recorded", milestone.clause, milestone.key, said, who=who)
