"""who came to a standing group's sitting, seat by seat

Revision: 2026_11_30_sitting_attendance, after 2026_11_30_webhooks
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_sitting_attendance"
down_revision: str | None = "2026_11_30_webhooks"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("sitting_seat", sa.Column("came", sa.Text(), nullable=True))
    said = "came in ('representative', 'substitute', 'nobody')"
    op.create_check_constraint(op.f("ck_sitting_seat_came"), "sitting_seat", said)


def downgrade() -> None:
    op.drop_column("sitting_seat", "came")
