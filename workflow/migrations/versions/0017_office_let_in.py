"""office log: by whose making somebody was signed in who changed something

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "office_event", sa.Column("let_in_by", sa.String(), nullable=False, server_default="")
    )
