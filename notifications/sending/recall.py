"""Holds the database against this machine's journal, and keeps what was sent from going out again.

A database that does not know the last lines of a journal is older than it. Then all of the
journal that it does not know is taken over into `sent_before`, and mail is halted until a person
lets it go (workflow/mail/halt.py). What is told there is afterwards recorded as sent when its mail
comes up, however late it is queued again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from notifications.sending.claims import forget
from notifications.sending.fingerprints import Fingerprint
from notifications.sending.journal import Journal, Sent, backwards
from workflow.mail.attempts import record
from workflow.mail.desk import SENT_BEFORE as REASON
from workflow.mail.halt import OLDER, Halt, halt, halted, resume
from workflow.mail_tables import (
    ATTEMPT,
    MAIL,
    REMINDER,
    SENT_BEFORE,
    MailStatus,
    ReminderStatus,
)
from workflow.statements import Statement

AT_ONCE = 400  # lines asked for in one question


def standing_halt(connection: Connection, data_dir: Path, at: datetime) -> Halt | None:
    """What halts mail, or will once a worker has seen it: a journal in this data folder that
    knows more than the database. Nothing is written."""
    found = halted(connection)
    if found is not None:
        return found
    news = [line for block in _news(connection, Journal(data_dir), tail=True) for line in block]
    return Halt(at, OLDER) if news and _still_unknown(connection, news) else None


def _still_unknown(connection: Connection, lines: Sequence[Sent]) -> bool:
    """Whether the database knows them no more now than when this transaction began to look: what
    workers have sent meanwhile stands in the journal, and this transaction cannot see it."""
    with connection.engine.connect() as anew, anew.begin():
        return bool(_unknown(anew, lines))


def compare(connection: Connection, journal: Journal, at: datetime) -> bool:
    """Take over what the journal knows and the database does not; whether mail is halted now."""
    lines = [line for block in _news(connection, journal) for line in block]
    if lines:
        _take_over(connection, lines)
        halt(connection, OLDER, at=at)
    return halted(connection) is not None


def let_go(connection: Connection, data_dir: Path, *, by: str, at: datetime) -> bool:
    """A person has looked: mail goes on, but for what this machine's journal shows as sent, also
    where no worker has compared them yet. False: nothing was halted."""
    compare(connection, Journal(data_dir), at)
    return resume(connection, by=by, at=at)


def _news(
    connection: Connection, journal: Journal, *, tail: bool = False
) -> Iterable[Sequence[Sent]]:
    """The lines that the database does not know, from the end back to where it knows all.

    `tail`: only whether there are any among the last.
    """
    for path in journal.files():
        for block in backwards(path):
            unknown = _unknown(connection, block)
            if unknown:
                yield unknown
            if block and (tail or not unknown):
                break


def _unknown(connection: Connection, lines: Sequence[Sent]) -> list[Sent]:
    """Those that the database has neither recorded nor taken over."""
    asked = (lines[start : start + AT_ONCE] for start in range(0, len(lines), AT_ONCE))
    return [line for some in asked for line in _unknown_of(connection, some)]


def _unknown_of(connection: Connection, lines: Sequence[Sent]) -> list[Sent]:
    """A mail that is being sent, or whose sender was killed, is known: its row says that a server
    may have it."""
    tokens = {line.token for line in lines}
    if not tokens:
        return []
    latest = func.max(ATTEMPT.c.at).label("latest")
    rows = connection.execute(
        select(MAIL.c.token, MAIL.c.status, MAIL.c.handed, latest)
        .join_from(MAIL, ATTEMPT, ATTEMPT.c.mail_id == MAIL.c.id, isouter=True)
        .where(MAIL.c.token.in_(tokens))
        .group_by(MAIL.c.id)
    )
    under_way, known = set(), {}
    for row in rows:
        known[row.token] = row.latest
        if row.status == MailStatus.LEASED.value and row.handed:
            under_way.add(row.token)
    here = SENT_BEFORE.c.fingerprint.in_(tokens)
    taken = {row.fingerprint: row.at for row in connection.execute(select(SENT_BEFORE).where(here))}
    return [
        line
        for line in lines
        if line.token not in under_way
        and not any(
            (at := seen.get(line.token)) is not None and at >= line.at for seen in (known, taken)
        )
    ]


def _take_over(connection: Connection, lines: Iterable[Sent]) -> None:
    latest: dict[str, datetime] = {}
    for line in lines:
        for one in (line.token, *line.tells):
            latest[one] = max(latest.get(one, line.at), line.at)
    rows = [{"fingerprint": one, "at": at} for one, at in sorted(latest.items())]
    _TAKE_OVER.many(connection, rows)


def anything_taken_over(connection: Connection) -> bool:
    return connection.execute(select(SENT_BEFORE.c.fingerprint).limit(1)).first() is not None


def sent_already(connection: Connection, mail: Any, print_: Fingerprint) -> bool:
    """Record a mail as sent that was sent before the restore; False if it is still to go.

    Of a mail with several reminders those that were told are taken out and recorded as such.
    """
    sought = {print_.token, *print_.tells}
    found = {
        row.fingerprint: row.at
        for row in connection.execute(
            select(SENT_BEFORE).where(SENT_BEFORE.c.fingerprint.in_(sought))
        )
    }
    if not found:
        return False
    whole = print_.token in found or set(print_.tells) <= set(found)
    if whole:
        record_sent(connection, mail.id, print_.token, max(found.values()), outcome=REASON)
    elif mail.handed:  # its bytes are fixed
        return False
    else:
        _take_out(connection, print_, found)
    # A line of the journal that names the mail otherwise stays known by what is left.
    used = [one for one in found if one in print_.tells or one == print_.token]
    connection.execute(delete(SENT_BEFORE).where(SENT_BEFORE.c.fingerprint.in_(used)))
    return whole


def record_sent(
    connection: Connection, mail_id: int, token: str, at: datetime, *, outcome: str
) -> None:
    """Put on record what only the journal knows. `outcome`: how that is called."""
    reason = "" if outcome == MailStatus.SENT else outcome
    values = {"status": MailStatus.SENT.value, "reason": reason, "sent_at": at, "token": token}
    values |= {"lease_until": None, "lease_owner": ""}
    connection.execute(update(MAIL).where(MAIL.c.id == mail_id).values(values))
    forget(connection, mail_id)
    record(connection, mail_id, outcome, "", at=at)


def _take_out(connection: Connection, print_: Fingerprint, found: dict[str, datetime]) -> None:
    pairs = zip(print_.reminders, print_.tells, strict=True)
    told = [number for number, one in pairs if one in found]
    silent = {"status": ReminderStatus.SUPPRESSED.value, "reason": REASON, "mail_id": None}
    connection.execute(update(REMINDER).where(REMINDER.c.id.in_(told)).values(silent))


_TAKE_OVER = Statement(  # both databases know this clause, the toolkit only as a dialect's own
    text(
        "INSERT INTO sent_before (fingerprint, at) VALUES (:fingerprint, :at)"
        " ON CONFLICT (fingerprint) DO UPDATE SET at = excluded.at"
        " WHERE excluded.at > sent_before.at"
    ).bindparams(
        bindparam("at", type_=SENT_BEFORE.c.at.type),
        bindparam("fingerprint", type_=SENT_BEFORE.c.fingerprint.type),
    )
)
