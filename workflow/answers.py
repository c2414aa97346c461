"""Idempotency keys: what was done under one is answered again, and never done twice.

The answer is kept in the transaction of what it answers, so neither stands without the other. Only
what was done is kept: a refusal has changed nothing, and is judged anew when it is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from states.terms import Text
from workflow.holding import hold_if_free
from workflow.office_tables import ANSWER

KEPT = timedelta(hours=24)


class OtherRequest(Exception):
    """The key stands for another request."""

    text = Text(
        "这个 Idempotency-Key 已用于另一个请求，请为新的请求换一个。",
        "This Idempotency-Key was used for another request; take a new one.",
    )


class UnderWay(Exception):
    """The first request under this key is still being worked on."""

    text = Text(
        "同一 Idempotency-Key 的请求正在办理，请稍后再问。",
        "A request under this Idempotency-Key is under way; ask again in a while.",
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: HTTP status, and the body as JSON text."""

    status: int
    body: str


def said_before(
    connection: Connection, person: int, key: str, request: str, *, at: datetime
) -> Answer | None:
    """The answer kept under a person's key, None for a new one. `request`: its fingerprint.

    Holds the key until the transaction ends. Raises OtherRequest, UnderWay.
    """
    if not hold_if_free(connection, f"answer:{person}:{key}"):
        raise UnderWay
    own = (ANSWER.c.person_id == person, ANSWER.c.key == key)
    row = connection.execute(select(ANSWER).where(*own)).first()
    if row is None:
        return None
    if row.at <= at - KEPT:
        connection.execute(delete(ANSWER).where(*own))
        return None
    if row.request != request:
        raise OtherRequest
    return Answer(row.status, row.body)


def keep(
    connection: Connection, person: int, key: str, request: str, answer: Answer, *, at: datetime
) -> None:
    """Remember what was answered, in the transaction of what was done."""
    values = {"person_id": person, "key": key, "request": request, "at": at}
    values |= {"status": answer.status, "body": answer.body}
    connection.execute(insert(ANSWER).values(values))


def any_old(connection: Connection, *, at: datetime) -> bool:
    """Whether there is something to forget."""
    old = select(ANSWER.c.key).where(ANSWER.c.at <= at - KEPT).limit(1)
    return connection.execute(old).first() is not None


def forget(connection: Connection, *, at: datetime) -> int:
    """Sweep away the answers that nobody will ask for any more; how many."""
    return connection.execute(delete(ANSWER).where(ANSWER.c.at <= at - KEPT)).rowcount
