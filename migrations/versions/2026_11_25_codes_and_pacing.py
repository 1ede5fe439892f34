"""short codes beside mailed links, and what pacing by domain looks at

Revision: 2026_11_25_codes_and_pacing, after 2026_11_25_mailbox
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_25_codes_and_pacing"
down_revision: str | None = "2026_11_25_mailbox"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.add_column("link_token", sa.Column("code_hash", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("uq_link_token_code_hash"), "link_token", ["code_hash"])
    op.add_column(
        "outbox",
        sa.Column("domain", sa.Text(), sa.Computed("split_part(recipient, '@', 2)", persisted=True), nullable=False),
    )
    op.create_index("ix_outbox_pending_domain", "outbox", ["domain", "id"], unique=False, postgresql_where=_PENDING)
    op.add_column("mail", sa.Column("domain", sa.Text(), nullable=True))
    op.add_column("mail", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_mail_tried_at", "mail", ["tried_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_mail_tried_at", table_name="mail")
    op.drop_column("mail", "tried_at")
    op.drop_column("mail", "domain")
    op.drop_index("ix_outbox_pending_domain", table_name="outbox", postgresql_where=_PENDING)
    op.drop_column("outbox", "domain")
    op.drop_constraint(op.f("uq_link_token_code_hash"), "link_token", type_="unique")
    op.drop_column("link_token", "code_hash")
