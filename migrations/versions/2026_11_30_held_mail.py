"""mail is held where the database is found on another server than it was last served from

Revision: 2026_11_30_held_mail, after 2026_11_30_names_of_reports
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_held_mail"
down_revision: str | None = "2026_11_30_names_of_reports"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("cleared", sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "mail_hold",
        sa.Column("sole", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("database", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_from", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sole", name=op.f("ck_mail_hold_sole")),
        sa.CheckConstraint("num_nonnulls(since, begun_at) in (0, 2)", name=op.f("ck_mail_hold_held")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_mail_hold")),
    )


def downgrade() -> None:
    op.drop_table("mail_hold")
    op.drop_column("outbox", "cleared")
