"""a calendar of a standing group's sittings at a secret address

Revision: 2026_12_01_group_feeds, after 2026_12_01_open_groups
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_group_feeds"
down_revision: str | None = "2026_12_01_open_groups"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("feed", sa.Column("group_id", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_feed_group_id"), "feed", "standing_group", ["group_id"], ["id"])
    op.create_index(op.f("ix_feed_group_id"), "feed", ["group_id"])
    _kinds("'unit', 'person', 'area', 'group'")
    op.create_check_constraint(op.f("ck_feed_group"), "feed", "(kind = 'group') = (group_id is not null)")


def downgrade() -> None:
    op.execute("delete from feed where kind = 'group'")
    op.drop_constraint(op.f("ck_feed_group"), "feed", type_="check")
    _kinds("'unit', 'person', 'area'")
    op.drop_index(op.f("ix_feed_group_id"), "feed")
    op.drop_constraint(op.f("fk_feed_group_id"), "feed", type_="foreignkey")
    op.drop_column("feed", "group_id")


def _kinds(kinds: str) -> None:
    op.drop_constraint(op.f("ck_feed_kind"), "feed", type_="check")
    op.create_check_constraint(op.f("ck_feed_kind"), "feed", f"kind in ({kinds})")
