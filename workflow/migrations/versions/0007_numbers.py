"""numbers: a project that is looked for by its number in the plan is found without reading all

Revision: 0007
Follows: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_project_number"), "project", ["number"])
