"""defaults for what the version before does not write, so that both run on these tables during a deployment

Revision: 2026_11_30_defaults, after 2026_11_30_next_date
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_defaults"
down_revision: str | None = "2026_11_30_next_date"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DEFAULTS = {
    ("meeting", "consent_told"): sa.text("false"),
    ("meeting", "consent_over"): sa.text("false"),
    ("deviation", "dispute_steps"): sa.text("0"),
    ("deviation", "disputed_days"): sa.text("0"),
    ("deviation", "also"): sa.text("'{}'"),
    ("deviation", "good_example"): sa.text("false"),
    ("party_round", "stands_without"): sa.text("false"),
}


def upgrade() -> None:
    for (table, column), default in _DEFAULTS.items():
        op.alter_column(table, column, server_default=default)


def downgrade() -> None:
    for table, column in _DEFAULTS:
        op.alter_column(table, column, server_default=None)
