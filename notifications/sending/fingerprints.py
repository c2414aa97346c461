"""What a mail is, as a fingerprint: an HMAC under the installation's key.

It is the left half of the Message-ID, so a repeat can be known as one, also from a restored copy
of the database, and nobody else can name a mail that they have not seen. What hangs on the
history names its event by hash: a step that is done again after a restore is another step, and its
mail another mail.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, select

from states.facts import Standing
from workflow.history import dump
from workflow.installation_key import make_key, read_secret
from workflow.mail_tables import REMINDER, Purpose, ReminderStatus
from workflow.statements import Statement
from workflow.tables import DEADLINE, EVENT

DOMAIN = b"yanxiu mail:"  # the key signs other things too
LENGTH = 32


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Of a mail, and of each thing that it tells: a reminder mail has one for each reminder, any
    other is what it tells. `reminders`: the rows behind `tells`."""

    token: str
    tells: tuple[str, ...]
    reminders: tuple[int, ...] = ()


class Fingerprints:
    """Takes them, under the key of an installation."""

    def __init__(self, data_dir: Path) -> None:
        secret = read_secret(data_dir)
        if secret is None:
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_key(data_dir)
            secret = read_secret(data_dir)
        self._secret = secret or b""

    def of(self, connection: Connection, mail: Any) -> Fingerprint:
        """The fingerprint of a mail row as things stand."""
        return self.each(connection, [mail])[mail.id]

    def each(self, connection: Connection, mails: Sequence[Any]) -> dict[int, Fingerprint]:
        """The fingerprints of a batch of mail rows, by id. The reminders of all are asked for at
        once: a question for each would be felt."""
        told: dict[int, list[Any]] = {mail.id: [] for mail in mails}
        for row in connection.execute(_REMINDERS, {"mails": list(told)}):
            told[row.mail_id].append(row)
        return {mail.id: self._one(connection, mail, told[mail.id]) for mail in mails}

    def _one(self, connection: Connection, mail: Any, reminders: Sequence[Any]) -> Fingerprint:
        if mail.purpose == Purpose.REMINDER:
            tells = tuple(self._of("reminder", *row[2:]) for row in reminders)
            token = self._of("mail", mail.key, *sorted(tells))
            return Fingerprint(token, tells, tuple(row.id for row in reminders))
        its = {"project_id": mail.project_id, "seq": mail.event_seq}
        events = _EVENT.run(connection, its) if mail.event_seq is not None else []
        token = self._of("mail", mail.key, *(row[0] for row in events))
        return Fingerprint(token, (token,))

    def _of(self, *parts: Any) -> str:
        signed = DOMAIN + dump(parts).encode()
        return hmac.digest(self._secret, signed, "sha256").hex()[:LENGTH]


_EVENT = Statement(
    select(EVENT.c.hash).where(
        EVENT.c.project_id == bindparam("project_id"), EVENT.c.seq == bindparam("seq")
    )
)
# The project by the hash of its first event: after a restore another may come under its number.
_REMINDERS = (
    select(
        *(REMINDER.c.mail_id, REMINDER.c.id, EVENT.c.hash, REMINDER.c.kind, REMINDER.c.round),
        *(REMINDER.c.due_on, REMINDER.c.step, REMINDER.c.recipient),
    )
    .join_from(REMINDER, DEADLINE, REMINDER.c.deadline_id == DEADLINE.c.id)
    .join(EVENT, (EVENT.c.project_id == REMINDER.c.project_id) & (EVENT.c.seq == 1))
    .where(REMINDER.c.mail_id.in_(bindparam("mails", expanding=True)))
    .where(REMINDER.c.status == ReminderStatus.QUEUED.value)
    .where(DEADLINE.c.standing == Standing.OPEN.value)  # the others are not told any more
    .order_by(REMINDER.c.id)
)
