"""trusted mail: preferences, substitutes, marked addresses, wordings; doubts and sorts of mail

Revision: 0002
Follows: 0001
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SORTS = "deadlines chasing gentle receipts results digest alarms"
OLD_KINDS = "application filing completion reimbursement mending recording"
KINDS = f"{OLD_KINDS} opening"
OLD_PURPOSES = "reminder result"
PURPOSES = f"{OLD_PURPOSES} digest alarm test"


def one_of(column: str, values: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values.split())
    return f"{column} IN ({listed})"


def recheck(table: str, column: str, values: str) -> None:
    """The check on a column allows other values. (SQLite makes the table anew for that.)"""
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), one_of(column, values))


def add(table: str, *columns: tuple[str, Any, Any]) -> None:
    """Add columns (name, type, value of the rows that are there); the value stays no default."""
    with op.batch_alter_table(table) as batch_op:
        for name, kind, value in columns:
            nullable = value is None
            batch_op.add_column(sa.Column(name, kind, nullable=nullable, server_default=value))
    with op.batch_alter_table(table) as batch_op:
        for name, _, value in columns:
            if value is not None:
                batch_op.alter_column(name, server_default=None)


def upgrade() -> None:
    add("person", ("language", sa.String(), "zh"), ("feed_generation", sa.Integer(), "0"))
    with op.batch_alter_table("person") as batch_op:
        languages = one_of("language", "zh en")
        batch_op.create_check_constraint(op.f("ck_person_language"), languages)
    add(
        "mail",
        ("notice", sa.String(), ""),
        ("about", sa.Text(), "{}"),
        ("tried_at", sa.DateTime(timezone=True), None),
        ("handed", sa.Integer(), "0"),
        ("went_to", sa.String(), ""),
    )
    op.execute("UPDATE mail SET notice = purpose")
    recheck("mail", "purpose", PURPOSES)
    add("mail_attempt", ("person", sa.String(), ""))
    recheck("deadline", "kind", KINDS)
    recheck("reminder", "kind", KINDS)
    op.create_table(
        "preference",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.CheckConstraint(one_of("sort", SORTS), name=op.f("ck_preference_sort")),
        sa.CheckConstraint(one_of("mode", "at_once digest off"), name=op.f("ck_preference_mode")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_preference_person_id")),
        sa.PrimaryKeyConstraint("person_id", "sort", name=op.f("pk_preference")),
    )
    op.create_table(
        "substitute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_substitute_order")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_substitute_person_id")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name=op.f("fk_substitute_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
    )
    op.create_index(op.f("ix_substitute_person_id"), "substitute", ["person_id"])
    op.create_table(
        "address",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_address_mail_id")),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_address")),
    )
    op.create_table(
        "wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(one_of("language", "zh en"), name=op.f("ck_wording_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint(
            "notice", "language", "version", name=op.f("uq_wording_notice_language_version")
        ),
    )


def downgrade() -> None:
    """Rows of what 0001 does not know are deleted."""
    for table in ("wording", "address", "substitute", "preference"):
        op.drop_table(table)
    op.execute("DELETE FROM reminder WHERE kind = 'opening'")
    op.execute("DELETE FROM deadline WHERE kind = 'opening'")
    op.execute(
        "DELETE FROM mail_attempt WHERE mail_id IN (SELECT id FROM mail"
        " WHERE purpose NOT IN ('reminder', 'result'))"
    )
    op.execute("DELETE FROM mail WHERE purpose NOT IN ('reminder', 'result')")
    recheck("reminder", "kind", OLD_KINDS)
    recheck("deadline", "kind", OLD_KINDS)
    with op.batch_alter_table("mail_attempt") as batch_op:
        batch_op.drop_column("person")
    with op.batch_alter_table("mail") as batch_op:
        for name in ("went_to", "handed", "tried_at", "about", "notice"):
            batch_op.drop_column(name)
    recheck("mail", "purpose", OLD_PURPOSES)
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_constraint(op.f("ck_person_language"), type_="check")
        batch_op.drop_column("feed_generation")
        batch_op.drop_column("language")
