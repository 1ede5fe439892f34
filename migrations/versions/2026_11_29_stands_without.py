"""the convener has let the meeting stand without a party

Revision: 2026_11_29_stands_without, after 2026_11_29_engaged
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_stands_without"
down_revision: str | None = "2026_11_29_engaged"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "party_round", sa.Column("stands_without", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.alter_column("party_round", "stands_without", server_default=None)


def downgrade() -> None:
    op.drop_column("party_round", "stands_without")
