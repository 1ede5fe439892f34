"""when a session ends that is not used

Revision: 2026_11_29_idle_sessions, after 2026_11_29_auditor
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_idle_sessions"
down_revision: str | None = "2026_11_29_auditor"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    default = sa.text("now() + interval '1 hour'")
    column = sa.Column("idle_at", sa.DateTime(timezone=True), server_default=default, nullable=False)
    op.add_column("web_session", column)


def downgrade() -> None:
    op.drop_column("web_session", "idle_at")
