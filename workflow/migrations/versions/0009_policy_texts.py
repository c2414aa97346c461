"""policy texts: what the history's hashes of policy files stand for

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "policy_text",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policy_text")),
    )
    # What was recorded until now: the texts may be gone already. Those that are still read are
    # filled in when deadlines are next derived (workflow/policy_texts.py).
    op.execute(
        sa.text(
            "INSERT INTO policy_text (digest, policy, content)"
            " SELECT policy_digest, MIN(policy), :nothing FROM event GROUP BY policy_digest"
        ).bindparams(sa.bindparam("nothing", b"", type_=sa.LargeBinary()))
    )
