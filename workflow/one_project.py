"""One project as its page shows it: read in a fixed number of queries of bounded size, whatever has
happened to it; the whole of its history and mail is read by a page of its own.

A host sees its own project without what is internal to officials: their opinions and notes, what
one of two people has proposed, and mail that went to others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Connection, bindparam, or_, select, union

from config.rulebook import Rulebook
from states.discretion import INTERNAL, is_internal
from states.facts import Facts, Json
from states.labels import deed_name
from states.policy import Category, Policy
from states.terms import OFFICIALS, Act, Action, Role, State, Text, deed_of
from workflow.deadlines import LATEST, SET
from workflow.deeds import NoSuchProject
from workflow.engine import situation
from workflow.mail_tables import MAIL, REMINDER, ReminderStatus
from workflow.people import Actor
from workflow.queries import deed_label
from workflow.scopes import may_see
from workflow.statements import Statement
from workflow.tables import EVENT, LARGEST_ID, PERSON
from workflow.told import Line, told

RECENT, FEW = 5, 3  # events and mails that the project's own page shows


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the history as it is read. `who` is empty for the local operator."""

    seq: int
    on: date
    at: datetime
    deed: str
    label: Text
    who: str
    role: Role | None  # None: how the project came onto the books
    on_behalf: bool
    machine: bool
    moved_to: State | None
    proposal: bool
    said: list[Line]
    papers: Json  # key -> what is kept of it
    flags: int


@dataclass(frozen=True, slots=True)
class OneProject:
    """A project as it was read. `inside`: whether the reader sees what officials say."""

    id: int
    version: int
    facts: Facts
    policy: Policy
    category: Category
    inside: bool
    deadlines: list[dict[str, Any]]
    history: list[Entry]  # the latest RECENT
    mail: list[dict[str, Any]]  # the latest FEW

    @property
    def pending(self) -> Json:
        """What waits for a second person, for those whose matter it is."""
        return self.facts.pending if self.inside else {}


def seen_by(
    connection: Connection, book: Rulebook, project_id: int, actor: Actor
) -> tuple[Facts, Json, int, Policy] | None:
    """The project's facts, also as stored, version and policy. None where there is none of that
    number, or none that is this person's to see: nobody learns which."""
    if not 0 < project_id <= LARGEST_ID:
        return None
    with suppress(NoSuchProject):
        facts, stored, version, policy = situation(connection, book, project_id)
        return (facts, stored, version, policy) if may_see(actor, facts) else None
    return None


def is_inside(actor: Actor, facts: Facts) -> bool:
    return not OFFICIALS.isdisjoint(actor.roles_over(facts))


def one_project(
    connection: Connection, book: Rulebook, project_id: int, actor: Actor
) -> OneProject | None:
    """Everything about a project that this person may see; None as in `seen_by`."""
    found = seen_by(connection, book, project_id, actor)
    if found is None:
        return None
    facts, _, version, policy = found
    inside = is_inside(actor, facts)
    return OneProject(
        id=project_id,
        version=version,
        facts=facts,
        policy=policy,
        category=policy.categories[facts.category],
        inside=inside,
        deadlines=_deadlines(connection, project_id),
        history=latest(connection, project_id, policy, facts.category, inside=inside),
        mail=mails(connection, project_id, inside=inside, most=FEW),
    )


def _deadlines(connection: Connection, project_id: int) -> list[dict[str, Any]]:
    """Every round of every deadline, the last of each kind coming last."""
    names = ("id", "kind", "round", "anchor_on", "due_on", *SET)
    rows = LATEST.run(connection, {"project_id": project_id})
    return [dict(zip(names, row, strict=True)) for row in rows]


_SHOWN_OF_EVENTS = (
    select(
        EVENT.c.seq,
        EVENT.c.on_date,
        EVENT.c.recorded_at,
        EVENT.c.deed,
        EVENT.c.source,
        EVENT.c.target,
        EVENT.c.person,
        PERSON.c.name,
        EVENT.c.role,
        EVENT.c.on_behalf,
        EVENT.c.machine,
        EVENT.c.given,
        EVENT.c.changes,
    )
    .join_from(EVENT, PERSON, PERSON.c.login == EVENT.c.person, isouter=True)
    .where(EVENT.c.project_id == bindparam("project_id"))
)
_EVENTS = Statement(_SHOWN_OF_EVENTS.where(EVENT.c.seq > bindparam("since")).order_by(EVENT.c.seq))
_LATEST = Statement(_SHOWN_OF_EVENTS.order_by(EVENT.c.seq.desc()).limit(RECENT))


def latest(
    connection: Connection, project_id: int, policy: Policy, category: str, *, inside: bool
) -> list[Entry]:
    """The last events, the newest first, without what is not the reader's."""
    rows = _LATEST.run(connection, {"project_id": project_id})
    entries = (_entry(row, policy, category, inside) for row in rows)
    return [one for one in entries if one is not None]


def history(
    connection: Connection,
    project_id: int,
    policy: Policy,
    category: str,
    *,
    inside: bool,
    since: int = 0,
) -> list[Entry]:
    """What happened after event `since`, oldest first, without what is not the reader's."""
    rows = _EVENTS.run(connection, {"project_id": project_id, "since": since})
    entries = (_entry(row, policy, category, inside) for row in rows)
    return [one for one in entries if one is not None]


def _entry(row: tuple[Any, ...], policy: Policy, category: str, inside: bool) -> Entry | None:
    seq, on, at, deed, source, target, login, name, role, on_behalf, machine, given, changes = row
    changed = json.loads(changes)
    by = Role(role) if role else None
    proposal = bool(changed.get("pending"))
    words = json.loads(given)
    if not inside and is_internal(deed, role, words, changed):
        return None
    hidden = frozenset() if inside else INTERNAL.get(deed, frozenset())
    said = {k: v for k, v in words.items() if k not in hidden}
    flags = [flag for flag in (changed.get("flags") or {}).values() if flag]
    return Entry(
        seq=seq,
        on=on,
        at=at,
        deed=deed,
        label=_called(deed, source, words, policy.categories[category]),
        who=name or login,
        role=by,
        on_behalf=bool(on_behalf),
        machine=bool(machine),
        moved_to=State(target) if target != source else None,
        proposal=proposal,
        said=told(deed, said, policy, category, flags=_flag_words(changed)),
        papers=changed.get("papers") or {},
        flags=sum("disposed" not in flag for flag in flags),
    )


def _called(deed: str, source: str, given: Json, category: Category) -> Text:
    """What was done, in the words of its category and stage; progress by what was recorded."""
    if deed == Act.MILESTONE:
        known = {milestone.key: milestone.label for milestone in category.milestones}
        return known.get(given.get("name", ""), Act.MILESTONE.label)
    if deed in set(Action) | set(Act):
        return deed_name(deed_of(deed), State(source), category)
    return deed_label(deed)  # how it came onto the books


def _flag_words(changed: Json) -> dict[str, Text]:
    """What the flags that an event touched said, by their keys."""
    flags = (changed.get("flags") or {}).items()
    return {key: Text(flag["zh"], flag["en"]) for key, flag in flags if flag and "zh" in flag}


def paper_versions(history: Iterable[Entry]) -> dict[str, list[Json]]:
    """Every version of every paper with the event that brought it, the newest first."""
    found: dict[str, list[Json]] = {}
    for entry in history:
        for key, kept in entry.papers.items():
            found.setdefault(key, []).insert(0, {**kept, "seq": entry.seq, "by": entry.who})
    return found


def paper(
    connection: Connection, project_id: int, key: str, version: int, *, inside: bool
) -> Json | None:
    """What is kept of one version of a paper: sha256, name, size; None if there is none, or none
    that the reader may see."""
    rows = _EVENTS.run(connection, {"project_id": project_id, "since": 0})
    for *_, deed, _, _, _, _, role, _, _, given, changes in rows:
        changed = json.loads(changes)
        kept: Json | None = (changed.get("papers") or {}).get(key)
        if kept and kept.get("version") == version:
            hidden = not inside and is_internal(deed, role, json.loads(given), changed)
            return None if hidden else kept
    return None


_SHOWN = (
    MAIL.c.id,
    MAIL.c.purpose,
    MAIL.c.notice,
    MAIL.c.to_name,
    MAIL.c.to_email,
    MAIL.c.to_role,
    MAIL.c.on_date,
    MAIL.c.status,
    MAIL.c.reason,
    MAIL.c.subject,
    MAIL.c.sent_at,
)
_OWN = select(*_SHOWN).where(MAIL.c.project_id == bindparam("project_id"))
_CARRYING = select(*_SHOWN).where(
    MAIL.c.id.in_(
        select(REMINDER.c.mail_id).where(REMINDER.c.project_id == bindparam("project_id"))
    )
)
_BOTH = union(_OWN, _CARRYING).subquery()
_VISIBLE = or_(_BOTH.c.to_role == Role.HOST.value, bindparam("inside", type_=Boolean()))
_MAILS = Statement(
    select(_BOTH).where(_VISIBLE).order_by(_BOTH.c.id.desc()).limit(bindparam("most"))
)
MOST_MAILS = 1000


def mails(
    connection: Connection, project_id: int, *, inside: bool, most: int = MOST_MAILS
) -> list[dict[str, Any]]:
    """The mails about this project alone, and those that remind of it among others, the newest
    first; for hosts those that went to the host."""
    names = [column.name for column in _SHOWN]
    values = {"project_id": project_id, "inside": inside, "most": most}
    return [dict(zip(names, row, strict=True)) for row in _MAILS.run(connection, values)]


_SILENT_SHOWN = (
    REMINDER.c.kind,
    REMINDER.c.step,
    REMINDER.c.on_date,
    REMINDER.c.role,
    REMINDER.c.recipient,
    REMINDER.c.reason,
)
_SILENT = Statement(
    select(*_SILENT_SHOWN)
    .where(REMINDER.c.project_id == bindparam("project_id"))
    .where(REMINDER.c.status == ReminderStatus.SUPPRESSED.value)
    .order_by(REMINDER.c.on_date, REMINDER.c.id)
)


def silences(connection: Connection, project_id: int, *, inside: bool) -> list[dict[str, Any]]:
    """The reminders that were not sent, and why; not for hosts."""
    if not inside:
        return []
    names = [column.name for column in _SILENT_SHOWN]
    rows = _SILENT.run(connection, {"project_id": project_id})
    return [dict(zip(names, row, strict=True)) for row in rows]
