"""Application, review and plan."""

from __future__ import annotations

from collections.abc import Iterable

from states.findings import Case, Finding, block, flag
from states.terms import Force, Kind, Role, Text, day_label


def enterprise_qualified(case: Case) -> Iterable[Finding]:
    """R24-08: an enterprise must be qualified to train and able to invoice training fees."""
    clause = case.duty("enterprise_qualified")
    if clause and case.given.get("enterprise"):
        for fact, said in QUALIFIED.items():
            if not case.given.get(fact):
                yield block("enterprise_qualified", clause, fact, said, who=(Role.HOST,))


QUALIFIED = {
    "training_qualified": Text(
        "企业申报须具有培训资质（training_qualified）。",
        "An enterprise must be qualified to train (training_qualified).",
    ),
    "can_invoice": Text(
        "企业申报须能开具培训费发票（can_invoice）。",
        "An enterprise must be able to invoice training fees (can_invoice).",
    ),
}


def applied_in_time(case: Case) -> Iterable[Finding]:
    """R24-13: an application that comes after the window is taken by the province alone."""
    deadline, applied = case.deadline(Kind.APPLICATION), case.facts.submitted_on or case.on
    if deadline and deadline.force is Force.STATED and applied > deadline.late_after:
        said = WOULD_APPLY_LATE if case.supposed and not case.facts.submitted_on else APPLIED_LATE
        message = said.format(on=day_label(applied), due=day_label(deadline.late_after))
        yield flag("applied_in_time", deadline.clause, "on", message, who=(Role.PROVINCE,))


APPLIED_LATE = Text(
    "申报材料于{on}报送，已过申报截止日{due}，是否受理由省厅决定。",
    "The application came on {on}, after the window closed on {due}: the province decides whether "
    "it is taken.",
)
WOULD_APPLY_LATE = Text(
    "如于{on}申报，已过申报截止日{due}，是否受理由省厅决定。",
    "If it comes on {on}, the window has closed on {due}: the province decides whether it is "
    "taken.",
)


def judged_by_another(case: Case) -> Iterable[Finding]:
    """Whoever entered or submitted an application does not review it alone, as far as there are
    two: a bureau may have one clerk, so the province is told and nothing is stopped."""
    if case.same_hand:
        yield flag("judged_by_another", "", "person", ONE_HAND, who=(Role.PROVINCE,))


ONE_HAND = Text(
    "该项目由同一人录入（报送）并审核，由省厅核对。",
    "One and the same person entered or submitted this project and reviewed it; the province "
    "takes a look.",
)


def reached_in_time(case: Case) -> Iterable[Finding]:
    """R24-13: recommendations reach the province by the window's date, later with its reason."""
    deadline = case.deadline(Kind.APPLICATION)
    if deadline is None or case.on <= deadline.due.due_on:
        return
    said = Text("已过申报截止日{due}，{then}。", "The window closed on {due}; {then}.")
    due = day_label(deadline.due.due_on)
    if case.role is Role.PROVINCE and case.given.get("late_reason"):
        message = said.format(due=due, then=Text("省厅已注明事由", "the province gave a reason"))
        yield flag("reached_in_time", deadline.clause, "on", message)
        return
    message = said.format(due=due, then=TAKE if case.role is Role.PROVINCE else FOR_PROVINCE)
    yield block("reached_in_time", deadline.clause, "on", message, who=(Role.PROVINCE,))


TAKE = Text("受理的，须注明事由（late_reason）", "to take it, give the reason (late_reason)")
FOR_PROVINCE = Text("只能由省厅注明事由后受理", "only the province may take it, giving the reason")


def category_known(case: Case) -> Iterable[Finding]:
    """R25-01: a project is planned in one of the year's categories."""
    key, known = case.given.get("category"), case.policy.categories
    if key and key not in known:
        listed = "；".join(f"{name} {category.label.zh}" for name, category in known.items())
        english = "; ".join(f"{name} {category.label.en}" for name, category in known.items())
        said = Text("没有类别“{key}”，可用：{known}。", "No category “{key}”; known: {known}.")
        message = said.format(key=key, known=Text(listed, english))
        yield block("category_known", "", "category", message, who=(case.role,))


def category_differs(case: Case) -> Iterable[Finding]:
    """R25-01: a project changes over to a category that it is not in."""
    if case.given.get("category") == case.facts.category:
        said = Text("项目已属“{label}”，请选择其他类别。", "The project is in “{label}” already.")
        message = said.format(label=case.category.label)
        yield block("category_differs", "", "category", message, who=(case.role,))


def plan_dates_known(case: Case) -> Iterable[Finding]:
    """R25-01: the plan names each class and its time."""
    if not case.facts.opens_earliest and not case.given.get("opens"):
        said = Text("缺：举办时间（opens、ends）。", "Missing: the dates (opens, ends).")
        yield block("plan_dates_known", "", "opens", said, who=(Role.PROVINCE,))
