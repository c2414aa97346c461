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

STANDINGS = "open ahead met lifted superseded"
STATUSES = "pending leased sent failed dead awaiting suppressed"
SORTS = "deadlines chasing gentle receipts results digest alarms"
OLD_KINDS = "application filing completion reimbursement mending recording"
KINDS = f"{OLD_KINDS} opening"
OLD_PURPOSES = "reminder result"
PURPOSES = f"{OLD_PURPOSES} digest alarm test"


def one_of(column: str, values: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values.split())
    return f"{column} IN ({listed})"


def checks(table: str, rules: dict[str, str]) -> tuple[sa.CheckConstraint, ...]:
    return tuple(
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()
    )


def recheck(table: str, rules: dict[str, str], *, changed: str = "") -> None:
    """Make the check `changed` say what `rules` say; `rules` are all the checks of the table.

    SQLite makes a table anew to change it, and alembic carries over no check of the old one.
    """
    if op.get_bind().dialect.name == "sqlite":
        given = checks(table, rules)
        with op.batch_alter_table(table, recreate="always", table_args=given):
            pass
    elif changed:
        op.drop_constraint(op.f(f"ck_{table}_{changed}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{changed}"), table, rules[changed])


def add(table: str, rules: dict[str, str], *columns: tuple[str, Any, Any]) -> None:
    """Add columns (name, type, value of the rows that are there); the value stays no default."""
    with op.batch_alter_table(table) as batch_op:
        for name, kind, value in columns:
            nullable = value is None
            batch_op.add_column(sa.Column(name, kind, nullable=nullable, server_default=value))
    with op.batch_alter_table(table, table_args=checks(table, rules)) as batch_op:
        for name, _, value in columns:
            if value is not None:
                batch_op.alter_column(name, server_default=None)


PERSON = {"language": one_of("language", "zh en")}
MAIL = {"status": one_of("status", STATUSES)}
DEADLINE = {"standing": one_of("standing", STANDINGS)}
REMINDER = {
    "reason_given": "status = 'queued' OR reason <> ''",
    "status": one_of("status", "queued suppressed"),
}


def upgrade() -> None:
    add(
        "person",
        PERSON,
        ("language", sa.String(), "zh"),
        ("feed_generation", sa.Integer(), "0"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_check_constraint(op.f("ck_person_language"), "person", PERSON["language"])
    add(
        "mail",
        MAIL | {"purpose": one_of("purpose", OLD_PURPOSES)},
        ("notice", sa.String(), ""),
        ("about", sa.Text(), "{}"),
        ("tried_at", sa.DateTime(timezone=True), None),
        ("handed", sa.Integer(), "0"),
        ("went_to", sa.String(), ""),
    )
    recheck("mail", MAIL | {"purpose": one_of("purpose", PURPOSES)}, changed="purpose")
    add("mail_attempt", {}, ("person", sa.String(), ""))
    recheck("deadline", DEADLINE | {"kind": one_of("kind", KINDS)}, changed="kind")
    recheck("reminder", REMINDER | {"kind": one_of("kind", KINDS)}, changed="kind")
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
    recheck("reminder", REMINDER | {"kind": one_of("kind", OLD_KINDS)}, changed="kind")
    recheck("deadline", DEADLINE | {"kind": one_of("kind", OLD_KINDS)}, changed="kind")
    with op.batch_alter_table("mail_attempt") as batch_op:
        batch_op.drop_column("person")
    old = MAIL | {"purpose": one_of("purpose", OLD_PURPOSES)}
    with op.batch_alter_table("mail", table_args=checks("mail", old)) as batch_op:
        for name in ("went_to", "handed", "tried_at", "about", "notice"):
            batch_op.drop_column(name)
    recheck("mail", old, changed="purpose")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_person_language"), "person", type_="check")
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_column("feed_generation")
        batch_op.drop_column("language")
