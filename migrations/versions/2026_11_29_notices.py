"""which notices a user does without

Revision: 2026_11_29_notices, after 2026_11_29_erase_draft
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_notices"
down_revision: str | None = "2026_11_29_erase_draft"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("app_user", sa.Column("muted", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("app_user", "muted")
