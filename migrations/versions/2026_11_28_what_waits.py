"""indexes of what waits or has ended, so that asking for it does not read all that was

Revision: 2026_11_28_what_waits, after 2026_11_28_report_clock
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_28_what_waits"
down_revision: str | None = "2026_11_28_report_clock"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_outbox_unsent", "outbox", ["recorded_at"], postgresql_where=sa.text("state in ('pending', 'claimed')")
    )
    op.create_index("ix_inbound_raw", "inbound", ["received_at"], postgresql_where=sa.text("raw is not null"))
    op.create_index("ix_link_token_expires_at", "link_token", ["expires_at"])
    op.create_index("ix_web_session_expires_at", "web_session", ["expires_at"])


def downgrade() -> None:
    op.drop_index("ix_web_session_expires_at", table_name="web_session")
    op.drop_index("ix_link_token_expires_at", table_name="link_token")
    op.drop_index("ix_inbound_raw", table_name="inbound")
    op.drop_index("ix_outbox_unsent", table_name="outbox")
