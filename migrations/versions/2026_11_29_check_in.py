"""who is at a meeting says so herself

Revision: 2026_11_29_check_in, after 2026_11_29_otherwise
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_check_in"
down_revision: str | None = "2026_11_29_otherwise"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "check_in",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attendee", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id", "party"],
            ["party.meeting_id", "party.ordinal"],
            name=op.f("fk_check_in_meeting_id_party"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "ordinal", name=op.f("pk_check_in")),
    )


def downgrade() -> None:
    op.drop_table("check_in")
