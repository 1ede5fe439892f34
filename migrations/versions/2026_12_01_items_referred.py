"""a question of one standing group goes to another, and comes back with its answer

Revision: 2026_12_01_items_referred, after 2026_12_01_situation
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_items_referred"
down_revision: str | None = "2026_12_01_situation"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = "'by_hand', 'report', 'systemic', 'roundabout'"
_COLUMNS: tuple[tuple[str, sa.types.TypeEngine[object]], ...] = (
    ("origin_item_id", sa.UUID()),
    ("origin_group_id", sa.UUID()),
    ("origin_group_name", sa.Text()),
    ("reference_item_id", sa.UUID()),
    ("reference_group_id", sa.UUID()),
    ("reference_group_name", sa.Text()),
    ("reference_referred_at", sa.DateTime(timezone=True)),
    ("reference_answered_at", sa.DateTime(timezone=True)),
    ("reference_answer", sa.Text()),
)


def upgrade() -> None:
    for name, kind in _COLUMNS:
        op.add_column("agenda_item", sa.Column(name, kind, nullable=True))
    _sources(f"{_BEFORE}, 'referred'")


def downgrade() -> None:
    op.execute("update agenda_item set source = 'by_hand' where source = 'referred'")
    _sources(_BEFORE)
    for name, _ in reversed(_COLUMNS):
        op.drop_column("agenda_item", name)


def _sources(words: str) -> None:
    op.drop_constraint(op.f("ck_agenda_item_source"), "agenda_item", type_="check")
    op.create_check_constraint(op.f("ck_agenda_item_source"), "agenda_item", f"source in ({words})")
