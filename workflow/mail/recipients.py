"""Who is written to, as things stand: substitutes, what people have chosen, addresses that fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from states.facts import Facts
from states.mailing import Mode, Sort, choices
from states.terms import Role
from workflow.mail_tables import ADDRESS, PREFERENCE, SUBSTITUTE
from workflow.people import recipients
from workflow.statements import Statement
from workflow.tables import PERSON


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
    return list(found.values())


def resolve(
    connection: Connection, name: str, email: str, role: Role, sort: Sort, *, on: date
) -> Recipient:
    """One address as it is on a day: replaced by a substitute's, silenced by choice or mark."""
    person = _PERSON.run(connection, {"email": email})
    chosen = Mode.AT_ONCE
    if person:
        values = {"id": person[0][0], "sort": sort.value, "on": on}
        if found := _CHOSEN.run(connection, values):
            chosen = Mode(found[0][0])
        found = _STAND_IN.run(connection, values)
        if found and not is_marked(connection, found[0][1]):  # else to himself
            name, email = f"{found[0][0]}（代{name}）", found[0][1]
    reason = ""
    if chosen is not Mode.AT_ONCE and chosen in choices(sort, role):
        reason = "muted" if chosen is Mode.OFF else "in_digest"
    return Recipient(name, email, "bounced" if is_marked(connection, email) else reason)


def is_marked(connection: Connection, email: str) -> bool:
    """Whether mail to this address did not arrive, so that nothing more is sent to it."""
    return bool(_MARK.run(connection, {"email": email.strip().lower()}))


# One question a table: a join over all of them takes ten times as long, and mostly finds nothing.
_PERSON = Statement(
    select(PERSON.c.id).where(PERSON.c.email == bindparam("email"), PERSON.c.active)
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
