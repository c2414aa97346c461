"""A way in that somebody makes for another: a password or a link, shown or mailed.

It ends what the person had open, tells the person by mail, and its maker's login goes along: with
the session that begins by it, with the password that is chosen and the keys that are made in that
session, into the history of what is done so. The mark ends when the person gets in by the own
mailbox and chooses a password then. Whoever decides on money gets links by mail alone: what is
shown to another makes one person of two.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from states.duties import DECIDERS
from states.terms import Text
from workflow.accounts import links, passwords, secrets, sessions, tokens
from workflow.mail.account_notices import LET_IN, tell_person
from workflow.office.log import note
from workflow.office_tables import LinkUse, TokenScope
from workflow.tables import GRANT, PERSON


class WayIn(Exception):
    """No such way in for this person; `text` says why."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def decides(connection: Connection, person: int) -> bool:
    """Whether somebody decides on money."""
    held = select(GRANT.c.id).where(GRANT.c.person_id == person)
    return (
        connection.execute(held.where(GRANT.c.role.in_([r.value for r in DECIDERS]))).first()
        is not None
    )


class Handed(NamedTuple):
    """What is shown once, and the address to which the person was told of it; empty: to none."""

    secret: str
    told: str


def hand_password(
    connection: Connection, person: int, *, hosts: bool, by: str, at: datetime
) -> Handed:
    """A password for one sign-in, to be shown once; all else that opens the account ends.

    `hosts`, here and below: whether host units reach the pages at all (hosts_online).
    """
    _must_come_here(connection, person, hosts=hosts)
    _must_be_shown(connection, person)
    drawn = secrets.new_password()
    passwords.set_password(connection, person, drawn, at=at, must_change=True, let_in_by=by)
    _record(connection, person, "password_reset", by, at)
    return Handed(drawn, tell_person(connection, person, LET_IN, by=by, at=at))


def hand_link(connection: Connection, person: int, *, hosts: bool, by: str, at: datetime) -> Handed:
    """The secret of a link that signs in once, to be shown once and handed over."""
    _must_come_here(connection, person, hosts=hosts)
    _must_be_shown(connection, person)
    _close(connection, person, at)
    _record(connection, person, "link_made", by, at)
    told = tell_person(connection, person, LET_IN, by=by, at=at)
    return Handed(links.make_link(connection, person, LinkUse.SIGN_IN, at=at, made_by=by), told)


def hand_token(
    connection: Connection,
    person: int,
    name: str,
    scope: TokenScope,
    *,
    ends_at: datetime,
    by: str,
    at: datetime,
) -> Handed:
    """A key for a program of somebody else's, to be shown once. Raises TokenProblem too."""
    if scope is TokenScope.WRITE:
        _must_be_shown(connection, person)
    secret = tokens.make_token(
        connection, person, name, scope, ends_at=ends_at, at=at, let_in_by=by
    )
    _record(connection, person, "token_made", by, at)
    return Handed(secret, tell_person(connection, person, LET_IN, by=by, at=at))


def mail_link(connection: Connection, person: int, *, hosts: bool, by: str, at: datetime) -> str:
    """The secret of a link that goes to the person's own address and nowhere else; the mail with
    it says who had it sent."""
    _must_come_here(connection, person, hosts=hosts)
    address = select(PERSON.c.email).where(PERSON.c.id == person)
    if not connection.execute(address).scalar_one():
        raise WayIn(NO_ADDRESS)
    _close(connection, person, at)
    _record(connection, person, "link_mailed", by, at)
    lasts = links.BY_MAIL
    return links.make_link(connection, person, LinkUse.SIGN_IN, at=at, made_by=by, lasts=lasts)


def only_by_mail_from_now(connection: Connection, person: int, *, at: datetime) -> None:
    """Whoever comes to decide on money keeps no way in that another has made."""
    _close(connection, person, at)
    if passwords.made_by(connection, person):
        passwords.forget(connection, person)
        tokens.revoke_all(connection, person, at=at)


def _must_come_here(connection: Connection, person: int, *, hosts: bool) -> None:
    """Where hosts do not reach the pages no way in is made for who is nothing but a host."""
    if not hosts and links.is_host_alone(connection, person):
        raise WayIn(NOT_HERE)


def _must_be_shown(connection: Connection, person: int) -> None:
    if decides(connection, person):
        raise WayIn(ONLY_BY_MAIL)


def _close(connection: Connection, person: int, at: datetime) -> None:
    passwords.unlock(connection, person)
    sessions.end_all(connection, person)
    links.end_all(connection, person, at=at)


def _record(connection: Connection, person: int, what: str, by: str, at: datetime) -> None:
    login = connection.execute(select(PERSON.c.login).where(PERSON.c.id == person)).scalar_one()
    note(connection, by, what, about=login, at=at)


ONLY_BY_MAIL = Text(
    "省厅人员审定补助，其登录链接只发到本人邮箱，不在此显示；请用“发送登录邮件”，"
    "或请本人在登录页用邮箱登录。",
    "Who decides on money gets a sign-in link by mail alone, never shown here; have it mailed, or "
    "let the person sign in by mail.",
)
NOT_HERE = Text(
    "承办单位不能访问本系统页面（hosts_online = false），无需登录：材料由主管（推荐）单位联系人或"
    "省厅代录，提醒照常发到其邮箱。",
    "Host units do not reach these pages (hosts_online = false) and need no way in: papers are "
    "entered for them, and reminders go to their mailbox as ever.",
)
NO_ADDRESS = Text("该人员没有登记邮箱，请先登记本人邮箱。", "This person has no address yet.")
