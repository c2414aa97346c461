"""From a mail row to the letter: gathers what it is about, as it stands now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from config.rulebook import Rulebook
from notifications.envelope import compose
from notifications.letters import Item, Letter, Notice, Rendered, render_notice, render_reminder
from states.consequence import consequence
from states.facts import Facts, Standing, silence
from states.labels import is_national_money, rejected_label
from states.policy import Category, Policy
from states.terms import (
    Action,
    Force,
    Kind,
    Role,
    State,
    day_label,
    yuan,
)
from workflow.deadlines import TABLE as DEADLINE
from workflow.engine import TABLE as PROJECT
from workflow.tables import Event, Reminder, ReminderStatus

EVENT = Event.__table__  # type: ignore[attr-defined]
REMINDER = Reminder.__table__  # type: ignore[attr-defined]
HANDED_IN = {Kind.FILING: Action.FILE, Kind.REIMBURSEMENT: Action.REPORT}


@dataclass(frozen=True, slots=True)
class Written:
    """A mail as it goes out. `went_to`: the envelope's address where it is not the row's own."""

    subject: str
    content: bytes
    went_to: str


@dataclass(frozen=True)
class Writer:
    """What every mail needs besides its row."""

    book: Rulebook
    sender: str  # "Name <address>"
    base_url: str
    reply_to: str = ""  # for all mails; empty: the officer in charge
    trial_to: str = ""  # trial mode: every mail goes here instead
    enclose: bool = False  # calendar entries and timetables

    def write(
        self, connection: Connection, mail: Any, *, today: date, at: datetime
    ) -> Written | None:
        """Subject and bytes of a mail row; None if nothing in it is still to be said.

        Reminders whose deadline no longer stands are recorded as silent, with the reason.
        """
        rendered = self._rendered(connection, mail, today)
        if rendered is None:
            return None
        content = compose(
            rendered,
            sender=self.sender,
            to_name=mail.to_name,
            to_email=mail.to_email,
            message_id=message_id(mail.token, self.sender),
            sent_at=at,
        )
        return Written(rendered.subject, content, self.trial_to)

    def _rendered(self, connection: Connection, mail: Any, today: date) -> Rendered | None:
        if mail.purpose == "result":
            return render_notice(self._notice(connection, mail, today))
        items = self._items(connection, mail.id)
        if not items:
            return None
        role = Role(mail.to_role)
        letter = Letter(
            to_name=mail.to_name or items[0][1].host,
            to_email=mail.to_email,
            role=role,
            today=today,
            items=tuple(item for _, item in items),
            ask=items[0][0].office.zh,
            link=self.base_url,
        )
        return render_reminder(letter)

    def _items(self, connection: Connection, mail_id: int) -> list[tuple[Policy, Item]]:
        rows = connection.execute(
            select(
                REMINDER.c.id.label("reminder_id"),
                REMINDER.c.step,
                DEADLINE,
                PROJECT.c.facts,
            )
            .join_from(REMINDER, DEADLINE, REMINDER.c.deadline_id == DEADLINE.c.id)
            .join(PROJECT, REMINDER.c.project_id == PROJECT.c.id)
            .where(REMINDER.c.mail_id == mail_id)
            .where(REMINDER.c.status == ReminderStatus.QUEUED.value)
            .order_by(DEADLINE.c.due_on, REMINDER.c.id)
        ).all()
        found = []
        for row in rows:
            if row.standing != Standing.OPEN.value:
                _silence(connection, row.reminder_id, row.standing)
                continue
            facts = Facts.read(json.loads(row.facts))
            policy = self.book.policy(facts.policy)
            found.append((policy, item(row, facts, policy)))
        return found

    def _notice(self, connection: Connection, mail: Any, today: date) -> Notice:
        event = connection.execute(
            select(EVENT)
            .where(EVENT.c.project_id == mail.project_id)
            .where(EVENT.c.seq == mail.event_seq)
        ).one()
        stored = connection.execute(
            select(PROJECT.c.facts).where(PROJECT.c.id == mail.project_id)
        ).scalar_one()
        facts = Facts.read(json.loads(stored))
        policy = self.book.policy(event.policy)
        changes = json.loads(event.changes)
        given = {**_proposed(connection, event, changes), **json.loads(event.given)}
        action = Action(event.deed)
        category = policy.categories[facts.category]
        source = State(event.source)
        tag, lines, clause = _result(action, source, given, changes, policy, category)
        return Notice(
            to_name=mail.to_name,
            to_email=mail.to_email,
            role=Role(mail.to_role),
            today=today,
            project_id=mail.project_id,
            number=facts.number,
            name=facts.name,
            host=facts.host,
            action=action,
            tag=tag,
            lines=lines,
            clause=cite(policy, clause)[0],
            ask=policy.office.zh,
            link=self.base_url,
        )


def _proposed(connection: Connection, event: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """What the first of two people gave, where this event completes a proposal."""
    if "pending" not in changes:
        return {}
    proposal = connection.execute(
        select(EVENT.c.given)
        .where(EVENT.c.project_id == event.project_id, EVENT.c.seq < event.seq)
        .where(EVENT.c.deed == event.deed, EVENT.c.target == event.source)
        .order_by(EVENT.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return dict(json.loads(proposal)) if proposal else {}


def message_id(token: str, sender: str) -> str:
    """The Message-ID of a mail: the same for every repeat from the same sender's domain."""
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    return f"<{token}@{domain}>"


def _silence(connection: Connection, reminder_id: int, standing: str) -> None:
    reason = silence(Standing(standing))
    connection.execute(
        update(REMINDER)
        .where(REMINDER.c.id == reminder_id)
        .values(status=ReminderStatus.SUPPRESSED.value, reason=reason, mail_id=None)
    )


def item(row: Any, facts: Facts, policy: Policy) -> Item:
    """One reminder as a letter shows it. `row` has a deadline's columns and `step`."""
    category = policy.categories[facts.category]
    kind = Kind(row.kind)
    place, rule = ground(policy, category, kind, row.clause)
    overdue = row.step.startswith("D+")  # counted from the last day that could count
    return Item(
        project_id=row.project_id,
        number=facts.number,
        name=facts.name,
        host=facts.host,
        category=category.label.zh,
        kind=kind,
        step=row.step,
        due_on=row.late_after if overdue else row.due_on,
        advised_on=row.advised_on,
        provisional=row.provisional,
        advisory=row.force == Force.ADVISORY.value,
        place=facts.place,
        opens=planned_time(facts),
        papers=papers(category, kind),
        clause=place,
        rule=rule,
        mend_items=facts.mend_items if kind is Kind.MENDING else "",
        consequence=consequence(policy, category, kind).zh,
        addressee=addressee(facts, policy, category, kind),
    )


def addressee(facts: Facts, policy: Policy, category: Category, kind: Kind) -> str:
    """Where the papers go: for a report as the policy says, for an application by its own way."""
    to_department = kind is Kind.APPLICATION or facts.mend_in is State.DRAFTED
    if kind is Kind.MENDING and facts.mend_in is State.HELD:
        return category.addressee.zh
    if kind in (Kind.APPLICATION, Kind.MENDING) and to_department:
        return facts.department or policy.office.zh
    return category.addressee.zh if kind is Kind.REIMBURSEMENT else policy.office.zh


def ground(policy: Policy, category: Category, kind: Kind, clause_id: str) -> tuple[str, str]:
    """On what a deadline rests: the clause, or, where none asks for it, that we assume it."""
    rule = category.deadline(kind)
    if rule is not None and rule.note is not None:
        return rule.basis.label.zh, rule.note.zh
    return cite(policy, clause_id)


def papers(category: Category, kind: Kind) -> tuple[str, ...]:
    """The labels of the papers that this kind of deadline asks for."""
    step = HANDED_IN.get(kind)
    return tuple(paper.label.zh for paper in category.papers.get(step, ())) if step else ()


def cite(policy: Policy, clause_id: str) -> tuple[str, str]:
    """Where a clause stands, ready to print, and what it says."""
    clause = policy.clauses.get(clause_id)
    return (f"{clause.place}（{clause.id}）", clause.rule.zh) if clause else ("", "")


def planned_time(facts: Facts) -> str:
    """When the class is, in words; a window keeps the words of the plan."""
    opens, ends = facts.opens_earliest, facts.planned_ends
    if opens is None or facts.dates.open_window:
        return f"{facts.schedule_text}（暂定）" if facts.schedule_text else "待定"
    first = f"{opens.year}年{opens.month}月{opens.day}日"
    if ends is None or ends == opens:
        return first
    year = f"{ends.year}年" if ends.year != opens.year else ""
    return f"{first}至{year}{ends.month}月{ends.day}日"


Lines = tuple[tuple[str, str], ...]


def _result(
    action: Action,
    source: State,
    given: dict[str, Any],
    changes: dict[str, Any],
    policy: Policy,
    category: Category,
) -> tuple[str, Lines, str]:
    """Tag, lines and clause of a result mail."""

    def written(day: str) -> str:
        return day_label(date.fromisoformat(day)).zh

    lines: Lines
    if action is Action.SEND_BACK:
        lines = (("需补正的内容", given["items"]), ("补正期限", written(given["mend_by"])))
        return "退回补正", lines, ""
    if action is Action.REJECT:
        reason = policy.reasons[given["code"]]
        lines = (("理由", reason.label.zh), ("说明", given["text"]))
        return rejected_label(source, category).zh, lines, reason.clause
    if action is Action.SUBSIDISE:
        word = "资助" if is_national_money(category) else "补助"
        return f"{word}审定", ((f"{word}金额", f"{yuan(changes['amount'])}元"),), ""
    if action is Action.PLAN:
        lines = (("计划序号", str(given["number"])),)
        document = given.get("document_number")
        return "列入计划", (*lines, ("文号", document)) if document else lines, ""
    if action is Action.WITHDRAW:
        return "取消办班", (("事由", str(given.get("reason", ""))),), ""
    return action.label.zh, (("事由", str(given.get("reason", ""))),), ""
