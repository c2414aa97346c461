"""lists of projects: what they are sorted and filtered by, and indexes that hold it

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Name, type, what stands there until `refresh` draws it from the facts (0005 asks for that).
COLUMNS = (
    ("city", sa.String(), ""),
    ("plan_order", sa.BigInteger(), "0"),
    ("opening_order", sa.BigInteger(), "0"),
    ("name_order", sa.String(), ""),
    ("open_flags", sa.Integer(), "0"),
    ("desk", sa.String(), ""),
    ("marks", sa.String(), ""),
)
FILTERED = (
    *("year", "state", "category", "department", "host", "city"),
    *("open_flags", "desk", "marks", "policy", "number", "identity"),
)
ASKED = "standing = 'open' AND force <> 'advisory'"


def upgrade() -> None:
    with op.batch_alter_table("project") as project:
        for name, kind, first in COLUMNS:
            project.add_column(sa.Column(name, kind, nullable=False, server_default=first))
    with op.batch_alter_table("project") as project:
        for name, _, _ in COLUMNS:
            project.alter_column(name, server_default=None)
    for name in ("city", "open_flags", "desk", "category"):
        op.create_index(op.f(f"ix_project_{name}"), "project", [name])
    for name in ("plan", "opening", "name"):
        columns = [f"{name}_order", "id", *FILTERED]
        op.create_index(op.f(f"ix_project_by_{name}"), "project", columns)
    for name, columns in {
        "due": ["due_on", "project_id"],
        "late": ["late_after", "project_id"],
        "asked": ["project_id", "due_on", "late_after", "kind"],
    }.items():
        where = sa.text(ASKED)
        op.create_index(
            op.f(f"ix_deadline_{name}"),
            "deadline",
            columns,
            sqlite_where=where,
            postgresql_where=where,
        )
