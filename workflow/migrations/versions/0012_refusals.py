"""refusals: what came back waits until it is decided what follows from it

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REASONS = (
    *("gone", "disabled", "malformed", "full", "size", "content", "policy", "sender", "rate"),
    *("route", "system", "given_up", "unknown"),
)


def upgrade() -> None:
    listed = ", ".join(f"'{reason}'" for reason in REASONS)
    op.create_table(
        "refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("email", "forward", "reason", "status", "said")
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"reason IN ({listed})", name=op.f("ck_refusal_reason")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_refusal_mail_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_mail_id"), "refusal", ["mail_id"])
    op.create_index(op.f("ix_refusal_at"), "refusal", ["at"])
    still = sa.text("NOT settled")
    op.create_index(
        op.f("ix_refusal_open"), "refusal", ["id"], sqlite_where=still, postgresql_where=still
    )
