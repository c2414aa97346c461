"""The tables of the workplace: who may sign in, what they keep, what they prepare.

None of them holds anything that a project's history does not say; they are about people at work.
Secrets that are only ever compared (session, link, token) stand as their SHA-256.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from workflow.tables import NOBODY, one_of, table_of


class Credential(SQLModel, table=True):
    """How a person signs in. Without a password only by a link."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    password: str = ""  # argon2id, with its parameters
    must_change: bool = False  # set by somebody else
    failures: int = 0  # wrong passwords since the last right one
    locked_until: datetime | None = None
    changed_at: datetime | None = None
    # Login of whoever made the password, or the way in by which it was chosen; empty: the person.
    let_in_by: str = Field(default="", sa_column_kwargs=NOBODY)


class Session(SQLModel, table=True):
    """Somebody who is signed in with one browser."""

    token: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    csrf: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str = ""  # what the browser says it is, shortened
    let_in_by: str = Field(default="", sa_column_kwargs=NOBODY)  # as in Credential


class LinkUse(StrEnum):
    SIGN_IN = "sign_in"
    PASSWORD = "password"  # noqa: S105 - to choose a password


class SignInLink(SQLModel, table=True):
    """A link in a mail, or handed over by a colleague, that signs in once."""

    __tablename__ = "sign_in_link"
    token: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    use: str
    made_by: str = ""  # login; empty: the person asked for it
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = None
    __table_args__ = (one_of("use", LinkUse),)


class TokenScope(StrEnum):
    READ = "read"
    WRITE = "write"


class ApiToken(SQLModel, table=True):
    """A key with which a program acts for a person."""

    __tablename__ = "api_token"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str
    token: str = Field(unique=True)
    scope: str = TokenScope.READ.value
    made_at: datetime
    ends_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    let_in_by: str = Field(default="", sa_column_kwargs=NOBODY)  # as in Credential
    __table_args__ = (one_of("scope", TokenScope),)


class ApiAnswer(SQLModel, table=True):
    """What a request under an idempotency key was answered, to be said again."""

    __tablename__ = "api_answer"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    key: str = Field(primary_key=True)
    request: str  # SHA-256 of method, path and body
    status: int
    body: str = Field(sa_type=Text)
    at: datetime = Field(index=True)


class Webhook(SQLModel, table=True):
    """An address that is told of events, in order per project, signed with its secret."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    url: str
    secret: str
    active: bool = True
    made_at: datetime


class CallStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


class WebhookCall(SQLModel, table=True):
    """One event for one webhook: waiting, delivered or given up."""

    __tablename__ = "webhook_call"
    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id", index=True)
    project_id: int = Field(foreign_key="project.id")
    seq: int
    status: str = CallStatus.PENDING.value
    attempts: int = 0
    due_at: datetime = Field(index=True)
    last_reply: str = ""
    __table_args__ = (
        UniqueConstraint("webhook_id", "project_id", "seq"),
        one_of("status", CallStatus),
    )


class SavedView(SQLModel, table=True):
    """A search of projects that a person has given a name."""

    __tablename__ = "saved_view"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str
    search: str  # the query string
    shared: bool = False  # shown to all who work in the office
    __table_args__ = (UniqueConstraint("person_id", "name"),)


class UnitProfile(SQLModel, table=True):
    """What a unit fills in again and again; forms take it over."""

    __tablename__ = "unit_profile"
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    account_name: str = ""
    account_number: str = ""
    bank: str = ""
    address: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    experts: str = Field(default="[]", sa_type=Text)  # JSON: [{name, title, unit, field}]
    saved_by: str = ""
    saved_at: datetime | None = None


class BatchStatus(StrEnum):
    PREPARED = "prepared"
    PUBLISHED = "published"
    DROPPED = "dropped"


class Batch(SQLModel, table=True):
    """Decisions on many projects, prepared together, done at once or not at all."""

    id: int | None = Field(default=None, primary_key=True)
    deed: str  # plan, reject, subsidise, review
    title: str
    given: str = Field(default="{}", sa_type=Text)  # JSON: what holds for every line
    papers: str = Field(default="{}", sa_type=Text)  # JSON: the stamped letter, stored already
    made_by: str
    made_at: datetime
    status: str = BatchStatus.PREPARED.value
    ended_by: str = ""
    ended_at: datetime | None = None
    __table_args__ = (one_of("status", BatchStatus),)


class BatchLine(SQLModel, table=True):
    """One project of a batch, at its place in the ranking."""

    __tablename__ = "batch_line"
    batch_id: int = Field(foreign_key="batch.id", primary_key=True)
    project_id: int = Field(foreign_key="project.id", primary_key=True)
    place: int
    seen: int  # the project's version when it was put in
    given: str = Field(default="{}", sa_type=Text)  # JSON: what differs for this line


class PolicyText(SQLModel, table=True):
    """The text of a policy file under which something was recorded; events name its hash. Empty
    where it was recorded before texts were kept."""

    __tablename__ = "policy_text"
    digest: str = Field(primary_key=True)  # SHA-256 of the file
    policy: str
    content: bytes = Field(sa_type=LargeBinary)


class OfficeEvent(SQLModel, table=True):
    """What somebody changed outside of projects: accounts, wordings, calendar. Append-only."""

    __tablename__ = "office_event"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    person: str  # login; empty: the local operator
    let_in_by: str = Field(default="", sa_column_kwargs=NOBODY)  # as in Credential
    what: str
    object: str
    detail: str = Field(default="", sa_type=Text)


# For queries.
CREDENTIAL = table_of(Credential)
SESSION = table_of(Session)
LINK = table_of(SignInLink)
TOKEN = table_of(ApiToken)
ANSWER = table_of(ApiAnswer)
HOOK = table_of(Webhook)
CALL = table_of(WebhookCall)
VIEW = table_of(SavedView)
PROFILE = table_of(UnitProfile)
BATCH = table_of(Batch)
LINE = table_of(BatchLine)
POLICY_TEXT = table_of(PolicyText)
OFFICE_EVENT = table_of(OfficeEvent)
