"""Who acts and who is written to: people, their roles, and the scope of each role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from states.facts import Facts
from states.terms import Role, State, Text
from workflow.holding import hold
from workflow.identity import squeeze
from workflow.statements import Statement
from workflow.tables import GRANT, PERSON, UNIT


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with all their roles. A scope is the name of a unit, empty for the province."""

    login: str
    name: str
    grants: tuple[tuple[Role, str], ...]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, _ in self.grants)

    def units(self, role: Role) -> list[str]:
        """The units over which somebody has a role."""
        return [scope for held, scope in self.grants if held is role and scope]

    def roles_over(self, facts: Facts) -> tuple[Role, ...]:
        """The roles that this person has over this project; somebody may have several."""
        scopes = {Role.HOST: facts.host, Role.COORDINATOR: facts.department}
        return tuple(
            role
            for role, scope in self.grants
            if role not in scopes or (scope and squeeze(scope) == squeeze(scopes[role]))
        )


OPERATOR = Actor("", "", ((Role.PROVINCE, ""),))  # the local operator: no login in the history

_FIND = Statement(
    select(PERSON.c.login, PERSON.c.name, GRANT.c.role, GRANT.c.scope)
    .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id, isouter=True)
    .where(or_(PERSON.c.login == bindparam("login"), PERSON.c.email == bindparam("login")))
    .where(PERSON.c.active)
    .order_by(GRANT.c.id)
)
_HOLDERS = Statement(
    select(PERSON.c.name, PERSON.c.email)
    .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id)
    .where(GRANT.c.role == bindparam("role"), GRANT.c.scope == bindparam("scope"))
    .where(PERSON.c.active, PERSON.c.email != "")
    .order_by(PERSON.c.id)
)


def find_actor(connection: Connection, login: str) -> Actor | None:
    """The active person of that login, else of that address; None if there is none or several."""
    rows = _FIND.run(connection, {"login": login})
    rows = [row for row in rows if row[0] == login] or rows
    if len({row[0] for row in rows}) != 1:
        return None
    grants = tuple((Role(role), scope) for _, _, role, scope in rows if role)
    return Actor(rows[0][0], rows[0][1], grants)


def recipients(connection: Connection, role: Role, facts: Facts) -> list[tuple[str, str]]:
    """Name and address of those who are written to in a role about a project.

    The host is written to at the project's own contact and its office, not at every clerk.
    """
    if role is Role.HOST:
        contact, office = facts.contact_email, facts.office_email
        named = [(facts.contact_name or facts.host, contact)] if contact else []
        return [*named, (facts.host, office)] if office and office != contact else named
    return holders(connection, facts.department if role is Role.COORDINATOR else "", role)


def holders(
    connection: Connection, scope: str, role: Role = Role.COORDINATOR
) -> list[tuple[str, str]]:
    """Name and address of those who hold a role over a scope."""
    rows = _HOLDERS.run(connection, {"role": role.value, "scope": scope})
    return [(name, email) for name, email in rows]


def officer(connection: Connection, facts: Facts) -> tuple[str, str] | None:
    """Whom an answer about a project goes to: its coordinator until it is reviewed, then the
    province; None where nobody with an address is known."""
    early = facts.state in (State.DRAFTED, State.SUBMITTED)
    roles = (Role.COORDINATOR, Role.PROVINCE) if early else (Role.PROVINCE, Role.COORDINATOR)
    found = (to for role in roles for to in recipients(connection, role, facts))
    return next(found, None)


def know_contacts(connection: Connection, contacts: Iterable[tuple[str, str, str]]) -> None:
    """Make units and host clerks known: (address, name, unit); what is there already stays.

    A contact without an address makes its unit known only; a clerk signs in by the address.
    """
    hold(connection, "people")  # steps on several projects may bring the same person
    wanted = list(dict.fromkeys(contacts))
    units = set(connection.execute(select(UNIT.c.name)).scalars())
    new_units = {unit for _, _, unit in wanted if unit} - units
    _UNIT.many(connection, [_unit(name) for name in sorted(new_units)])
    known: dict[
        str, int
    ] = {}  # a clerk who signs in by another login is still the person of that address
    for person, login, address in connection.execute(
        select(PERSON.c.id, PERSON.c.login, PERSON.c.email).order_by(PERSON.c.id.desc())
    ):
        known |= {login: person} | ({address: person} if address else {})
    held = connection.execute(select(GRANT.c.person_id, GRANT.c.role, GRANT.c.scope))
    holds = {tuple(row) for row in held}
    for email, name, unit in wanted:
        if not email:
            continue
        if email not in known:
            known[email] = add_person(connection, email, name, email)
        if (known[email], Role.HOST.value, unit) not in holds:
            holds.add((known[email], Role.HOST.value, unit))
            grant(connection, known[email], Role.HOST, unit)


def add_person(connection: Connection, login: str, name: str, email: str, phone: str = "") -> int:
    """Insert a person; the new id. The caller makes sure that the login is free."""
    values = {"login": login, "name": name, "email": email, "phone": phone, "active": True}
    values |= {"language": "zh", "feed_generation": 0}
    [(person_id,)] = _PERSON.run(connection, values)
    return int(person_id)


def grant(connection: Connection, person_id: int, role: Role, scope: str) -> None:
    """Give a role; `scope` is the unit's name for hosts and coordinators, else empty."""
    values = {"person_id": person_id, "role": role.value, "scope": scope}
    connection.execute(insert(GRANT).values(values))


def _unit(name: str) -> dict[str, str]:
    return {"name": name, "kind": "host", "email": "", "phone": ""}


_PERSON = Statement(
    insert(PERSON).returning(PERSON.c.id),
    ["login", "name", "email", "phone", "active", "language", "feed_generation"],
)
_UNIT = Statement(insert(UNIT), ["name", "kind", "email", "phone"])


@dataclass(frozen=True, slots=True)
class Entry:
    """A person to register with one role."""

    login: str
    name: str
    role: Role
    scope: str
    email: str
    phone: str


def enrol(connection: Connection, entry: Entry) -> tuple[bool, bool]:
    """Register or update; whether the person is new, and whether something known changed."""
    found = person_id(connection, entry.login)
    if entry.email and (other := _holder(connection, entry.email)) not in (None, found):
        raise AddressTaken(entry.email, str(other))
    if found is None:
        found = add_person(connection, entry.login, entry.name, entry.email, entry.phone)
        grant_once(connection, found, entry.role, entry.scope)
        return True, False
    before = connection.execute(select(PERSON).where(PERSON.c.id == found)).one()
    pairs = {"name": entry.name, "email": entry.email, "phone": entry.phone}
    values = {key: value for key, value in pairs.items() if value and value != getattr(before, key)}
    if values:
        connection.execute(update(PERSON).where(PERSON.c.id == found).values(values))
    granted = grant_once(connection, found, entry.role, entry.scope)
    return False, bool(values) or granted


class AddressTaken(Exception):
    """An address belongs to one person: two logins of one person must not count as two people."""

    def __init__(self, email: str, person: str) -> None:
        self.text = Text(
            f"邮箱 {email} 已登记在另一人名下（第{person}号），请核对或先停用原登录名。",
            f"The address {email} belongs to another person (no. {person}).",
        )
        super().__init__(self.text.en)


def _holder(connection: Connection, email: str) -> int | None:
    """The active person of that address, whatever its spelling."""
    same = func.lower(PERSON.c.email) == email.lower()
    found = connection.execute(select(PERSON.c.id).where(same, PERSON.c.active)).scalar()
    return None if found is None else int(found)


def person_of(connection: Connection, login: str) -> Any:
    """The row of the person of that login, active or not; None if there is nobody."""
    return connection.execute(select(PERSON).where(PERSON.c.login == login)).first()


def person_id(connection: Connection, login: str) -> int | None:
    """The person of that login, active or not."""
    found = person_of(connection, login)
    return None if found is None else int(found.id)


def grant_once(connection: Connection, person: int, role: Role, scope: str) -> bool:
    """Give a role and make its unit known; False if the person had it already."""
    held = connection.execute(
        select(GRANT.c.id)
        .where(GRANT.c.person_id == person)
        .where(GRANT.c.role == role.value, GRANT.c.scope == scope)
    ).first()
    if held:
        return False
    known = select(UNIT.c.id).where(UNIT.c.name == scope)
    if scope and connection.execute(known).first() is None:
        _UNIT.many(connection, [_unit(scope)])
    grant(connection, person, role, scope)
    return True


def names_of(connection: Connection, logins: Iterable[str]) -> dict[str, str]:
    """Login -> name of those who are known; where somebody is named to people."""
    query = select(PERSON.c.login, PERSON.c.name).where(PERSON.c.login.in_(sorted(set(logins))))
    return {row.login: row.name for row in connection.execute(query)}


def disable(connection: Connection, person: int) -> None:
    connection.execute(update(PERSON).where(PERSON.c.id == person).values(active=False))


def everybody(connection: Connection) -> list[dict[str, Any]]:
    """All people with their roles, by login."""
    roles: dict[int, list[dict[str, str]]] = {}
    for row in connection.execute(select(GRANT).order_by(GRANT.c.id)):
        roles.setdefault(row.person_id, []).append({"role": row.role, "scope": row.scope})
    return [
        {**dict(row._mapping), "roles": roles.get(row.id, [])}
        for row in connection.execute(select(PERSON).order_by(PERSON.c.login))
    ]
