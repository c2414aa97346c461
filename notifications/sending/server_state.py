"""What a run knows of the mail server: an outage on record, and whether it is known to take mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from config.settings import Settings
from notifications.reasons import cause
from notifications.sending import outage, probe
from notifications.sending.answers import Answer, Outcome
from notifications.sending.claims import Outbox
from notifications.sending.put_off import is_put_off
from workflow.database import Database

BREAKS = 2  # so many connections in a row that broke, and it is the server, not the mails


class ServerState:
    """Read with each claim, changed with each answer; what all workers share stands in the
    database. `outbox`: whose run it is, and how long its leases are."""

    def __init__(self, settings: Settings, outbox: Outbox) -> None:
        self.server, self.outbox = outage.server_of(settings), outbox
        self.standing: outage.Outage | None = None  # on record
        self.proven = self.probing = False  # whether the server takes mail; whether this run tries
        self.insists = False
        self.breaks = 0

    def is_left_alone(self, connection: Connection, now: datetime, *, insists: bool) -> bool:
        """Whether nobody asks the server now, whatever there is to send. `insists`: one that a
        person started does, except with a wrong password."""
        self.standing = found = outage.current_outage(connection)
        self.insists = insists and not (found and found.kind == "password")
        stands = found is not None and found.server == self.server and found.stands(now)
        return stands and not self.insists

    def may_be_sent_to(self, connection: Connection, now: datetime) -> bool:
        """Whether it is known to take mail, or this run is the one that tries it."""
        self.proven = probe.is_proven(connection, self.server)
        if not self.proven:
            owner, lease = self.outbox.owner, self.outbox.lease
            self.probing = probe.begin(connection, self.server, owner, now, lease)
        return self.proven or self.probing or self.insists

    def weigh(self, answer: Answer) -> Answer:
        """The answer, as what it is after those before it: several connections that break one
        after the other are an outage, and so is what the server refuses to all as before."""
        broke = answer.outcome in (Outcome.BROKEN, Outcome.UNKNOWN)
        self.breaks = self.breaks + 1 if broke else 0
        if broke and self.breaks >= BREAKS:
            return Answer(answer.outcome, answer.reply, "broken")
        found = self.standing
        if found is None or found.server != self.server:
            return answer
        if found.kind == "later" and is_put_off(answer):
            return Answer(Outcome.OUTAGE, answer.reply, "later")
        if answer.cause is None:
            return answer
        if found.kind != "refusing" or cause("", found.said).reason is not answer.cause.reason:
            return answer
        return Answer(Outcome.OUTAGE, answer.reply, "refusing")

    def is_one_too_many(self, connection: Connection, answer: Answer, now: datetime) -> bool:
        """Whether the server grants no connection more than other workers have: they get through,
        so that it is no outage, and the mail is left to them."""
        if answer.outage not in NO_CONNECTION or answer.spoken:
            return False
        return self.outbox.others_send(connection, now - outage.PAUSE)

    def note_answer(self, connection: Connection, answer: Answer, now: datetime) -> None:
        """With the record of the answer."""
        if answer.outage:
            self.note_outage(connection, answer.outage, answer.reply, now)
        elif answer.outcome in ANSWERED:
            if self.standing:
                outage.clear(connection)
            if not self.proven:
                probe.prove(connection, self.server)

    def note_outage(self, connection: Connection, kind: str, said: str, now: datetime) -> None:
        """It is left alone; after the pause one worker tries it first."""
        outage.note(connection, self.server, kind, said, now)
        probe.forget(connection, self.server)

    def answered(self, answer: Answer) -> None:
        """Once the record is committed."""
        if answer.outcome in ANSWERED:
            self.standing, self.proven = None, True
        if answer.outage or answer.outcome in ANSWERED:
            self.probing = False

    def end(self, db: Database) -> None:
        """If this run has not found out whether the server takes mail, the next one tries."""
        if self.probing:
            with db.write(alone=False) as connection:
                probe.end(connection, self.server, self.outbox.owner)
            self.probing = False


ANSWERED = frozenset({Outcome.ACCEPTED, Outcome.LATER, Outcome.REFUSED})
# What keeps a connection from coming about may be that the server grants no more of them.
NO_CONNECTION = frozenset({"busy", "greeting", "unreachable", "silent"})
