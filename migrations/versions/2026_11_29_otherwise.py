"""a unit that somebody wrote a report about can see it otherwise

Revision: 2026_11_29_otherwise, after 2026_11_29_contacts_changed
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_otherwise"
down_revision: str | None = "2026_11_29_contacts_changed"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

BEFORE = "'we_were_there', 'we_had_told', 'not_reached', 'right'"


def upgrade() -> None:
    _allow(f"{BEFORE}, 'otherwise'")


def downgrade() -> None:
    _allow(BEFORE)


def _allow(listed: str) -> None:
    op.drop_constraint(op.f("ck_deviation_statement"), "deviation")
    op.create_check_constraint(op.f("ck_deviation_statement"), "deviation", f"statement in ({listed})")
