"""Passwords: argon2id, with a lock after too many wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import BoundedSemaphore, Lock
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, func, insert, or_, select, update

from states.mailbox import mailbox
from states.terms import Text
from workflow.accounts import links, sessions
from workflow.accounts.closing import shut_out
from workflow.database import Database
from workflow.office_tables import CREDENTIAL
from workflow.tables import PERSON

SHORTEST, LONGEST = 10, 128
TRIES = 5  # wrong ones before a lock
LOCKED = timedelta(minutes=15)
HASHER = PasswordHasher()  # RFC 9106, the profile for little memory
AT_ONCE = BoundedSemaphore(2)  # each takes 64 MB; a client is one of them
# Checked where nobody has such a login, so that the answer takes as long.
NOBODYS = HASHER.hash("nobody has this password")


class PasswordProblem(Exception):
    """A new password that will not do; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


class Busy(Exception):
    """Too many passwords are being checked at once."""

    text = Text(
        "同时登录的人数过多，请稍后再试。", "Too many people are signing in; try again in a moment."
    )


@dataclass
class Share:
    """What one client holds: places, and the turn to have a password checked."""

    held: int = 0
    turn: Lock = field(default_factory=Lock)


class Places:
    """Room for those whose password is checked or waits for it. No client takes more than half."""

    def __init__(self, most: int) -> None:
        self.most, self.lock = most, Lock()
        self.shares: dict[str, Share] = {}

    @contextmanager
    def one(self, client: str) -> Iterator[Lock]:
        """Take a place while inside; the turn to be checked, which a client's tries take one by one.
        Raises Busy."""
        with self.lock:
            share = self.shares.get(client) or Share()
            taken = sum(one.held for one in self.shares.values())
            if taken >= self.most or share.held >= self.most // 2:
                raise Busy
            self.shares[client] = share
            share.held += 1
        try:
            yield share.turn
        finally:
            with self.lock:
                share.held -= 1
                if not share.held:
                    del self.shares[client]


PLACES = Places(24)  # of 40 threads: pages need the others


@dataclass(frozen=True, slots=True)
class Try:
    """A password that is about to be checked: against what, and whose that is, if anybody's."""

    person_id: int | None
    hashed: str


def sign_in(
    db: Database, login: str, password: str, *, at: datetime, client: str = ""
) -> int | None:
    """The person whose login and password these are, or None. Raises Busy, and counts nothing then.

    Checking takes a tenth of a second and much memory: it is done between two transactions, so
    that no stranger at the door keeps others from writing. Only the second one decides and counts,
    one try after the other: of those that are made at once, what comes after the lock is refused
    though it was right. An unknown login, one without a password, a locked one and a wrong password
    are answered alike. `client`: from where this comes, as far as that is known.
    """
    with PLACES.one(client) as turn, turn:
        with db.read() as connection:
            tried = _tried(connection, login)
        matches = _matches(tried.hashed, password)
    with db.write() as connection:
        return tried.person_id if _decided(connection, tried, matches, password, at) else None


def _tried(connection: Connection, login: str) -> Try:
    return _known(connection, login) or Try(None, NOBODYS)


def _decided(
    connection: Connection, tried: Try, matches: bool, password: str, at: datetime
) -> bool:
    """Whether this lets somebody in: forgets earlier tries if so, counts this one if not. A locked
    account, or one whose password was changed meanwhile, lets nobody in and counts nothing."""
    same = (CREDENTIAL.c.person_id == tried.person_id, CREDENTIAL.c.password == tried.hashed)
    row = connection.execute(select(CREDENTIAL).where(*same).with_for_update()).first()
    if row is None or (row.locked_until and row.locked_until > at):
        return False
    failures = 0 if matches else row.failures + 1
    values: dict[str, Any] = {
        "failures": failures,
        "locked_until": at + LOCKED if failures and failures % TRIES == 0 else None,
    }
    if matches and HASHER.check_needs_rehash(tried.hashed):
        values["password"] = HASHER.hash(password)
    connection.execute(update(CREDENTIAL).where(*same).values(values))
    return matches


def _known(connection: Connection, login: str) -> Try | None:
    """The password of the active person of that login, else of that login in another case, else of
    that address; None if there are several. Who has no password is not meant: a login that anybody
    can have made, as a host does with a new contact, keeps nobody of that address from signing in.
    """
    name = mailbox(login)
    same = or_(PERSON.c.login == login, func.lower(PERSON.c.login) == name, PERSON.c.email == name)
    rows = connection.execute(
        select(PERSON.c.id, PERSON.c.login, CREDENTIAL.c.password)
        .join(CREDENTIAL, CREDENTIAL.c.person_id == PERSON.c.id)
        .where(same, PERSON.c.active, CREDENTIAL.c.password != "")
    ).all()
    spelt = [row for row in rows if row.login == login]
    rows = spelt or [row for row in rows if mailbox(row.login) == name] or rows
    return Try(int(rows[0].id), rows[0].password) if len(rows) == 1 else None


def _matches(hashed: str, password: str) -> bool:
    if len(password) > LONGEST:
        return False
    try:
        with AT_ONCE:
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
    connection: Connection,
    person: int,
    password: str,
    *,
    at: datetime,
    must_change: bool = False,
    let_in_by: str = "",
) -> None:
    """Set it, lift any lock, end every session and link: whoever knew the old one is out.

    `must_change`: somebody else sets it, so whatever else opens the account ends as well.
    `let_in_by`: who that is, or who made the way in by which the person chooses it; a person who
    got in by other means has the account to himself again.
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
        "let_in_by": let_in_by,
    }
    own = CREDENTIAL.c.person_id == person
    if connection.execute(update(CREDENTIAL).where(own).values(values)).rowcount == 0:
        connection.execute(insert(CREDENTIAL).values(person_id=person, **values))
    if not let_in_by:
        own_again = update(PERSON).where(PERSON.c.id == person).values(email_by="")
        connection.execute(own_again)
    if must_change:
        shut_out(connection, person, at=at)
        return
    sessions.end_all(connection, person)
    links.end_all(connection, person, at=at)


def made_by(connection: Connection, person: int) -> str:
    """Who made the password of a person's, or the way in by which it was chosen; empty: nobody
    else."""
    own = CREDENTIAL.c.person_id == person
    return connection.execute(select(CREDENTIAL.c.let_in_by).where(own)).scalar() or ""


def forget(connection: Connection, person: int) -> None:
    """Take a password away: the person signs in by mail."""
    own = CREDENTIAL.c.person_id == person
    values = {"password": "", "must_change": False, "let_in_by": ""}
    connection.execute(update(CREDENTIAL).where(own).values(values))


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
