"""Sending back, rejecting, and the acts that change facts only."""

from __future__ import annotations

from collections.abc import Iterable

from states.actions.fields import CONTACT
from states.choices import OUTCOMES, extendable, fitting_reasons
from states.facts import TO_MEND
from states.findings import Case, Finding, block, flag
from states.labels import is_national_money
from states.lifecycle import STEPS
from states.machine import move
from states.terms import BEFORE_PLAN, Action, Kind, Role, Text, day_label
from states.undoing import LED_TO


def mending_date_ahead(case: Case) -> Iterable[Finding]:
    """Whoever must mend needs a day on which it can still be done."""
    by = case.given.get("mend_by")
    if by and by < max(case.on, case.today):
        said = Text("补正期限{by}已过，请另定日期。", "The date to mend by, {by}, has passed.")
        yield block("mending_date_ahead", "", "mend_by", said.format(by=day_label(by)))


def reason_known(case: Case) -> Iterable[Finding]:
    """A rejection cites a reason of the policy that fits where the project stands."""
    code = case.given.get("code")
    fitting = fitting_reasons(case.facts, case.policy, case.category)
    if code is not None and not fitting:
        yield block("reason_known", "", "code", NO_REASON, who=(case.role,))
    elif code is not None and code not in {reason.key for reason in fitting}:
        known = "；".join(f"{reason.key} {reason.label.zh}" for reason in fitting)
        english = "; ".join(f"{reason.key} {reason.label.en}" for reason in fitting)
        said = Text(
            "理由代码“{code}”不适用，可用：{known}。", "Reason “{code}” does not fit: {known}."
        )
        message = said.format(code=code, known=Text(known, english))
        yield block("reason_known", "", "code", message, who=(case.role,))


NO_REASON = Text(
    "政策没有规定这一环节可用的理由。", "The policy gives no reason that fits at this stage."
)


def change_says_what(case: Case) -> Iterable[Finding]:
    """R25-02, R25-05: the notice says what changes."""
    if not set(case.given) - {"reason"}:
        said = Text(
            "请写明变更的事项（选题、内容、对象、人数、时间或地点）。",
            "Say what changes: topic, content, those it is for, their number, time or place.",
        )
        yield block("change_says_what", case.duty("change_in_advance") or "", "given", said)


def change_in_advance(case: Case) -> Iterable[Finding]:
    """R25-05: changes are announced in writing, before the class. No approval is implied."""
    clause = case.duty("change_in_advance")
    if not clause:
        return
    opens = case.facts.opens_latest
    if opens and case.on >= opens:
        said = WOULD_COME_LATE if case.supposed else CAME_LATE
        yield flag("change_in_advance", clause, "on", said.format(on=day_label(case.on)))
    if "change_notice" not in case.papers:
        said = Text("未附书面情况说明。", "No written notice attached.")
        yield flag("change_in_writing", clause, "change_notice", said, who=(Role.HOST,))


CAME_LATE = Text("情况说明于{on}报送，不在开班之前。", "The notice came on {on}, not in advance.")
WOULD_COME_LATE = Text(
    "如于{on}报送情况说明，已不在开班之前。", "If it comes on {on}, the notice is not in advance."
)


def extension_fits(case: Case) -> Iterable[Finding]:
    """A deadline that the project has, moved to a later day; it may have passed already."""
    name, until = case.given.get("kind"), case.given.get("due_on")
    standing = extendable(case.facts, case.category, case.calendar)
    if name is not None and not standing:
        yield block("extension_fits", "", "kind", NOTHING_TO_EXTEND, who=(case.role,))
    elif name is not None and name not in standing:
        known = "；".join(f"{kind} {want.kind.label.zh}" for kind, want in standing.items())
        english = "; ".join(standing)
        said = Text(
            "没有可延长的期限“{name}”，现有：{known}。",
            "There is no deadline “{name}” to extend: {known}.",
        )
        message = said.format(name=name, known=Text(known, english))
        yield block("extension_fits", "", "kind", message, who=(case.role,))
    elif name is not None and until and until <= standing[name].late_after:
        said = Text(
            "延长后的日期{until}须晚于现截止日{due}。",
            "The new day {until} must lie after the present one, {due}.",
        )
        due = day_label(standing[name].late_after)
        message = said.format(until=day_label(until), due=due)
        yield block("extension_fits", "", "due_on", message, who=(case.role,))


NOTHING_TO_EXTEND = Text("没有可延长的期限。", "There is no deadline to extend.")


def extension_binds(case: Case) -> Iterable[Finding]:
    """R25-15b, R25-15c: what the ministry's centre pays keeps the centre's dates."""
    kind = case.given.get("kind")
    if kind in (Kind.COMPLETION, Kind.REIMBURSEMENT) and is_national_money(case.category):
        rule = case.category.deadline(Kind(kind))
        said = Text(
            "省厅延长期限不改变{addressee}的资助条件，宜事先与其沟通。",
            "An extension by the province does not bind {addressee}, which had better be consulted.",
        ).format(addressee=case.category.addressee)
        clause = (rule.forfeit or rule.clause) if rule else ""
        yield flag("extension_binds", clause, "kind", said, who=(Role.PROVINCE,))


def transfer_says_where(case: Case) -> Iterable[Finding]:
    """A transfer names another department or host than the project has."""
    given = {name: case.given[name] for name in ("department", "host") if name in case.given}
    if not any(value != getattr(case.facts, name) for name, value in given.items()):
        said = Text(
            "请填写与现在不同的主管（推荐）单位（department）或承办单位（host）。",
            "Name a department or a host that differs from the present one.",
        )
        yield block("transfer_says_where", "", "given", said, who=(case.role,))


def host_kept(case: Case) -> Iterable[Finding]:
    """R25-03: the approved host carries the project out itself; another one is looked at."""
    clause, host = case.duty("host_kept"), case.given.get("host")
    if clause and host and host != case.facts.host and case.facts.state not in BEFORE_PLAN:
        said = Text(
            "承办单位由{old}调整为{new}，是否属转交第三方，由省厅核对。",
            "The host changes from {old} to {new}; whether this hands it on to a third party is for "
            "the province to see.",
        )
        yield flag("host_kept", clause, "host", said.format(old=case.facts.host, new=host))


def handed_to_somebody(case: Case) -> Iterable[Finding]:
    """A hand-over names what changes, and leaves an address."""
    names = [f.name for f in CONTACT if f.name in case.given]
    changed = [n for n in names if case.given[n] != getattr(case.facts, n)]
    if not changed:
        said = Text(
            "请填写与现在不同的联系人、邮箱或电话。",
            "Name a contact, an address or a telephone number that differs from the present one.",
        )
        yield block("handed_to_somebody", "", "given", said, who=(case.role,))


def milestone_known(case: Case) -> Iterable[Finding]:
    """The policy says which milestones a category has and who records them."""
    known = {milestone.key: milestone for milestone in case.category.milestones}
    name = case.given.get("name")
    if name is None:
        return
    if name not in known and not any(m.by is case.role for m in known.values()):
        yield block("milestone_known", "", "name", NO_MILESTONES.format(role=case.role.label))
    elif name not in known:
        listed = "；".join(f"{key} {m.label.zh}" for key, m in known.items())
        english = "; ".join(f"{key} {m.label.en}" for key, m in known.items())
        said = Text(
            "没有登记事项“{name}”，可用：{known}。", "No milestone “{name}”; known: {known}."
        )
        message = said.format(name=name, known=Text(listed, english))
        yield block("milestone_known", "", "name", message)
    elif case.role is not known[name].by:
        said = Text("{label}由{role}登记。", "{label} is recorded by: {role}.")
        message = said.format(label=known[name].label, role=known[name].by.label)
        yield block("milestone_known", known[name].clause, "role", message, who=(known[name].by,))


NO_MILESTONES = Text(
    "该类项目没有由{role}登记的事项。",
    "This category has no milestones that are recorded by: {role}.",
)


def flag_known(case: Case) -> Iterable[Finding]:
    """Only an open flag can be disposed of, with one of the known outcomes."""
    key, outcome = case.given.get("flag"), case.given.get("outcome")
    if key is not None and not case.facts.to_dispose:
        yield block("flag_known", "", "flag", NO_FLAG)
    elif key is not None and key not in case.facts.to_dispose:
        said = Text("没有待核定的提示“{key}”，现有：{known}。", "No open flag “{key}”: {known}.")
        message = said.format(key=key, known="、".join(case.facts.to_dispose))
        yield block("flag_known", "", "flag", message)
    if outcome is not None and outcome not in OUTCOMES:
        known = Text("；".join(f"{k} {t.zh}" for k, t in OUTCOMES.items()), ", ".join(OUTCOMES))
        said = Text("核定结果“{given}”不可用，可用：{known}。", "No outcome “{given}”: {known}.")
        yield block("flag_known", "", "outcome", said.format(given=outcome, known=known))
    if outcome == TO_MEND and not case.given.get("mend_by"):
        yield block("flag_known", "", "mend_by", NO_DAY, who=(case.role,))


NO_DAY = Text(
    "限期补正须填写补正期限（mend_by）。", "What is to be mended needs a date to mend by (mend_by)."
)
NO_FLAG = Text("没有待核定的提示。", "No flag waits for a decision.")


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


def told_once(case: Case) -> Iterable[Finding]:
    """The host of an imported plan is told once, and once more when a newer file moves its dates; one
    planned here was told by that step."""
    facts = case.facts
    if facts.untold:
        return
    if facts.announced_on:
        said = Text(
            "已于{on}通知承办单位，不重复通知。",
            "The host was told on {on}, and is not told twice.",
        )
        yield block("told_once", "", "announced_on", said.format(on=day_label(facts.announced_on)))
    elif facts.came_from is not None:
        said = Text(
            "承办单位在列入计划时已收到通知，不重复通知。",
            "The host was told when the project was put in the plan.",
        )
        yield block("told_once", "", "announced_on", said)


def news_to_confirm(case: Case) -> Iterable[Finding]:
    """Only what was sent can have arrived, and it arrives once."""
    facts = case.facts
    if facts.acknowledged_on:
        said = Text("已于{on}确认收到。", "It was confirmed on {on}.")
        on = day_label(facts.acknowledged_on)
        yield block("news_to_confirm", "", "acknowledged_on", said.format(on=on))
    elif facts.announced_on is None:
        said = Text(
            "省厅尚未通知列入计划，无须确认。", "There is no news of the plan to confirm yet."
        )
        yield block("news_to_confirm", "", "announced_on", said)


def proposal_waits(case: Case) -> Iterable[Finding]:
    """Only what was proposed can be cancelled."""
    if not case.facts.pending:
        said = Text("没有待复核的拟办事项。", "Nothing is waiting for a second person.")
        yield block("proposal_waits", "", "pending", said)
