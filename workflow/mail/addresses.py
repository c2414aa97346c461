"""Addresses at which mail did not arrive: marked once, told to those who can mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from config.zone import SHANGHAI
from states.facts import Facts
from states.lifecycle import UNDER_WAY
from states.mailing import Sort
from states.refusal import Reason
from states.terms import Role, State, Text
from workflow.mail.attempts import MailRefused, record
from workflow.mail.outbox import INSERT, draft
from workflow.mail.recipients import DISABLED, addressed, is_for
from workflow.mail_tables import ADDRESS, MAIL, REMINDER, Purpose
from workflow.tables import GRANT, PERSON, PROJECT

LONGEST, TOLD = 500, 200  # characters of a server's words: kept, and told in an alarm
LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.)[^\s\"'<>()]*", re.I)
# Who sees to an address of the role before; the last one sees to its own.
WATCH = (Role.HOST, Role.COORDINATOR, Role.PROVINCE, Role.ADMIN)
NO_PROJECT = Facts(State.PLANNED, "", 0, "", "", "")


def marked(connection: Connection) -> list[dict[str, Any]]:
    """The marked addresses, the latest first."""
    query = select(ADDRESS).order_by(ADDRESS.c.since.desc(), ADDRESS.c.email)
    return [dict(row._mapping) for row in connection.execute(query)]


def mark_address(
    connection: Connection,
    email: str,
    *,
    status: str,
    said: str,
    mail_id: int | None,
    at: datetime,
    reason: Reason = Reason.GONE,
) -> bool:
    """Mark an address and queue one alarm about it; False if it is marked already.

    The alarm goes to the coordinators of the open projects of which it is the contact, else of
    the mail's projects; one step further up where there is none or the address is their own.
    """
    key = email.strip().lower()
    told = {"status": status, "said": said[:LONGEST], "mail_id": mail_id}
    known = select(ADDRESS.c.email).where(ADDRESS.c.email == key)
    if not key or connection.execute(known).first():
        return False
    try:
        with connection.begin_nested():
            connection.execute(insert(ADDRESS).values(told | {"email": key, "since": at}))
    except IntegrityError:  # another worker was quicker
        return False
    _alarm(connection, key, told | {"reason": reason.value}, "marked", at)
    return True


def warn_about(
    connection: Connection,
    email: str,
    *,
    status: str,
    said: str,
    mail_id: int | None,
    at: datetime,
    reason: Reason = Reason.UNKNOWN,
    forward: str = "",
) -> None:
    """Tell the same people of a mail that came back, or of a report that proves nothing (`said` is
    empty then), or that the mailbox passes mail on to one that fails (`forward`): the address is
    not marked."""
    about = {"status": status, "said": said, "mail_id": mail_id, "reason": reason.value}
    what = "forward" if forward else "bounced"
    _alarm(connection, email.strip().lower(), about | {"forward": forward}, what, at)


def tell_administrators(
    connection: Connection, reason: Reason, emails: Sequence[str], *, said: str, at: datetime
) -> None:
    """Queue one alarm a day that one reason meets many addresses: the fault is with our sending.
    Where there is no administrator, the province is told."""
    on = at.astimezone(SHANGHAI).date()
    named = "、".join(emails[:MOST_LISTED]) + ("…" if len(emails) > MOST_LISTED else "")
    about = {"what": "refusing", "address": named, "count": len(emails), "said": plain(said)}
    about |= {"reason": reason.value}
    for role in (Role.ADMIN, Role.PROVINCE):
        found = addressed(connection, role, NO_PROJECT, Sort.ALARMS, on=on)
        people = [(to.name, to.email) for to in found if to.email]
        for to in people or ([("", "")] if role is Role.PROVINCE else []):
            natural = f"{REFUSING}{reason.value}:{on.isoformat()}:{to[1].lower()}"
            _queue(connection, natural, to, role, about, at)
        if people:
            return


MOST_LISTED = 10
REFUSING = "alarm:refusing:"  # with what the keys of such alarms begin


def refusing_lately(connection: Connection, at: datetime) -> tuple[Reason, int] | None:
    """The latest alarm of these days that one reason meets many: why, and how many. It may not have
    arrived itself."""
    query = select(MAIL.c.about).where(
        MAIL.c.key.startswith(REFUSING), MAIL.c.created_at.between(at - TOLD_FOR, at)
    )
    stored = connection.execute(query.order_by(MAIL.c.id.desc()).limit(1)).scalar()
    about = json.loads(stored) if stored else None
    return (Reason(about["reason"]), int(about["count"])) if about else None


TOLD_FOR = timedelta(days=3)


def tell_of_leaver(connection: Connection, person: Any, *, at: datetime) -> None:
    """Tell the same people of somebody who has been disabled and is the contact of projects that
    go on: `person` is the row."""
    projects = [
        (number, facts)
        for number, facts in _projects_of(connection, person.email, None)
        if is_for(connection, person.email, facts.contact_name or facts.host, person.id)
    ]
    if not projects:
        return
    today = at.astimezone(SHANGHAI).date()
    about = {"what": LEFT, "person": person.name, "address": person.email}
    for to, (role, named) in _told(connection, person.email, projects, today).items():
        natural = f"alarm:{LEFT}:{person.id}:{at.isoformat()}:{to[1]}"
        row = draft(natural, Purpose.ALARM.value, to, role, on=today, at=at)
        said = about | {"projects": named}
        one = {"project_id": named[0]["id"]} if len(named) == 1 else {}
        more = {"notice": LEFT, "about": json.dumps(said, ensure_ascii=False)}
        INSERT.run(connection, row | more | one)


LEFT = "left"  # what the alarm is called


def clear_address(connection: Connection, email: str, *, by: str, at: datetime) -> None:
    """Write to an address again. Raises MailRefused if it is not marked."""
    key = email.strip().lower()
    row = connection.execute(select(ADDRESS).where(ADDRESS.c.email == key)).first()
    if row is None:
        raise MailRefused(NOT_MARKED.format(email=email.strip()[:200]))
    connection.execute(delete(ADDRESS).where(ADDRESS.c.email == key))
    if row.mail_id is not None:
        record(connection, row.mail_id, "cleared", key, by=by, at=at)


NOT_MARKED = Text(
    "邮箱 {email} 没有退信标记，请用 yanxiu mail addresses 查看。",
    "{email} is not marked; see `yanxiu mail addresses`.",
)


def _projects_of(connection: Connection, key: str, mail_id: int | None) -> list[tuple[int, Facts]]:
    """The open projects whose contact or office has this address, else those of the mail."""
    columns = select(PROJECT.c.id, PROJECT.c.facts).order_by(PROJECT.c.id)
    written = or_(
        PROJECT.c.contact_email == key,
        PROJECT.c.facts.contains('"office_email"')
        & func.lower(PROJECT.c.facts).contains(key, autoescape=True),
    )
    states = [state.value for state in UNDER_WAY]
    found = _read(connection, columns.where(PROJECT.c.state.in_(states), written))
    theirs = [(n, facts) for n, facts in found if key in _addresses(facts)]
    if theirs or mail_id is None:
        return theirs
    carried = exists().where(REMINDER.c.project_id == PROJECT.c.id, REMINDER.c.mail_id == mail_id)
    own = exists().where(MAIL.c.project_id == PROJECT.c.id, MAIL.c.id == mail_id)
    return _read(connection, columns.where(carried | own))


def _read(connection: Connection, query: Any) -> list[tuple[int, Facts]]:
    rows = connection.execute(query).all()
    return [(row.id, Facts.read(json.loads(row.facts))) for row in rows]


def _addresses(facts: Facts) -> set[str]:
    return {facts.contact_email.lower(), facts.office_email.lower()}


def _alarm(
    connection: Connection, key: str, about: dict[str, Any], what: str, at: datetime
) -> None:
    """One mail to each who is to see to it, naming their projects only."""
    projects = _projects_of(connection, key, about["mail_id"])
    mail = select(MAIL.c.subject, MAIL.c.to_name).where(MAIL.c.id == about["mail_id"])
    subject, person = connection.execute(mail).first() or ("", "")
    shown = about | {"email": key, "address": key, "person": person, "subject": subject}
    shown["what"], shown["marked"] = what, what == "marked"
    shown["said"] = plain(about["said"])
    sort = shown["what"] if about["said"] else "unproven"  # which must not stand before a proof
    today = at.astimezone(SHANGHAI).date()
    for to, (role, named) in _told(connection, key, projects, today).items():
        natural = f"alarm:{sort}:{key}:{today.isoformat()}:{to[1].lower()}"
        one = {"project_id": named[0]["id"]} if len(named) == 1 else {}
        _queue(connection, natural, to, role, shown | {"projects": named}, at, **one)


def _queue(
    connection: Connection,
    natural: str,
    to: tuple[str, str],
    role: Role,
    about: dict[str, Any],
    at: datetime,
    **more: Any,
) -> None:
    """One mail, unless it was queued that day: marked, cleared and marked again is told once."""
    if connection.execute(select(MAIL.c.id).where(MAIL.c.key == natural)).first():
        return
    on = at.astimezone(SHANGHAI).date()
    row = draft(natural, Purpose.ALARM.value, to, role, on=on, at=at)
    INSERT.run(connection, row | {"notice": "bounced", "about": json.dumps(about)} | more)


def plain(said: str) -> str:
    """A stranger's words as an alarm may carry them: short, nothing in them to be clicked."""
    shown = "".join(c if c.isprintable() else " " for c in LINK.sub("…", said))
    return " ".join(shown.split())[:TOLD]


def _told(
    connection: Connection, key: str, projects: list[tuple[int, Facts]], on: date
) -> dict[tuple[str, str], tuple[Role, list[dict[str, Any]]]]:
    """Who is told: in which role, and of which projects."""
    rank = _rank(connection, key)
    failing = {key, *connection.execute(select(ADDRESS.c.email)).scalars()}
    told: dict[tuple[str, str], tuple[Role, list[dict[str, Any]]]] = {}
    for number, facts in projects or [(0, NO_PROJECT)]:
        watchers = _watchers(connection, facts, rank, failing, on)
        role, people = next(watchers, (WATCH[-1], [("", "")]))
        for to in people:
            _, named = told.setdefault(to, (role, []))
            named += [{"id": number, "name": facts.name}] if number else []
    return told


def _rank(connection: Connection, key: str) -> int:
    """The highest place in WATCH that the owner of the address holds; hosts have the lowest."""
    held = connection.execute(
        select(GRANT.c.role)
        .join_from(PERSON, GRANT, PERSON.c.id == GRANT.c.person_id)
        .where(PERSON.c.email == key, PERSON.c.active)
    ).scalars()
    return max((WATCH.index(Role(role)) for role in held if Role(role) in WATCH), default=0)


def _watchers(
    connection: Connection, facts: Facts, rank: int, failing: set[str], on: date
) -> Iterator[tuple[Role, list[tuple[str, str]]]]:
    """From the next place up: who there can be written to at an address that works."""
    lowest = min(rank + 1, len(WATCH) - 1)
    for role in WATCH[lowest:]:
        found = addressed(connection, role, facts, Sort.ALARMS, on=on)
        able = [to for to in found if to.reason != DISABLED]
        people = [(to.name, to.email) for to in able if to.email.lower() not in failing]
        if people:
            yield role, people
