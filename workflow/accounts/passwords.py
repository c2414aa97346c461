"""Passwords: argon2id, with a lock after too many wrong ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, func, insert, or_, select, update

from states.terms import Text
from workflow.accounts import links, sessions
from workflow.accounts.closing import shut_out
from workflow.office_tables import Credential
from workflow.people import PERSON

CREDENTIAL = Credential.__table__  # type: ignore[attr-defined]

SHORTEST, LONGEST = 10, 128
TRIES = 5  # wrong ones before a lock
LOCKED = timedelta(minutes=15)
HASHER = PasswordHasher()  # RFC 9106, the profile for little memory
# Checked where nobody has such a login, so that the answer takes as long.
NOBODYS = HASHER.hash("nobody has this password")


class PasswordProblem(Exception):
    """A new password that will not do; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a login and a password: a person, or none; locked until when."""

    person_id: int | None
    locked_until: datetime | None = None


def check(connection: Connection, login: str, password: str, *, at: datetime) -> Checked:
    """Whether the password is this person's. Wrong ones are counted; the right one clears them.

    An unknown login, one without a password and a wrong password are answered alike.
    """
    person = _person(connection, login)
    row = None
    if person is not None:
        row = connection.execute(
            select(CREDENTIAL).where(CREDENTIAL.c.person_id == person).with_for_update()
        ).first()
    if row is not None and row.locked_until and row.locked_until > at:
        return Checked(None, row.locked_until)
    hashed = row.password if row is not None and row.password else NOBODYS
    right = _matches(hashed, password) and hashed is not NOBODYS
    if row is None:
        return Checked(None)
    own = CREDENTIAL.c.person_id == person
    if right:
        values = {"failures": 0, "locked_until": None}
        if HASHER.check_needs_rehash(hashed):
            values["password"] = HASHER.hash(password)  # type: ignore[assignment]
        connection.execute(update(CREDENTIAL).where(own).values(values))
        return Checked(person)
    failures = row.failures + 1
    until = at + LOCKED if failures % TRIES == 0 else None
    connection.execute(update(CREDENTIAL).where(own).values(failures=failures, locked_until=until))
    return Checked(None, until)


def _person(connection: Connection, login: str) -> int | None:
    """The active person of that login, else of that address; None if there are several."""
    same = or_(PERSON.c.login == login, func.lower(PERSON.c.email) == login.lower())
    rows = connection.execute(
        select(PERSON.c.id, PERSON.c.login).where(same, PERSON.c.active)
    ).all()
    rows = [row for row in rows if row.login == login] or rows
    return int(rows[0].id) if len(rows) == 1 else None


def _matches(hashed: str, password: str) -> bool:
    if len(password) > LONGEST:
        return False
    try:
        return HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def acceptable(password: str, *about: str) -> None:
    """PasswordProblem unless it is long enough and not simply the person's own name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordProblem(LENGTH.format(least=SHORTEST, most=LONGEST))
    if len(set(password)) < 5:
        raise PasswordProblem(TOO_SIMPLE)
    if password.casefold() in {word.casefold() for word in about if word}:
        raise PasswordProblem(TOO_SIMPLE)


def set_password(
    connection: Connection, person: int, password: str, *, at: datetime, must_change: bool = False
) -> None:
    """Set it, lift any lock, end every session and link: whoever knew the old one is out.

    `must_change`: somebody else sets it, so whatever else opens the account ends as well.
    """
    login, name = connection.execute(
        select(PERSON.c.login, PERSON.c.name).where(PERSON.c.id == person)
    ).one()
    acceptable(password, login, name)
    values = {
        "password": HASHER.hash(password),
        "must_change": must_change,
        "failures": 0,
        "locked_until": None,
        "changed_at": at,
    }
    own = CREDENTIAL.c.person_id == person
    if connection.execute(update(CREDENTIAL).where(own).values(values)).rowcount == 0:
        connection.execute(insert(CREDENTIAL).values(person_id=person, **values))
    if must_change:
        shut_out(connection, person, at=at)
        return
    sessions.end_all(connection, person)
    links.end_all(connection, person, at=at)


def unlock(connection: Connection, person: int) -> None:
    own = CREDENTIAL.c.person_id == person
    connection.execute(update(CREDENTIAL).where(own).values(failures=0, locked_until=None))


def anybody(connection: Connection) -> bool:
    """Whether some active person has a password."""
    own = CREDENTIAL.c.person_id == PERSON.c.id
    query = select(CREDENTIAL.c.person_id).join_from(CREDENTIAL, PERSON, own)
    query = query.where(PERSON.c.active, CREDENTIAL.c.password != "").limit(1)
    return connection.execute(query).first() is not None


LENGTH = Text("密码须为{least}至{most}个字符。", "A password has {least} to {most} characters.")
TOO_SIMPLE = Text(
    "密码过于简单，请换一个：不要用姓名、登录名或重复的字符。",
    "This password is too simple: no name, no login, no repeated characters.",
)
