"""Mail by its state, found through an index. Each condition is written out as the index has it:
a database sees only so that a partial index covers what is asked for."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, text

from workflow.mail.attempts import HELD
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
SENT_AND_MORE = _as_written("mail.status = 'sent' AND mail.reason <> ''")
# Asked for like a state, since a mail is shown so: the reason, and the status that it goes with.
BY_REASON = {
    "bounced": MailStatus.SENT,  # what a server took and sent back
    "bounced_unproven": MailStatus.SENT,
    "by_hand": MailStatus.SENT,
    "sent_before": MailStatus.SENT,
    HELD: MailStatus.AWAITING,
}


def in_state(state: str) -> ColumnElement[bool]:
    """That a mail is in this state; `sent` and `awaiting` hold also what a reason sets apart."""
    status = BY_REASON.get(state)
    if status is None:
        covered = COVERED.get(MailStatus(state))
        found = MAIL.c.status == state
        return found if covered is None else and_(covered, found)
    covered = COVERED.get(status, SENT_AND_MORE)
    return and_(covered, MAIL.c.status == status.value, MAIL.c.reason == state)


def along(state: str) -> ColumnElement[int]:
    """The ids by which a list goes, of mails in one state or (empty) in any.

    Where few wait among many, SQLite would walk along all ids to save itself the sorting of the
    few, unless it is sorted by what is no column.
    """
    waits = state not in ("", *BY_REASON) and COVERED.get(MailStatus(state)) is WAITING
    found: ColumnElement[int] = MAIL.c.id + 0 if waits else MAIL.c.id
    return found
