"""A notice as it would read for a real project: for whoever edits its wording.

Where the project has been through the step, its last event is told; else one is imagined.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from notifications.letters.alarm_letter import OWN, Alarm, render_alarm
from notifications.letters.digest_letter import Digest, DigestRow, render_digest
from notifications.letters.imagined import imagined
from notifications.letters.imagined_letter import (
    NO_MILESTONE,
    NoPreview,
    check_told,
    imagined_letter,
)
from notifications.letters.notice_letter import render_notice
from notifications.letters.notices import MILESTONES, NOTICES, Family, chain
from notifications.letters.reminder_letter import render_reminder
from notifications.letters.results import Reader, story_of, told_notice
from notifications.letters.story import Story
from notifications.letters.values import Rendered
from notifications.letters.wording import SHIPPED, Wordings
from notifications.letters.words import WORDS
from states.facts import Facts
from states.lifecycle import ACT_RULES, LIFECYCLE, STEPS
from states.mailing import PARTING, PARTING_NOTICES, PARTS
from states.policy import Policy
from states.refusal import Reason
from states.terms import STAFF, Act, Action, Kind, Role, Text, day_label
from workflow.engine import situation
from workflow.people import recipients
from workflow.tables import EVENT

WEEK = timedelta(days=7)


def preview(
    connection: Connection,
    book: Rulebook,
    notice: str,
    project_id: int,
    reader: Reader,
    wordings: Wordings = SHIPPED,
) -> Rendered:
    """The mail of a notice about a project. Raises NoPreview, NoSuchProject.

    The reader is called as the project's first reader in the role is, unless a name is given. A
    wording of the office for a nearer notice than the one asked for does not hide it.
    """
    mine = chain(notice)
    near = {key: own for key, own in wordings.office.items() if key[0] in mine}
    wordings = Wordings(near, wordings.failures)
    facts, _, _, policy = situation(connection, book, project_id)
    family = NOTICES[notice].family
    if family is Family.DIGEST:  # which says by its name who reads it
        weekly = notice == "digest.coordinator"
        reader = replace(reader, role=Role.COORDINATOR if weekly else Role.PROVINCE)
    reader = replace(reader, today=book.calendar.on_or_after(reader.today))
    reader = _named(connection, reader, facts)
    if family in (Family.REMINDER, Family.SUMMARY):
        letter = imagined_letter(book, notice, project_id, facts, reader)
        return render_reminder(letter, wordings)
    if family is Family.DIGEST:
        return render_digest(_digest(project_id, facts, reader), wordings)
    if family is Family.ALARM:
        check_told(notice, reader.role, STAFF)
        return render_alarm(_alarm(notice, project_id, facts, reader, policy), wordings)
    return _result(connection, book, notice, project_id, facts, reader, wordings)


def _named(connection: Connection, reader: Reader, facts: Facts) -> Reader:
    """The reader with a name, the project's own where somebody holds the role."""
    if reader.to_name:
        return reader
    known = recipients(connection, reader.role, facts)
    usual = facts.host if reader.role is Role.HOST else reader.role.label.in_(reader.language)
    return replace(reader, to_name=known[0][0] if known else usual)


def _result(
    connection: Connection,
    book: Rulebook,
    notice: str,
    project_id: int,
    facts: Facts,
    reader: Reader,
    wordings: Wordings,
) -> Rendered:
    story = _last(connection, book, notice, project_id, facts, reader)
    policy = book.policy(facts.policy)
    category = policy.categories[facts.category]
    if notice in MILESTONES and notice not in {rule.key for rule in category.milestones}:
        label = NOTICES[notice].label
        raise NoPreview(NO_MILESTONE.format(notice=label, category=category.label))
    story = story or imagined(notice, facts, policy, reader.role, reader.today)
    check_told(notice, reader.role, _tells(notice, story))
    told = told_notice(connection, book, story, reader, project_id)
    return render_notice(told, wordings)


def _tells(notice: str, story: Story) -> Collection[Role]:
    """Whom a step or act is told to; a step that is only imagined, wherever it may begin."""
    if not isinstance(story.deed, Action):
        if notice in PARTING_NOTICES:
            return (PARTS[story.deed],)
        return ACT_RULES[story.deed].tells
    step = STEPS.get((story.source, story.deed))
    if step is not None:
        return step.tells
    return {role for one in LIFECYCLE if one.action is story.deed for role in one.tells}


def _last(
    connection: Connection,
    book: Rulebook,
    notice: str,
    project_id: int,
    facts: Facts,
    reader: Reader,
) -> Any:
    """The last event of which the notice tells, if there was one."""
    known = {*Action, *Act}
    named = notice.removesuffix(PARTING)
    deed = named if named in known else "file" if notice == "receipt" else Act.MILESTONE.value
    events = connection.execute(
        select(EVENT)
        .where(EVENT.c.project_id == project_id, EVENT.c.deed == deed, EVENT.c.seq > 1)
        .order_by(EVENT.c.seq.desc())
    ).all()
    for event in events:
        pending = (json.loads(event.changes).get("pending") or {}).get("deed")
        called = json.loads(event.given).get("name", notice)
        if pending is None and (deed != Act.MILESTONE or notice in (deed, called)):
            story = story_of(connection, book, event, facts, reader.role)
            return replace(story, notice=notice) if notice in PARTING_NOTICES else story
    return None


def _digest(project_id: int, facts: Facts, reader: Reader) -> Digest:
    def row(said: Text, day: date | None = None) -> tuple[DigestRow, ...]:
        return (DigestRow(project_id, facts.number, facts.name, facts.host, said, day),)

    return Digest(
        to_name=reader.to_name,
        to_email=reader.to_email,
        role=reader.role,
        today=reader.today,
        language=reader.language,
        overdue=row(WORDS[Kind.FILING].deed, reader.today - WEEK),
        due_this_week=row(WORDS[Kind.REIMBURSEMENT].deed, reader.today),
        waiting=row(Text("待审核推荐", "to be reviewed")),
        links=reader.links,
    )


def _alarm(notice: str, project_id: int, facts: Facts, reader: Reader, policy: Policy) -> Alarm:
    shown = Alarm(
        to_name=reader.to_name,
        to_email=reader.to_email,
        role=reader.role,
        today=reader.today,
        what=notice.removeprefix("alarm."),
        person=facts.contact_name or facts.host,
        address=facts.contact_email or "someone@example.cn",
        project=facts.name,
        number=facts.number,
        host=facts.host,
        language=reader.language,
        ask=policy.office.in_(reader.language),
        reach=policy.desk(policy.categories[facts.category]).line.in_(reader.language),
        link=reader.links.project(reader.role, project_id),
    )
    if notice == "substitute":
        colleague = COLLEAGUE.in_(reader.language)
        return replace(shown, substitute=colleague, days=day_label(reader.today))
    if notice in OWN:
        return replace(shown, by=COLLEAGUE)
    said, reason = SAID.get(shown.what, ("", Reason.UNKNOWN))
    forward = "someone@example.com" if shown.what == "forward" else ""
    count = 20 if shown.what == "refusing" else 0
    return replace(shown, said=said, reason=reason, forward=forward, count=count)


SAID = {
    "bounced": ("452 4.2.2 Mailbox full", Reason.FULL),
    "marked": ("550 5.1.1 User unknown", Reason.GONE),
    "forward": ("550 5.1.1 User unknown", Reason.GONE),
    "refusing": ("554 5.7.1 Rejected as spam", Reason.CONTENT),
    "answer": ("已收到，材料将于下周一报送。", Reason.UNKNOWN),
}
COLLEAGUE = Text("同事", "a colleague")
