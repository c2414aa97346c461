"""What somebody answered to a mail of ours, passed on to the officer in charge."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, or_, select

from config.zone import SHANGHAI
from states.facts import Facts
from states.terms import Role
from workflow.mail.attempts import record
from workflow.mail.outbox import INSERT, draft
from workflow.mail.recipients import is_marked
from workflow.mail_tables import MAIL, REMINDER, Purpose
from workflow.people import officers
from workflow.tables import PROJECT

ANSWER = "answer"  # the notice of the mail that passes it on, and what its attempts call it
REMEMBERED = timedelta(days=90)  # how far back an answer that names no mail is looked for
MOST_A_DAY = 10  # answers of one sender that are passed on


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail that a person wrote. `identity`: the same when it is read again; `tokens`: of our mails
    that it names; `files`: names of what was attached."""

    identity: str
    tokens: tuple[str, ...]
    name: str
    email: str
    subject: str
    text: str
    files: tuple[str, ...] = ()


def pass_on(connection: Connection, reply: Reply, *, place: str, at: datetime) -> bool:
    """Queue what a person answered for the officer of the project that it is about; False if it
    answers nothing of ours. `place`: where the original lies."""
    mail = _answered(connection, reply, at)
    if mail is None:
        return False
    facts = _facts(connection, mail)
    person = reply.email.lower()
    found = (to for to in officers(connection, facts) if to[1].lower() != person)
    to = next((to for to in found if not is_marked(connection, to[1])), ("", ""))
    digest = sha256(f"{person}\0{reply.identity}".encode()).hexdigest()[:16]
    begins = f"answer:{sha256(person.encode()).hexdigest()[:8]}"
    query = select(func.count()).where(MAIL.c.key.startswith(begins, autoescape=True))
    lately = connection.execute(
        query.where(MAIL.c.created_at > at - timedelta(days=1))
    ).scalar_one()
    natural = f"{begins}:{digest}:{to[1].lower()}"
    known = select(MAIL.c.id).where(MAIL.c.key == natural)
    if lately >= MOST_A_DAY or connection.execute(known).first():
        return True
    about: dict[str, Any] = {
        "what": ANSWER,
        "person": reply.name,
        "address": reply.email,
        "said": reply.text,
    }
    about |= {"subject": reply.subject, "files": list(reply.files), "place": place}
    row = draft(
        natural, Purpose.ALARM.value, to, Role.PROVINCE, on=at.astimezone(SHANGHAI).date(), at=at
    )
    more: dict[str, Any] = {"project_id": mail.project_id} if mail.project_id else {}
    INSERT.run(connection, row | {"notice": ANSWER, "about": json.dumps(about)} | more)
    record(connection, mail.id, ANSWER, reply.email, at=at)
    return True


def _answered(connection: Connection, reply: Reply, at: datetime) -> Any:
    """The mail that is named, else the latest that went to the sender, else of that subject."""
    query = select(MAIL.c.id, MAIL.c.project_id).where(MAIL.c.purpose != Purpose.SIGN_IN.value)
    latest = query.order_by(MAIL.c.sent_at.desc(), MAIL.c.id.desc()).limit(1)
    recent = MAIL.c.sent_at.between(at - REMEMBERED, at)
    to = func.lower(func.coalesce(func.nullif(MAIL.c.went_to, ""), MAIL.c.to_email))
    ways: Sequence[Any] = (
        query.where(
            MAIL.c.token.in_(reply.tokens), or_(MAIL.c.sent_at.is_not(None), MAIL.c.handed > 0)
        ),
        latest.where(recent, to == reply.email.lower()),
        latest.where(recent, MAIL.c.subject == reply.subject) if reply.subject else None,
    )
    found = (connection.execute(way).first() for way in ways if way is not None)
    return next((mail for mail in found if mail is not None), None)


def _facts(connection: Connection, mail: Any) -> Facts | None:
    """Of the project that the mail was about, the first of several."""
    carried = select(REMINDER.c.project_id).where(REMINDER.c.mail_id == mail.id)
    number = mail.project_id or connection.execute(carried.order_by(REMINDER.c.id)).scalar()
    stored = connection.execute(select(PROJECT.c.facts).where(PROJECT.c.id == number)).scalar()
    return Facts.read(json.loads(stored)) if stored else None
