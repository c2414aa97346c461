"""The mail log for people at work: who reads which mail, page by page, and who may do what to it.

The province and administrators see and do all, auditors read. A coordinator reads what hosts and
coordinators are told of the projects of the department, and their own mail; such mail may be held
back and sent again. What is told to the province is not for those whom it may be about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select, true

from states.terms import OFFICE, Role
from workflow.accounts.sessions import Visitor
from workflow.identity import tidy
from workflow.mail import desk as mail_desk
from workflow.mail.attempts import HELD
from workflow.mail.desk import DELIVER, HOLD, RELEASE, RESEND, Turn, allows
from workflow.mail.finding import along, in_state
from workflow.mail.log import SHOWN, labelled, one_mail, public
from workflow.mail_tables import ADDRESS, MAIL, REMINDER, MailStatus
from workflow.people import Actor
from workflow.scopes import visible
from workflow.tables import PROJECT

PAGE, MOST = 50, 99
READERS = OFFICE | {Role.AUDITOR}
ACTS: dict[str, tuple[Turn, Any]] = {
    "release": (RELEASE, mail_desk.release),
    "resend": (RESEND, mail_desk.requeue),
    "hold": (HOLD, mail_desk.hold),
    "by_hand": (DELIVER, mail_desk.by_hand),
}
COORDINATORS = frozenset({"hold", "resend", "release"})  # the last: of what they held themselves


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in the mail room, with the address at which their own mail comes."""

    actor: Actor
    email: str

    def has(self, roles: frozenset[Role]) -> bool:
        return not roles.isdisjoint(self.actor.roles)


def reader_of(visitor: Visitor) -> Reader:
    return Reader(visitor.actor, visitor.email)


@dataclass(frozen=True, slots=True)
class Search:
    """States as in MailStatus; a part of an address, name or subject; a project's id."""

    state: str = ""
    word: str = ""
    project: int | None = None


def mails(
    connection: Connection, reader: Reader, search: Search, before: int | None = None
) -> tuple[list[dict[str, Any]], int | None]:
    """A page of mails, the latest first, and the key of the next page."""
    key = along(search.state)
    query = (
        select(*SHOWN, PROJECT.c.name.label("project"))
        .select_from(MAIL.outerjoin(PROJECT, PROJECT.c.id == MAIL.c.project_id))
        .where(_readable(reader), *_sought(search))
        .order_by(key.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(key < before)
    rows = [labelled(public(row)) for row in connection.execute(query)]
    return rows[:PAGE], rows[PAGE - 1]["id"] if len(rows) > PAGE else None


def mails_onward(
    connection: Connection, reader: Reader, search: Search, *, after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """The mails that somebody may know of, the first first: what programs read to the end."""
    key = along(search.state)
    query = select(*SHOWN).where(_known_to(reader), *_sought(search), key > after)
    rows = [public(row) for row in connection.execute(query.order_by(key).limit(limit + 1))]
    return rows[:limit], rows[limit - 1]["id"] if len(rows) > limit else None


def _sought(search: Search) -> list[ColumnElement[bool]]:
    """What narrows a list of mails."""
    found: list[ColumnElement[bool]] = []
    if search.state:
        found.append(in_state(search.state))
    if search.word:
        columns = (MAIL.c.to_email, MAIL.c.to_name, MAIL.c.subject)
        found.append(or_(*(c.icontains(tidy(search.word), autoescape=True) for c in columns)))
    if search.project is not None:
        carried = select(REMINDER.c.mail_id).where(REMINDER.c.project_id == search.project)
        found.append(or_(MAIL.c.project_id == search.project, MAIL.c.id.in_(carried)))
    return found


def attention(connection: Connection, reader: Reader) -> dict[str, int]:
    """How many need a person, at the most MOST + 1 of each: dead, awaiting, marked addresses."""
    counts = {}
    for state in (MailStatus.DEAD.value, MailStatus.AWAITING.value):
        query = select(MAIL.c.id).where(in_state(state), _readable(reader))
        counts[state] = _count(connection, query)
    counts["marked"] = _count(connection, select(ADDRESS.c.email).where(_theirs(reader)))
    return counts


def _count(connection: Connection, query: Any) -> int:
    few = query.limit(MOST + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(few)).scalar_one())


def one(connection: Connection, reader: Reader, number: int, at: datetime) -> dict[str, Any] | None:
    """One mail in full with `acts`, what this reader may do to it; None where it is not theirs."""
    found = one_mail(connection, number)
    if found is None:
        return None
    here = select(MAIL.c.id).where(MAIL.c.id == number)
    if connection.execute(here.where(_readable(reader))).first() is None:
        return None
    theirs = reader.has(OFFICE)
    if not theirs and reader.has(frozenset({Role.COORDINATOR})):
        theirs = connection.execute(here.where(_watched(reader))).first() is not None
    acts = [name for name in ACTS if theirs and _may(reader, name, found, at)]
    return labelled(found) | {"acts": acts}


def _may(reader: Reader, act: str, mail: dict[str, Any], at: datetime) -> bool:
    if not allows(ACTS[act][0], SimpleNamespace(**mail), at):
        return False
    if reader.has(OFFICE):
        return True
    if act == "release":  # approval is the province's, and so is what it held back
        return mail["reason"] == HELD and _holder(mail) == reader.actor.login
    return act in COORDINATORS


def _holder(mail: dict[str, Any]) -> str | None:
    held = [line["person"] for line in mail["attempts"] if line["outcome"] == HELD]
    return held[-1] if held else None


def _readable(reader: Reader) -> ColumnElement[bool]:
    if reader.has(READERS):
        return true()
    own = func.lower(MAIL.c.to_email) == reader.email.lower()
    return or_(own, _watched(reader)) if reader.email else _watched(reader)


def _watched(reader: Reader) -> ColumnElement[bool]:
    """Mail to hosts and coordinators about projects of the reader's departments and no others."""
    return _about_theirs(reader, Role.COORDINATOR, (Role.HOST, Role.COORDINATOR))


def _known_to(reader: Reader) -> ColumnElement[bool]:
    """What somebody may know of beside the room: also as a host, of what hosts are told about
    their projects. What officials are told among themselves is no business of theirs."""
    found = [_readable(reader)] if reader.has(READERS | {Role.COORDINATOR}) else []
    if reader.has(frozenset({Role.HOST})):
        found.append(_about_theirs(reader, Role.HOST, (Role.HOST,)))
    return or_(false(), *found)


def _about_theirs(reader: Reader, role: Role, told: tuple[Role, ...]) -> ColumnElement[bool]:
    """Mail to `told` about projects that the reader sees in that role, and about no others."""
    projects = select(PROJECT.c.id).where(visible(_only(reader, role)))
    carried = select(REMINDER.c.id).where(REMINDER.c.mail_id == MAIL.c.id)
    foreign = carried.where(REMINDER.c.project_id.not_in(projects)).exists()
    gathered = and_(MAIL.c.project_id.is_(None), carried.exists())
    return and_(
        MAIL.c.to_role.in_([one.value for one in told]),
        or_(MAIL.c.project_id.in_(projects), gathered),
        ~foreign,
    )


def _only(reader: Reader, role: Role) -> Actor:
    """The reader with that role alone: what somebody sees in another is not theirs in this one."""
    grants = tuple(pair for pair in reader.actor.grants if pair[0] is role)
    return Actor(reader.actor.login, reader.actor.name, grants)


def marked_addresses(connection: Connection, reader: Reader) -> list[dict[str, Any]]:
    """The marked addresses that are the reader's to see to, the latest first; at most 200."""
    query = select(ADDRESS).where(_theirs(reader)).order_by(ADDRESS.c.since.desc()).limit(200)
    return [dict(row._mapping) for row in connection.execute(query)]


def _theirs(reader: Reader) -> ColumnElement[bool]:
    """All, or those of contacts of the reader's projects."""
    if reader.has(READERS):
        return true()
    contact = select(PROJECT.c.contact_email).where(visible(_only(reader, Role.COORDINATOR)))
    theirs: ColumnElement[bool] = ADDRESS.c.email.in_(contact)
    return theirs


def may_clear(connection: Connection, reader: Reader, email: str) -> bool:
    """Whether the mark on an address is this reader's to take away."""
    if not reader.has(OFFICE | {Role.COORDINATOR}):
        return False
    query = select(ADDRESS.c.email).where(ADDRESS.c.email == email.strip().lower())
    if not reader.has(OFFICE):
        reader = Reader(_only(reader, Role.COORDINATOR), reader.email)
    return connection.execute(query.where(_theirs(reader))).first() is not None
