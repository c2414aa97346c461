"""A list of whom to call, to be printed and filled in by hand: the most urgent first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from notifications.letters.printing import plain
from notifications.whom_to_ask import whom_to_ask
from states.facts import UNANSWERED, Facts, Standing
from states.lateness import DUE, Look, last_day, look
from states.terms import PROVISIONAL, Act, Force, Kind, Role, Text, day_label
from workflow.mail_tables import MAIL, REMINDER, MailStatus, ReminderStatus
from workflow.tables import DEADLINE, PERSON, PROJECT

WHOLE = attrgetter("whole")  # how to ask, and where papers go: who calls is asked for both
UNREACHABLE = ("no_address", "bounced", "disabled")  # reasons for silence that a call makes good
PORTION = 500  # numbers in one question to the database


@dataclass(frozen=True, slots=True)
class Call:
    """One line. `due`: the day that it hangs on; None where there is none. `look`: what that day is
    called, and how late somebody is with it. `mails`: which mails say the same."""

    unit: str
    person: str
    phone: str
    matter: Text
    due: date | None
    provisional: bool
    mails: tuple[int, ...]
    project_id: int | None  # None: a mail about none, or about several
    look: Look | None = None

    @property
    def is_late(self) -> bool:
        return self.look is not None and self.look.late > 0 and not self.look.blameless

    def left(self, today: date) -> Text:
        """How many days are left, how many it is late, or has passed where nobody can be late."""
        if self.due is None or self.look is None:
            return Text("", "")
        days = (self.due - today).days
        if self.is_late:
            return Text(f"已逾期{self.look.late}天", f"{self.look.late} days late")
        if self.look.blameless:
            return Text("计划下达晚，不归责", "the plan came late")
        if days < 0:
            return Text(f"已过{-days}天", f"{-days} days ago")
        return Text(f"还有{days}天", f"{days} days left") if days else Text("今天", "today")

    def due_label(self) -> Text:
        if self.due is None:
            return Text("", "")
        said, loose = day_label(self.due), PROVISIONAL
        if self.look is not None and self.look.day is not DUE:
            called = self.look.day
            said = Text(f"{called.zh}{said.zh}", f"{called.en} {said.en}")
        return Text(f"{said.zh}{loose.zh}", f"{said.en}, {loose.en}") if self.provisional else said


def call_list(
    connection: Connection,
    book: Rulebook,
    mail_ids: Sequence[int],
    *,
    today: date,
    language: str,
) -> str:
    """The page, as HTML that needs nothing else: these mails, which have been
    written, and the hosts of open deadlines, or of news of a plan, whom no mail can reach; at its
    foot the office that they may ask, for each category."""
    calls = sorted(
        calls_for(connection, mail_ids, today),
        key=lambda call: (call.due is None, call.due or today, call.unit, call.matter.zh),
    )
    rows = [
        {
            "unit": plain(call.unit, language),
            "person": plain(call.person, language),
            "phone": plain(call.phone, language),  # a telephone stays, an account number does not
            "matter": plain(call.matter.in_(language), language),
            "due": call.due_label().in_(language),
            "left": call.left(today).in_(language),
            "late": call.is_late,
            "mails": "、".join(map(str, call.mails)),
        }
        for call in calls
    ]
    words = {name: text.in_(language) for name, text in WORDS.items()}
    made = day_label(today).in_(language)
    about = [call.project_id for call in calls if call.project_id is not None]
    asked = whom_to_ask(connection, book, about, WHOLE, language=language)
    return _template().render(rows=rows, words=words, made=made, asked=asked, language=language)


def calls_for(connection: Connection, mail_ids: Sequence[int], today: date) -> list[Call]:
    """The lines, in no order; several mails about one deadline to one person are one line."""
    found: dict[tuple[Any, ...], Call] = {}
    phones = _phones(connection)
    for row in _mails(connection, mail_ids):
        phone = phones.get(row.to_email.lower(), "")
        found[row.to_email, "mail", row.id] = _of_mail(row, phone)
    for row in _news(connection):
        found[row.to_email, "mail", row.id] = _of_news(row)
    for row in _reminders(connection, mail_ids):
        facts = Facts.read(json.loads(row.facts))
        email = row.to_email or row.recipient
        key = (email, "deadline", row.deadline_id)
        mails = (*found[key].mails, *_number(row)) if key in found else _number(row)
        found[key] = _of_reminder(row, facts, phones.get(email.lower(), ""), mails, today)
    return list(found.values())


def _number(row: Any) -> tuple[int, ...]:
    return (row.mail_id,) if row.mail_id is not None else ()


def _mails(connection: Connection, mail_ids: Sequence[int]) -> Iterable[Any]:
    """Those that are about no deadline: results, digests, alarms."""
    carrying = select(REMINDER.c.mail_id).where(REMINDER.c.mail_id.is_not(None))
    for some in _portions(mail_ids):
        query = select(
            *(MAIL.c.id, MAIL.c.to_name, MAIL.c.to_email, MAIL.c.to_role, MAIL.c.subject),
            *(MAIL.c.project_id, PROJECT.c.facts),
        ).join_from(MAIL, PROJECT, MAIL.c.project_id == PROJECT.c.id, isouter=True)
        yield from connection.execute(query.where(MAIL.c.id.in_(some), MAIL.c.id.not_in(carrying)))


def _reminders(connection: Connection, mail_ids: Sequence[int]) -> Iterable[Any]:
    """Reminders of open deadlines that are in these mails, or went to nobody."""
    query = (
        select(
            *(REMINDER.c.deadline_id, REMINDER.c.kind, REMINDER.c.role),
            *(REMINDER.c.recipient, REMINDER.c.mail_id, MAIL.c.to_name, MAIL.c.to_email),
            *(DEADLINE.c.due_on, DEADLINE.c.late_after, DEADLINE.c.provisional, DEADLINE.c.force),
            *(DEADLINE.c.project_id, PROJECT.c.facts),
        )
        .join_from(REMINDER, DEADLINE, REMINDER.c.deadline_id == DEADLINE.c.id)
        .join(PROJECT, REMINDER.c.project_id == PROJECT.c.id)
        .join(MAIL, REMINDER.c.mail_id == MAIL.c.id, isouter=True)
        .where(DEADLINE.c.standing == Standing.OPEN.value)
        .order_by(REMINDER.c.id)
    )
    queued = REMINDER.c.status == ReminderStatus.QUEUED.value
    for some in _portions(mail_ids):
        yield from connection.execute(query.where(queued, REMINDER.c.mail_id.in_(some)))
    unreachable = REMINDER.c.reason.in_(UNREACHABLE) & (REMINDER.c.role == Role.HOST.value)
    yield from connection.execute(query.where(~queued, unreachable))


def _news(connection: Connection) -> Iterable[Any]:
    """The news of a plan that no mail could bring, as long as nobody has confirmed it."""
    query = (
        select(MAIL.c.id, MAIL.c.to_email, MAIL.c.project_id, PROJECT.c.facts)
        .join_from(MAIL, PROJECT, MAIL.c.project_id == PROJECT.c.id)
        .where(MAIL.c.notice == Act.ANNOUNCE.value, MAIL.c.reason.in_(UNREACHABLE))
        .where(MAIL.c.status == MailStatus.SUPPRESSED.value, PROJECT.c.news == UNANSWERED)
        .order_by(MAIL.c.id)
    )
    yield from connection.execute(query)


def _of_news(row: Any) -> Call:
    facts = Facts.read(json.loads(row.facts))
    what = Text(f"“{facts.name}”列入计划的通知", f"News of the plan: {facts.name}")
    person, phone = facts.contact_name, facts.contact_phone
    return Call(facts.host, person, phone, what, None, False, (row.id,), row.project_id)


def _portions(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(numbers), PORTION):
        yield numbers[start : start + PORTION]


def _phones(connection: Connection) -> dict[str, str]:
    """The telephones of active people by their address in lower case."""
    query = select(PERSON.c.email, PERSON.c.phone).where(PERSON.c.active, PERSON.c.phone != "")
    rows = connection.execute(query.order_by(PERSON.c.id.desc()))
    return {row.email.lower(): row.phone for row in rows if row.email}


def _of_mail(row: Any, phone: str) -> Call:
    facts = Facts.read(json.loads(row.facts)) if row.facts else None
    unit, person = _whom(facts, row.to_role, row.to_name)
    about = row.subject or (f"“{facts.name}”" if facts else "")
    if facts and row.to_role == Role.HOST and not phone:
        phone = facts.contact_phone
    return Call(unit, person, phone, Text(about, about), None, False, (row.id,), row.project_id)


def _of_reminder(row: Any, facts: Facts, phone: str, mails: tuple[int, ...], today: date) -> Call:
    kind, force = Kind(row.kind), Force(row.force)
    seen = look(kind, force, facts, row.late_after, today)
    advised = Text("（建议）", " (advised)") if seen.advisory else Text("", "")
    unit, person = _whom(facts, row.role, row.to_name or "")
    if row.role == Role.HOST and (not phone or row.recipient == facts.contact_email):
        phone = facts.contact_phone or phone
    return Call(
        unit=unit,
        person=person,
        phone=phone,
        matter=_about(facts.name, kind.label, advised),
        due=last_day(facts, row.due_on, row.late_after, today),
        provisional=bool(row.provisional),
        mails=mails,
        project_id=row.project_id,
        look=seen,
    )


def _about(name: str, what: Text, advised: Text) -> Text:
    return Text(f"“{name}”{what.zh}{advised.zh}", f"{what.en}{advised.en}: {name}")


def _whom(facts: Facts | None, role: str, name: str) -> tuple[str, str]:
    """Unit and person."""
    if facts and role == Role.HOST:
        return facts.host, name or facts.contact_name
    if facts and role == Role.COORDINATOR:
        return facts.department, name
    return Role(role).label.zh, name


@cache
def _template() -> Template:
    return Environment(
        loader=PackageLoader("notifications"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("call_list.html.j2")


WORDS = {
    "title": Text("电话通知登记表", "Call list"),
    "made": Text("制表日期：", "Made on: "),
    "count": Text("条", " lines"),
    "unit": Text("单位", "Unit"),
    "person": Text("联系人", "Contact"),
    "phone": Text("电话", "Telephone"),
    "matter": Text("事项", "Matter"),
    "due": Text("截止日", "Due"),
    "left": Text("还有几天", "Days left"),
    "result": Text("通知结果（时间、接听人）", "Result (time, who answered)"),
    "mails": Text("邮件编号", "Mail"),
    "after": Text(
        "通知后请登记：yanxiu mail by-hand 邮件编号 --note 通知结果",
        "Then record: yanxiu mail by-hand MAIL --note RESULT",
    ),
    "none": Text("没有需要通知的事项。", "There is nobody to call."),
}
