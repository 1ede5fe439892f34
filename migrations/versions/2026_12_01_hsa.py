"""what was last read of each unit from an export of HSA

Revision: 2026_12_01_hsa, after 2026_12_01_subscriptions
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_hsa"
down_revision: str | None = "2026_12_01_subscriptions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "hsa_value",
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("field in ('name', 'phone', 'to')", name=op.f("ck_hsa_value_field")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hsa_value_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "field", name=op.f("pk_hsa_value")),
    )
    op.add_column("directory_upload", sa.Column("form", sa.Text(), server_default="csv", nullable=False))
    op.create_check_constraint(op.f("ck_directory_upload_form"), "directory_upload", "form in ('csv', 'hsa')")


def downgrade() -> None:
    op.drop_column("directory_upload", "form")
    op.drop_table("hsa_value")
