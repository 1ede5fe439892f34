"""mails that could not be written are found without reading all that wait

Revision: 2026_12_01_outbox_failing, after 2026_12_01_hsa
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_outbox_failing"
down_revision: str | None = "2026_12_01_hsa"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    failing = sa.text("state = 'pending' and failures > 0")
    op.create_index("ix_outbox_failing", "outbox", ["id"], postgresql_where=failing)


def downgrade() -> None:
    op.drop_index("ix_outbox_failing", "outbox")
