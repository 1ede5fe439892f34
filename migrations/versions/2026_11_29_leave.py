"""somebody of a unit's is away for some days

Revision: 2026_11_29_leave, after 2026_11_29_check_in
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_leave"
down_revision: str | None = "2026_11_29_check_in"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "leave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_leave_days")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_leave_lower")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_leave_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index(op.f("ix_leave_unit_id"), "leave", ["unit_id"])
    op.create_index(op.f("ix_leave_last_day"), "leave", ["last_day"])


def downgrade() -> None:
    op.drop_table("leave")
