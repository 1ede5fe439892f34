"""accounts in a browser: mails to a user, links to choose a password, keys that run out, what a session was begun on

Revision: 2026_11_29_accounts, after 2026_11_29_directory_upload
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_accounts"
down_revision: str | None = "2026_11_29_directory_upload"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BELONGS = {"outbox": "meeting_id, unit_id", "link_token": "meeting_id, check_id"}


def upgrade() -> None:
    op.add_column("api_key", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("web_session", sa.Column("device", sa.Text(), server_default="", nullable=False))
    for table, columns in _BELONGS.items():
        op.add_column(table, sa.Column("user_id", sa.UUID(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_user_id"), table, "app_user", ["user_id"], ["id"], ondelete="CASCADE")
        op.drop_constraint(op.f(f"ck_{table}_belongs"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_belongs"), table, f"num_nonnulls({columns}, user_id) = 1")
    present = sa.text("user_id is not null")
    op.create_index("ix_outbox_user_id", "outbox", ["user_id", "id"], unique=False, postgresql_where=present)
    op.create_index("ix_link_token_user_id", "link_token", ["user_id"], unique=False, postgresql_where=present)


def downgrade() -> None:
    op.execute("delete from link_token where user_id is not null")
    op.execute("delete from outbox where user_id is not null")
    for table, columns in _BELONGS.items():
        op.drop_constraint(op.f(f"ck_{table}_belongs"), table, type_="check")
        op.drop_column(table, "user_id")
        op.create_check_constraint(op.f(f"ck_{table}_belongs"), table, f"num_nonnulls({columns}) = 1")
    op.drop_column("web_session", "device")
    op.drop_column("api_key", "expires_at")
