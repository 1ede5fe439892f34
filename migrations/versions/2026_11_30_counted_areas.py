"""areas of which anything was counted are found without reading all counts

Revision: 2026_11_30_counted_areas, after 2026_11_30_replay_joinings
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_counted_areas"
down_revision: str | None = "2026_11_30_replay_joinings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_counted_party_area", "counted_party", ["area"], postgresql_where=sa.text("area is not null"))


def downgrade() -> None:
    op.drop_index("ix_counted_party_area", "counted_party")
