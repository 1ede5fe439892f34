"""a deviation report's clocks: the steps of a dispute, the days it took, and when somebody was last told

Revision: 2026_11_28_report_clock, after 2026_11_28_module_runs
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_28_report_clock"
down_revision: str | None = "2026_11_28_module_runs"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for count in ("dispute_steps", "disputed_days"):
        op.add_column("deviation", sa.Column(count, sa.Integer(), nullable=False, server_default=sa.text("0")))
        op.alter_column("deviation", count, server_default=None)
    op.add_column("deviation", sa.Column("stepped_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("stepped_at", "disputed_days", "dispute_steps"):
        op.drop_column("deviation", column)
