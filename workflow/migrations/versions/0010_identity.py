"""identity: characters that look alike are compared as one, and what was two projects may be one

Revision: 0010
Follows: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("project") as project:
        project.drop_constraint("uq_project_year_identity", type_="unique")
    op.create_index(op.f("ix_project_identity"), "project", ["year", "identity"])
    # Every identity is drawn anew by `refresh`, as if the rules had changed.
    op.execute("DELETE FROM setting WHERE key = 'rules'")
