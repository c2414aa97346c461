"""The reminders of a mail as the letter shows them: deadline rows in words, in one language."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from config.rulebook import Rulebook
from notifications.letters.values import Item, Letter
from states.consequence import consequence
from states.facts import Facts, Standing, silence
from states.labels import is_national_money
from states.mailing import plan_came_late
from states.policy import Category, Policy
from states.terms import Action, Force, Kind, Role, State, Text, day_label
from workflow.deadlines import TABLE as DEADLINE
from workflow.engine import TABLE as PROJECT
from workflow.mail_tables import Reminder, ReminderStatus
from workflow.statements import Statement

REMINDER = Reminder.__table__  # type: ignore[attr-defined]
HANDED_IN = {Kind.FILING: Action.FILE, Kind.REIMBURSEMENT: Action.REPORT}


class DueReminder(NamedTuple):
    """A reminder with its deadline and its project's facts, as read."""

    reminder_id: int
    step: str
    role: str
    project_id: int
    kind: str
    due_on: date
    advised_on: date
    late_after: date
    force: str
    provisional: bool
    clause: str
    standing: str
    facts: str


_DEADLINE = ("kind", "due_on", "advised_on", "late_after", "force", "provisional", "clause")
_REMINDERS = Statement(
    select(
        REMINDER.c.id,
        REMINDER.c.step,
        REMINDER.c.role,
        DEADLINE.c.project_id,
        *(DEADLINE.c[name] for name in (*_DEADLINE, "standing")),
        PROJECT.c.facts,
    )
    .join_from(REMINDER, DEADLINE, REMINDER.c.deadline_id == DEADLINE.c.id)
    .join(PROJECT, REMINDER.c.project_id == PROJECT.c.id)
    .where(REMINDER.c.mail_id == bindparam("mail_id"))
    .where(REMINDER.c.status == ReminderStatus.QUEUED.value)
    .order_by(DEADLINE.c.due_on, REMINDER.c.id)
)


def letter_of(
    connection: Connection, book: Rulebook, mail: Any, *, language: str, today: date, link: str
) -> tuple[Letter, Facts] | None:
    """The letter of a reminder mail, and the facts of its first project; None if nothing is left.

    Reminders whose deadline no longer stands are recorded as silent, with the reason.
    """
    found = []
    for values in _REMINDERS.run(connection, {"mail_id": mail.id}):
        row = DueReminder(*values)
        if row.standing != Standing.OPEN.value:
            _silence(connection, row.reminder_id, row.standing)
            continue
        facts = Facts.read(json.loads(row.facts))
        policy = book.policy(facts.policy)
        shown = replace(item(row, facts, policy, language), role=Role(row.role))
        found.append((facts, policy, shown))
    if not found:
        return None
    facts, policy, first = found[0]
    letter = Letter(
        to_name=mail.to_name or first.host,
        to_email=mail.to_email,
        role=Role(mail.to_role),
        today=today,
        items=tuple(item for _, _, item in found),
        ask=policy.office.in_(language),
        link=link,
        language=language,
    )
    return letter, facts


def _silence(connection: Connection, reminder_id: int, standing: str) -> None:
    reason = silence(Standing(standing))
    connection.execute(
        update(REMINDER)
        .where(REMINDER.c.id == reminder_id)
        .values(status=ReminderStatus.SUPPRESSED.value, reason=reason, mail_id=None)
    )


def item(row: Any, facts: Facts, policy: Policy, language: str = "zh") -> Item:
    """One reminder as a letter shows it. `row` has a deadline's columns and `step`."""
    category = policy.categories[facts.category]
    kind = Kind(row.kind)
    place, rule = ground(policy, category, kind, row.clause)
    rule = with_grant(rule, facts, category, kind)
    stated = row.force == Force.STATED.value
    overdue = row.step.startswith("D+")  # counted from the last day that could count
    return Item(
        project_id=row.project_id,
        number=facts.number,
        name=facts.name,
        host=facts.host,
        category=category.label.in_(language),
        kind=kind,
        step=row.step,
        due_on=row.late_after if overdue else row.due_on,
        advised_on=row.advised_on,
        provisional=row.provisional,
        advisory=row.force == Force.ADVISORY.value,
        place=facts.place,
        opens=planned_time(facts).in_(language),
        papers=papers(category, kind, language),
        clause=place.in_(language),
        rule=rule.in_(language),
        mend_items=facts.mend_items if kind is Kind.MENDING else "",
        consequence=consequence(policy, category, kind).in_(language),
        addressee=addressee(facts, policy, category, kind).in_(language),
        national=is_national_money(category),
        submitted=facts.state is State.SUBMITTED,
        late_plan=kind is Kind.FILING and stated and plan_came_late(facts, row.late_after),
    )


def addressee(facts: Facts, policy: Policy, category: Category, kind: Kind) -> Text:
    """Where the papers go: for a report as the policy says, for an application by its own way."""
    to_department = kind is Kind.APPLICATION or facts.mend_in is State.DRAFTED
    if kind is Kind.MENDING and facts.mend_in is State.HELD:
        return category.addressee
    if kind in (Kind.APPLICATION, Kind.MENDING) and to_department and facts.department:
        return Text(facts.department, facts.department)
    return category.addressee if kind is Kind.REIMBURSEMENT else policy.office


NOTHING = Text("", "")
GRANTED = Text("{rule}（省厅已同意延长至{day}）", "{rule} (extended by the province to {day})")
CENTRE_STAYS = Text(
    "省厅延长期限不改变{addressee}的资助条件，请先与其沟通",
    "an extension by the province does not change the conditions of {addressee}; consult it first",
)


def with_grant(rule: Text, facts: Facts, category: Category, kind: Kind) -> Text:
    """A rule with the later day that the province granted, and what that does not change."""
    granted = facts.extended.get(kind.value)
    if not granted:
        return rule
    said = GRANTED.format(rule=rule, day=day_label(date.fromisoformat(granted["due_on"])))
    if kind in (Kind.COMPLETION, Kind.REIMBURSEMENT) and is_national_money(category):
        more = CENTRE_STAYS.format(addressee=category.addressee)
        return Text(f"{said.zh}；{more.zh}", f"{said.en}; {more.en}")
    return said


def ground(policy: Policy, category: Category, kind: Kind, clause_id: str) -> tuple[Text, Text]:
    """On what a deadline rests: the clause, or, where none asks for it, that we assume it."""
    rule = category.deadline(kind)
    if rule is not None and rule.note is not None:
        return rule.basis.label, rule.note
    if kind is Kind.OPENING:  # what is to be told beforehand if it changes
        return cite(policy, policy.duties.get("change_in_advance", ""))
    return cite(policy, clause_id)


def papers(category: Category, kind: Kind, language: str = "zh") -> tuple[str, ...]:
    """The labels of the papers that this kind of deadline asks for."""
    step = HANDED_IN.get(kind)
    asked = category.papers.get(step, ()) if step else ()
    return tuple(paper.label.in_(language) for paper in asked)


def cite(policy: Policy, clause_id: str) -> tuple[Text, Text]:
    """Where a clause stands, ready to print (documents keep their own names), and what it says."""
    clause = policy.clauses.get(clause_id)
    if clause is None:
        return NOTHING, NOTHING
    return Text(f"{clause.place}（{clause.id}）", f"{clause.place} ({clause.id})"), clause.rule


def planned_time(facts: Facts) -> Text:
    """When the class is planned, in words; a window keeps the words of the plan."""
    opens, ends = facts.opens_earliest, facts.planned_ends
    if opens is None and facts.postponed:
        return Text("待定（已登记延期）", "open (postponed)")
    if opens is None or facts.dates.open_window:
        if facts.schedule_text:
            return Text(f"{facts.schedule_text}（暂定）", f"{facts.schedule_text} (provisional)")
        if opens is None or facts.opens_latest is None:
            return Text("待定", "open")
        between = span(opens, facts.opens_latest)
        return Text(f"{between.zh}之间（暂定）", f"{between.en} (provisional)")
    return span(opens, ends)


def span(opens: date, ends: date | None) -> Text:
    """The days of a class: 2025年3月31日至4月4日, 2025-03-31 to 2025-04-04."""
    first = f"{opens.year}年{opens.month}月{opens.day}日"
    if ends is None or ends == opens:
        return Text(first, opens.isoformat())
    year = f"{ends.year}年" if ends.year != opens.year else ""
    english = f"{opens.isoformat()} to {ends.isoformat()}"
    return Text(f"{first}至{year}{ends.month}月{ends.day}日", english)
