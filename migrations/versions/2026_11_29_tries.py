"""how often somebody has tried, for all processes together

Revision: 2026_11_29_tries, after 2026_11_29_idle_sessions
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_tries"
down_revision: str | None = "2026_11_29_idle_sessions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_tries")),
    )
    op.create_index("ix_tries_until", "tries", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("tries")
