"""When a server puts off one mail after the other and takes none: then no mail is at fault.

Greylisting, "try again later" and the like are said to a recipient and may be meant for that one
alone: a mail is charged an attempt, or one that never gets through would be tried for good. Once
several have been told so and nobody's mail was taken since, it is the server that takes nothing:
their attempts are given back, and it is left alone for a pause that grows, which people are told of.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update

from notifications.reasons import may_hold_for_all
from notifications.sending.answers import Answer, Outcome
from notifications.sending.claims import Claim
from workflow.mail_tables import ATTEMPT, MAIL, MailStatus
from workflow.statements import Statement

SEVERAL = 2  # recipients; what one is told may be about that one


def is_put_off(answer: Answer) -> bool:
    """Whether a mail is to come again later, for what may hold for all."""
    return answer.outcome is Outcome.LATER and may_hold_for_all(answer.reply)


def give_back_attempts(connection: Connection, put_off: Sequence[Claim]) -> bool:
    """Charge none of these mails for having been put off, if the server takes nobody's now."""
    if len({claim.to.lower() for claim in put_off}) < SEVERAL:
        return False
    if any(_TAKEN_SINCE.run(connection, {"mail_id": claim.id}) for claim in put_off):
        return False
    for claim in put_off:
        _UNCHARGE.change(connection, {"row_id": claim.id, "fence": claim.attempt})
    return True


_FIRST = select(ATTEMPT.c.id).where(ATTEMPT.c.mail_id == bindparam("mail_id"))
_TAKEN_SINCE = Statement(
    select(ATTEMPT.c.id)
    .where(ATTEMPT.c.id > _FIRST.order_by(ATTEMPT.c.id).limit(1).scalar_subquery())
    .where(ATTEMPT.c.outcome == MailStatus.SENT.value)
    .limit(1)
)
_UNCHARGE = Statement(
    update(MAIL)
    .where(MAIL.c.id == bindparam("row_id"), MAIL.c.status == MailStatus.FAILED.value)
    .where(MAIL.c.attempts == bindparam("fence"))
    .values(attempts=MAIL.c.attempts - 1)
)
