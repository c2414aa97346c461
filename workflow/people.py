"""Who acts and who is written to: people, their roles, and the scope of each role."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select

from states.duties import DECIDERS, incompatible
from states.facts import Facts
from states.mailbox import mailbox
from states.terms import Role, State, Text
from workflow.holding import hold
from workflow.identity import called, squeeze
from workflow.statements import Statement
from workflow.tables import GRANT, PERSON, UNIT


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with all their roles. A scope is the name of a unit, empty for the province."""

    login: str
    name: str
    grants: tuple[tuple[Role, str], ...]
    let_in_by: str = ""  # login of whoever made the way in, if it was somebody else

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, _ in self.grants)

    def units(self, role: Role) -> list[str]:
        """The units over which somebody has a role."""
        return [scope for held, scope in self.grants if held is role and scope]

    def roles_over(self, facts: Facts) -> tuple[Role, ...]:
        """The roles that this person has over this project; somebody may have several.

        Its coordinator is never its host as well: one who holds both enters on the host's behalf.
        """
        scopes = {Role.HOST: facts.host, Role.COORDINATOR: facts.department}
        roles = tuple(
            role
            for role, scope in self.grants
            if role not in scopes or (scope and squeeze(scope) == squeeze(scopes[role]))
        )
        if Role.COORDINATOR in roles:
            return tuple(role for role in roles if role is not Role.HOST)
        return roles


class Hand(str):
    """The login of who does something outside of projects, with who made the way in by which that
    one is signed in, if somebody else did: the log of the office keeps both."""

    let_in_by: str

    def __new__(cls, login: str, let_in_by: str = "") -> Hand:
        made = super().__new__(cls, login)
        made.let_in_by = let_in_by
        return made


def let_in(by: str) -> str:
    """Who made the way in of whoever acts by this login; empty: nobody else, or not known."""
    return by.let_in_by if isinstance(by, Hand) else ""


AT_THE_SERVER = "(server)"  # whoever runs commands there; nobody's login has brackets
OPERATOR = Actor("", "", ((Role.PROVINCE, ""),))  # the local operator: no login in the history

_FIND = Statement(
    select(PERSON.c.login, PERSON.c.name, GRANT.c.role, GRANT.c.scope)
    .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id, isouter=True)
    .where(
        or_(
            PERSON.c.login == bindparam("login"),
            func.lower(PERSON.c.login) == bindparam("address"),
            PERSON.c.email == bindparam("address"),
        )
    )
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
_OFFICERS = Statement(
    select(GRANT.c.role, PERSON.c.name, PERSON.c.email)
    .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id)
    .where(
        or_(
            *(
                (GRANT.c.role == r.value) & (GRANT.c.scope == "")
                for r in (Role.PROVINCE, Role.ADMIN)
            ),
            (GRANT.c.role == Role.COORDINATOR.value) & (GRANT.c.scope == bindparam("department")),
        )
    )
    .where(PERSON.c.active, PERSON.c.email != "")
    .order_by(PERSON.c.id)
)


def find_actor(connection: Connection, login: str) -> Actor | None:
    """The active person of that login, else of that address; None if there is none or several."""
    rows = _FIND.run(connection, {"login": login, "address": mailbox(login)})
    rows = [row for row in rows if row[0] == login] or _of_login(rows, login) or rows
    if len({row[0] for row in rows}) != 1:
        return None
    grants = tuple((Role(role), scope) for _, _, role, scope in rows if role)
    return Actor(rows[0][0], rows[0][1], grants)


def _of_login(rows: Sequence[Any], login: str) -> list[Any]:
    """Those of that login in whatever case: before others who have it for an address."""
    return [row for row in rows if mailbox(row[0]) == mailbox(login)]


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


def officers(connection: Connection, facts: Facts | None) -> Iterator[tuple[str, str]]:
    """Whom an answer goes to, the nearest first: about a project its coordinator until it is
    reviewed, else the province; after them, and about no project, province and administrators."""
    department = facts.department if facts is not None else ""
    held: dict[str, list[tuple[str, str]]] = {}  # asked at once: it is for every mail
    for role, name, email in _OFFICERS.run(connection, {"department": department}):
        held.setdefault(role, []).append((name, email))
    order = [Role.PROVINCE, Role.ADMIN]
    if facts is not None:
        early = facts.state in (State.DRAFTED, State.SUBMITTED)
        order.insert(0 if early else 1, Role.COORDINATOR)
    for role in order:
        yield from held.get(role.value, ())


def know_contacts(connection: Connection, contacts: Iterable[tuple[str, str, str]]) -> None:
    """Make units and host clerks known: (address, name, unit); what is there already stays.

    A contact without an address makes its unit known only; a clerk signs in by the address. Nobody
    gets a login at the mailbox of somebody who decides on money: it would be two of one person.
    """
    hold(connection, "people")  # steps on several projects may bring the same person
    wanted = list(dict.fromkeys(contacts))
    units = set(connection.execute(select(UNIT.c.name)).scalars())
    new_units = {unit for _, _, unit in wanted if unit} - units
    _UNIT.many(connection, [_unit(name) for name in sorted(new_units)])
    people = Clerks(connection)
    held = connection.execute(select(GRANT.c.person_id, GRANT.c.role, GRANT.c.scope))
    holds: dict[int, set[tuple[str, str]]] = {}
    for person, role, scope in held:
        holds.setdefault(person, set()).add((role, scope))
    for email, name, unit in wanted:
        if not email:
            continue
        person = people.known(email, name)
        if person is None and people.names(email) and decider_at(connection, email, name):
            continue
        if person is None:
            person = people.add(connection, email, name)
        roles = holds.setdefault(person, set())
        own = (Role.HOST.value, unit)
        if own not in roles and not incompatible((Role.HOST, *(Role(role) for role, _ in roles))):
            roles.add(own)
            grant(connection, person, Role.HOST, unit)


def decider_at(connection: Connection, email: str, name: str) -> str:
    """The name of somebody else who decides on money and has this mailbox alone; empty if nobody
    does."""
    query = (
        select(PERSON.c.name)
        .join(GRANT, GRANT.c.person_id == PERSON.c.id)
        .where(PERSON.c.email == mailbox(email), PERSON.c.active)
        .where(GRANT.c.role.in_([role.value for role in DECIDERS]))
    )
    found = connection.execute(query).scalars()
    return next((one for one in found if email and called(one) != called(name)), "")


class Clerks:
    """Who reads which mailbox. People who share one stay people, each with a login."""

    def __init__(self, connection: Connection) -> None:
        columns = (PERSON.c.id, PERSON.c.login, PERSON.c.name, PERSON.c.email)
        self.logins: set[str] = set()
        self.of: dict[str, dict[str, int]] = {}  # mailbox -> name, as it is compared -> person
        self.named: dict[str, int] = {}  # login in small letters -> person without an address
        for person, login, name, email in connection.execute(
            select(*columns).order_by(PERSON.c.active.desc(), PERSON.c.id)
        ):
            self.logins.add(login.lower())
            if email:
                self.of.setdefault(email, {}).setdefault(called(name), person)
            else:
                self.named.setdefault(login.lower(), person)

    def known(self, email: str, name: str) -> int | None:
        """The person of that mailbox and name; one whose login is the address, if it has no
        other."""
        found = self.of.get(mailbox(email), {}).get(called(name))
        return self.named.get(mailbox(email)) if found is None else found

    def names(self, email: str) -> list[str]:
        """Who reads the mailbox."""
        return list(self.of.get(mailbox(email), ()))

    def add(self, connection: Connection, email: str, name: str) -> int:
        """A new clerk, whose login is the address, or where that is taken the name with it."""
        address = mailbox(email)
        wanted = (address, f"{UNFIT.sub('', called(name))[:40]}-{address}"[:100])
        free = (login for login in wanted if login.lower() not in self.logins)
        numbered = (f"{n}-{address}"[:100] for n in count(2))
        login = next(free, None) or next(n for n in numbered if n.lower() not in self.logins)
        person = add_person(connection, login, name, address)
        self.logins.add(login.lower())
        self.of.setdefault(address, {})[called(name)] = person
        return person


UNFIT = re.compile(r"[^\w.@+-]")  # for a login


def add_person(connection: Connection, login: str, name: str, email: str, phone: str = "") -> int:
    """Insert a person; the new id. The caller makes sure that the login is free."""
    values = {"login": login, "name": name, "email": mailbox(email), "phone": phone, "active": True}
    values |= {"language": "zh", "feed_generation": 0, "email_by": ""}
    [(person_id,)] = _PERSON.run(connection, values)
    return int(person_id)


class RolesApart(Exception):
    """A role that the login must not hold beside those that it has; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def grant(connection: Connection, person_id: int, role: Role, scope: str) -> None:
    """Give a role; `scope` is the unit's name for hosts and coordinators, else empty. RolesApart
    for one that does not go with what is held."""
    if why := incompatible((role, *roles_of(connection, person_id))):
        raise RolesApart(why)
    values = {"person_id": person_id, "role": role.value, "scope": scope}
    connection.execute(insert(GRANT).values(values))


def roles_of(connection: Connection, person: int) -> list[Role]:
    query = select(GRANT.c.role).where(GRANT.c.person_id == person).order_by(GRANT.c.id)
    return [Role(role) for role in connection.execute(query).scalars()]


def too_many_hats(connection: Connection) -> dict[str, Text]:
    """Active logins that hold roles which must lie in different hands, and why not."""
    rows = connection.execute(
        select(PERSON.c.login, GRANT.c.role)
        .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id)
        .where(PERSON.c.active)
        .order_by(PERSON.c.login)
    )
    held: dict[str, list[Role]] = {}
    for login, role in rows:
        held.setdefault(login, []).append(Role(role))
    return {login: why for login, roles in held.items() if (why := incompatible(roles))}


def _unit(name: str) -> dict[str, str]:
    return {"name": name, "kind": "host", "email": "", "phone": ""}


_PERSON = Statement(
    insert(PERSON).returning(PERSON.c.id),
    ["login", "name", "email", "phone", "active", "language", "feed_generation", "email_by"],
)
_UNIT = Statement(insert(UNIT), ["name", "kind", "email", "phone"])


def person_of(connection: Connection, login: str) -> Any:
    """The row of the person of that login, active or not; None if there is nobody. One that is
    written in another case is the same, unless there are both."""
    same = select(PERSON).where(func.lower(PERSON.c.login) == login.strip().lower())
    rows = connection.execute(same.order_by(PERSON.c.id)).all()
    return next((row for row in rows if row.login == login), rows[0] if rows else None)


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


def is_one_person(connection: Connection, login: str, other: str) -> bool:
    """Whether two logins may be one person: the same, or both of one mailbox."""
    if login == other:
        return True
    query = select(PERSON.c.email).where(PERSON.c.login.in_((login, other)), PERSON.c.email != "")
    emails = connection.execute(query).scalars().all()
    return len(emails) == 2 and emails[0] == emails[1]


def name_of(connection: Connection, login: str) -> str:
    """The name of somebody; the login where that is not known. To be shown by `shown_as`."""
    return names_of(connection, [login]).get(login, login)


def shown_as(name: str) -> Text:
    """How somebody is named to people; whoever sits at the server by that."""
    return SERVER_LABEL if name == AT_THE_SERVER else Text(name, name)


def let_in_label(by: str) -> Text:
    """What the history says of a deed whose way in was made by another."""
    if by == AT_THE_SERVER:
        return LET_IN_AT_SERVER
    return LET_IN.format(by=by)


def nameless_label(role: Role | None) -> Text:
    """Who did what the history keeps without a login. A host's deed without one came by the link in
    a mail (workflow/mail/confirming.py); all others were done at this machine."""
    return BY_MAIL if role is Role.HOST else AT_THIS_MACHINE


BY_MAIL = Text("邮件收件人（凭邮件中的按钮）", "whoever got the mail (by its button)")
AT_THIS_MACHINE = Text("本机操作员", "local operator")
LET_IN = Text("凭{by}设置的登录方式办理", "signed in by what {by} had made")
LET_IN_AT_SERVER = Text(
    "由服务器操作员办理，或凭其设置的登录方式办理",
    "done at the server, or signed in by what was made there",
)
SERVER_LABEL = Text("服务器操作员", "the operator at the server")


def names_of(connection: Connection, logins: Iterable[str]) -> dict[str, str]:
    """Login -> name of those who are known; where somebody is named to people."""
    query = select(PERSON.c.login, PERSON.c.name).where(PERSON.c.login.in_(sorted(set(logins))))
    return {row.login: row.name for row in connection.execute(query)}


def everybody(connection: Connection) -> list[dict[str, Any]]:
    """All people with their roles, by login."""
    roles: dict[int, list[dict[str, str]]] = {}
    for row in connection.execute(select(GRANT).order_by(GRANT.c.id)):
        roles.setdefault(row.person_id, []).append({"role": row.role, "scope": row.scope})
    return [
        {**dict(row._mapping), "roles": roles.get(row.id, [])}
        for row in connection.execute(select(PERSON).order_by(PERSON.c.login))
    ]
