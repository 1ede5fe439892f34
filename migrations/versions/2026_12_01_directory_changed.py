"""when each row of the directory was last changed, for those who follow it

Revision: 2026_12_01_directory_changed, after 2026_12_01_group_feeds
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_directory_changed"
down_revision: str | None = "2026_12_01_group_feeds"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = ("principal", "organisation", "unit", "role")
_CHANGED = """
create function row_changed() returns trigger language plpgsql as $$
begin
    new.changed_at := clock_timestamp();
    return new;
end
$$
"""


def upgrade() -> None:
    op.execute(_CHANGED)
    for table in _TABLES:
        stamped = sa.text("clock_timestamp()")
        op.add_column(
            table, sa.Column("changed_at", sa.DateTime(timezone=True), server_default=stamped, nullable=False)
        )
        op.create_index(f"ix_{table}_changed_at", table, ["changed_at", "id"])
        op.execute(
            f"create trigger row_changed before update on {table} for each row"
            " when (old.* is distinct from new.*) execute function row_changed()"
        )


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"drop trigger row_changed on {table}")
        op.drop_index(f"ix_{table}_changed_at", table_name=table)
        op.drop_column(table, "changed_at")
    op.execute("drop function row_changed()")
