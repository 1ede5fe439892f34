"""addresses are looked up folded: behind row-level security no index on lower() is used

Revision: 2026_11_29_folded_addresses, after 2026_11_29_unit_area
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_folded_addresses"
down_revision: str | None = "2026_11_29_unit_area"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name, of in (("convener_folded", "convener_email"), ("chair_folded", "chair_email")):
        kept = sa.Computed(f"lower({of})", persisted=True)
        op.add_column("meeting", sa.Column(name, sa.Text(), kept, nullable=name == "chair_folded"))
        op.create_index(op.f(f"ix_meeting_{name}"), "meeting", [name, "starts_at"])
    op.add_column("attendee", sa.Column("email_folded", sa.Text(), sa.Computed("lower(email)", persisted=True)))
    op.create_index(
        op.f("ix_attendee_email_folded"), "attendee", ["email_folded", "meeting_id"],
        postgresql_where=sa.text("email_folded is not null"),
    )  # fmt: skip
    op.drop_index("ix_meeting_convener_email", table_name="meeting")
    op.drop_index("ix_meeting_chair_email", table_name="meeting")
    op.drop_index("ix_attendee_email", table_name="attendee")


def downgrade() -> None:
    op.create_index("ix_attendee_email", "attendee", [sa.text("lower(email)"), "meeting_id"],
                    postgresql_where=sa.text("email is not null"))  # fmt: skip
    op.create_index("ix_meeting_chair_email", "meeting", [sa.text("lower(chair_email)"), "starts_at"])
    op.create_index("ix_meeting_convener_email", "meeting", [sa.text("lower(convener_email)"), "starts_at"])
    op.drop_column("attendee", "email_folded")
    op.drop_column("meeting", "chair_folded")
    op.drop_column("meeting", "convener_folded")
