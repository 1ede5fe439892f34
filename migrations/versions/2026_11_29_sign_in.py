"""who a sign-in provider's users are, second factors, what a session rests on, and word of sessions that end

Revision: 2026_11_29_sign_in, after 2026_11_29_seals
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_sign_in"
down_revision: str | None = "2026_11_29_seals"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TEXTS = ("provider", "provider_sub", "provider_sid", "commission")
_ENDED = """
create function session_ended() returns trigger language plpgsql as $$
begin
  perform pg_notify('sip_sessions', encode(substr(old.hash, 1, 8), 'hex'));
  return null;
end $$
"""


def _user(table: str) -> tuple[sa.Column[sa.Uuid], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE")
    return sa.Column("user_id", sa.Uuid(), nullable=False), key


def _stamp() -> sa.Column[sa.DateTime]:
    return sa.Column(
        "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )


def upgrade() -> None:
    op.create_table(
        "user_identity",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        *_user("user_identity"),
        _stamp(),
        sa.PrimaryKeyConstraint("provider", "subject", name=op.f("pk_user_identity")),
    )
    op.create_index(op.f("ix_user_identity_user_id"), "user_identity", ["user_id"], unique=False)
    op.create_table(
        "role_commission",
        sa.Column("user_role_id", sa.Uuid(), nullable=False),
        sa.Column("commission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_role_id"], ["user_role.id"], name=op.f("fk_role_commission_user_role_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_role_id", name=op.f("pk_role_commission")),
    )
    op.create_table(
        "used_once",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_used_once")),
    )
    op.create_index("ix_used_once_until", "used_once", ["until"], unique=False)
    op.create_table(
        "second_factor",
        *_user("second_factor"),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.Integer(), server_default="0", nullable=False),
        _stamp(),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        *_user("recovery_code"),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "hash", name=op.f("pk_recovery_code")),
    )
    for name in _TEXTS:
        op.add_column("web_session", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("web_session", sa.Column("id_token", sa.LargeBinary(), nullable=True))
    op.add_column("web_session", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_ENDED)
    op.execute(
        "create trigger session_ended after delete or update of hash on web_session"
        " for each row execute function session_ended()"
    )


def downgrade() -> None:
    op.execute("drop trigger session_ended on web_session")
    op.execute("drop function session_ended()")
    for name in ("confirmed_at", "id_token", *reversed(_TEXTS)):
        op.drop_column("web_session", name)
    for table in ("recovery_code", "second_factor", "used_once", "role_commission", "user_identity"):
        op.drop_table(table)
