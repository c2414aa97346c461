"""Who is written to, as things stand: substitutes, what people have chosen, addresses that fail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, String, bindparam, cast, func, select

from states.facts import Facts
from states.mailing import Mode, Sort, choices
from states.terms import Role
from workflow.people import PERSON, recipients
from workflow.statements import Statement
from workflow.tables import Address, Preference, Substitute

PREFERENCE = Preference.__table__  # type: ignore[attr-defined]
SUBSTITUTE = Substitute.__table__  # type: ignore[attr-defined]
ADDRESS = Address.__table__  # type: ignore[attr-defined]


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
    values = {"email": email, "sort": sort.value, "on": on}
    rows = _STANDING.run(connection, values)
    mode, sub_name, sub_email, marked = rows[0]
    chosen = Mode(mode) if mode else Mode.AT_ONCE
    if sub_email:
        name, email = f"{sub_name}（代{name}）", sub_email
    reason = ""
    if chosen is not Mode.AT_ONCE and chosen in choices(sort, role):
        reason = "muted" if chosen is Mode.OFF else "in_digest"
    return Recipient(name, email, "bounced" if marked else reason)


_ASKED = select(cast(bindparam("email"), String).label("email")).subquery("asked")
_SUB = PERSON.alias("stand_in")
_STANDING = Statement(
    select(PREFERENCE.c.mode, _SUB.c.name, _SUB.c.email, ADDRESS.c.email)
    .select_from(_ASKED)
    .join(PERSON, (PERSON.c.email == _ASKED.c.email) & PERSON.c.active, isouter=True)
    .join(
        PREFERENCE,
        (PREFERENCE.c.person_id == PERSON.c.id) & (PREFERENCE.c.sort == bindparam("sort")),
        isouter=True,
    )
    .join(
        SUBSTITUTE,
        (SUBSTITUTE.c.person_id == PERSON.c.id)
        & (SUBSTITUTE.c.from_on <= bindparam("on"))
        & (SUBSTITUTE.c.until_on >= bindparam("on")),
        isouter=True,
    )
    .join(
        _SUB,
        (_SUB.c.id == SUBSTITUTE.c.substitute_id) & _SUB.c.active & (_SUB.c.email != ""),
        isouter=True,
    )
    .join(
        ADDRESS,
        ADDRESS.c.email == func.lower(func.coalesce(_SUB.c.email, _ASKED.c.email)),
        isouter=True,
    )
    .order_by(SUBSTITUTE.c.id)
    .limit(1)
)
