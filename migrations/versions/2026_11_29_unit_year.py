"""the start of a party's meeting beside the party: a unit's year without its other years

Revision: 2026_11_29_unit_year, after 2026_11_29_unit_hours
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_unit_year"
down_revision: str | None = "2026_11_29_unit_hours"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("party", sa.Column("meets_at", sa.DateTime(timezone=True), nullable=True))
    # What lies further back than a year is in nobody's year.
    op.execute(
        "update party p set meets_at = m.starts_at from meeting m"
        " where m.id = p.meeting_id and m.starts_at > now() - interval '400 days'"
    )
    there = sa.text("meets_at is not null")
    op.create_index("ix_party_meets", "party", ["unit_id", "meets_at"], postgresql_where=there)


def downgrade() -> None:
    op.drop_index("ix_party_meets", "party")
    op.drop_column("party", "meets_at")
