"""The tables of mail: what is sent, what is not and why, and what people have chosen about it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from states.mailing import Mode, Sort
from states.refusal import Reason
from states.terms import Kind
from workflow.tables import one_of, table_of


class ReminderStatus(StrEnum):
    QUEUED = "queued"  # a mail carries it; that row says how far it got
    SUPPRESSED = "suppressed"  # not sent, and `reason` says why


class MailStatus(StrEnum):
    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"  # will be tried again
    DEAD = "dead"  # needs a person
    AWAITING = "awaiting"  # waits for approval
    SUPPRESSED = "suppressed"


class Purpose(StrEnum):
    REMINDER = "reminder"  # steps of ladders, one mail a person and day
    RESULT = "result"  # what came of a step or an act
    DIGEST = "digest"  # weekly for coordinators, daily for the province
    ALARM = "alarm"  # something is wrong with the mail itself
    TEST = "test"  # a wording that somebody sends to himself
    SIGN_IN = "sign_in"  # a link that signs in once


class Preference(SQLModel, table=True):
    """What a person has chosen for one sort of mail; no row: at once."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    sort: str = Field(primary_key=True)
    mode: str
    __table_args__ = (one_of("sort", Sort), one_of("mode", Mode))


class Substitute(SQLModel, table=True):
    """Who gets a person's mail between two days, both included."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    substitute_id: int = Field(foreign_key="person.id")
    from_on: date
    until_on: date
    __table_args__ = (CheckConstraint("from_on <= until_on", name="order"),)


class Address(SQLModel, table=True):
    """An address at which mail did not arrive. A person takes the mark away."""

    email: str = Field(primary_key=True)  # in lower case
    since: datetime
    status: str  # as in RFC 3463, empty where unknown
    said: str  # the server's words
    mail_id: int | None = Field(default=None, foreign_key="mail.id")


class Wording(SQLModel, table=True):
    """A version of a mail's wording as the office edited it; the newest holds.

    Empty texts: back to what is shipped.
    """

    id: int | None = Field(default=None, primary_key=True)
    notice: str
    language: str
    version: int
    subject: str = ""
    lead: str = Field(default="", sa_type=Text)
    saved_by: str
    saved_at: datetime
    __table_args__ = (
        UniqueConstraint("notice", "language", "version"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
    )


class Mail(SQLModel, table=True):
    """The outbox. Written in the transaction of its cause, sent later by the worker."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)  # natural key: the same cause never queues twice
    purpose: str
    notice: str = ""  # what the mail is about: names its wording and its sort
    about: str = Field(default="{}", sa_type=Text)  # JSON: what the writer needs besides the rows
    project_id: int | None = Field(default=None, foreign_key="project.id", index=True)
    event_seq: int | None = None
    to_name: str
    to_email: str
    to_role: str
    on_date: date  # the working day it belongs to
    status: str = MailStatus.PENDING.value
    reason: str = ""
    # The left half of the Message-ID, the same for each repeat: by lot until the mail is written,
    # then the fingerprint of what it is (notifications/sending/fingerprints.py).
    token: str = Field(unique=True)
    subject: str = ""
    content: bytes | None = Field(default=None, sa_type=LargeBinary)  # as handed to the server
    created_at: datetime
    due_at: datetime  # not before; moved on by back-off
    attempts: int = 0
    tried_at: datetime | None = None  # the last attempt: one run tries no mail twice
    handed: int = 0  # how often a server may have got it without a reply that we recorded
    went_to: str = ""  # the address on the envelope, where it was not to_email (trial mode)
    lease_until: datetime | None = None
    lease_owner: str = ""
    sent_at: datetime | None = None
    last_reply: str = ""
    __table_args__ = (
        Index(
            "ix_mail_due",
            "due_at",
            sqlite_where=text("status IN ('pending', 'leased', 'failed')"),
            postgresql_where=text("status IN ('pending', 'leased', 'failed')"),
        ),
        Index(
            "ix_mail_for_a_person",
            "status",
            sqlite_where=text("status IN ('dead', 'awaiting')"),
            postgresql_where=text("status IN ('dead', 'awaiting')"),
        ),
        Index(
            "ix_mail_withheld",
            "id",
            sqlite_where=text("status = 'suppressed'"),
            postgresql_where=text("status = 'suppressed'"),
        ),
        Index(
            "ix_mail_sent_and_more",
            "reason",
            "id",
            sqlite_where=text("status = 'sent' AND reason <> ''"),
            postgresql_where=text("status = 'sent' AND reason <> ''"),
        ),
        one_of("status", MailStatus),
        one_of("purpose", Purpose),
    )


class MailAttempt(SQLModel, table=True):
    """What became of a mail: a server's answer word for word, or what a person did. Append-only."""

    __tablename__ = "mail_attempt"
    id: int | None = Field(default=None, primary_key=True)
    mail_id: int = Field(foreign_key="mail.id", index=True)
    at: datetime
    outcome: str
    reply: str
    person: str = ""  # login, where a person did it


class SentBefore(SQLModel, table=True):
    """What a worker's journal shows as sent and this database does not remember: it is older than
    the journal, a restored copy. By fingerprint, of a mail and of each thing that it told."""

    __tablename__ = "sent_before"
    fingerprint: str = Field(primary_key=True)
    at: datetime


class Refusal(SQLModel, table=True):
    """A mail that was refused for good or came back, until it is decided what follows from it."""

    id: int | None = Field(default=None, primary_key=True)
    mail_id: int = Field(foreign_key="mail.id", index=True)
    email: str  # where the mail went, in lower case
    forward: str = ""  # the address that failed, where the mailbox passes mail on to another
    reason: str
    status: str  # as in RFC 3463, empty where unknown
    said: str  # the server's words; empty where anybody could have written them
    at: datetime = Field(index=True)
    settled: bool = False
    __table_args__ = (
        Index(
            "ix_refusal_open",
            "id",
            sqlite_where=text("NOT settled"),
            postgresql_where=text("NOT settled"),
        ),
        one_of("reason", Reason),
    )


class Reminder(SQLModel, table=True):
    """One step of one deadline for one recipient: queued, or silent with a reason."""

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    deadline_id: int = Field(foreign_key="deadline.id", index=True)
    kind: str
    round: int
    due_on: date
    step: str
    on_date: date  # the day of the step
    role: str
    recipient: str  # address; the role in brackets where there is none
    status: str
    reason: str = ""
    mail_id: int | None = Field(default=None, foreign_key="mail.id", index=True)
    recorded_at: datetime
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "round", "due_on", "step", "recipient"),
        Index(
            "ix_reminder_loose",
            "id",
            sqlite_where=text("status = 'queued' AND mail_id IS NULL"),
            postgresql_where=text("status = 'queued' AND mail_id IS NULL"),
        ),
        one_of("kind", Kind),
        one_of("status", ReminderStatus),
        CheckConstraint("status = 'queued' OR reason <> ''", name="reason_given"),
    )


# For queries.
PREFERENCE = table_of(Preference)
SUBSTITUTE = table_of(Substitute)
ADDRESS = table_of(Address)
WORDING = table_of(Wording)
MAIL = table_of(Mail)
ATTEMPT = table_of(MailAttempt)
SENT_BEFORE = table_of(SentBefore)
REFUSAL = table_of(Refusal)
REMINDER = table_of(Reminder)
