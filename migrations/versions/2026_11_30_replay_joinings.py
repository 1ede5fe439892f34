"""a trial of an agreement keeps who has joined it from when to when

Revision: 2026_11_30_replay_joinings, after 2026_11_30_pre_meeting
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_30_replay_joinings"
down_revision: str | None = "2026_11_30_pre_meeting"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("replay", sa.Column("joinings", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("replay", "joinings")
