"""From an event to the mail about it: what was done, as it concerns the reader, and what follows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select

from config.rulebook import Rulebook
from notifications.letters.act_lines import ACTS
from notifications.letters.due_rows import due_rows, due_title, hand_in
from notifications.letters.flag_lines import flag_lines
from notifications.letters.grounds import cite
from notifications.letters.links import Links
from notifications.letters.printing import quotable
from notifications.letters.step_lines import STEPS
from notifications.letters.story import Said, Story, Told
from notifications.letters.values import DueRow, Notice
from states.facts import Facts, Json, merge
from states.labels import state_label
from states.mailing import PARTING_NOTICES
from states.terms import BEFORE_PLAN, Act, Action, Kind, Role, State, Text, deed_of
from workflow.engine import situation
from workflow.history import fold
from workflow.mail.confirming import confirming_path
from workflow.statements import Statement
from workflow.tables import EVENT, PROJECT


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the mail, in which language, on which day."""

    to_name: str
    to_email: str
    role: Role
    language: str
    today: date
    links: Links


def notice_of(
    connection: Connection, book: Rulebook, mail: Any, reader: Reader
) -> tuple[Notice, Facts]:
    """The notice of a result mail, and the facts of its project."""
    event = connection.execute(
        select(EVENT)
        .where(EVENT.c.project_id == mail.project_id)
        .where(EVENT.c.seq == mail.event_seq)
    ).one()
    stored = connection.execute(
        select(PROJECT.c.facts).where(PROJECT.c.id == mail.project_id)
    ).scalar_one()
    facts = Facts.read(json.loads(stored))
    story = story_of(connection, book, event, facts, reader.role)
    if mail.notice in PARTING_NOTICES:
        story = replace(story, notice=mail.notice)
    notice = told_notice(connection, book, story, reader, mail.project_id)
    if story.deed is Act.ANNOUNCE:
        link = reader.links.below(reader.role, confirming_path(mail))
        notice = replace(notice, link=link, button=RECEIVED.in_(reader.language))
        if not link:
            label, said = (text.in_(reader.language) for text in (CONFIRM, BY_ANSWER))
            notice = replace(notice, lines=(*notice.lines, (label, said)))
    others = [n for n in json.loads(mail.about).get("projects", ()) if n != mail.project_id]
    if others:  # handed over in one act: one mail tells of all
        notice = _with_others(connection, book, notice, story, reader, others)
    return notice, facts


def _with_others(
    connection: Connection,
    book: Rulebook,
    notice: Notice,
    story: Story,
    reader: Reader,
    others: list[int],
) -> Notice:
    """The notice with the names of the other projects, where each is found, and what is open in
    each."""
    names, due = [notice.name], [_of(row, notice.name) for row in notice.due]
    places = [(notice.name, notice.link)]
    for project_id in others:
        facts, _, _, policy = situation(connection, book, project_id)
        category = policy.categories[facts.category]
        its = replace(story, facts=facts, policy=policy, category=category)
        names.append(facts.name)
        places.append((facts.name, reader.links.project(reader.role, project_id)))
        rows = _due(connection, book, its, project_id, reader)
        due += [_of(row, facts.name) for row in rows]
    language = notice.language
    listed = Text("、", "; ").in_(language).join(quotable(name, language) for name in names)
    label, said = (text.in_(language) for text in (HANDED, ALL))
    line = (label, said.format(n=len(names), names=listed))
    due.sort(key=lambda row: row.due_on)
    told = replace(notice, lines=(line, *notice.lines), due=tuple(due))
    return replace(told, link=reader.links.home(reader.role), places=tuple(places))


def _of(row: DueRow, name: str) -> DueRow:
    return replace(row, what=f"“{quotable(name)}”{row.what}")


CONFIRM = Text("确认方式", "To confirm")
BY_ANSWER = Text(
    "收到后请直接回复本邮件“已收到”，或致电咨询单位",
    "answer this mail that it arrived, or call the office to ask",
)
RECEIVED = Text("已收到", "It arrived")
HANDED = Text("移交的项目", "Projects handed over")
ALL = Text("共{n}项：{names}", "{n}: {names}")


def told_notice(
    connection: Connection, book: Rulebook, story: Story, reader: Reader, project_id: int
) -> Notice:
    """The notice of an event, with the deadlines that are open now."""
    due = _due(connection, book, story, project_id, reader)
    return notice_from(story, reader, project_id, due)


def _due(
    connection: Connection, book: Rulebook, story: Story, project_id: int, reader: Reader
) -> tuple[DueRow, ...]:
    """The deadlines that the reader is to see to: none where their part ends."""
    if story.notice in PARTING_NOTICES:
        return ()
    language = reader.language
    rows = due_rows(connection, book, story, project_id, language)
    if reader.links.reaches(reader.role):
        return rows
    return tuple(
        replace(row, hand_in=hand_in(row.kind, story, language)) if row.kind else row
        for row in rows
    )


TELLS: Mapping[Any, Callable[[Story], Told]] = {**STEPS, **ACTS}


def notice_from(story: Story, reader: Reader, project_id: int, due: tuple[DueRow, ...]) -> Notice:
    """The notice of an event, or of one that is only imagined (a preview)."""
    said = TELLS[story.deed](story)
    language = reader.language
    told = (*said.lines, *flag_lines(story))

    def spoken(value: Said) -> str:
        return value.in_(language) if isinstance(value, Text) else value

    values = {**_usual(story), **said.values}
    facts = story.facts
    return Notice(
        to_name=reader.to_name or facts.host,
        to_email=reader.to_email,
        role=reader.role,
        today=reader.today,
        project_id=project_id,
        number=facts.number,
        name=facts.name,
        host=facts.host,
        notice=story.notice,
        tag=spoken(said.tag),
        lines=tuple((spoken(label), spoken(value)) for label, value in told),
        clause=cite(story.policy, said.clause, story.on).place.in_(language),
        ask=story.policy.office.in_(language),
        reach=reader.links.reached(reader.role, story.policy.desk(story.category)).in_(language),
        link=_link(story, reader, project_id),
        language=language,
        applied=story.source in BEFORE_PLAN and story.deed is not Action.PLAN,
        due=due,
        due_title=due_title(story.deed, story.facts.state).in_(language),
        values={key: spoken(value) for key, value in values.items()},
    )


def _link(story: Story, reader: Reader, project_id: int) -> str:
    """To the form where the reader is to answer the step at once, else to the project."""
    links, kind = reader.links, ANSWERED.get(story.deed)
    if kind is None:
        return links.project(reader.role, project_id)
    return links.matter(reader.role, project_id, kind, story.facts, story.category)


# What a step asks of who is told: to hand it in again, to review it.
ANSWERED: Mapping[Any, Kind] = {
    Action.SEND_BACK: Kind.MENDING,
    Act.DISPOSE: Kind.MENDING,
    Action.SUBMIT: Kind.APPLICATION,
}


def _usual(story: Story) -> dict[str, Said]:
    """What every wording of a result may say."""
    return {
        "on": story.on_label,
        "money": story.money,
        "stage": state_label(story.after, story.category),
        "addressee": story.category.addressee,
    }


def story_of(connection: Connection, book: Rulebook, event: Any, facts: Facts, role: Role) -> Story:
    policy = book.policy(event.policy)
    changes = json.loads(event.changes)
    given = {**_proposed(connection, event, changes), **json.loads(event.given)}
    deed = deed_of(event.deed)
    past = _before(connection, event)
    heard = _heard(connection, event) if deed is Act.ANNOUNCE else None
    return Story(
        deed=deed,
        notice=str(given.get("name", deed.value)) if deed is Act.MILESTONE else deed.value,
        source=State(event.source),
        on=event.on_date,
        on_behalf=event.on_behalf,
        given=given,
        changes=changes,
        facts=facts,
        before=Facts.read(past),
        after=Facts.read(merge(past, changes)),
        policy=policy,
        category=policy.categories[facts.category],
        role=role,
        heard=heard,
    )


_PAST = Statement(
    select(EVENT.c.changes)
    .where(EVENT.c.project_id == bindparam("project_id"), EVENT.c.seq < bindparam("seq"))
    .order_by(EVENT.c.seq)
)


def _before(connection: Connection, event: Any) -> Json:
    """The facts before the event."""
    rows = _PAST.run(connection, {"project_id": event.project_id, "seq": event.seq})
    return fold(text for (text,) in rows)


def _heard(connection: Connection, event: Any) -> Facts | None:
    """What the host knew before a newer file first moved its dates; None where none did."""
    stored: Json = {}
    found: Json | None = None
    for (text,) in _PAST.run(connection, {"project_id": event.project_id, "seq": event.seq}):
        before, changes = stored, json.loads(text)
        stored = merge(before, changes)
        if "untold" in changes:
            moved = stored.get("untold") and stored.get("announced_on")
            found = (found or before) if moved else None
    return Facts.read(found) if found else None


def _proposed(connection: Connection, event: Any, changes: Json) -> Json:
    """What the first of two people gave, where this event completes a proposal."""
    if "pending" not in changes or event.deed == Act.CANCEL:
        return {}
    proposal = connection.execute(
        select(EVENT.c.given)
        .where(EVENT.c.project_id == event.project_id, EVENT.c.seq < event.seq)
        .where(EVENT.c.deed == event.deed, EVENT.c.target == event.source)
        .order_by(EVENT.c.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return dict(json.loads(proposal)) if proposal else {}
