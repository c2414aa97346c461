"""A notice as it would read for a real project: for whoever edits its wording.

Where the project has been through the step, its last event is told; else one is imagined.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, select

from config.rulebook import Rulebook
from notifications.letters.digest_letter import (
    Alarm,
    Digest,
    DigestRow,
    render_alarm,
    render_digest,
)
from notifications.letters.imagined import imagined
from notifications.letters.item_view import LATE_PLAN
from notifications.letters.items import item
from notifications.letters.notice_letter import render_notice
from notifications.letters.notices import NOTICES, Family, chain
from notifications.letters.reminder_letter import render_reminder
from notifications.letters.results import EVENT, Reader, story_of, told_notice
from notifications.letters.values import Letter, Rendered
from notifications.letters.wording import SHIPPED, Wordings
from states.facts import Facts
from states.mailing import PARTING, PARTING_NOTICES
from states.terms import ASKED_BY_SYSTEM, Act, Action, Force, Kind, Role, Text, day_label
from states.wanted import Wanted, wanted
from workflow.engine import situation

WEEK = timedelta(days=7)


class NoPreview(Exception):
    """The notice does not fit this project; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def preview(
    connection: Connection,
    book: Rulebook,
    notice: str,
    project_id: int,
    reader: Reader,
    wordings: Wordings = SHIPPED,
) -> Rendered:
    """The mail of a notice about a project. Raises NoPreview, NoSuchProject.

    A wording of the office for a nearer notice than the one asked for does not hide it.
    """
    mine = chain(notice)
    near = {key: own for key, own in wordings.office.items() if key[0] in mine}
    wordings = Wordings(near, wordings.failures)
    facts, _, _, policy = situation(connection, book, project_id)
    family = NOTICES[notice].family
    if family in (Family.REMINDER, Family.SUMMARY):
        return render_reminder(_letter(book, notice, project_id, facts, reader), wordings)
    if family is Family.DIGEST:
        return render_digest(_digest(notice, project_id, facts, reader), wordings)
    if family is Family.ALARM:
        return render_alarm(_alarm(notice, facts, reader, policy.office), wordings)
    story = _last(connection, book, notice, project_id, facts, reader)
    story = story or imagined(notice, facts, policy, reader.role, reader.today)
    told = told_notice(connection, book, story, reader, project_id)
    return render_notice(told, wordings)


def _letter(book: Rulebook, notice: str, project_id: int, facts: Facts, reader: Reader) -> Letter:
    policy = book.policy(facts.policy)
    category = policy.categories[facts.category]
    found = wanted(facts, category, book.calendar)
    if notice == "mending" and not facts.mend_by:
        found.append(_asked(reader.today + WEEK))
    fitting = [want for want in found if _fits(want, notice)]
    if not fitting:
        label, other = NOTICES[notice].label, category.label
        raise NoPreview(NO_DEADLINE.format(notice=label, category=other))
    chosen = fitting if notice == "summary" else fitting[:1]
    rows = [(_row(want, notice, project_id), want) for want in chosen]
    items = tuple(item(row, facts, policy, reader.language) for row, _ in rows)
    late = notice == LATE_PLAN
    items = tuple(replace(one, late_plan=late) for one in items)
    if notice == "summary" and len(items) == 1:
        items *= 2
    return Letter(
        to_name=reader.to_name or facts.host,
        to_email=reader.to_email,
        role=reader.role,
        today=_day(notice, chosen[0]),
        items=items,
        ask=policy.office.in_(reader.language),
        link=reader.link,
        language=reader.language,
    )


def _fits(want: Wanted, notice: str) -> bool:
    """Whether a deadline is one that the notice tells of."""
    advisory, gentle = want.force is Force.ADVISORY, want.kind in ASKED_BY_SYSTEM
    if notice == "past_advice":
        return advisory and not gentle
    if notice == "overdue":
        return not advisory and want.kind is not Kind.COMPLETION  # which has its own
    if notice in ("reminder", "summary"):
        return not gentle and want.kind is not Kind.APPLICATION
    return want.kind.value == notice.removeprefix("overdue.").partition(".")[0]


def _row(want: Wanted, notice: str, project_id: int) -> Any:
    step = "D+3" if notice.startswith("overdue") else "D-7"
    columns = {name: getattr(want, name) for name in Wanted.__slots__}
    return SimpleNamespace(project_id=project_id, step=step, **columns)


def _day(notice: str, want: Wanted) -> date:
    """A day on which the notice would go out."""
    if notice.startswith("overdue") or notice in ("past_advice", "recording", LATE_PLAN):
        return want.late_after + timedelta(days=3)
    return want.advised_on - WEEK


def _asked(by: date) -> Wanted:
    asked = SimpleNamespace(value="open")
    return Wanted(Kind.MENDING, by, by, by, by, Force.ASKED, False, "", asked, None)  # type: ignore[arg-type]


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


def _digest(notice: str, project_id: int, facts: Facts, reader: Reader) -> Digest:
    def row(zh: str, en: str, day: date | None = None) -> tuple[DigestRow, ...]:
        said = Text(zh, en)
        return (DigestRow(project_id, facts.number, facts.name, facts.host, said, day),)

    week = reader.today + WEEK
    role = Role.COORDINATOR if notice == "digest.coordinator" else Role.PROVINCE
    return Digest(
        to_name=reader.to_name or role.label.in_(reader.language),
        to_email=reader.to_email,
        role=role,
        today=reader.today,
        language=reader.language,
        overdue=row("报送实施方案", "file the implementation plan", reader.today - WEEK),
        due_this_week=row("报送办班材料", "hand in the papers of the class", week),
        waiting=row("待审核推荐", "to be reviewed"),
        link=reader.link,
    )


def _alarm(notice: str, facts: Facts, reader: Reader, office: Text) -> Alarm:
    returned = Alarm(
        to_name=reader.to_name or facts.department,
        to_email=reader.to_email,
        role=reader.role,
        today=reader.today,
        what="bounced",
        person=facts.contact_name or facts.host,
        address=facts.contact_email or "someone@example.cn",
        project=facts.name,
        number=facts.number,
        host=facts.host,
        said="550 5.1.1 User unknown",
        language=reader.language,
        ask=office.in_(reader.language),
        link=reader.link,
    )
    if notice != "substitute":
        return returned
    days = day_label(reader.today)
    return replace(
        returned, what=notice, said="", substitute=COLLEAGUE.in_(reader.language), days=days
    )


COLLEAGUE = Text("同事", "a colleague")
NO_DEADLINE = Text(
    "该项目（{category}）没有“{notice}”所说的期限，请换一个项目预览。",
    "This project ({category}) has no deadline of the kind “{notice}”; preview another project.",
)
