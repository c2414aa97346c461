"""A person's calendar feed: every open deadline that concerns them, and what was lately over.

Its URL is private and revocable: it carries a token signed with the installation's key, which
names the person and a generation that moves on when the feed is revoked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from config.rulebook import Rulebook
from notifications.calendars.enclosures import LATEST, ROWS, facts_for, owed_entries
from notifications.calendars.entries import entry
from notifications.calendars.former import lately_left
from notifications.calendars.ics import Entry, feed_ics, feed_person, feed_token
from states.facts import Standing
from states.terms import Role, Text
from workflow.installation_key import key_path, read_secret
from workflow.tables import DEADLINE, EVENT, GRANT, LARGEST_ID, PERSON, PROJECT

KEPT = timedelta(days=60)  # how long a cancelled entry stays in the feed
AHEAD = timedelta(days=60)  # how far the province looks: its feed would else hold every project
NAME = Text("研修项目期限", "Deadlines of training projects")
OVER = (Standing.MET.value, Standing.LIFTED.value, Standing.SUPERSEDED.value)


def feed(connection: Connection, book: Rulebook, person_id: int, today: date) -> bytes:
    """The calendar file of a person; the same bytes while nothing changes. An unknown person's is
    empty.

    A host gets the projects whose contact or office has their address, a coordinator those of
    their departments, the province what is overdue or due within AHEAD.
    """
    person = select(PERSON).where(PERSON.c.id == person_id)
    row = connection.execute(person).first()
    if row is None:
        return feed_ics([], name=NAME.zh)
    found: dict[str, Entry] = {}
    for role, which in _scopes(connection, row, today):
        for one in _entries(connection, book, role, which, today, row.language):
            known = found.get(one.uid_key)
            if known is None or known.status == "cancelled":  # open in one role is open
                found[one.uid_key] = one
    for one in _left(connection, book, row, today):
        found.setdefault(one.uid_key, one)
    return feed_ics(found.values(), name=NAME.in_(row.language))


def _scopes(
    connection: Connection, person: Any, today: date
) -> Iterator[tuple[Role, ColumnElement[bool]]]:
    """The roles of a person, each with the projects that concern them in it."""
    if person.email:
        email = person.email.lower()
        contact = PROJECT.c.contact_email == email
        office = func.lower(PROJECT.c.facts).contains(f'"office_email":"{email}"', autoescape=True)
        yield Role.HOST, or_(contact, office)
    grants = select(GRANT.c.role, GRANT.c.scope).where(GRANT.c.person_id == person.id)
    for role, scope in connection.execute(grants):
        if role == Role.COORDINATOR and scope:
            yield Role.COORDINATOR, PROJECT.c.department == scope
        elif role == Role.PROVINCE:
            yield Role.PROVINCE, DEADLINE.c.due_on <= today + AHEAD


def _entries(
    connection: Connection,
    book: Rulebook,
    role: Role,
    which: ColumnElement[bool],
    today: date,
    language: str,
) -> Iterator[Entry]:
    """The latest round of each deadline, stamped with the project's last event."""
    over = and_(DEADLINE.c.standing.in_(OVER), DEADLINE.c.due_on >= today - KEPT)
    shown = or_(DEADLINE.c.standing == Standing.OPEN.value, over)
    last = and_(EVENT.c.project_id == PROJECT.c.id, EVENT.c.seq == PROJECT.c.version)
    query = ROWS.add_columns(EVENT.c.recorded_at).join(EVENT, last)
    projects: dict[int, Any] = {}
    for row in connection.execute(query.where(which, LATEST, shown).order_by(DEADLINE.c.id)):
        facts = facts_for(row)
        projects[row.project_id] = row
        yield entry(row, book, role, language=language, stamp=row.recorded_at, facts=facts)
    if role is Role.HOST:  # besides its papers
        for row in projects.values():
            if isinstance(book.category(row.policy, row.category), Text):
                continue
            yield from owed_entries(row, book, language, row.recorded_at)


def _left(connection: Connection, book: Rulebook, person: Any, today: date) -> Iterator[Entry]:
    """What was theirs until a project lately went to other people, cancelled: some calendars keep
    what merely disappears."""
    for project_id in lately_left(connection, person, today - KEPT):
        which = DEADLINE.c.project_id == project_id
        for one in _entries(connection, book, Role.PROVINCE, which, today, person.language):
            yield replace(one, status="cancelled", alarm_days=None)


@dataclass(frozen=True, slots=True)
class Key:
    """What the tokens of an installation are signed with."""

    secret: bytes

    def token(self, person_id: int, generation: int) -> str:
        return feed_token(self.secret, str(person_id), generation)

    def owner(self, connection: Connection, token: str) -> int | None:
        """Whose feed a token opens; None for a forged or revoked one and for who has left.

        The person is asked for in any case, so that the answer takes as long for each of these.
        """
        told = feed_person(self.secret, token)
        number = int(told[0]) if told and told[0].isdecimal() else 0
        query = select(PERSON.c.feed_generation, PERSON.c.active)
        known = 0 < number <= LARGEST_ID
        row = connection.execute(query.where(PERSON.c.id == (number if known else 0))).first()
        if told is None or row is None or not row.active or row.feed_generation != told[1]:
            return None
        return number


def read_key(data_dir: Path) -> Key:
    """The installation's key. Raises FeedProblem where it is missing or cut short."""
    secret = read_secret(data_dir)
    if secret is None:
        raise FeedProblem(NO_KEY.format(path=key_path(data_dir)))
    return Key(secret)


def revoke(connection: Connection, person_id: int) -> int:
    """End every URL that was given out for a person's feed; the generation of the next one."""
    moved = update(PERSON).where(PERSON.c.id == person_id)
    moved = moved.values(feed_generation=PERSON.c.feed_generation + 1)
    return int(connection.execute(moved.returning(PERSON.c.feed_generation)).scalar_one())


class FeedProblem(Exception):
    """Feeds cannot be served; `text` says why in one sentence."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


NO_KEY = Text(
    "日历订阅密钥 {path} 缺失或不完整，请运行 yanxiu init（已有的订阅地址将失效）。",
    "The key of the calendar feeds, {path}, is missing or cut short; run `yanxiu init` "
    "(addresses given out before will end).",
)
