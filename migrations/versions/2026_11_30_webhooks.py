"""other systems are told of what happens, at addresses that an administrator keeps

Revision: 2026_11_30_webhooks, after 2026_11_30_group_sittings
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_30_webhooks"
down_revision: str | None = "2026_11_30_group_sittings"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_STATES = "state in ('waiting', 'sending', 'later', 'delivered', 'given_up', 'dropped')"
_TROUBLES = "trouble in ('status', 'redirect', 'gone', 'timeout', 'connection', 'tls', 'name', 'address')"


def upgrade() -> None:
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("principal_id", sa.UUID(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("old_secret", sa.LargeBinary(), nullable=True),
        sa.Column("old_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("off_because", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name=op.f("ck_webhook_endpoint_place")
        ),
        sa.CheckConstraint("(old_secret is null) = (old_until is null)", name=op.f("ck_webhook_endpoint_old")),
        sa.CheckConstraint("(off_at is null) = (off_because is null)", name=op.f("ck_webhook_endpoint_off")),
        sa.CheckConstraint(
            "off_because in ('by_hand', 'failing', 'gone')", name=op.f("ck_webhook_endpoint_off_because")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_webhook_endpoint_organisation_id")
        ),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_webhook_endpoint_principal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_webhook_endpoint_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("meeting_id", sa.UUID(), nullable=True),
        sa.Column("deviation_id", sa.UUID(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.CheckConstraint("num_nonnulls(meeting_id, deviation_id) <= 1", name=op.f("ck_webhook_message_subject")),
        sa.CheckConstraint(
            "(retry_at is not null) = (state in ('waiting', 'sending', 'later'))",
            name=op.f("ck_webhook_message_retry"),
        ),
        sa.CheckConstraint(
            "(settled_at is null) = (state in ('waiting', 'sending', 'later'))",
            name=op.f("ck_webhook_message_settled"),
        ),
        sa.CheckConstraint(_STATES, name=op.f("ck_webhook_message_state")),
        sa.CheckConstraint(_TROUBLES, name=op.f("ck_webhook_message_trouble")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_message_endpoint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_webhook_message_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["deviation_id"], ["deviation.id"], name=op.f("fk_webhook_message_deviation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_message_message_id")),
    )
    op.create_index("ix_webhook_message_endpoint_id", "webhook_message", ["endpoint_id", "id"])
    op.create_index("ix_webhook_message_made_at", "webhook_message", ["made_at"])
    for column in ("retry_at", "meeting_id", "deviation_id"):
        op.create_index(
            f"ix_webhook_message_{column}",
            "webhook_message",
            [column],
            postgresql_where=sa.text(f"{column} is not null"),
        )


def downgrade() -> None:
    op.drop_table("webhook_message")
    op.drop_table("webhook_endpoint")
