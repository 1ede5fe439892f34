"""who prepares a question on an agenda until which day, its papers, and the mail that reminds of it

Revision: 2026_11_30_items_prepared, after 2026_11_30_agendas_of_groups
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_items_prepared"
down_revision: str | None = "2026_11_30_agendas_of_groups"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BELONGS = "num_nonnulls(coalesce(meeting_id, deviation_id), unit_id, user_id)"
_BEFORE = (
    "'seal', 'renewal', 'seats_asked', 'seats_lifted', 'sitting_called', 'sitting_moved',"
    " 'sitting_cancelled', 'sitting_stood_down', 'sitting_reminder'"
)


def upgrade() -> None:
    _alone(f"{_BEFORE}, 'sitting_prepare'")
    op.add_column("agenda_item", sa.Column("preparation_owner", sa.Text(), nullable=True))
    op.add_column("agenda_item", sa.Column("preparation_seat", sa.Integer(), nullable=True))
    op.add_column("agenda_item", sa.Column("preparation_by", sa.Date(), nullable=True))
    op.add_column("agenda_item", sa.Column("preparation_reminded_at", sa.DateTime(timezone=True), nullable=True))
    papers = sa.Column("papers", sa.ARRAY(sa.Text()), nullable=False, server_default="{}")
    op.add_column("agenda_item", papers)


def downgrade() -> None:
    for column in ("papers", "preparation_reminded_at", "preparation_by", "preparation_seat", "preparation_owner"):
        op.drop_column("agenda_item", column)
    op.execute("delete from outbox where kind = 'sitting_prepare'")
    _alone(_BEFORE)


def _alone(kinds: str) -> None:
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    said = f"{_BELONGS} between (kind not in ({kinds}))::integer and (kind <> 'seal')::integer"
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", said)
