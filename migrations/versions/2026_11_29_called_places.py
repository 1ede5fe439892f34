"""whom a meeting calls, beside it: row-level security asks the row itself, and looks nothing up

Revision: 2026_11_29_called_places, after 2026_11_29_protected
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_29_called_places"
down_revision: str | None = "2026_11_29_protected"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    kind = postgresql.ARRAY(postgresql.UUID(as_uuid=True))
    op.add_column("meeting", sa.Column("called_places", kind, server_default="{}", nullable=False))
    op.execute(
        "update meeting m set called_places = c.places from (select p.meeting_id,"
        " array_agg(distinct x.id order by x.id) as places from party p,"
        " unnest(array[p.unit_id, p.organisation_id, p.principal_id]) x(id)"
        " where p.obligation <> 'convening' and not p.removed group by p.meeting_id) c where c.meeting_id = m.id"
    )


def downgrade() -> None:
    op.drop_column("meeting", "called_places")
