"""a draft that nobody was told of can be erased, and no other meeting: the application's role deletes none itself

Revision: 2026_11_29_erase_draft, after 2026_11_29_bookings
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_erase_draft"
down_revision: str | None = "2026_11_29_bookings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# It runs with its owner's rights; the path is pinned, so that nobody's table of the same name is taken for ours.
_ERASE = """
    create function erase_draft(wanted uuid) returns void language sql security definer
    set search_path = public, pg_temp as $$
        delete from meeting m where m.id = wanted and m.state = 'cancelled' and m.called_at is null
            and not exists (select from outbox o where o.meeting_id = m.id)
    $$
"""


def upgrade() -> None:
    op.execute(_ERASE)


def downgrade() -> None:
    op.execute("drop function erase_draft(uuid)")
