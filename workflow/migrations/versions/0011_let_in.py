"""let in: by whose making somebody is signed in, and what was done so

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
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
