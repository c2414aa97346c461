"""Mail by its state, found through an index. Each condition is written out as the index has it:
a database sees only so that a partial index covers what is asked for."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, text

from workflow.mail_tables import MAIL, MailStatus


def _as_written(condition: str) -> ColumnElement[bool]:
    return text(condition)  # type: ignore[return-value]


WAITING = _as_written("mail.status IN ('pending', 'leased', 'failed')")
FOR_A_PERSON = _as_written("mail.status IN ('dead', 'awaiting')")
WITHHELD = _as_written("mail.status = 'suppressed'")
COVERED = {
    MailStatus.PENDING: WAITING,
    MailStatus.LEASED: WAITING,
    MailStatus.FAILED: WAITING,
    MailStatus.DEAD: FOR_A_PERSON,
    MailStatus.AWAITING: FOR_A_PERSON,
    MailStatus.SUPPRESSED: WITHHELD,
}  # what was sent is most of all, and needs no index


RETURNED = "bounced"  # asked for like a state: what a server took and sent back


def in_state(state: str) -> ColumnElement[bool]:
    """That a mail is in this state."""
    if state == RETURNED:
        return and_(MAIL.c.status == MailStatus.SENT.value, MAIL.c.reason == RETURNED)
    covered = COVERED.get(MailStatus(state))
    found = MAIL.c.status == state
    return found if covered is None else and_(covered, found)


def along(state: str) -> ColumnElement[int]:
    """The ids by which a list goes, of mails in one state or (empty) in any.

    Where few wait among many, SQLite would walk along all ids to save itself the sorting of the
    few, unless it is sorted by what is no column.
    """
    waits = state != "" and COVERED.get(MailStatus(state)) is WAITING
    found: ColumnElement[int] = MAIL.c.id + 0 if waits else MAIL.c.id
    return found
