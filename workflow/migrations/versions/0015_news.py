"""news: hosts of an imported plan that are to be told, and that are to confirm it

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "project", sa.Column("news", sa.String(), nullable=False, server_default=sa.text("''"))
    )
    clause = sa.text("news <> ''")
    op.create_index(
        op.f("ix_project_news"),
        "project",
        ["news", "department"],
        sqlite_where=clause,
        postgresql_where=clause,
    )
