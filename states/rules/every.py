"""What stands against any action: an incomplete form, a day to come, a paper that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable

from states.actions import ACTIONS
from states.findings import Case, Finding, Rule, block
from states.labels import BESIDES
from states.terms import STAFF, Role, Text, day_label


def form_complete(case: Case) -> Iterable[Finding]:
    """What the step asks for has been filled in."""
    missing = [f for f in ACTIONS[case.deed].form if f.required and case.given.get(f.name) is None]
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


EVERY: tuple[Rule, ...] = (
    form_complete,
    not_in_the_future,
    papers_known,
    without_file_on_behalf,
)
