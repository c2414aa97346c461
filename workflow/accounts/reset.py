"""What is done to somebody's account by whoever looks after it; each act is logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from states.duties import DECIDERS
from states.terms import Role, Text
from workflow.accounts import enrolment, leaving, letting_in, passwords, sessions
from workflow.accounts.care import Carer, NotTheirs, seen_by
from workflow.accounts.enrolment import (
    AddressTaken,
    Entry,
    enrol,
    must_be_own,
    set_address,
    shared,
)
from workflow.accounts.letting_in import Handed, WayIn
from workflow.office.log import note
from workflow.office_tables import CREDENTIAL, SESSION
from workflow.people import RolesApart
from workflow.tables import GRANT, PERSON

PAGE = 50


class AccountProblem(Exception):
    """It cannot be done; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True, slots=True)
class Search:
    """A part of a name, login, address or unit; a role."""

    word: str = ""
    role: str = ""


def listed(
    connection: Connection, who: Carer, search: Search, after: str = "", *, limit: int = PAGE
) -> tuple[list[dict[str, Any]], str]:
    """A page of people by login, each with `grants`, and the key of the next page."""
    query = select(PERSON).where(seen_by(who)).order_by(PERSON.c.login).limit(limit + 1)
    held = select(GRANT.c.id).where(GRANT.c.person_id == PERSON.c.id)
    if search.word:
        columns = (PERSON.c.login, PERSON.c.name, PERSON.c.email)
        spelt = [column.icontains(search.word, autoescape=True) for column in columns]
        unit = held.where(GRANT.c.scope.contains(search.word, autoescape=True)).exists()
        query = query.where(or_(unit, *spelt))
    if search.role:
        query = query.where(held.where(GRANT.c.role == search.role).exists())
    if after:
        query = query.where(PERSON.c.login > after)
    rows = [dict(row._mapping) for row in connection.execute(query)]
    grants = _grants(connection, [row["id"] for row in rows])
    shown = [row | {"grants": grants.get(row["id"], [])} for row in rows[:limit]]
    return shown, shown[-1]["login"] if len(rows) > limit else ""


def _grants(connection: Connection, people: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    query = select(GRANT).where(GRANT.c.person_id.in_(people)).order_by(GRANT.c.id)
    for row in connection.execute(query):
        found.setdefault(row.person_id, []).append((row.id, Role(row.role), row.scope))
    return found


def one(connection: Connection, who: Carer, person: int) -> dict[str, Any] | None:
    """Somebody in full, with `grants`, `cares` and how they sign in; None if not to be seen."""
    row = connection.execute(select(PERSON).where(PERSON.c.id == person)).first()
    if row is None:
        return None
    grants = _grants(connection, [person]).get(person, [])
    pairs = [(role, scope) for _, role, scope in grants]
    if not who.sees(pairs):
        return None
    way = connection.execute(select(CREDENTIAL).where(CREDENTIAL.c.person_id == person)).first()
    open_ones = select(func.count()).where(SESSION.c.person_id == person)
    return dict(row._mapping) | {
        "grants": grants,
        "cares": who.cares_for(pairs),
        "own": person == who.person_id,
        "password": bool(way and way.password),
        "must_change": bool(way and way.must_change),
        "locked_until": way.locked_until if way else None,
        "sessions": int(connection.execute(open_ones).scalar_one()),
        "warning": shared(connection, row.email, person) if row.active else None,
        "by_mail_alone": not DECIDERS.isdisjoint(role for role, _ in pairs),
    }


def must_be_theirs(connection: Connection, who: Carer, person: int) -> dict[str, Any]:
    """Somebody whom they look after. NotTheirs, also where there is nobody."""
    found = one(connection, who, person)
    if found is None:
        raise NotTheirs
    who.must_care_for(person, [(role, scope) for _, role, scope in found["grants"]])
    return found


def add(connection: Connection, who: Carer, entry: Entry, at: datetime) -> int:
    """Register somebody new with one role. AccountProblem where login or address is taken."""
    who.must_be_able_to_give(entry.role, entry.scope)
    _free(connection, entry.login)
    enrol(connection, entry, by=who.login, at=at)
    [person] = connection.execute(select(PERSON.c.id).where(PERSON.c.login == entry.login)).one()
    detail = f"{entry.name} {entry.role.label.zh} {entry.scope} {entry.email}".strip()
    note(connection, who.login, "person_added", about=entry.login, detail=detail, at=at)
    return int(person)


def _free(connection: Connection, login: str) -> None:
    """A login is one person's, also a disabled one's, and nobody else's address: two must not be
    taken for one."""
    name = login.lower()
    same = (func.lower(PERSON.c.login) == name) | (PERSON.c.email == name)
    if connection.execute(select(PERSON.c.id).where(same)).first():
        raise AccountProblem(TAKEN)


def change(
    connection: Connection, who: Carer, person: int, values: dict[str, str], at: datetime
) -> None:
    """Name, address and telephone of somebody; one's own as well. Raises AddressTaken."""
    if person == who.person_id and who.over:
        found = one(connection, who, person)
    else:
        found = must_be_theirs(connection, who, person)
    assert found is not None
    changed = {key: value for key, value in values.items() if value != found[key]}
    if not changed:
        return
    if "email" in changed:
        set_address(connection, person, changed.pop("email"), by=who.login, at=at)
    if not changed:
        return
    connection.execute(update(PERSON).where(PERSON.c.id == person).values(changed))
    detail = "；".join(f"{key}: {found[key]} → {value}" for key, value in changed.items())
    note(connection, who.login, "person_changed", about=found["login"], detail=detail, at=at)


def give_role(
    connection: Connection, who: Carer, person: int, role: Role, scope: str, *, at: datetime
) -> bool:
    """Give a role; False if it was held already."""
    found = must_be_theirs(connection, who, person)
    who.must_be_able_to_give(role, scope)
    if not enrolment.give_role(connection, person, role, scope, at=at):
        return False
    said = f"{role.label.zh} {scope}".strip()
    note(connection, who.login, "role_given", about=found["login"], detail=said, at=at)
    return True


def take_role(connection: Connection, who: Carer, person: int, number: int, at: datetime) -> None:
    """Take a role away. A coordinator does not."""
    found = must_be_theirs(connection, who, person)
    held = {grant: (role, scope) for grant, role, scope in found["grants"]}
    if not who.over or number not in held:
        raise NotTheirs
    connection.execute(delete(GRANT).where(GRANT.c.id == number))
    sessions.end_all(connection, person)
    said = f"{held[number][0].label.zh} {held[number][1]}".strip()
    note(connection, who.login, "role_taken", about=found["login"], detail=said, at=at)


def disable(connection: Connection, who: Carer, person: int, at: datetime) -> None:
    found = must_be_theirs(connection, who, person)
    leaving.disable(connection, person, at=at)
    note(connection, who.login, "person_disabled", about=found["login"], at=at)


def enable(connection: Connection, who: Carer, person: int, at: datetime) -> None:
    """Back to work. AddressTaken where somebody else has the address meanwhile and must not."""
    found = must_be_theirs(connection, who, person)
    for _, role, _ in found["grants"]:
        must_be_own(connection, person, role)
    connection.execute(update(PERSON).where(PERSON.c.id == person).values(active=True))
    note(connection, who.login, "person_enabled", about=found["login"], at=at)


def new_password(
    connection: Connection, who: Carer, person: int, at: datetime, *, hosts: bool
) -> Handed:
    """A password for one sign-in, to be shown once; it ends any lock, and all else that opens
    the account."""
    _at_work(connection, who, person)
    return letting_in.hand_password(connection, person, hosts=hosts, by=who.login, at=at)


def new_link(
    connection: Connection, who: Carer, person: int, at: datetime, *, hosts: bool
) -> Handed:
    """The secret of a link that signs in once, to be shown once and handed over."""
    _at_work(connection, who, person)
    return letting_in.hand_link(connection, person, hosts=hosts, by=who.login, at=at)


def mailed_link(
    connection: Connection, who: Carer, person: int, at: datetime, *, hosts: bool
) -> str:
    """The secret of a link that goes to the person's own address."""
    _at_work(connection, who, person)
    return letting_in.mail_link(connection, person, hosts=hosts, by=who.login, at=at)


def _at_work(connection: Connection, who: Carer, person: int) -> dict[str, Any]:
    found = must_be_theirs(connection, who, person)
    if not found["active"]:
        raise AccountProblem(DISABLED)
    return found


def unlock(connection: Connection, who: Carer, person: int, at: datetime) -> None:
    found = must_be_theirs(connection, who, person)
    passwords.unlock(connection, person)
    note(connection, who.login, "unlocked", about=found["login"], at=at)


def end_sessions(connection: Connection, who: Carer, person: int, at: datetime) -> None:
    found = must_be_theirs(connection, who, person)
    sessions.end_all(connection, person)
    note(connection, who.login, "sessions_ended", about=found["login"], at=at)


PLAIN: dict[str, Callable[[Connection, Carer, int, datetime], None]] = {
    "disable": disable,
    "enable": enable,
    "unlock": unlock,
    "end-sessions": end_sessions,
}
REFUSALS = (AccountProblem, AddressTaken, RolesApart, WayIn)
TAKEN = Text(
    "登录名已被使用（含已停用的账号，或为他人的邮箱），请核对：与他人共用邮箱的，请另填登录名；"
    "本人已有账号的，请联系省厅或系统管理员。",
    "The login is taken, perhaps by a disabled account or as somebody's address. Who shares a "
    "mailbox needs a login of his own; if the account is the person's, ask the province or an "
    "administrator.",
)
DISABLED = Text("该账号已停用，请先启用。", "This account is disabled; enable it first.")
