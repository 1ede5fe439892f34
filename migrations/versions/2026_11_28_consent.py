"""what a called meeting knows of the consent: its last day, and whether that was told and has passed

Revision: 2026_11_28_consent, after 2026_11_25_codes_and_pacing
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_28_consent"
down_revision: str | None = "2026_11_25_codes_and_pacing"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("meeting", sa.Column("consent_until", sa.Date(), nullable=True))
    for flag in ("consent_told", "consent_over"):
        op.add_column("meeting", sa.Column(flag, sa.Boolean(), nullable=False, server_default=sa.text("false")))
        op.alter_column("meeting", flag, server_default=None)
    op.execute(
        "update meeting m set consent_until = c.consent_until from case_ c"
        " where c.id = m.case_id and m.state = 'called' and not c.other_legal_ground and c.consent_until is not null"
    )


def downgrade() -> None:
    for column in ("consent_over", "consent_told", "consent_until"):
        op.drop_column("meeting", column)
