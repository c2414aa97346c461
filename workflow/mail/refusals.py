"""What follows from mail that was refused for good or came back.

First all of it is put on record, then all that is new is settled at once: only whoever sees the
whole can tell a mailbox that is gone from a server that will have none of our mail. Of one mailbox
that does not exist, the address is stopped and its people are told; where one reason meets many,
the fault is ours, no address is stopped, and the administrators are told once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from states.refusal import Reason
from workflow.mail.addresses import mark_address, tell_administrators, warn_about
from workflow.mail.attempts import record
from workflow.mail_tables import ADDRESS, MAIL, REFUSAL

MANY = 5  # addresses that one reason meets; fewer are never ours
# So many, if they are this share of those that were written to lately. What is said of one mailbox
# must be said of a good part before it is taken for a fault of ours.
OURS = ((MANY, Fraction(1, 20)),)
OF_ONE = ((MANY, Fraction(1, 2)), (2 * MANY, Fraction(1, 5)))
TOGETHER, LATELY = timedelta(days=1), timedelta(days=7)


@dataclass
class Settled:
    """Addresses that were stopped; reasons that lie with our own sending."""

    stopped: int = 0
    ours: tuple[Reason, ...] = ()


def note_refusal(
    connection: Connection,
    mail_id: int,
    email: str,
    reason: Reason,
    *,
    status: str,
    said: str,
    at: datetime,
    forward: str = "",
) -> None:
    """Put on record what is to be settled. `said`: empty where anybody could have written it."""
    values = {"email": email.strip().lower(), "forward": forward.strip().lower()}
    told = {"mail_id": mail_id, "reason": reason.value, "status": status, "at": at}
    said = said.replace("\0", "")  # which PostgreSQL cannot store
    connection.execute(insert(REFUSAL).values(values | told | {"said": said, "settled": False}))


def unsettled(connection: Connection) -> bool:
    """Whether anything is to be settled."""
    return (
        connection.execute(select(REFUSAL.c.id).where(~REFUSAL.c.settled).limit(1)).first()
        is not None
    )


def settle(connection: Connection, *, at: datetime) -> Settled:
    """Draw the consequences of all that is new; nothing new, nothing happens."""
    query = select(REFUSAL).where(~REFUSAL.c.settled).order_by(REFUSAL.c.id)
    new = connection.execute(query.with_for_update(skip_locked=True)).all()
    settled, ours = Settled(), []
    for reason, proven in dict.fromkeys((Reason(row.reason), bool(row.said)) for row in new):
        theirs = [row for row in new if (row.reason, bool(row.said)) == (reason, proven)]
        if many := meets_many(connection, reason, at, proven=proven):
            ours.append(reason)
            _tell_of_ours(connection, reason, many, at)
        for row in theirs:
            if row.forward or not many:
                settled.stopped += _tell(connection, row, reason, at)
    if new:
        done = update(REFUSAL).where(REFUSAL.c.id.in_([row.id for row in new]))
        connection.execute(done.values(settled=True))
    settled.ours = tuple(ours)
    return settled


def meets_many(
    connection: Connection, reason: Reason, at: datetime, *, proven: bool = True
) -> Sequence[Any]:
    """The refusals of a day for this reason, if they meet so many that the fault is ours."""
    words = REFUSAL.c.said != "" if proven else REFUSAL.c.said == ""
    query = select(REFUSAL).where(
        REFUSAL.c.reason == reason.value,
        REFUSAL.c.at.between(at - TOGETHER, at),
        REFUSAL.c.forward == "",
        words,
    )
    rows = connection.execute(query.order_by(REFUSAL.c.id)).all()
    met = len({row.email for row in rows})
    if met < MANY:
        return ()
    to = func.lower(func.coalesce(func.nullif(MAIL.c.went_to, ""), MAIL.c.to_email))
    lately = MAIL.c.tried_at.between(at - LATELY, at) | MAIL.c.sent_at.between(at - LATELY, at)
    written = connection.execute(select(func.count(to.distinct())).where(lately)).scalar_one()
    limits = OURS if reason.ours else OF_ONE
    return rows if any(met >= least and met >= part * written for least, part in limits) else ()


def _tell(connection: Connection, row: Any, reason: Reason, at: datetime) -> bool:
    """Whether the address was stopped."""
    told: dict[str, Any] = {"status": row.status, "mail_id": row.mail_id, "at": at}
    told |= {"said": row.said, "reason": reason}
    if reason.stops and row.said and not row.forward:
        return mark_address(connection, row.email, **told)
    warn_about(connection, row.email, forward=row.forward, **told)
    return False


def _tell_of_ours(
    connection: Connection, reason: Reason, rows: Sequence[Any], at: datetime
) -> None:
    """One alarm; and what was stopped for this reason before it was seen is written to again."""
    emails = list(dict.fromkeys(row.email for row in rows))
    tell_administrators(connection, reason, emails, said=rows[-1].said, at=at)
    mails = {row.mail_id for row in rows}
    query = select(ADDRESS.c.email, ADDRESS.c.mail_id).where(ADDRESS.c.email.in_(emails))
    stopped = [one for one in connection.execute(query).all() if one.mail_id in mails]
    for email, mail_id in stopped:
        connection.execute(delete(ADDRESS).where(ADDRESS.c.email == email))
        record(connection, mail_id, "cleared", email, at=at)
