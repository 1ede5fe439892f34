"""when a unit says that it is open

Revision: 2026_11_29_unit_hours, after 2026_11_29_notices
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_unit_hours"
down_revision: str | None = "2026_11_29_notices"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "unit_hours",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday between 0 and 6", name=op.f("ck_unit_hours_weekday")),
        sa.CheckConstraint("opens >= 0 and opens < closes and closes < 1440", name=op.f("ck_unit_hours_hours")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_hours_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "weekday", name=op.f("pk_unit_hours")),
    )


def downgrade() -> None:
    op.drop_table("unit_hours")
