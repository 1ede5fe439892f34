"""a county's week is counted when it is over, and kept

Revision: 2026_12_01_situation, after 2026_11_30_items_prepared
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_situation"
down_revision: str | None = "2026_11_30_items_prepared"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_FIGURES = (
    "meetings", "cancelled", "called", "wanted", "found", "recorded", "no_show", "asked", "unanswered", "planned",
    "paused", "mailboxes", "unverified",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "situation",
        sa.Column("county_id", sa.UUID(), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _FIGURES),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("extract(isodow from monday) = 1", name=op.f("ck_situation_monday")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_situation_county_id")),
        sa.PrimaryKeyConstraint("county_id", "monday", name=op.f("pk_situation")),
    )


def downgrade() -> None:
    op.drop_table("situation")
