"""the area of a county that a unit lies in

Revision: 2026_11_29_unit_area, after 2026_11_29_unit_year
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_unit_area"
down_revision: str | None = "2026_11_29_unit_year"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("unit", sa.Column("area", sa.Text(), nullable=True))
    op.create_index("ix_unit_area", "unit", ["area"], postgresql_where=sa.text("area is not null"))


def downgrade() -> None:
    op.drop_index("ix_unit_area", "unit")
    op.drop_column("unit", "area")
