"""units whose addresses have changed, for called meetings to follow; those of today's calls are looked at once

Revision: 2026_11_29_contacts_changed, after 2026_11_29_verified_mailbox
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_contacts_changed"
down_revision: str | None = "2026_11_29_verified_mailbox"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "contacts_changed",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contacts_changed_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_contacts_changed")),
    )
    op.execute(
        "insert into contacts_changed (unit_id) select distinct p.unit_id from party p"
        " join meeting m on m.id = p.meeting_id where m.state = 'called'"
    )


def downgrade() -> None:
    op.drop_table("contacts_changed")
