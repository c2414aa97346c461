"""What a person does in the mail room: each act with its right, and its line in the office's log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from states.terms import OFFICE, Text
from workflow.mail import room as mail_room
from workflow.mail.addresses import clear_address
from workflow.mail.room import ACTS, Reader
from workflow.office.log import note as log

LONGEST_NOTE = 500
LOGGED = {
    "hold": "mail_held",
    "release": "mail_released",
    "resend": "mail_resent",
    "by_hand": "mail_by_hand",
}


class NoSuchMail(Exception):
    """There is none of that number, or it is not theirs to read."""


class NotTheirs(Exception):
    """The mail is theirs to read, and somebody else's to act on."""

    text = Text(
        "此邮件须由省厅或系统管理员处理。", "This is for the province or an administrator to do."
    )


class BadNote(Exception):
    """The note is missing or cannot be kept; `text` says so."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(text.en)


def act_on(
    connection: Connection, reader: Reader, number: int, act: str, note: str, *, at: datetime
) -> None:
    """Do one of ACTS to a mail. Raises NoSuchMail, NotTheirs, BadNote, MailRefused."""
    mail = mail_room.one(connection, reader, number, at)
    if mail is None:
        raise NoSuchMail
    if act not in mail["acts"] and not reader.has(OFFICE):
        raise NotTheirs
    _check(act, note)
    ACTS[act][1](connection, number, by=reader.actor.login, note=note, at=at)
    log(connection, reader.actor.login, LOGGED[act], about=str(number), detail=note, at=at)


def _check(act: str, note: str) -> None:
    if act == "by_hand" and not note:
        raise BadNote(NO_NOTE)
    if len(note) > LONGEST_NOTE or any(one in note for one in map(chr, range(32))):
        raise BadNote(BAD_NOTE.format(most=LONGEST_NOTE))


def clear_mark(connection: Connection, reader: Reader, email: str, *, at: datetime) -> bool:
    """Write to an address again at which mail did not arrive; False where no mark is theirs."""
    if not mail_room.may_clear(connection, reader, email):
        return False
    clear_address(connection, email, by=reader.actor.login, at=at)
    log(connection, reader.actor.login, "address_cleared", about=email, at=at)
    return True


NO_NOTE = Text("请写明如何送达，如：已电话告知张老师。", "Say how it was delivered.")
BAD_NOTE = Text(
    "说明最多{most}字，写成一行。", "A note has {most} characters at most, on one line."
)
CLEARED = Text(
    "已取消 {email} 的退信标记，今后照常发信。", "{email} is written to again from now on."
)
