"""one desk: whose move it is stands in one column, by the policies, not by the state as well; and
dates to confirm are found without reading all that are certain

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ORDERS = ("plan", "opening", "name")
FILTERED = (
    *("year", "state", "category", "department", "host", "city"),
    *("open_flags", "waits_for", "policy", "number", "identity"),
)


def upgrade() -> None:
    for name in ORDERS:
        op.drop_index(op.f(f"ix_project_by_{name}"), "project")
    op.drop_index(op.f("ix_project_desk"), "project")
    with op.batch_alter_table("project") as project:
        project.drop_column("desk")
        project.drop_column("marks")
    for name in ORDERS:
        op.create_index(
            op.f(f"ix_project_by_{name}"), "project", [f"{name}_order", "id", *FILTERED]
        )
    where = sa.text("standing = 'open' AND force = 'advisory' AND provisional")
    op.create_index(
        op.f("ix_deadline_to_confirm"),
        "deadline",
        ["kind", "due_on"],
        sqlite_where=where,
        postgresql_where=where,
    )
