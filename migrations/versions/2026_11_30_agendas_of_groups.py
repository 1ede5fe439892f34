"""agendas of standing groups that are no boards: the county that says who sees them, and the group's name

Revision: 2026_11_30_agendas_of_groups, after 2026_11_30_sitting_attendance
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_agendas_of_groups"
down_revision: str | None = "2026_11_30_sitting_attendance"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("agenda_item", sa.Column("group_county_id", sa.UUID(), nullable=True))
    op.add_column("agenda_item", sa.Column("group_name", sa.Text(), nullable=False, server_default=""))
    op.create_foreign_key(op.f("fk_agenda_item_group_county_id"), "agenda_item", "county", ["group_county_id"], ["id"])
    op.create_index(op.f("ix_agenda_item_group_county_id"), "agenda_item", ["group_county_id"])
    _kinds("'cooperation_board', 'standing_group'")


def downgrade() -> None:
    op.execute("delete from agenda_item where group_kind = 'standing_group'")
    _kinds("'cooperation_board'")
    op.drop_column("agenda_item", "group_name")
    op.drop_column("agenda_item", "group_county_id")


def _kinds(listed: str) -> None:
    op.drop_constraint(op.f("ck_agenda_item_group_kind"), "agenda_item", type_="check")
    op.create_check_constraint(op.f("ck_agenda_item_group_kind"), "agenda_item", f"group_kind in ({listed})")
