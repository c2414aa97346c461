"""Who is written to, as things stand: substitutes, what people have chosen, addresses that fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from states.facts import Facts
from states.mailbox import mailbox
from states.mailing import Mode, Sort, choices
from states.terms import Role
from workflow.identity import called
from workflow.mail_tables import ADDRESS, PREFERENCE, SUBSTITUTE
from workflow.people import recipients
from workflow.statements import Statement
from workflow.tables import GRANT, PERSON


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, and why nothing is sent to it now (empty: it is)."""

    name: str
    email: str
    reason: str = ""


def addressed(
    connection: Connection, role: Role, facts: Facts, sort: Sort, *, on: date
) -> list[Recipient]:
    """Everybody whom a mail of this sort about a project concerns in a role, each address once."""
    found: dict[str, Recipient] = {}
    for name, email in recipients(connection, role, facts):
        one = resolve(connection, name, email, role, sort, on=on)
        known = found.get(one.email)
        if known is None or known.reason:  # somebody who stands in may want what the other muted
            found[one.email] = one
    if not found and role is not Role.HOST:  # who held the role has been disabled
        scope = facts.department if role is Role.COORDINATOR else ""
        left = _LEFT.run(connection, {"role": role.value, "scope": scope})
        return [Recipient(name, email, DISABLED) for name, email in left]
    return list(found.values())


def resolve(
    connection: Connection, name: str, email: str, role: Role, sort: Sort, *, on: date
) -> Recipient:
    """One address as it is on a day: replaced by a substitute's, silenced by choice or mark, or
    because its person has been disabled."""
    person = person_at(connection, email, name)
    if person and not person.active:
        return Recipient(name, email, DISABLED)
    chosen = Mode.AT_ONCE
    if person:
        values = {"id": person.id, "sort": sort.value, "on": on}
        if found := _CHOSEN.run(connection, values):
            chosen = Mode(found[0][0])
        found = _STAND_IN.run(connection, values)
        if found and not is_marked(connection, found[0][1]):  # else to himself
            name, email = f"{found[0][0]}{FOR}{name}）", found[0][1]
    reason = ""
    if chosen is not Mode.AT_ONCE and chosen in choices(sort, role):
        reason = "muted" if chosen is Mode.OFF else "in_digest"
    return Recipient(name, email, "bounced" if is_marked(connection, email) else reason)


DISABLED = "disabled"  # why nothing is sent
FOR = "（代"  # between the name of who stands in and the other's


class Owner(NamedTuple):
    """A person of a mailbox."""

    id: int
    name: str
    active: bool


def person_at(connection: Connection, email: str, name: str) -> Owner | None:
    """Whom a mail to this mailbox and name is for: several people may read one. Who has the name,
    else who is there; None where nobody is known."""
    rows = _PEOPLE.run(connection, {"email": mailbox(email)})
    return meant([Owner(*row) for row in rows], name)


def meant(people: Sequence[Owner], name: str) -> Owner | None:
    """Who of a mailbox's people is meant by a name."""
    if len(people) < 2:
        return people[0] if people else None
    wanted = called(name.partition(FOR)[0])
    return min(people, key=lambda one: (called(one.name) != wanted, not one.active, one.id))


def readers(connection: Connection, email: str) -> int:
    """How many active people read a mailbox."""
    return sum(bool(row[2]) for row in _PEOPLE.run(connection, {"email": mailbox(email)}))


def is_for(connection: Connection, email: str, name: str, person: int) -> bool:
    """Whether a mail to this mailbox and name is for this person."""
    found = person_at(connection, email, name)
    return found is not None and found.id == person


def is_marked(connection: Connection, email: str) -> bool:
    """Whether mail to this address did not arrive, so that nothing more is sent to it."""
    return bool(_MARK.run(connection, {"email": email.strip().lower()}))


# One question a table: a join over all of them takes ten times as long, and mostly finds nothing.
_PEOPLE = Statement(
    select(PERSON.c.id, PERSON.c.name, PERSON.c.active).where(PERSON.c.email == bindparam("email"))
)
_LEFT = Statement(
    select(PERSON.c.name, PERSON.c.email)
    .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id)
    .where(GRANT.c.role == bindparam("role"), GRANT.c.scope == bindparam("scope"))
    .where(~PERSON.c.active, PERSON.c.email != "")
    .order_by(PERSON.c.id)
)
_CHOSEN = Statement(
    select(PREFERENCE.c.mode).where(
        PREFERENCE.c.person_id == bindparam("id"), PREFERENCE.c.sort == bindparam("sort")
    )
)
_STAND_IN = Statement(
    select(PERSON.c.name, PERSON.c.email)
    .join_from(SUBSTITUTE, PERSON, SUBSTITUTE.c.substitute_id == PERSON.c.id)
    .where(SUBSTITUTE.c.person_id == bindparam("id"))
    .where(SUBSTITUTE.c.from_on <= bindparam("on"), SUBSTITUTE.c.until_on >= bindparam("on"))
    .where(PERSON.c.active, PERSON.c.email != "")
    .order_by(SUBSTITUTE.c.id)
    .limit(1)
)
_MARK = Statement(select(ADDRESS.c.email).where(ADDRESS.c.email == bindparam("email")))
