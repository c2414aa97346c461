"""The rules, one function each, opening with its clause. All are pure; all findings are returned.

Clauses are named here for 2025 to help the reader; the clause that a finding cites is the one in
the policy, so another year or province cites its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from states.effects import LED_TO
from states.findings import Case, Finding, block, by_figure, flag
from states.forms import FORMS, OUTCOMES
from states.lifecycle import STEPS
from states.machine import move
from states.terms import Act, Action, Force, Kind, Role, State, Text, day_label, yuan

Rule = Callable[[Case], Iterable[Finding]]


# -- Every deed ---------------------------------------------------------------------------------


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
        promised = case.given.get("promised")
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


PLAIN = Text("", "")
FOLLOWS = Text("，可先填写补交日期（promised）", "; it may follow, give the date with `promised`")


def papers_known(case: Case) -> Iterable[Finding]:
    """A paper is attached under one of the names that the policy knows."""
    known = {paper.key: paper.label for papers in case.category.papers.values() for paper in papers}
    for key in sorted(case.papers - known.keys() - {"change_notice"}):
        listed = "；".join(f"{name} {label.zh}" for name, label in known.items())
        english = "; ".join(f"{name} {label.en}" for name, label in known.items())
        said = Text("没有材料“{key}”，可用：{known}。", "No paper “{key}”; known: {known}.")
        message = said.format(key=key, known=Text(listed, english))
        yield block("papers_known", "", key, message, who=(case.role,))


def milestones_recorded(case: Case) -> Iterable[Finding]:
    """R25-06a, R25-06b, R25-07, R25-13: dated check items that should stand by now."""
    for milestone in case.category.milestones:
        if milestone.flag_at is case.deed and milestone.key not in case.facts.milestones:
            said = Text("未登记：{label}。", "Not recorded: {label}.").format(label=milestone.label)
            who = (milestone.by,)
            yield flag("milestones_recorded", milestone.clause, milestone.key, said, who=who)


# -- Application, review, plan --------------------------------------------------------------------


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
    then = Text(
        "只能由省厅注明事由（late_reason）后受理", "only the province may take it, with late_reason"
    )
    message = said.format(due=due, then=then)
    yield block("reached_in_time", deadline.clause, "on", message, who=(Role.PROVINCE,))


def category_known(case: Case) -> Iterable[Finding]:
    """R25-01: a project is planned in one of the year's categories."""
    key, known = case.given.get("category"), case.policy.categories
    if key and key not in known:
        listed = "；".join(f"{name} {category.label.zh}" for name, category in known.items())
        english = "; ".join(f"{name} {category.label.en}" for name, category in known.items())
        said = Text("没有类别“{key}”，可用：{known}。", "No category “{key}”; known: {known}.")
        message = said.format(key=key, known=Text(listed, english))
        yield block("category_known", "", "category", message, who=(case.role,))


def plan_dates_known(case: Case) -> Iterable[Finding]:
    """R25-01: the plan names each class and its time."""
    if not case.facts.opens_earliest and not case.given.get("opens"):
        said = Text("缺：举办时间（opens、ends）。", "Missing: the dates (opens, ends).")
        yield block("plan_dates_known", "", "opens", said, who=(Role.PROVINCE,))


# -- Dates ------------------------------------------------------------------------------------


def dates_in_order(case: Case) -> Iterable[Finding]:
    """A class opens before it ends, and in the plan's year."""
    opens, ends = _dates(case)
    if opens and ends and opens > ends:
        said = Text("结束日期{b}早于开班日期{a}。", "The last day {b} is before the first day {a}.")
        message = said.format(a=day_label(opens), b=day_label(ends))
        yield block("dates_in_order", "", "ends", message, who=(case.role,))
    if opens and opens.year != case.facts.year:
        said = Text(
            "开班日期{a}不在{year}年度内。", "The first day {a} is not in the plan's year {year}."
        )
        message = said.format(a=day_label(opens), year=case.facts.year)
        yield block("dates_in_order", "", "opens", message, who=(case.role,))


def _dates(case: Case) -> tuple[date | None, date | None]:
    """First and last day as they will stand after this deed."""
    if case.deed in (Action.HOLD, Act.CORRECT):
        return case.now("opens", "actual_opens"), case.now("ends", "actual_ends")
    moved = case.given.get("opens")
    ends = case.given.get("ends") or (None if moved else case.facts.planned_ends)
    return moved or case.facts.opens_earliest, ends


def can_end_in_time(case: Case) -> Iterable[Finding]:
    """R25-04: the planned last day should not lie after the completion date."""
    deadline, ends = case.deadline(Kind.COMPLETION), case.given.get("ends")
    if deadline and ends and ends > deadline.due.due_on:
        said = Text(
            "计划结束日{ends}晚于办班时限{due}，可能影响补助，由省厅核定。",
            "The planned last day {ends} is after the limit {due}; the province will decide.",
        )
        message = said.format(ends=day_label(ends), due=day_label(deadline.due.due_on))
        yield flag("can_end_in_time", deadline.clause, "ends", message)


# -- Filing -----------------------------------------------------------------------------------


def filed_in_time(case: Case) -> Iterable[Finding]:
    """R25-06a, R25-07: the plan is filed one month before the opening. The first filing counts."""
    deadline = case.deadline(Kind.FILING)
    if deadline is None or deadline.force is not Force.STATED:
        return
    due, filed = deadline.due.due_on, case.facts.filed_on or case.on
    if filed <= due:
        return
    if case.facts.known_on and case.facts.known_on > due:
        said = Text(
            "计划下达日{known}晚于备案期限{due}，不归责于承办单位。",
            "The plan came on {known}, after the filing limit {due}: not the host's fault.",
        ).format(known=day_label(case.facts.known_on), due=day_label(due))
        yield flag("plan_came_late", deadline.clause, "known_on", said)
        return
    yield flag("filed_in_time", deadline.clause, "on", late(filed, due))


def late(done: date, due: date) -> Text:
    said = Text(
        "应于{due}前报送，实际{done}，逾期{n}天，可能影响补助，由省厅核定。",
        "Due {due}, done {done}, {n} day(s) late; the province will decide what follows.",
    )
    return said.format(due=day_label(due), done=day_label(done), n=(done - due).days)


def mended_in_time(case: Case) -> Iterable[Finding]:
    """What was sent back counts as on time only if it is mended by the date given."""
    by, here = case.facts.mend_by, case.facts.mend_in is case.facts.state
    if by and here and not case.facts.mended_on and case.on > by:
        yield flag("mended_in_time", "", "mend_by", late(case.on, by))


# -- Holding ----------------------------------------------------------------------------------


def has_ended(case: Case) -> Iterable[Finding]:
    """A class is recorded once it is over."""
    ends = case.given.get("ends")
    if ends and ends > case.today:
        said = Text(
            "办班到{ends}才结束，结束后方可登记。", "The class ends on {ends}; record it then."
        )
        message = said.format(ends=day_label(ends))
        yield block("has_ended", "", "ends", message, earliest=ends)


def completed_in_time(case: Case) -> Iterable[Finding]:
    """R25-04, R25-15c: the last day is not after the completion date, which itself counts."""
    deadline, ends = case.deadline(Kind.COMPLETION), case.now("ends", "actual_ends")
    if deadline and ends and ends > deadline.due.due_on:
        said = Text(
            "实际结束日{ends}晚于办班时限{due}，可能影响补助，由省厅核定。",
            "It ended on {ends}, after the limit {due}; the province will decide what follows.",
        ).format(ends=day_label(ends), due=day_label(deadline.due.due_on))
        yield flag("completed_in_time", deadline.clause, "ends", said)


def filed_before_holding(case: Case) -> Iterable[Finding]:
    """R25-06a, R25-07: the filing precedes the class where the notice asks for it."""
    deadline = case.deadline(Kind.FILING)
    if deadline and deadline.force is Force.STATED and not case.facts.filed_on:
        said = Text(
            "开班前未报送实施方案，可能影响补助，由省厅核定。",
            "No implementation plan was filed before the class; the province will decide.",
        )
        yield flag("filed_before_holding", deadline.clause, "filed_on", said)
    elif deadline and case.facts.mend_in is State.PLANNED and not case.facts.mended_on:
        said = Text(
            "退回的实施方案未补正即办班，可能影响补助，由省厅核定。",
            "The plan that was sent back was not mended before the class; the province decides.",
        )
        yield flag("filed_before_holding", deadline.clause, "mended_on", said)


def enough_trainees(case: Case) -> Iterable[Finding]:
    """R25-08a, R25-09: the least number of trainees, online ones included."""
    figure, trainees = case.category.figure("min_trainees"), case.now("trainees")
    if figure and figure.value is not None and trainees is not None and trainees < figure.value:
        said = Text(
            "研修学员{n}人，少于{least}人。", "{n} trainees, fewer than the required {least}."
        ).format(n=trainees, least=figure.value)
        yield by_figure("enough_trainees", figure, "trainees", said)


def not_too_many_trainees(case: Case) -> Iterable[Finding]:
    """R24-05: a national class has as a rule no more than this many."""
    figure, trainees = case.category.figure("max_trainees"), case.now("trainees")
    if figure and figure.value is not None and trainees is not None and trainees > figure.value:
        said = Text("研修学员{n}人，超过{most}人。", "{n} trainees, more than {most}.")
        message = said.format(n=trainees, most=figure.value)
        yield by_figure("not_too_many_trainees", figure, "trainees", message)


def online_within_trainees(case: Case) -> Iterable[Finding]:
    """Online trainees are counted among all trainees."""
    trainees, online = case.now("trainees"), case.now("online_trainees")
    if trainees is not None and online is not None and online > trainees:
        said = Text(
            "线上学员{o}人多于学员总数{n}人，请核对。", "{o} online of {n} trainees cannot be."
        ).format(o=online, n=trainees)
        yield block("online_within_trainees", "", "online_trainees", said, who=(case.role,))


def online_within_share(case: Case) -> Iterable[Finding]:
    """R25-12: online trainees are at most this share of all."""
    figure = case.category.figure("online_share_percent")
    trainees, online = case.now("trainees"), case.now("online_trainees")
    if figure and figure.value is not None and trainees and online is not None:
        if online * 100 > trainees * figure.value:
            said = Text(
                "线上学员{o}人，超过学员总数{n}人的{share}%。",
                "{o} online of {n} trainees is more than {share} %.",
            ).format(o=online, n=trainees, share=figure.value)
            yield by_figure("online_within_share", figure, "online_trainees", said)


def staff_within_limit(case: Case) -> Iterable[Finding]:
    """R25-08b: staff at most this share of trainees (rounded down), and never above the cap."""
    share, most = case.category.figure("staff_share_percent"), case.category.figure("max_staff")
    staff, trainees = case.now("staff"), case.now("trainees")
    if share is None or share.value is None or staff is None or trainees is None:
        return
    limit = trainees * share.value // 100
    if most and most.value is not None:
        limit = min(limit, most.value)
    if staff > limit:
        said = Text("工作人员{n}人，超过{limit}人。", "{n} staff, more than {limit}.")
        yield by_figure("staff_within_limit", share, "staff", said.format(n=staff, limit=limit))


def long_enough(case: Case) -> Iterable[Finding]:
    """R25-08c, R25-09: the length in days, arrival and departure counted."""
    opens, ends = case.now("opens", "actual_opens"), case.now("ends", "actual_ends")
    least, usual = case.category.figure("min_days"), case.category.figure("usual_days")
    if not opens or not ends:
        return
    days = (ends - opens).days + 1
    if least and least.value is not None and days < least.value:
        said = Text("研修{n}天，少于{least}天。", "{n} days, fewer than {least}.")
        yield by_figure("long_enough", least, "ends", said.format(n=days, least=least.value))
    elif not least and usual and usual.value is not None and abs(days - usual.value) > AROUND:
        said = Text("研修{n}天，与{usual}天左右相差较多。", "{n} days, not about {usual}.")
        yield by_figure("long_enough", usual, "ends", said.format(n=days, usual=usual.value))


AROUND = 1  # 左右: a day more or less is not worth a flag


def held_as_planned(case: Case) -> Iterable[Finding]:
    """R25-02, R25-05: dates that differ from the plan were announced in writing before."""
    clause, facts = case.duty("held_as_planned"), case.facts
    opens = case.given.get("opens")
    if not clause or facts.opens_earliest is None or opens is None:
        return
    latest = facts.opens_latest or facts.opens_earliest
    if not facts.opens_earliest <= opens <= latest:
        said = Text(
            "实际开班日{actual}与计划（{planned}）不一致，未见事前书面情况说明。",
            "It opened on {actual}, not as planned ({planned}), without a notice in advance.",
        ).format(actual=day_label(opens), planned=facts.schedule_text or day_label(latest))
        yield flag("held_as_planned", clause, "opens", said)


# -- Report and money -------------------------------------------------------------------------


def reported_in_time(case: Case) -> Iterable[Finding]:
    """R25-15b, R25-20: the papers come within the window after the last day. The first counts."""
    deadline = case.deadline(Kind.REIMBURSEMENT)
    reported = case.facts.reported_on or case.on
    if deadline and deadline.force is Force.STATED and reported > deadline.due.due_on:
        message = late(reported, deadline.due.due_on)
        yield flag("reported_in_time", deadline.clause, "on", message)


def has_subsidy(case: Case) -> Iterable[Finding]:
    """R25-16, R25-19: self-funded and ordinary projects are settled from their own funds."""
    if case.category.ends_in is not State.SUBSIDISED:
        said = Text(
            "{label}按各自经费渠道结算，没有补助；请用“办结”（close）。",
            "{label} are settled from their own funds; use `close`.",
        ).format(label=case.category.label)
        yield block("has_subsidy", case.category.cap.clause or "", "category", said)


def ends_without_subsidy(case: Case) -> Iterable[Finding]:
    """R25-15a, R25-17, R25-18: a category with a subsidy ends by its decision, not by closing."""
    if case.category.ends_in is State.SUBSIDISED:
        said = Text(
            "{label}须经审定补助或不予补助，不能直接办结。",
            "{label} end by a decision on the subsidy, not by closing.",
        ).format(label=case.category.label)
        clause = case.category.cap.clause or ""
        yield block("ends_without_subsidy", clause, "category", said, who=(Role.PROVINCE,))


def amount_within_cap(case: Case) -> Iterable[Finding]:
    """R25-15a, R25-17, R25-18: the subsidy of one class has an upper limit."""
    cap, amount = case.category.cap, case.given.get("amount")
    if cap.value is not None and amount is not None and amount > cap.value:
        said = Text(
            "补助{amount}元超过每期上限{cap}元。", "{amount} yuan is above the cap of {cap} yuan."
        ).format(amount=yuan(amount), cap=yuan(cap.value))
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
            "尚有{n}项提示未核定，请先用 dispose 核定：{keys}。",
            "{n} flag(s) not yet disposed of: {keys}.",
        ).format(n=len(case.facts.open_flags), keys="、".join(case.facts.open_flags))
        yield flag("flags_disposed", "", "flags", said, who=(Role.PROVINCE,))


def promises_kept(case: Case) -> Iterable[Finding]:
    """R25-20: papers that were promised have come in."""
    for paper in case.category.papers.get(Action.REPORT, ()):
        if paper.key in case.facts.promised and not case.has_paper(paper.key):
            said = Text("承诺补交的{label}尚未收到。", "{label} was promised but has not come.")
            message = said.format(label=paper.label)
            yield flag("promises_kept", paper.clause, paper.key, message, who=(Role.HOST,))


# -- Sending back, rejecting, acts --------------------------------------------------------------


def mending_date_ahead(case: Case) -> Iterable[Finding]:
    """Whoever must mend needs a day on which it can still be done."""
    by = case.given.get("mend_by")
    if by and by < max(case.on, case.today):
        said = Text("补正期限{by}已过，请另定日期。", "The date to mend by, {by}, has passed.")
        yield block("mending_date_ahead", "", "mend_by", said.format(by=day_label(by)))


def reason_known(case: Case) -> Iterable[Finding]:
    """A rejection cites a reason of the policy that fits where the project stands."""
    code = case.given.get("code")
    fitting = [r for r in case.policy.reasons.values() if case.facts.state in r.states]
    if code is not None and code not in {reason.key for reason in fitting}:
        known = "；".join(f"{reason.key} {reason.label.zh}" for reason in fitting)
        english = "; ".join(f"{reason.key} {reason.label.en}" for reason in fitting)
        said = Text(
            "理由代码“{code}”不适用，可用：{known}。", "Reason “{code}” does not fit: {known}."
        )
        message = said.format(code=code, known=Text(known, english))
        yield block("reason_known", "", "code", message, who=(case.role,))


def change_says_what(case: Case) -> Iterable[Finding]:
    """R25-05: the notice says what changes."""
    if not set(case.given) - {"reason"}:
        said = Text(
            "请写明变更的内容（时间、地点、选题、内容或人数）。",
            "Say what changes: time, place, topic, content or number of trainees.",
        )
        yield block("change_says_what", case.duty("change_in_advance") or "", "given", said)


def change_in_advance(case: Case) -> Iterable[Finding]:
    """R25-05: changes are announced in writing, before the class. No approval is implied."""
    clause = case.duty("change_in_advance")
    if not clause:
        return
    opens = case.facts.opens_latest
    if opens and case.on >= opens:
        said = Text(
            "情况说明于{on}报送，不在开班之前。", "The notice came on {on}, not in advance."
        )
        yield flag("change_in_advance", clause, "on", said.format(on=day_label(case.on)))
    if "change_notice" not in case.papers:
        said = Text(
            "未附书面情况说明（change_notice）。", "No written notice attached (change_notice)."
        )
        yield flag("change_in_writing", clause, "change_notice", said, who=(Role.HOST,))


def milestone_known(case: Case) -> Iterable[Finding]:
    """The policy says which milestones a category has and who records them."""
    known = {milestone.key: milestone for milestone in case.category.milestones}
    name = case.given.get("name")
    if name is None:
        return
    if name not in known:
        listed = "；".join(f"{key} {m.label.zh}" for key, m in known.items()) or "（无）"
        english = "; ".join(f"{key} {m.label.en}" for key, m in known.items()) or "none"
        said = Text("没有节点“{name}”，可用：{known}。", "No milestone “{name}”; known: {known}.")
        message = said.format(name=name, known=Text(listed, english))
        yield block("milestone_known", "", "name", message)
    elif case.role is not known[name].by:
        said = Text("{label}由{role}登记。", "{label} is recorded by: {role}.")
        message = said.format(label=known[name].label, role=known[name].by.label)
        yield block("milestone_known", known[name].clause, "role", message, who=(known[name].by,))


def flag_known(case: Case) -> Iterable[Finding]:
    """Only an open flag can be disposed of, with one of the known outcomes."""
    key, outcome = case.given.get("flag"), case.given.get("outcome")
    if key is not None and key not in case.facts.open_flags:
        said = Text("没有待核定的提示“{key}”，现有：{known}。", "No open flag “{key}”: {known}.")
        message = said.format(key=key, known="、".join(case.facts.open_flags) or "—")
        yield block("flag_known", "", "flag", message)
    if outcome is not None and outcome not in OUTCOMES:
        known = Text("；".join(f"{k} {t.zh}" for k, t in OUTCOMES.items()), ", ".join(OUTCOMES))
        said = Text("核定结果“{given}”不可用，可用：{known}。", "No outcome “{given}”: {known}.")
        yield block("flag_known", "", "outcome", said.format(given=outcome, known=known))


def correction_says_what(case: Case) -> Iterable[Finding]:
    """A correction amends something, or undoes the last step, not both."""
    amends, undo = set(case.given) - {"reason", "undo"}, case.given.get("undo")
    if bool(amends) == bool(undo):
        said = Text(
            "请写明更正的内容，或单独撤销上一步（undo）。",
            "Say what to correct, or undo the last step alone (undo).",
        )
        yield block("correction_says_what", "", "given", said)
    if undo and not _led_here(case):
        said = Text("没有可撤销的上一步。", "There is no last step to undo.")
        yield block("correction_says_what", "", "undo", said)
    if "amount" in case.given and case.facts.amount is None:
        said = Text("补助尚未审定，没有金额可更正。", "No subsidy has been decided yet.")
        yield block("correction_says_what", "", "amount", said)


def _led_here(case: Case) -> bool:
    """Whether the last step is known, and is one that can be undone (not a sending back)."""
    state, before = case.facts.state, case.facts.came_from
    step = STEPS.get((before, LED_TO[state][0])) if before else None
    return step is not None and step.target is state


def origin_known(case: Case) -> Iterable[Finding]:
    """A project goes back to where it came from, which must be on record."""
    if move(case.facts.state, Action.REINSTATE, case.facts.came_from) is None:
        said = Text(
            "没有记录此前处于哪一环节，无法恢复办理。",
            "Where it came from is not on record, so it cannot be reinstated.",
        )
        yield block("origin_known", "", "came_from", said)


def something_supplied(case: Case) -> Iterable[Finding]:
    """Papers that come later come with a file."""
    if not case.papers:
        said = Text("请附上要补交的材料。", "Attach the papers that are supplied.")
        yield block("something_supplied", "", "papers", said, who=(case.role,))


def proposal_waits(case: Case) -> Iterable[Finding]:
    """Only what was proposed can be cancelled."""
    if not case.facts.pending:
        said = Text("没有待复核的拟办事项。", "Nothing is waiting for a second person.")
        yield block("proposal_waits", "", "pending", said)


EVERY: tuple[Rule, ...] = (form_complete, not_in_the_future, papers_known)
HELD: tuple[Rule, ...] = (
    completed_in_time,
    enough_trainees,
    not_too_many_trainees,
    online_within_trainees,
    online_within_share,
    staff_within_limit,
    long_enough,
)
RULES: dict[Action | Act, tuple[Rule, ...]] = {
    Action.SUBMIT: (papers_present, enterprise_qualified, mended_in_time),
    Action.REVIEW: (reached_in_time,),
    Action.PLAN: (category_known, plan_dates_known, dates_in_order, can_end_in_time),
    Action.FILE: (papers_present, filed_in_time, mended_in_time),
    Action.HOLD: (
        dates_in_order,
        has_ended,
        *HELD,
        filed_before_holding,
        held_as_planned,
        milestones_recorded,
    ),
    Action.REPORT: (papers_present, reported_in_time, mended_in_time, milestones_recorded),
    Action.SUBSIDISE: (
        has_subsidy,
        amount_within_cap,
        fund_has_room,
        flags_disposed,
        promises_kept,
    ),
    Action.CLOSE: (ends_without_subsidy,),
    Action.SEND_BACK: (mending_date_ahead,),
    Action.REJECT: (reason_known,),
    Action.WITHDRAW: (),
    Action.REINSTATE: (origin_known,),
    Act.CONFIRM_DATES: (dates_in_order, can_end_in_time),
    Act.CHANGE: (change_says_what, dates_in_order, can_end_in_time, change_in_advance),
    Act.MILESTONE: (milestone_known,),
    Act.CORRECT: (correction_says_what, dates_in_order, has_ended, *HELD, amount_within_cap),
    Act.DISPOSE: (flag_known, mending_date_ahead),
    Act.SUPPLY: (something_supplied,),
    Act.CANCEL: (proposal_waits,),
}
