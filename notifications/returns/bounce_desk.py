"""Takes in what came back: each report is put on record with its mail; at the reading's end it is
settled what follows from all of them together (workflow/mail/refusals.py).

Only a report that names our mail, and the address that this mail went to, can stop that address:
anybody can write a report about a bare address. What is handled is committed before it is moved
or marked as read; should that fail, the second reading finds its own line and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from config.settings import Settings
from notifications.returns.bounce_sources import BounceProblem, BounceSource, Folder, never
from notifications.returns.bounces import Report, parse
from notifications.returns.imap_box import Bookmark, ImapBox
from notifications.returns.personal_mail import personal
from workflow import kept
from workflow.database import Database
from workflow.mail.answers import pass_on
from workflow.mail.attempts import record
from workflow.mail.desk import BOUNCED, BY_HAND, UNPROVEN
from workflow.mail.refusals import note_refusal, settle
from workflow.mail_tables import ATTEMPT, MAIL, MailStatus, Purpose

RECENT = timedelta(days=14)  # how far back a report that names no mail is looked for
DELAYED, ELSEWHERE = "delayed", "bounced_elsewhere"
MOST_KEPT = 3  # different reports of one sort that are kept about one sending of a mail


@dataclass
class Collected:
    """Mails read; reports about a mail of ours, about delay only, about none of ours; addresses
    stopped; answers of people that were passed on; mails that were none of all this."""

    read: int = 0
    matched: int = 0
    marked: int = 0
    delayed: int = 0
    unknown: int = 0
    answers: int = 0
    other: int = 0


def sources(
    settings: Settings,
    at: datetime,
    stop: Callable[[], bool] = never,
    bookmark: Bookmark | None = None,
) -> Iterator[BounceSource]:
    """Where returned mail arrives, as set; none if nothing is set."""
    if settings.bounce_folder is not None:
        yield Folder(settings.bounce_folder, at)
    if settings.imap_host:
        yield ImapBox(
            settings.imap_host,
            settings.imap_port,
            settings.imap_username,
            settings.imap_password,
            settings.imap_security,
            settings.imap_mailbox,
            since=(at - RECENT).date(),
            bookmark=bookmark or Bookmark(),
            stop=stop,
        )


def collect(
    db: Database, settings: Settings, *, at: datetime, stop: Callable[[], bool] = never
) -> Collected:
    """Take in all that has arrived; `at` is the aware time of recording. Ends within a moment
    once `stop` holds, and within minutes whatever a server does.

    Raises BounceProblem where a source fails, after the other one has been read.
    """
    collected, problems = Collected(), []
    with db.read() as connection:
        bookmark = _bookmark(connection, settings)
    for source in sources(settings, at, stop, bookmark):
        try:
            for raw, done in source:
                if stop():
                    break
                with db.write() as connection:
                    taken_in = _take_in(connection, raw, source.place, at, collected)
                done(taken_in)
        except BounceProblem as problem:
            problems.append(problem)
    with db.write() as connection:
        collected.marked = settle(connection, at=at).stopped
        if settings.imap_host:
            kept.put(connection, _box(settings), json.dumps(asdict(bookmark)))
    if problems and not stop():
        raise problems[0]
    return collected


def check(settings: Settings, *, at: datetime) -> None:
    """Whether every source that is set can be used; BounceProblem otherwise."""
    for source in sources(settings, at):
        source.check()


def _box(settings: Settings) -> str:
    """The key under which it is kept how far the mailbox has been read."""
    account = f"{settings.imap_username}@{settings.imap_host}:{settings.imap_port}"
    return f"imap.read:{account}/{settings.imap_mailbox}"


def _bookmark(connection: Connection, settings: Settings) -> Bookmark:
    found = kept.get(connection, _box(settings))
    return Bookmark(**json.loads(found)) if found else Bookmark()


def _take_in(
    connection: Connection, raw: bytes, place: str, at: datetime, collected: Collected
) -> bool:
    """Whether anything came of the mail; if not, people may want to see it."""
    collected.read += 1
    reports = parse(raw)
    if not reports:
        reply = personal(raw)
        answers = reply is not None and pass_on(connection, reply, place=place, at=at)
        collected.answers += answers
        collected.other += not answers
        return answers
    for report in reports:
        if report.action not in ("failed", "delayed"):
            continue
        mail = _mail_of(connection, report, at)
        if mail is None:
            collected.unknown += 1
            continue
        collected.matched += 1
        collected.delayed += report.action == "delayed"
        _put_on_record(connection, report, mail, at)
    return True


COLUMNS = (
    *(MAIL.c.id, MAIL.c.purpose, MAIL.c.status, MAIL.c.reason, MAIL.c.to_email, MAIL.c.went_to),
    *(MAIL.c.sent_at, MAIL.c.handed, MAIL.c.attempts),
)


def _mail_of(connection: Connection, report: Report, at: datetime) -> Any:
    """The mail that the report names, else the latest of these days to its recipient."""
    query = select(*COLUMNS).with_for_update()
    if report.token is not None:
        out = or_(MAIL.c.sent_at.is_not(None), MAIL.c.handed > 0, MAIL.c.attempts > 0)
        return connection.execute(query.where(MAIL.c.token == report.token, out)).first()
    to = func.coalesce(func.nullif(MAIL.c.went_to, ""), MAIL.c.to_email)
    recent = (MAIL.c.sent_at >= at - RECENT) & (MAIL.c.sent_at <= at)
    theirs = func.lower(to) == report.recipient.lower()
    return connection.execute(
        query.where(theirs, recent).order_by(MAIL.c.sent_at.desc(), MAIL.c.id.desc()).limit(1)
    ).first()


def _put_on_record(connection: Connection, report: Report, mail: Any, at: datetime) -> None:
    went_to = mail.went_to or mail.to_email
    forward = report.forward
    if not forward and report.recipient.lower() not in ("", went_to.lower()):
        forward = report.recipient  # whoever has the mailbox has its mail passed on
    outcome = _outcome(report, forward)
    words = report.said or report.status or report.action
    said = f"{forward}: {words}" if forward else words
    if _enough(connection, mail, outcome, said):
        return
    record(connection, mail.id, outcome, said, at=at)
    told: dict[str, Any] = {"status": report.status, "at": at}
    if outcome == UNPROVEN:
        if mail.status == MailStatus.SENT and not mail.reason:
            _set(connection, mail, reason=UNPROVEN)
        if mail.purpose != Purpose.ALARM:  # else a forger could set two boxes writing to each other
            note_refusal(connection, mail.id, went_to, report.reason, said="", **told)
    if outcome == ELSEWHERE and report.token is not None:
        note_refusal(
            connection, mail.id, went_to, report.reason, said=words, forward=forward, **told
        )
    if outcome == BOUNCED:
        if mail.status == MailStatus.SENT and mail.reason != BY_HAND:  # a person has seen to it
            _set(connection, mail, reason=BOUNCED)
        _set(connection, mail, last_reply=said)
        note_refusal(connection, mail.id, went_to, report.reason, said=said, **told)


def _set(connection: Connection, mail: Any, **values: str) -> None:
    connection.execute(update(MAIL).where(MAIL.c.id == mail.id).values(values))


def _outcome(report: Report, forward: str) -> str:
    if report.action == "delayed":
        return DELAYED
    if forward:
        return ELSEWHERE
    return BOUNCED if report.token is not None else UNPROVEN


def _enough(connection: Connection, mail: Any, outcome: str, said: str) -> bool:
    """Whether this, or as much as is kept, stands on record since the mail was last sent."""
    query = select(ATTEMPT.c.reply).where(
        ATTEMPT.c.mail_id == mail.id, ATTEMPT.c.outcome == outcome
    )
    if mail.sent_at is not None:
        query = query.where(ATTEMPT.c.at >= mail.sent_at)
    replies = connection.execute(query.limit(MOST_KEPT)).scalars().all()
    return said in replies or len(replies) >= MOST_KEPT
