"""a message to another system is sent again, as it was

Revision: 2026_12_01_webhooks_again, after 2026_12_01_items_referred
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_webhooks_again"
down_revision: str | None = "2026_12_01_items_referred"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("webhook_message", sa.Column("tries_before", sa.Integer(), server_default="0", nullable=False))
    op.add_column("webhook_message", sa.Column("resent_by", sa.UUID(), nullable=True))


def downgrade() -> None:
    op.drop_column("webhook_message", "resent_by")
    op.drop_column("webhook_message", "tries_before")
