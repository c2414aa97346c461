"""What the mail about each act tells: moved dates with the old beside the new, people, milestones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from notifications.letters import lines
from notifications.letters.grounds import CENTRE_STAYS, centre_stays
from notifications.letters.printing import long_text
from notifications.letters.schedule import planned_time
from notifications.letters.step_lines import receipt
from notifications.letters.story import SUBSIDY, Line, Said, Story, Told
from notifications.letters.words import words_in
from states.labels import deed_name, overtaking, state_label
from states.policy import MilestoneRule
from states.terms import Act, Action, Basis, Kind, Text, day_label, deed_of, yuan

OLD_TIME, NEW_TIME = Text("原定办班时间", "Planned before"), Text("现定办班时间", "Planned now")
MOVED = Text("时间变更", "Dates changed")
FROM_TO = Text("由{was}调整为{now}", "from {was} to {now}")
OPEN = Text("（空）", "(empty)")


def confirm_dates(story: Story) -> Told:
    exact = story.before.opens_earliest and not story.before.dates.open_window
    moved = exact and _moved(story)
    tag = MOVED if moved else Text("时间确认", "Dates confirmed")
    return Told(tag, tuple(_times(story)), values=_time_values(story))


def change(story: Story) -> Told:
    """R25-05: what was announced, the dates first."""
    before, after = story.before, story.after
    told = [
        *(_times(story) if _moved(story) else ()),
        *_amended(Text("项目名称（选题）", "Name (topic)"), before.name, after.name),
        *_amended(lines.PLACE, before.place, after.place),
        *_amended(
            Text("计划人数", "Planned trainees"), before.planned_trainees, after.planned_trainees
        ),
        (Text("研修内容变更", "Change of content"), story.text("content")),
        (Text("研修对象变更", "Change of those it is for"), story.text("audience")),
        lines.reason(story),
    ]
    tag = MOVED if _moved(story) else Text("变更报备", "Change notice")
    return Told(tag, tuple(told), _duty(story), _time_values(story))


def postpone(story: Story) -> Told:
    was = planned_time(story.before)
    told = (
        (OLD_TIME, was),
        (NEW_TIME, Text("待定", "open")),
        lines.reason(story),
    )
    return Told(Text("延期", "Postponed"), told, _duty(story), {"was": was, "now": told[1][1]})


def extend(story: Story) -> Told:
    kind, by = Kind(story.given["kind"]), story.day("due_on")
    matter = words_in(kind, story.facts, story.category).matter
    told: list[Line] = [
        (lines.MATTER, matter),
        (Text("延长至", "Extended to"), day_label(by)),
        lines.reason(story),
        lines.document(story),
    ]
    if centre_stays(story.category, kind):
        said = CENTRE_STAYS.format(addressee=story.category.addressee)
        told.append((Text("提示", "Note"), said))
    tag = Text("期限延长", "Deadline extended")
    return Told(tag, tuple(told), values={"label": matter, **lines.until(by)})


def transfer(story: Story) -> Told:
    before, after = story.before, story.after
    department, host = Text("主管（推荐）单位", "Department"), Text("承办单位", "Host unit")
    told = [
        *_amended(department, before.department, after.department),
        *_amended(host, before.host, after.host),
        lines.reason(story),
        lines.document(story),
    ]
    label = host if before.host != after.host else department
    tag = Text("{unit}调整", "{unit} changed").format(unit=label)
    values: dict[str, Said] = {"label": Text(label.zh, label.en.lower()), "now": after.department}
    return Told(tag, tuple(told), values=values)


def hand_over(story: Story) -> Told:
    """The new contact is named; telephone and address stay out of the mail."""
    before, after = story.before, story.after
    told = [
        *_amended(Text("联系人", "Contact"), before.contact_name, after.contact_name),
        lines.reason(story),
    ]
    tag = Text("联系人更换", "Contact changed")
    return Told(tag, tuple(told), values={"now": after.contact_name})


def reclassify(story: Story) -> Told:
    known = story.policy.categories
    was, now = (known[facts.category].label for facts in (story.before, story.after))
    told = (
        (lines.CATEGORY, FROM_TO.format(was=was, now=now)),
        lines.reason(story),
        lines.document(story),
    )
    return Told(Text("类别调整", "Category changed"), told, values={"now": now, "was": was})


def inspect(story: Story) -> Told:
    """Sent only where something is to be mended."""
    by = story.day("mend_by")
    told = (
        (Text("检查日期", "Inspected on"), story.on_label),
        (Text("检查情况", "Findings"), story.text("findings")),
        (Text("整改期限", "To be mended by"), day_label(by)),
        lines.document(story),
    )
    clause = story.policy.duties.get("mending_after_inspection", "")
    return Told(Text("检查整改", "Inspection"), told, clause, dict(lines.until(by)))


def dispose(story: Story) -> Told:
    """Sent only where the host is to mend something: what was flagged, and by when. Why it was
    decided so stays with the officials."""
    flag = story.facts.flags.get(story.text("flag"), {})
    by = story.day("mend_by")
    told = (
        (Text("需补正的事项", "To be mended"), Text(flag.get("zh", ""), flag.get("en", ""))),
        (Text("补正期限", "To be mended by"), day_label(by)),
    )
    tag = Text("限期补正", "To be mended")
    return Told(tag, told, flag.get("clause", ""), dict(lines.until(by)))


def correct(story: Story) -> Told:
    before, after = story.before, story.after
    told: list[Line] = [(Text("更正日期", "Corrected on"), story.on_label)]
    if story.given.get("undo"):
        label = state_label(before, story.category)
        told.append((Text("撤销的登记", "Taken back"), label))
    else:
        told += _amended(lines.HELD, lines.held(before), lines.held(after))
        told += _amended(lines.TRAINEES, lines.heads(before), lines.heads(after))
        told += _amended(lines.STAFF, lines.persons(before.staff), lines.persons(after.staff))
        told += _amended(lines.PLACE, before.place, after.place)
        was, now = lines.in_yuan(before.amount), lines.in_yuan(after.amount)
        told += _amended(lines.amount_label(story), was, now)
    money = before.amount != after.amount
    told += [*(lines.fund(story) if money else ()), lines.reason(story)]
    clause = story.category.cap.clause or "" if money else ""
    return Told(Text("更正", "Corrected"), tuple(told), clause)


def cancel(story: Story) -> Told:
    """The end of a proposal: by a person, who says why, or by another step that overtook it."""
    proposal = story.before.pending
    label = deed_name(deed_of(proposal["deed"]), story.source, story.category)
    by = story.text("overtaken_by")
    now = overtaking(by, story.source, story.category) if by else ""
    told: list[Line] = [
        (Text("拟办事项", "Proposal"), label),
        (Text("提出日期", "Proposed on"), long_text(date.fromisoformat(proposal["on"]))),
        (Text("终止日期", "Ended on"), story.on_label),
        (Text("已另行办理", "Done instead"), now),
        lines.reason(story),
    ]
    values: dict[str, Said] = {"label": label, "now": now}
    return Told(Text("拟办终止", "Proposal ended"), tuple(told), values=values)


def announce(story: Story) -> Told:
    """What an imported plan says of the project, or of its new dates; its timetable follows."""
    facts = story.after
    if story.heard is not None:
        told_before = replace(story, before=story.heard)
        if _moved(told_before):
            return Told(MOVED, tuple(_times(told_before)), values=_time_values(told_before))
    told = (
        (Text("计划序号", "Number in the plan"), "" if facts.number is None else str(facts.number)),
        (Text("文号", "Document number"), facts.document_number),
        (lines.CATEGORY, story.category.label),
        (lines.PLANNED, planned_time(facts)),
        (lines.PLACE, facts.place),
    )
    return Told(Text("列入计划", "In the annual plan"), told)


def _moved(story: Story) -> bool:
    return planned_time(story.before) != planned_time(story.after)


def _times(story: Story) -> Iterator[Line]:
    if _moved(story):
        yield OLD_TIME, planned_time(story.before)
    yield NEW_TIME, planned_time(story.after)


def _time_values(story: Story) -> dict[str, Said]:
    was, now = planned_time(story.before), planned_time(story.after)
    return {"was": was, "now": now, "moved": "1" if _moved(story) else ""}


def _amended(label: Text, was: object, now: object) -> list[Line]:
    """What changed, the old beside the new."""
    if was == now:
        return []
    return [(label, FROM_TO.format(was=_shown(was), now=_shown(now)))]


def _shown(value: object) -> Text:
    if isinstance(value, Text):
        return value
    return Text(str(value), str(value)) if value not in ("", None) else OPEN


def _duty(story: Story) -> str:
    return story.policy.duties.get("change_in_advance", "")


def milestone(story: Story) -> Told:
    """What the province recorded: the date, and the evidence that was given."""
    rules = {rule.key: rule for rule in story.category.milestones}
    rule = rules.get(story.notice)
    label = rule.label if rule else Text(story.notice, story.notice)
    amount = story.facts.amount if story.notice == "paid" else None
    money = story.notice in MONEY
    told: tuple[Line, ...] = (
        (lines.MATTER, label),
        (Text("日期", "Date"), story.on_label),
        (Text("依据", "Evidence"), story.text("evidence")),
        (lines.amount_label(story), lines.in_yuan(amount)),
        *(lines.fund(story) if money else ()),
    )
    tag = MILESTONE_TAGS.get(story.notice, Act.MILESTONE.label)
    tag = tag.format(money=story.money or SUBSIDY)
    clause = rule.clause if rule and (money or rule.basis is Basis.STATED) else ""
    if story.notice == "paid":  # by the clause that gives the money
        clause = story.category.cap.clause or clause
    still = _still(story) if rule and rule.flag_at is Action.HOLD else None
    values: dict[str, Said] = {
        "label": label,
        "amount": "" if amount is None else yuan(amount),
        "still": _asked(still) if still else "",
        "ready": "1" if still == [] else "",
    }
    return Told(tag, told, clause, values)


MONEY = frozenset({"ministry_decision", "paid"})


def _asked(rules: list[MilestoneRule]) -> Text:
    asks = [rule.ask for rule in rules]
    return Text("、".join(one.zh for one in asks), ", ".join(one.en for one in asks))


def _still(story: Story) -> list[MilestoneRule]:
    """R25-06b: what has to be on record beside this before the class may be held."""
    return [
        rule
        for rule in story.category.milestones
        if rule.flag_at is Action.HOLD and rule.key not in story.after.milestones
    ]


MILESTONE_TAGS = {
    "filing_confirmed": Text("备案确认", "Filing confirmed"),
    "notice_issued": Text("开班通知", "Opening notice"),
    "ministry_decision": Text("经费审核", "Claim decided"),
    "paid": Text("{money}拨付", "Paid"),
}


def supply(story: Story) -> Told:
    """A promised paper that came later, with what is still to follow."""
    return receipt(story, Text("补交材料", "papers handed in later"))


ACTS: dict[Act, Callable[[Story], Told]] = {
    Act.CONFIRM_DATES: confirm_dates,
    Act.CHANGE: change,
    Act.POSTPONE: postpone,
    Act.EXTEND: extend,
    Act.TRANSFER: transfer,
    Act.HAND_OVER: hand_over,
    Act.RECLASSIFY: reclassify,
    Act.INSPECT: inspect,
    Act.DISPOSE: dispose,
    Act.CORRECT: correct,
    Act.MILESTONE: milestone,
    Act.SUPPLY: supply,
    Act.ANNOUNCE: announce,
    Act.CANCEL: cancel,
}
