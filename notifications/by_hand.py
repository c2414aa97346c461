"""Where no server can be reached: every waiting mail as a file, and a list of whom to call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from notifications.call_list import call_list
from notifications.letters.drafts import Writer, Written
from notifications.sending.outside import delivering
from notifications.sending.writing import Held, Unwritable, attempt
from states.terms import Text
from workflow.database import Database
from workflow.mail import desk as mail_desk
from workflow.mail.attempts import MailRefused
from workflow.mail_tables import MAIL, MailStatus, Purpose
from workflow.whole_files import write_whole

WAITING = (MailStatus.PENDING.value, MailStatus.FAILED.value, MailStatus.DEAD.value)
LIST_NAME = "call-list.html"


@dataclass
class Exported:
    """Files written, by name; mails that say nothing any more; mails that could not be written,
    with the reason; why others could not be marked."""

    files: list[str] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    refused: list[Text] = field(default_factory=list)


def export(
    db: Database,
    writer: Writer,
    folder: Path,
    *,
    today: date,
    at: datetime,
    language: str = "zh",
    mark: bool = False,
    by: str = "",
    data_dir: Path,
) -> Exported:
    """Write each mail that waits or has failed into `folder`, and the call list beside them.

    Each is written as things stand, but for one that a server may have already: that keeps its
    bytes. They stay with the mail; with `mark` it counts as delivered by hand, else a server that
    comes back gets it as things stand then. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    exported, names = Exported(), {}
    with db.read() as connection:
        numbers = list(connection.execute(_waiting(at)).scalars())
    for number in numbers:
        with db.write() as connection:
            content = _written(connection, writer, number, today, at, exported)
        if content is not None:
            names[number] = f"mail-{number:06d}.eml"
            write_whole(folder / names[number], content)
    with db.read() as connection:
        numbers = [*names, *exported.failed]
        listed = call_list(connection, writer.book, numbers, today=today, language=language)
    write_whole(folder / LIST_NAME, listed.encode("utf-8"))
    exported.files = [LIST_NAME, *names.values()]
    if mark:  # only now that all of it is on disk
        _mark(db, names, exported, by=by, at=at, data_dir=data_dir)
    return exported


def _mark(
    db: Database,
    names: Mapping[int, str],
    exported: Exported,
    *,
    by: str,
    at: datetime,
    data_dir: Path,
) -> None:
    for number, name in names.items():
        try:
            with delivering(data_dir) as delivered, db.write() as connection:
                mail_desk.by_hand(connection, number, by=by, note=name, at=at)
                delivered.add(connection, number, at)
        except MailRefused as refused:  # a worker has taken it meanwhile
            exported.refused.append(refused.text)


def _waiting(at: datetime) -> Any:
    lapsed = (MAIL.c.status == MailStatus.LEASED.value) & (MAIL.c.lease_until < at)
    waits = MAIL.c.status.in_(WAITING) | lapsed
    # A link that signs in is for its owner's mailbox, not for a folder.
    query = select(MAIL.c.id).where(waits, MAIL.c.purpose != Purpose.SIGN_IN.value)
    return query.order_by(MAIL.c.id)


def _written(
    connection: Connection,
    writer: Writer,
    number: int,
    today: date,
    at: datetime,
    exported: Exported,
) -> bytes | None:
    """The mail's bytes, written now if they are not yet; None if there is nothing to hand over."""
    query = select(MAIL).where(MAIL.c.id == number, MAIL.c.id.in_(_waiting(at)))
    row = connection.execute(query.with_for_update()).first()
    if row is None:  # the worker was quicker
        return None
    if mail_desk.awaits_approval(row, writer.approval):
        _set(connection, number, status=MailStatus.AWAITING.value, reason="approval")
        return None
    if row.handed and row.content is not None:
        return bytes(row.content)
    try:
        made = attempt(writer, connection, row, today=today, at=at)
    except (Unwritable, Held) as error:
        exported.failed[number] = str(error)
        return None
    if made is None:
        _set(connection, number, status=MailStatus.SUPPRESSED.value, reason="outdated")
        exported.outdated.append(number)
        return None
    _set(connection, number, subject=made.subject, content=made.content, went_to=made.went_to)
    return made.content


def _set(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(MAIL).where(MAIL.c.id == number).values(values))


def preview(
    db: Database, writer: Writer, number: int, *, today: date, at: datetime
) -> Written | None:
    """A mail as it would be written now; nothing of it is kept."""
    with db.read() as connection:
        row = connection.execute(select(MAIL).where(MAIL.c.id == number)).one()
        if row.purpose == Purpose.SIGN_IN:  # nobody else reads the link
            return None
        return writer.draft(connection, row, today=today, at=at).written


def reasons(exported: Exported) -> Iterator[Text]:
    """One sentence for each mail that was not written or not marked."""
    for number in exported.outdated:
        yield OUTDATED.format(number=number)
    for number, said in exported.failed.items():
        yield UNWRITABLE.format(number=number, said=said)
    yield from exported.refused


OUTDATED = Text(
    "第{number}号邮件所涉事项已办结或已变更，不再发送。",
    "Mail {number} is about something settled or changed; it is not sent.",
)
UNWRITABLE = Text("第{number}号邮件无法写成：{said}", "Mail {number} cannot be written: {said}")
