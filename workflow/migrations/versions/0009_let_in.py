"""let in: by whose making somebody is signed in, and what was done so

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COLUMNS = (
    ("event", "let_in_by"),
    ("session", "let_in_by"),
    ("credential", "let_in_by"),
    ("api_token", "let_in_by"),
    ("person", "email_by"),
)


def upgrade() -> None:
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))
