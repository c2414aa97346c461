"""desk: whose move it is, open flags and calls to make, found without reading every project

Revision: 0005
Follows: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Name, table, columns, and what the rows in it have in common (empty: all rows).
INDEXES = (
    ("ix_project_waits_for", "project", ["waits_for", "opens"], "waits_for <> ''"),
    (
        "ix_project_waits_for_department",
        "project",
        ["waits_for", "department", "opens"],
        "waits_for <> ''",
    ),
    ("ix_project_flagged", "project", ["department"], "open_flags > 0"),
    (
        "ix_project_follow_up_department",
        "project",
        ["department", "follow_up"],
        "follow_up IS NOT NULL",
    ),
    (
        "ix_deadline_department",
        "deadline",
        ["department", "due_on", "late_after"],
        "standing = 'open' AND force <> 'advisory'",
    ),
    (
        "ix_deadline_gentle_department",
        "deadline",
        ["kind", "department", "due_on"],
        "standing = 'open' AND force = 'advisory'",
    ),
    ("ix_project_follow_up", "project", ["follow_up"], "follow_up IS NOT NULL"),
    (
        "ix_deadline_gentle",
        "deadline",
        ["kind", "due_on"],
        "standing = 'open' AND force = 'advisory'",
    ),
    ("ix_project_year_state", "project", ["year", "state", "department"], ""),
    ("ix_event_by_people", "event", ["recorded_at"], "NOT machine"),
    ("ix_mail_for_a_person", "mail", ["status"], "status IN ('dead', 'awaiting')"),
    ("ix_event_note", "event", ["project_id", "seq"], "deed = 'note'"),
)


def columns() -> list[Any]:
    """Made anew each time: a column belongs to one table."""
    return [
        sa.Column("waits_for", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("follow_up", sa.Date(), nullable=True),
    ]


def upgrade() -> None:
    for column in columns():
        op.add_column("project", column)
    op.add_column(
        "deadline",
        sa.Column("department", sa.String(), nullable=False, server_default=sa.text("''")),
    )
    op.execute(
        "UPDATE deadline SET department ="
        " (SELECT department FROM project WHERE project.id = deadline.project_id)"
    )
    for name, table, its, where in INDEXES:
        clause = sa.text(where) if where else None
        op.create_index(op.f(name), table, its, sqlite_where=clause, postgresql_where=clause)
    # Whose move it is follows from the rules: `refresh` derives it, as if they had changed.
    op.execute("DELETE FROM setting WHERE key = 'rules'")


def downgrade() -> None:
    for name, table, _, _ in reversed(INDEXES):
        op.drop_index(op.f(name), table)
    with op.batch_alter_table("deadline") as deadline:
        deadline.drop_column("department")
    with op.batch_alter_table("project") as project:
        for column in reversed(columns()):
            project.drop_column(column.name)
