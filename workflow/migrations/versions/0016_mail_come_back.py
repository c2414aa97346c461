"""mail: what came back, was delivered by hand or is known from a journal is found through an index

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    clause = sa.text("status = 'sent' AND reason <> ''")
    op.create_index(
        "ix_mail_sent_and_more",
        "mail",
        ["reason", "id"],
        sqlite_where=clause,
        postgresql_where=clause,
    )
