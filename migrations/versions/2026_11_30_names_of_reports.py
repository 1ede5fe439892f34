"""names give way also in what is written of a report after they gave way in its meeting

Revision: 2026_11_30_names_of_reports, after 2026_11_30_defaults
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_names_of_reports"
down_revision: str | None = "2026_11_30_defaults"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("deviation", sa.Column("names_seq", sa.Integer(), server_default="0", nullable=False))
    op.create_index(
        "ix_deviation_names", "deviation", ["meeting_id"], postgresql_where=sa.text("names_seq < journal_seq")
    )


def downgrade() -> None:
    op.drop_index("ix_deviation_names", "deviation")
    op.drop_column("deviation", "names_seq")
