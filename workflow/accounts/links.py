"""Links that sign in once: asked for by mail, or made by a colleague who looks after accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from states.mailbox import mailbox
from states.terms import Role
from workflow.accounts.secrets import kept, new_secret
from workflow.office_tables import LINK, LinkUse
from workflow.tables import GRANT, PERSON

HOST = Role.HOST.value
BY_MAIL = timedelta(minutes=30)
BY_HAND = timedelta(days=3)  # read out, written on paper
KEPT = timedelta(days=30)
SHARERS = 5  # people of one mailbox to whom links are sent together; of more each names himself
MOST = 3  # mails with a link that one person gets within BY_MAIL


def reachable(connection: Connection, asked: str, *, hosts: bool = True) -> list[int]:
    """The active people of that address, each of whom gets a link of his own; of one that more
    share, and of what is no address, who signs in under that name. `hosts`: whether those who are
    hosts alone come here at all."""
    if not asked.strip():
        return []
    query = select(PERSON.c.id).where(PERSON.c.active, PERSON.c.email != "")
    if not hosts:
        query = query.where(_holds_more)
    sharing = query.where(PERSON.c.email == mailbox(asked)).limit(SHARERS + 1)
    found = connection.execute(sharing.order_by(PERSON.c.id)).scalars().all()
    if not 0 < len(found) <= SHARERS:
        found = connection.execute(query.where(PERSON.c.login == asked.strip())).scalars().all()
    return [int(person) for person in found]


# Somebody with a role besides that of a host.
_holds_more = exists().where(GRANT.c.person_id == PERSON.c.id, GRANT.c.role != HOST)


def is_host_alone(connection: Connection, person: int) -> bool:
    """Whether somebody has no other role than that of a host."""
    found = select(PERSON.c.id).where(PERSON.c.id == person, ~_holds_more)
    return connection.execute(found).first() is not None


def may_ask(connection: Connection, person: int, *, at: datetime) -> bool:
    """Not more often than a person would: nobody's mailbox is to be filled by a stranger."""
    asked = (
        select(func.count())
        .where(LINK.c.person_id == person, LINK.c.made_by == "")
        .where(LINK.c.made_at > at - BY_MAIL)
    )
    return int(connection.execute(asked).scalar_one()) < MOST


def make_link(
    connection: Connection,
    person: int,
    use: LinkUse,
    *,
    at: datetime,
    made_by: str = "",
    lasts: timedelta | None = None,
) -> str:
    """A new link's secret. One made by somebody for another lasts longer, unless it is mailed."""
    secret = new_secret()
    lasts = lasts or (BY_HAND if made_by else BY_MAIL)
    connection.execute(delete(LINK).where(LINK.c.ends_at < at - KEPT))
    connection.execute(
        insert(LINK).values(
            token=kept(secret),
            person_id=person,
            use=use.value,
            made_by=made_by,
            made_at=at,
            ends_at=at + lasts,
        )
    )
    return secret


def still_works(connection: Connection, secret: str, *, at: datetime) -> bool:
    """Whether such a link is neither used, over nor unknown."""
    live = (LINK.c.token == kept(secret), LINK.c.used_at.is_(None), LINK.c.ends_at > at)
    return connection.execute(select(LINK.c.token).where(*live)).first() is not None


def end_all(connection: Connection, person: int, *, at: datetime) -> None:
    """Use up every link of a person's that still works."""
    live = (LINK.c.person_id == person, LINK.c.used_at.is_(None), LINK.c.ends_at > at)
    connection.execute(update(LINK).where(*live).values(used_at=at))


class Way(NamedTuple):
    """Whom a link signs in, for what, and who made it (empty: the person asked for it)."""

    person_id: int
    use: LinkUse
    let_in_by: str


def use_link(connection: Connection, secret: str, *, at: datetime) -> Way | None:
    """What the link opens; None if it is used, over or unknown. Used up by this.

    A link to an address that somebody else has set was made by that one as well.

    Two who use it at once: the database lets one of them through.
    """
    token = kept(secret)
    live = (LINK.c.token == token, LINK.c.used_at.is_(None), LINK.c.ends_at > at)
    if connection.execute(update(LINK).where(*live).values(used_at=at)).rowcount != 1:
        return None
    row = connection.execute(
        select(LINK.c.person_id, LINK.c.use, LINK.c.made_by, PERSON.c.email_by)
        .join(PERSON, PERSON.c.id == LINK.c.person_id)
        .where(LINK.c.token == token, PERSON.c.active)
    ).first()
    if row is None:
        return None
    return Way(int(row.person_id), LinkUse(row.use), row.made_by or row.email_by)
