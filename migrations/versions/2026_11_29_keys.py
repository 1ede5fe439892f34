"""what a key of the API may, when it was used, and the secret that it had before

Revision: 2026_11_29_keys, after 2026_11_29_tries
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_keys"
down_revision: str | None = "2026_11_29_tries"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_MOMENTS = ("used_at", "old_until", "old_used_at")


def upgrade() -> None:
    op.add_column("api_key", sa.Column("scopes", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("api_key", sa.Column("old_hash", sa.LargeBinary(), nullable=True))
    for name in _MOMENTS:
        op.add_column("api_key", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_unique_constraint(op.f("uq_api_key_old_hash"), "api_key", ["old_hash"])


def downgrade() -> None:
    op.drop_constraint(op.f("uq_api_key_old_hash"), "api_key", type_="unique")
    for name in (*reversed(_MOMENTS), "old_hash", "scopes"):
        op.drop_column("api_key", name)
