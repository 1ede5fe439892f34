"""what has become of the next date of a meeting that is closed

A date that is ahead is followed from now on. One that passed before this was followed is shown, and nobody is mailed
about it: a county would hear of all of them in one morning.

Revision: 2026_11_30_next_date, after 2026_11_30_annual_reports
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_next_date"
down_revision: str | None = "2026_11_30_annual_reports"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_WORDS = "next_date in ('awaited', 'told', 'told_again', 'followed', 'plan_ended')"


def upgrade() -> None:
    op.add_column("meeting", sa.Column("next_date", sa.Text(), nullable=False, server_default="awaited"))
    op.create_check_constraint(op.f("ck_meeting_next_date"), "meeting", _WORDS)
    # Too early where the rules would say later (a day that nobody works); the tick puts it right.
    op.execute(
        """
        update meeting m set hand_from = d.passed, too_late_at = d.passed + interval '14 days',
            next_date = case when m.next_meeting_on < current_date then 'told_again' else 'awaited' end,
            due_at = case when m.next_meeting_on >= current_date then d.passed end
        from (select id, (next_meeting_on + 1)::timestamp at time zone 'Europe/Stockholm' as passed from meeting) d
        where d.id = m.id and m.state = 'closed' and m.next_meeting_on is not null
        """
    )


def downgrade() -> None:
    op.execute("update meeting set hand_from = null, too_late_at = null, due_at = null where state = 'closed'")
    op.drop_constraint(op.f("ck_meeting_next_date"), "meeting")
    op.drop_column("meeting", "next_date")
