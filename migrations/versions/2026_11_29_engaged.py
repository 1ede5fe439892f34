"""somebody who comes to another meeting at that hour is passed over, and the page says so

Revision: 2026_11_29_engaged, after 2026_11_28_what_waits
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_engaged"
down_revision: str | None = "2026_11_28_what_waits"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = "'named', 'invited', 'asked', 'accepted', 'refused', 'withdrawn', 'silent', 'bounced', 'stood_down'"


def _states(first: str) -> None:
    op.drop_constraint(op.f("ck_attendee_state"), "attendee", type_="check")
    op.create_check_constraint(op.f("ck_attendee_state"), "attendee", f"state in ({first}, {_BEFORE})")


def upgrade() -> None:
    _states("'queued', 'engaged'")


def downgrade() -> None:
    op.execute("update attendee set state = 'silent' where state = 'engaged'")
    _states("'queued'")
