"""Digests: what one person should hear of all projects in scope, weekly or daily, none if there is
nothing to do, or nothing else than the one before has said.

Coordinators get theirs on the week's first working day, the province's staff each working day. A
digest is gathered when it is queued, to see whether there is anything to say, and again when it is
written, so that it never tells what has been settled meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from config.errors import ConfigError
from config.rulebook import Rulebook
from notifications.digest_content import Reader, Scope, gathered, is_empty, mark, named
from notifications.letters.digest_letter import Digest
from states.mailing import Sort
from states.terms import Role, Text
from workflow.database import Database
from workflow.mail.outbox import INSERT, draft
from workflow.mail.recipients import resolve
from workflow.mail_tables import MAIL, MailStatus, Purpose
from workflow.tables import GRANT, PERSON

WEEK = timedelta(days=7)


def queue_digests(
    db: Database,
    book: Rulebook,
    *,
    as_of: date,
    at: datetime,
    tell: Callable[[Text], None] = lambda _: None,
) -> int:
    """Queue what is due on this working day, each once; how many mails. One with nothing to do, or
    the same as before, is recorded as silence, so that a later day of the same week does not make
    up for it. `tell` hears of a
    policy that cannot be read; digests that need it wait."""
    if not book.calendar.is_working(as_of):
        return 0
    with db.read() as connection:
        readers = list(_readers(connection))
    queued = 0
    for reader in readers:
        try:
            queued += _queue(db, book, reader, as_of, at)
        except ConfigError as error:  # a policy of this one's projects; others may have none of it
            tell(error.text)
    return queued


def _readers(connection: Connection) -> Iterator[Reader]:
    rows = connection.execute(
        select(PERSON.c.name, PERSON.c.email, GRANT.c.role, GRANT.c.scope)
        .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id)
        .where(PERSON.c.active, PERSON.c.email != "")
        .where(GRANT.c.role.in_([Role.COORDINATOR.value, Role.PROVINCE.value]))
        .order_by(PERSON.c.id, GRANT.c.id)
    ).all()
    province = {row.email for row in rows if row.role == Role.PROVINCE}
    scopes: dict[str, list[str]] = {}
    for row in rows:
        if row.email not in province:  # who hears of everything each day needs no week's part
            scopes.setdefault(row.email, []).append(row.scope)
    for row in {row.email: row for row in rows}.values():
        if row.email in province:
            yield Reader(row.name, row.email, Role.PROVINCE, None)
        else:
            yield Reader(row.name, row.email, Role.COORDINATOR, tuple(scopes[row.email]))


def _queue(db: Database, book: Rulebook, reader: Reader, as_of: date, at: datetime) -> bool:
    week = "{}-W{:02d}".format(*as_of.isocalendar())
    when = as_of.isoformat() if reader.role is Role.PROVINCE else week
    key = f"digest:{when}:{reader.email}"
    with db.write() as connection:
        # To a substitute it has another key, but is still the digest of that reader and time.
        others = and_(MAIL.c.key > f"{key}>", MAIL.c.key < f"{key}?")
        if connection.execute(select(MAIL.c.id).where(or_(MAIL.c.key == key, others))).first():
            return False
        to = resolve(connection, reader.name, reader.email, reader.role, Sort.DIGEST, on=as_of)
        since = at - (timedelta(days=1) if reader.role is Role.PROVINCE else WEEK)
        about: dict[str, Any] = {"departments": reader.departments}
        last = _last(connection, reader)
        about["since"] = (last.created_at if last else since).isoformat()
        own = key if to.email == reader.email else f"{key}>{to.email}"
        row = draft(own, Purpose.DIGEST, (to.name, to.email), reader.role, on=as_of, at=at)
        found = gathered(connection, book, Scope.of(about), reader, as_of)
        about["mark"] = mark(found)
        reason = to.reason or ("empty" if is_empty(found) else "")
        if not (reason or found.new) and _known(last, to.email) == about["mark"]:
            reason = UNCHANGED
        about["projects"] = [] if reason else named(found)  # each finds its digests in its log
        row["about"] = json.dumps(about, ensure_ascii=False)
        if reason:
            row |= {"status": MailStatus.SUPPRESSED.value, "reason": reason}
        INSERT.run(connection, row)
        return not reason


def _last(connection: Connection, reader: Reader) -> Any:
    """This person's last digest, sent or not: what came since it was gathered is new."""
    own = f":{reader.email}"
    query = (
        select(MAIL.c.created_at, MAIL.c.to_email, MAIL.c.status, MAIL.c.reason, MAIL.c.about)
        .where(MAIL.c.purpose == Purpose.DIGEST.value)
        .where(
            or_(
                MAIL.c.key.endswith(own, autoescape=True),
                MAIL.c.key.contains(f"{own}>", autoescape=True),
            )
        )
        .order_by(MAIL.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).first()


def _known(last: Any, email: str) -> str:
    """The mark of what the last digest said; empty where it did not reach this mailbox."""
    if last is None or last.to_email != email:
        return ""
    lost = last.status in LOST or last.reason
    reached = last.reason == UNCHANGED or not lost
    return str(json.loads(last.about).get("mark", "")) if reached else ""


LOST = frozenset({MailStatus.DEAD.value, MailStatus.SUPPRESSED.value})
UNCHANGED = "unchanged"


def gather(connection: Connection, book: Rulebook, mail: Any, today: date) -> Digest | None:
    """The digest of a mail row as things stand now; None if there is nothing left to say."""
    reader = Reader(mail.to_name, mail.to_email, Role(mail.to_role), None)
    found = gathered(connection, book, Scope.of(json.loads(mail.about)), reader, today)
    return None if is_empty(found) else found
