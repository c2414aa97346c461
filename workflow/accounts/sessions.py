"""Sessions: who is signed in, kept here and known to the browser by a secret alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from states.terms import Role
from workflow.accounts.secrets import kept, new_secret
from workflow.office_tables import CREDENTIAL, SESSION
from workflow.people import Actor, Hand
from workflow.statements import Statement
from workflow.tables import GRANT, PERSON

IDLE = timedelta(hours=4)
LONGEST = timedelta(hours=12)  # a working day
NOTED = timedelta(minutes=5)  # how exactly the last visit is known: one write in so long


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in, with all their roles. `csrf` goes with every form."""

    person_id: int
    login: str
    name: str
    email: str
    language: str
    actor: Actor
    csrf: str = ""
    session: str = ""  # what is stored of the secret
    must_change: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        return self.actor.roles

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)


def begin(
    connection: Connection, person: int, *, agent: str, at: datetime, let_in_by: str = ""
) -> str:
    """A new session; the secret for the browser. Sessions that have ended are swept away.

    `let_in_by`: who made the password or link by which it begins, if not the person.
    """
    secret = new_secret()
    connection.execute(delete(SESSION).where(SESSION.c.ends_at < at))
    connection.execute(
        insert(SESSION).values(
            token=kept(secret),
            person_id=person,
            csrf=new_secret(),
            began_at=at,
            seen_at=at,
            ends_at=at + LONGEST,
            agent="".join(c for c in agent if c.isprintable())[:200],
            let_in_by=let_in_by,
        )
    )
    return secret


_FIND = Statement(
    select(
        SESSION.c.csrf,
        SESSION.c.seen_at,
        SESSION.c.let_in_by,
        PERSON.c.id,
        PERSON.c.login,
        PERSON.c.name,
        PERSON.c.email,
        PERSON.c.language,
        CREDENTIAL.c.must_change,
        GRANT.c.role,
        GRANT.c.scope,
    )
    .join_from(SESSION, PERSON, SESSION.c.person_id == PERSON.c.id)
    .join(CREDENTIAL, CREDENTIAL.c.person_id == PERSON.c.id, isouter=True)
    .join(GRANT, GRANT.c.person_id == PERSON.c.id, isouter=True)
    .where(SESSION.c.token == bindparam("token"), PERSON.c.active)
    .where(SESSION.c.ends_at > bindparam("at", type_=SESSION.c.ends_at.type))
    .where(SESSION.c.seen_at > bindparam("idle_since", type_=SESSION.c.seen_at.type))
    .order_by(GRANT.c.id)
)


def visitor(connection: Connection, secret: str, *, at: datetime) -> tuple[Visitor, bool] | None:
    """Who holds this secret, and whether the visit is worth noting; None if nobody does."""
    token = kept(secret)
    rows = _FIND.run(connection, {"token": token, "at": at, "idle_since": at - IDLE})
    if not rows:
        return None
    csrf, seen_at, let_in_by, person, login, name, email, language, must_change, *_ = rows[0]
    who = Visitor(
        person_id=person,
        login=Hand(login, let_in_by),
        name=name,
        email=email,
        language=language,
        actor=Actor(login, name, grants_of(row[-2:] for row in rows), let_in_by),
        csrf=csrf,
        session=token,
        must_change=bool(must_change),
    )
    return who, at - seen_at > NOTED


def grants_of(pairs: Iterable[tuple[str | None, ...]]) -> tuple[tuple[Role, str], ...]:
    return tuple((Role(role), scope or "") for role, scope in pairs if role)


def note_visit(connection: Connection, session: str, *, at: datetime) -> None:
    own = SESSION.c.token == session
    connection.execute(update(SESSION).where(own).values(seen_at=at))


def end(connection: Connection, session: str) -> None:
    connection.execute(delete(SESSION).where(SESSION.c.token == session))


def others(connection: Connection, visitor: Visitor, *, at: datetime) -> list[Row[Any]]:
    """Where else somebody is signed in: began_at, seen_at and agent, the last seen first."""
    query = select(SESSION.c.began_at, SESSION.c.seen_at, SESSION.c.agent).where(
        SESSION.c.person_id == visitor.person_id,
        SESSION.c.token != visitor.session,
        SESSION.c.ends_at > at,
        SESSION.c.seen_at > at - IDLE,
    )
    return list(connection.execute(query.order_by(SESSION.c.seen_at.desc()).limit(MOST_SHOWN)))


MOST_SHOWN = 20


def end_others(connection: Connection, visitor: Visitor) -> int:
    """End every session of somebody's but this one; how many there were."""
    its = (SESSION.c.person_id == visitor.person_id, SESSION.c.token != visitor.session)
    return int(connection.execute(delete(SESSION).where(*its)).rowcount)


def end_all(connection: Connection, person: int) -> None:
    connection.execute(delete(SESSION).where(SESSION.c.person_id == person))
