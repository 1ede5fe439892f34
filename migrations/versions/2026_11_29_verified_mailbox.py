"""a mailbox is verified, not its unit: what was known of a unit is of the address it is called at today

Revision: 2026_11_29_verified_mailbox, after 2026_11_29_stands_without
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_verified_mailbox"
down_revision: str | None = "2026_11_29_stands_without"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "verified_mailbox",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_verified_mailbox_lower")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_verified_mailbox_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "email", name=op.f("pk_verified_mailbox")),
    )
    op.execute(
        """
        insert into verified_mailbox (unit_id, email, verified_at)
        select distinct on (u.id) u.id, lower(a.email), u.verified_at
        from unit u join unit_address a on a.unit_id = u.id
        cross join (select (now() at time zone 'Europe/Stockholm')::date as day) today
        where u.verified_at is not null and (a.valid_from is null or a.valid_from <= today.day)
            and (a.valid_to is null or a.valid_to >= today.day)
        order by u.id, a.ordinal
        """
    )


def downgrade() -> None:
    op.drop_table("verified_mailbox")
