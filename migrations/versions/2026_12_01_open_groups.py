"""a group may be open to everybody, and a user representative agree to stand there by name

Revision: 2026_12_01_open_groups, after 2026_12_01_webhooks_again
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_open_groups"
down_revision: str | None = "2026_12_01_webhooks_again"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("standing_group", sa.Column("readers", sa.Text(), nullable=False, server_default="signed_in"))
    op.add_column("standing_group", sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_standing_group_readers"), "standing_group", "readers in ('signed_in', 'open')")
    op.create_check_constraint(
        op.f("ck_standing_group_opened"), "standing_group", "(readers = 'open') = (opened_at is not null)"
    )
    shown = sa.Column("representative_shown", sa.Boolean(), nullable=False, server_default="false")
    op.add_column("seat_term", shown)
    op.add_column("seat_term", sa.Column("substitute_shown", sa.Boolean(), nullable=True))
    op.execute("update seat_term set substitute_shown = false where substitute_id is not null")


def downgrade() -> None:
    for column in ("substitute_shown", "representative_shown"):
        op.drop_column("seat_term", column)
    for name in ("ck_standing_group_opened", "ck_standing_group_readers"):
        op.drop_constraint(op.f(name), "standing_group", type_="check")
    for column in ("opened_at", "readers"):
        op.drop_column("standing_group", column)
