"""What a person has delivered outside of any server stands in this machine's journal as well: a
database that is restored would else mail it again (docs/decisions/0017)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from notifications.sending.fingerprints import Fingerprints
from notifications.sending.journal import Journal, Sent
from workflow.mail_tables import MAIL


class Delivered:
    """The mails of one transaction that were delivered by hand."""

    def __init__(self, data_dir: Path) -> None:
        self._fingerprints, self._journal = Fingerprints(data_dir), Journal(data_dir)
        self._sent: list[Sent] = []

    def add(self, connection: Connection, mail_id: int, at: datetime) -> None:
        """Give a mail that was just recorded so the name by which it is known for good. Raises
        OSError where the journal cannot be written to: then it is not recorded."""
        row = connection.execute(select(MAIL).where(MAIL.c.id == mail_id)).one()
        found = self._fingerprints.of(connection, row)
        token = found.token if row.tried_at is None and not row.handed else row.token
        connection.execute(update(MAIL).where(MAIL.c.id == mail_id).values(token=token))
        self._journal.open(at)
        self._sent.append(Sent(at, token, found.tells))

    def discard(self) -> None:
        self._journal.close()

    def note(self) -> None:
        """After the commit: what is not in the database must not be in the journal."""
        try:
            for sent in self._sent:
                self._journal.note(sent)
        finally:
            self._journal.close()


@contextmanager
def delivering(data_dir: Path) -> Iterator[Delivered]:
    """Around the transaction; what it adds is noted if it comes to its end."""
    delivered = Delivered(data_dir)
    try:
        yield delivered
    except BaseException:
        delivered.discard()
        raise
    delivered.note()
