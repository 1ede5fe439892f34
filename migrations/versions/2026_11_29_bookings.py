"""what conveners booked in their own calendars

Revision: 2026_11_29_bookings, after 2026_11_29_polls
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_bookings"
down_revision: str | None = "2026_11_29_polls"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("uid_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("video_url", sa.Text(), nullable=True),
        sa.Column("place_unit", sa.Text(), nullable=True),
        sa.Column("units", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("meeting_id", sa.UUID(), nullable=True),
        sa.CheckConstraint("state in ('waiting', 'taken', 'cancelled')", name=op.f("ck_booking_state")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_booking_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_booking_meeting_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("user_id", "uid_hash", name=op.f("uq_booking_user_id_uid_hash")),
    )
    op.create_index("ix_booking_heard_at", "booking", ["heard_at"])
    op.create_index("ix_booking_meeting_id", "booking", ["meeting_id"])


def downgrade() -> None:
    op.execute("delete from outbox where kind in ('booking', 'booking_changed', 'booking_cancelled')")
    op.drop_table("booking")
