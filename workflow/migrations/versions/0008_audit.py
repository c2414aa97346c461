"""audit: what somebody did, and mail that was withheld, found without reading all

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Name, table, columns, and what the rows in it have in common.
INDEXES = (
    ("ix_event_person", "event", ["person", "recorded_at"], "person <> ''"),
    ("ix_mail_withheld", "mail", ["id"], "status = 'suppressed'"),
)


def upgrade() -> None:
    for name, table, columns, where in INDEXES:
        clause = sa.text(where)
        op.create_index(op.f(name), table, columns, sqlite_where=clause, postgresql_where=clause)
