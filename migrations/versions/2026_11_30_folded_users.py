"""users are found by their folded address, by an index that row-level security leaves in use

Revision: 2026_11_30_folded_users, after 2026_11_30_survey
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_30_folded_users"
down_revision: str | None = "2026_11_30_survey"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    kept = sa.Computed("lower(email)", persisted=True)
    op.add_column("app_user", sa.Column("email_folded", sa.Text(), kept, nullable=False))
    op.create_unique_constraint(op.f("uq_app_user_email_folded"), "app_user", ["email_folded"])
    op.drop_index("uq_app_user_email", table_name="app_user")


def downgrade() -> None:
    op.create_index("uq_app_user_email", "app_user", [sa.text("lower(email)")], unique=True)
    op.drop_column("app_user", "email_folded")
