"""The tables. A project row is the fold of its events; deadlines follow from it, and mail, whose
tables stand in mail_tables.py.

SQLModel table classes do not validate: values are checked at the edge (states/form_reading.py,
workflow/imports) and by the constraints below.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from states.facts import Standing
from states.terms import Kind, Role, State

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
LARGEST_ID = 2**31 - 1  # what a column of ids can hold
SQLModel.metadata.naming_convention = NAMING
metadata: MetaData = SQLModel.metadata


NOBODY = {"server_default": text("''")}


def one_of(column: str, values: type[StrEnum], *also: str) -> CheckConstraint:
    """The column holds one of the enum's values."""
    listed = ", ".join(f"'{value}'" for value in (*(v.value for v in values), *also))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def table_of(row: type[SQLModel]) -> Table:
    """The table that a class of rows stands for: queries go by it, since the class's own
    attributes are typed as values."""
    return metadata.tables[str(row.__tablename__)]


class Setting(SQLModel, table=True):
    """A figure that the system keeps about itself."""

    key: str = Field(primary_key=True)
    value: str


class Unit(SQLModel, table=True):
    """A host unit or a department, known by its name."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str = "host"
    email: str = ""
    phone: str = ""
    __table_args__ = (CheckConstraint("kind IN ('host', 'department', 'province')", name="kind"),)


class Person(SQLModel, table=True):
    """Someone who acts or is written to."""

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True)
    name: str
    email: str = Field(default="", index=True)
    phone: str = ""
    active: bool = True
    language: str = "zh"  # of the mails to this person
    feed_generation: int = 0  # moves on when the calendar feed is revoked
    # Login of whoever changed the address, unless the person has got in by other means since.
    email_by: str = Field(default="", sa_column_kwargs=NOBODY)
    __table_args__ = (
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        Index(
            "ix_person_disabled",
            "email",
            sqlite_where=text("NOT active AND email <> ''"),
            postgresql_where=text("NOT active AND email <> ''"),
        ),
    )


class Grant(SQLModel, table=True):
    """A role of a person. Scope: the unit's name for hosts and coordinators, else empty."""

    __tablename__ = "role_grant"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str
    scope: str = ""
    __table_args__ = (
        UniqueConstraint("person_id", "role", "scope"),
        Index("ix_role_grant_role_scope", "role", "scope"),
        one_of("role", Role),
    )


# What a list filters by. An index that holds it all spares reading the wide rows.
FILTERED = (
    "year",
    "state",
    "category",
    "department",
    "host",
    "city",
    "open_flags",
    "waits_for",
    "policy",
    "number",
    "identity",
)


class Project(SQLModel, table=True):
    """What is known of a project: `facts` is the fold, the other columns are drawn from it."""

    id: int | None = Field(default=None, primary_key=True)
    policy: str
    year: int
    # Name and host, spelling aside. Not unique: what counts as spelling has grown with use.
    identity: str
    number: int | None = None
    name: str
    host: str = Field(index=True)
    category: str
    department: str = Field(default="", index=True)
    state: str = Field(index=True)
    opens: date | None = None  # actual first day, else the earliest planned
    ends: date | None = None  # actual last day, else the planned
    contact_email: str = Field(default="", index=True)
    # The role among officials whose move it is (empty: nobody's); flags that nobody disposed of.
    waits_for: str = Field(default="", sa_column_kwargs=NOBODY)
    follow_up: date | None = None  # when somebody means to call again
    # How far the news of an imported plan is on its way to the host (Facts.news).
    news: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    facts: str = Field(sa_type=Text)
    version: int  # number of the last event
    head: str  # hash of the last event
    # For lists (workflow/shelving.py):
    city: str = Field(index=True)  # where the class is, as far as the place says
    plan_order: int = Field(sa_type=BigInteger)
    opening_order: int = Field(sa_type=BigInteger)
    name_order: str
    open_flags: int = Field(index=True)  # how many nobody has disposed of
    __table_args__ = (
        one_of("state", State),
        Index("ix_project_identity", "year", "identity"),
        Index("ix_project_category", "category"),
        Index("ix_project_number", "number"),
        Index("ix_project_by_plan", "plan_order", "id", *FILTERED),
        Index("ix_project_by_opening", "opening_order", "id", *FILTERED),
        Index("ix_project_by_name", "name_order", "id", *FILTERED),
        Index("ix_project_year_state", "year", "state", "department"),
        *(
            Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
            for name, columns, where in (
                ("ix_project_waits_for", ("waits_for", "opens"), "waits_for <> ''"),
                (
                    "ix_project_waits_for_department",
                    ("waits_for", "department", "opens"),
                    "waits_for <> ''",
                ),
                ("ix_project_flagged", ("department",), "open_flags > 0"),
                ("ix_project_follow_up", ("follow_up",), "follow_up IS NOT NULL"),
                ("ix_project_news", ("news", "department"), "news <> ''"),
                (
                    "ix_project_follow_up_department",
                    ("department", "follow_up"),
                    "follow_up IS NOT NULL",
                ),
            )
        ),
    )


class Event(SQLModel, table=True):
    """One entry of the append-only history; `hash` covers every other column and the one before."""

    project_id: int = Field(foreign_key="project.id", primary_key=True)
    seq: int = Field(primary_key=True)
    recorded_at: datetime
    on_date: date  # the date that counts
    deed: str
    source: str
    target: str
    person: str  # login; empty: the local operator
    role: str
    on_behalf: bool = False
    machine: bool = False
    # Login of whoever made the password, link or key by which the person was signed in, if that
    # was somebody else. Covered by the hash where it is not empty (workflow/history.py).
    let_in_by: str = Field(default="", sa_column_kwargs=NOBODY)
    given: str = Field(sa_type=Text)
    changes: str = Field(sa_type=Text)
    findings: str = Field(sa_type=Text)
    policy: str
    policy_digest: str
    prev: str
    hash: str
    __table_args__ = (
        Index(
            "ix_event_by_people",
            "recorded_at",
            sqlite_where=text("NOT machine"),
            postgresql_where=text("NOT machine"),
        ),
        Index(
            "ix_event_person",
            "person",
            "recorded_at",
            sqlite_where=text("person <> ''"),
            postgresql_where=text("person <> ''"),
        ),
        Index(
            "ix_event_note",
            "project_id",
            "seq",
            sqlite_where=text("deed = 'note'"),
            postgresql_where=text("deed = 'note'"),
        ),
    )


# What a notice asks for and nobody has done yet. Literally as in queries: only then is an index
# over this part of the table used.
ASKED = "standing = 'open' AND force <> 'advisory'"
GENTLE = "standing = 'open' AND force = 'advisory'"  # only the system asks
TO_CONFIRM = f"{GENTLE} AND provisional"


class Deadline(SQLModel, table=True):
    """A deadline in one round; a moved date or a re-entry begins the next round."""

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    kind: str
    round: int
    anchor_on: date
    due_on: date
    advised_on: date
    # The project's, for questions of one department that no other project should make slower.
    department: str = Field(default="", sa_column_kwargs=NOBODY)
    late_after: date  # due_on, or that of a window's latest opening: overdue only after it
    force: str
    provisional: bool
    clause: str
    standing: str
    met_on: date | None = None
    known_on: date | None = None  # steps before this day are not announced
    next_on: date | None = None  # day of the next step of the ladder; what the sweep looks for
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "round"),
        Index(
            "ix_deadline_next",
            "kind",
            "next_on",
            sqlite_where=text("next_on IS NOT NULL"),
            postgresql_where=text("next_on IS NOT NULL"),
        ),
        # What notices ask for, and what only the system asks: sought whenever somebody begins work.
        *(
            Index(name, *columns, sqlite_where=text(ASKED), postgresql_where=text(ASKED))
            for name, columns in {
                "ix_deadline_due": ("due_on", "project_id"),
                "ix_deadline_late": ("late_after", "project_id"),
                "ix_deadline_asked": ("project_id", "due_on", "late_after", "kind"),
                "ix_deadline_department": ("department", "due_on", "late_after"),
            }.items()
        ),
        *(
            Index(name, *columns, sqlite_where=text(GENTLE), postgresql_where=text(GENTLE))
            for name, columns in {
                "ix_deadline_gentle": ("kind", "due_on"),
                "ix_deadline_gentle_department": ("kind", "department", "due_on"),
            }.items()
        ),
        Index(
            "ix_deadline_to_confirm",
            "kind",
            "due_on",
            sqlite_where=text(TO_CONFIRM),
            postgresql_where=text(TO_CONFIRM),
        ),
        one_of("kind", Kind),
        one_of("standing", Standing),
    )


# For queries.
SETTING = table_of(Setting)
UNIT = table_of(Unit)
PERSON = table_of(Person)
GRANT = table_of(Grant)
PROJECT = table_of(Project)
EVENT = table_of(Event)
DEADLINE = table_of(Deadline)
