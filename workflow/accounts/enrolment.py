"""Registering people and changing their addresses.

Several people may read one mailbox; they stay people, with logins of their own. Whoever decides on
money has a mailbox of his own, since the link that signs in goes there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from states.duties import DECIDERS
from states.mailbox import mailbox
from states.terms import Role, Text
from workflow.accounts.letting_in import only_by_mail_from_now
from workflow.mail.account_notices import NEW_ADDRESS, tell_person
from workflow.office.log import note
from workflow.people import add_person, grant_once, person_of, roles_of
from workflow.tables import PERSON


@dataclass(frozen=True, slots=True)
class Entry:
    """A person to register with one role."""

    login: str
    name: str
    role: Role
    scope: str
    email: str
    phone: str


def enrol(connection: Connection, entry: Entry, *, by: str, at: datetime) -> tuple[bool, bool]:
    """Register or update; whether the person is new, and whether something known changed.

    Raises AddressTaken, RolesApart. `by`: the login of who does it.
    """
    found = person_of(connection, entry.login)
    if found is None:
        _must_be_own(connection, None, entry.email, [entry.role])
        person = add_person(connection, entry.login, entry.name, entry.email, entry.phone)
        grant_once(connection, person, entry.role, entry.scope)
        return True, False
    moved = bool(entry.email) and set_address(connection, found.id, entry.email, by=by, at=at)
    granted = give_role(connection, found.id, entry.role, entry.scope, at=at)
    pairs = {"name": entry.name, "phone": entry.phone}
    values = {key: value for key, value in pairs.items() if value and value != getattr(found, key)}
    if values:
        connection.execute(update(PERSON).where(PERSON.c.id == found.id).values(values))
    return False, bool(values) or granted or moved


def set_address(connection: Connection, person: int, email: str, *, by: str, at: datetime) -> bool:
    """Give somebody another address; False if it is the same mailbox. Raises AddressTaken.

    The former address is told, and until the person gets in by other means, what is done by a link
    to the new one is marked with who set it.
    """
    own = PERSON.c.id == person
    found = connection.execute(select(PERSON).where(own)).one()
    if mailbox(email) == found.email:
        return False
    _must_be_own(connection, person, email, roles_of(connection, person))
    set_by = "" if by == found.login else by
    values = {"email": mailbox(email), "email_by": set_by}
    connection.execute(update(PERSON).where(own).values(values))
    said = f"{found.email or '—'} → {mailbox(email) or '—'}"
    note(connection, by, "address_changed", about=found.login, detail=said, at=at)
    if found.email:
        tell_person(connection, person, NEW_ADDRESS, by=by, at=at, email=found.email)
    return True


def give_role(connection: Connection, person: int, role: Role, scope: str, *, at: datetime) -> bool:
    """Give somebody another role; False if it is held already. Raises AddressTaken, RolesApart."""
    must_be_own(connection, person, role)
    if not grant_once(connection, person, role, scope):
        return False
    if role in DECIDERS:
        only_by_mail_from_now(connection, person, at=at)
    return True


def must_be_own(connection: Connection, person: int, role: Role) -> None:
    """AddressTaken where somebody who has or is to get this role must not share the mailbox."""
    email = connection.execute(select(PERSON.c.email).where(PERSON.c.id == person)).scalar_one()
    _must_be_own(connection, person, email, [role])


def _must_be_own(
    connection: Connection, person: int | None, email: str, roles: Iterable[Role]
) -> None:
    decides = not DECIDERS.isdisjoint(roles)
    for other in sharers(connection, email, person):
        if decides or not DECIDERS.isdisjoint(roles_of(connection, other.id)):
            raise AddressTaken(mailbox(email), other.login)


def sharers(connection: Connection, email: str, person: int | None) -> list[Any]:
    """The other active people of a mailbox: id, login, name."""
    if not email:
        return []
    query = select(PERSON.c.id, PERSON.c.login, PERSON.c.name).order_by(PERSON.c.id)
    query = query.where(PERSON.c.email == mailbox(email), PERSON.c.active)
    return [row for row in connection.execute(query) if row.id != person]


def shared(connection: Connection, email: str, person: int | None) -> Text | None:
    """What is to be said of a mailbox that others have as well; None if nobody has."""
    others = sharers(connection, email, person)
    if not others:
        return None
    names = [f"{one.name}（{one.login}）" for one in others[:MOST_NAMED]]
    english = [f"{one.name} ({one.login})" for one in others[:MOST_NAMED]]
    said = Text("、".join(names), ", ".join(english))
    if len(others) > MOST_NAMED:
        said = Text(f"{said.zh}等{len(others)}人", f"{said.en} and others, {len(others)} in all")
    return SHARED.format(email=mailbox(email), people=said)


MOST_NAMED = 3


class AddressTaken(Exception):
    """A mailbox of somebody who decides on money: two logins of one mailbox are not two people."""

    def __init__(self, email: str, login: str) -> None:
        self.text = TAKEN.format(email=email, login=login)
        super().__init__(self.text.en)


TAKEN = Text(
    "邮箱 {email} 已登记在 {login} 名下；省厅人员审定补助，登录链接发到本人邮箱，不能与他人共用邮箱，"
    "请改用本人邮箱。",
    "The address {email} is that of {login}; who decides on money gets sign-in links by mail and "
    "cannot share a mailbox. Use an address of the person's own.",
)
SHARED = Text(
    "邮箱 {email} 与{people}共用：各自使用自己的登录名，发给其中任何一人的邮件他人也能看到。请核对。",
    "The mailbox {email} is also that of {people}: each has a login of his own, and all of them "
    "read each other's mail. Please check.",
)
