"""The reminders of a mail as the letter shows them: deadline rows in words, in one language."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from config.rulebook import Rulebook
from notifications.letters.duty_words import follows, told
from notifications.letters.grounds import NOTHING, granted, ground, if_late, papers
from notifications.letters.links import NO_LINKS, Links
from notifications.letters.schedule import planned_time
from notifications.letters.values import Item, Letter
from states.besides import beside, duties
from states.calendar import WorkCalendar
from states.contact import NO_CONTACT, Contact
from states.facts import Facts, Standing, silence
from states.labels import is_national_money
from states.lateness import last_day
from states.mailing import plan_came_late
from states.mending import by_flags, items, where
from states.policy import Category, Policy
from states.terms import Force, Kind, Role, State, Text
from states.wanted import applied_late
from workflow.mail_tables import REMINDER, ReminderStatus
from workflow.statements import Statement
from workflow.tables import DEADLINE, PROJECT


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
    connection: Connection,
    book: Rulebook,
    mail: Any,
    settled: dict[int, str],
    *,
    language: str,
    today: date,
    links: Links,
) -> tuple[Letter, Facts] | None:
    """The letter of a reminder mail, and the facts of its first project; None if nothing is left.

    `settled` gets the reminders whose deadline no longer stands, with its standing.
    """
    found = []
    for values in _REMINDERS.run(connection, {"mail_id": mail.id}):
        row = DueReminder(*values)
        if row.standing != Standing.OPEN.value:
            settled[row.reminder_id] = row.standing
            continue
        facts = Facts.read(json.loads(row.facts))
        policy = book.policy(facts.policy)
        shown = replace(
            item(row, facts, policy, language, today, Role(row.role), book.calendar, links),
            role=Role(row.role),
        )
        found.append((facts, policy, shown))
    if not found:
        return None
    facts, policy, first = found[0]
    role = Role(mail.to_role)
    letter = Letter(
        to_name=mail.to_name or first.host,
        to_email=mail.to_email,
        role=role,
        today=today,
        items=tuple(item for _, _, item in found),
        ask=policy.office.in_(language),
        reach=links.reached(role, policy.desk(policy.categories[facts.category])).in_(language),
        link=first.link if len(found) == 1 else links.home(role),
        language=language,
    )
    return letter, facts


def fall_silent(connection: Connection, reminder_id: int, standing: str) -> None:
    """Record of a reminder that it is not told, and why."""
    reason = silence(Standing(standing))
    connection.execute(
        update(REMINDER)
        .where(REMINDER.c.id == reminder_id)
        .values(status=ReminderStatus.SUPPRESSED.value, reason=reason, mail_id=None)
    )


def item(
    row: Any,
    facts: Facts,
    policy: Policy,
    language: str,
    today: date,
    role: Role,
    calendar: WorkCalendar,
    links: Links = NO_LINKS,
) -> Item:
    """One reminder as a letter of `today` shows it to somebody in a role. `row` has a deadline's
    columns and `step`."""
    category = policy.categories[facts.category]
    kind = Kind(row.kind)
    place, rule = ground(policy, category, kind, row.clause, today)
    grant = granted(facts, category, kind).in_(language)
    asked = papers(category, kind)
    to, reached = addressee(facts, policy, category, kind, role)
    stated = row.force == Force.STATED.value
    by = last_day(facts, row.due_on, row.late_after, today)
    waits = row.due_on < today <= row.late_after  # of a window: its earliest day has passed
    return Item(
        project_id=row.project_id,
        number=facts.number,
        name=facts.name,
        host=facts.host,
        category=category.label.in_(language),
        kind=kind,
        step=row.step,
        due_on=by,
        advised_on=by if waits else row.advised_on,
        earliest_on=row.due_on if waits else None,
        provisional=row.provisional,
        advisory=row.force == Force.ADVISORY.value,
        place=facts.place,
        opens=planned_time(facts).in_(language),
        papers=tuple(paper.label.in_(language) for paper in asked),
        clause=place.in_(language),
        rule=_with(rule.in_(language), grant, language),
        mend_items=items(facts).in_(language) if kind is Kind.MENDING else "",
        consequence=if_late(policy, category, kind, today).in_(language),
        addressee=to.in_(language),
        originals=reached.originals.in_(language),
        copies=reached.copies.in_(language),
        national=is_national_money(category),
        submitted=facts.state is State.SUBMITTED,
        flagged=by_flags(facts),
        department=facts.department,
        beside=tuple(
            one.in_(language)
            for one in (
                *follows(kind, facts, policy, calendar, today),
                *(
                    told(duty, policy, today)
                    for duty in beside(kind, duties(facts, category, calendar))
                ),
            )
        ),
        after_window=facts.state is State.SUBMITTED and applied_late(facts, category),
        late_plan=kind is Kind.FILING and stated and plan_came_late(facts, row.late_after),
        link=links.matter(role, row.project_id, kind, facts, category),
    )


def addressee(
    facts: Facts, policy: Policy, category: Category, kind: Kind, role: Role
) -> tuple[Text, Contact]:
    """Where the reader, or whom the reader watches, sends the papers, and how that is reached: for
    a report as the policy says, for an application by its own way. Nothing where it is the reader:
    nobody sends anything to himself."""
    stage = where(facts)
    of_application = kind is Kind.APPLICATION or stage is State.DRAFTED
    again = kind is Kind.MENDING and stage in (State.HELD, State.REPORTED)
    if kind is Kind.REIMBURSEMENT or again:
        if role is Role.PROVINCE and not is_national_money(category):
            return NOTHING, NO_CONTACT
        return category.addressee, policy.reports_to(category)
    if kind in (Kind.APPLICATION, Kind.MENDING) and of_application and facts.department:
        if role is Role.HOST or (role is Role.PROVINCE and facts.state is State.DRAFTED):
            return Text(facts.department, facts.department), NO_CONTACT
        if kind is Kind.MENDING:  # its hosts send it to the reader
            return NOTHING, NO_CONTACT
    if role is Role.PROVINCE:
        return NOTHING, NO_CONTACT
    return policy.office, policy.desk(category)


def _with(rule: str, grant: str, language: str) -> str:
    """A rule with what the province has granted, as one sentence."""
    if not grant:
        return rule
    return f"{rule} ({grant})" if language == "en" else f"{rule.rstrip('。')}；{grant}。"
