"""a role that asks who read what, the samples it draws, and time stamps of seals

Two tables that only auditors' acts write, and no other page reads; a further word for the roles of directory, users and
keys; `seal_anchor` may hold the token of a time stamp.

Revision: 2026_11_29_auditor, after 2026_11_29_sign_in
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_auditor"
down_revision: str | None = "2026_11_29_sign_in"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BEFORE = (
    "unit_manager", "deputy", "head_of_operations", "contract_officer", "watcher", "substitute", "coordinator",
    "convener", "chair", "unit_staff", "board_member", "administrator",
)  # fmt: skip
_OF_ROLES = ("role", "user_role", "api_key")


def _stamp() -> sa.Column[sa.DateTime]:
    return sa.Column(
        "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
    )


def _roles(*roles: str) -> None:
    for table in _OF_ROLES:
        op.drop_constraint(op.f(f"ck_{table}_role"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_role"), table, f"role in ({', '.join(map(repr, roles))})")


def _ways(*ways: str) -> None:
    op.drop_constraint(op.f("ck_seal_anchor_way"), "seal_anchor", type_="check")
    op.create_check_constraint(op.f("ck_seal_anchor_way"), "seal_anchor", f"way in ({', '.join(map(repr, ways))})")


def upgrade() -> None:
    _roles(*_BEFORE, "auditor")
    _ways("folder", "mail", "timestamp")
    op.add_column("seal_anchor", sa.Column("token", sa.LargeBinary(), nullable=True))
    op.create_table(
        "audit_sample",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("access_id", sa.BigInteger(), nullable=False),
        _stamp(),
        sa.PrimaryKeyConstraint("place", "month", "turn", name=op.f("pk_audit_sample")),
    )
    op.create_index("uq_audit_sample_access_id", "audit_sample", ["place", "month", "access_id"], unique=True)
    op.create_table(
        "audit_reason",
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("access_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        _stamp(),
        sa.PrimaryKeyConstraint("place", "access_id", "hash", name=op.f("pk_audit_reason")),
    )


def downgrade() -> None:
    op.drop_table("audit_reason")
    op.drop_table("audit_sample")
    op.execute("delete from seal_anchor where way = 'timestamp'")
    op.drop_column("seal_anchor", "token")
    _ways("folder", "mail")
    op.execute("delete from web_session where user_role_id in (select id from user_role where role = 'auditor')")
    op.execute("delete from role where role = 'auditor'")
    op.execute("delete from user_role where role = 'auditor'")
    op.execute("delete from api_key where role = 'auditor'")
    _roles(*_BEFORE)
