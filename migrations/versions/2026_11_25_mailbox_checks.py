"""test calls to mailboxes, and mails that belong to no meeting

Revision: 2026_11_25_mailbox_checks, after 2026_11_25_claims
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_25_mailbox_checks"
down_revision: str | None = "2026_11_25_claims"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mailbox_check",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("reply_token", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("asked_again_at", _TIME, nullable=True),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("automatic_at", _TIME, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("recorded_at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("reply_token ~ '^[a-z2-7]{26}$'", name=op.f("ck_mailbox_check_reply_token")),
        sa.CheckConstraint(
            "outcome in ('answered', 'disowned', 'undeliverable')", name=op.f("ck_mailbox_check_outcome")
        ),
        sa.CheckConstraint("channel in ('mail', 'page')", name=op.f("ck_mailbox_check_channel")),
        sa.CheckConstraint("(outcome is null) = (settled_at is null)", name=op.f("ck_mailbox_check_settled")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_mailbox_check_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_check")),
        sa.UniqueConstraint("reply_token", name=op.f("uq_mailbox_check_reply_token")),
    )
    op.create_index("ix_mailbox_check_unit_id_asked_at", "mailbox_check", ["unit_id", "asked_at"])
    op.create_index("ix_mailbox_check_asked_at", "mailbox_check", ["asked_at"])
    op.create_index(
        "ix_mailbox_check_asked_again_at",
        "mailbox_check",
        ["asked_again_at"],
        postgresql_where=sa.text("asked_again_at is not null"),
    )
    op.add_column("unit", sa.Column("week_mail", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    _outbox_without_meeting()
    _links_without_meeting()


def _outbox_without_meeting() -> None:
    op.alter_column("outbox", "meeting_id", existing_type=sa.UUID(), nullable=True)
    op.add_column("outbox", sa.Column("unit_id", sa.UUID(), nullable=True))
    op.add_column("outbox", sa.Column("check_id", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_outbox_unit_id"), "outbox", "unit", ["unit_id"], ["id"])
    op.create_foreign_key(op.f("fk_outbox_check_id"), "outbox", "mailbox_check", ["check_id"], ["id"])
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", "num_nonnulls(meeting_id, unit_id) = 1")
    op.drop_constraint(op.f("ck_outbox_calendar"), "outbox", type_="check")
    op.create_check_constraint(
        op.f("ck_outbox_calendar"), "outbox", "method is null or num_nonnulls(invitation, check_id) = 1"
    )
    op.create_index("ix_outbox_check_id", "outbox", ["check_id"], postgresql_where=sa.text("check_id is not null"))


def _links_without_meeting() -> None:
    op.alter_column("link_token", "meeting_id", existing_type=sa.UUID(), nullable=True)
    op.add_column("link_token", sa.Column("check_id", sa.UUID(), nullable=True))
    op.create_foreign_key(op.f("fk_link_token_check_id"), "link_token", "mailbox_check", ["check_id"], ["id"])
    op.create_check_constraint(op.f("ck_link_token_belongs"), "link_token", "num_nonnulls(meeting_id, check_id) = 1")


def downgrade() -> None:
    op.execute("delete from link_token where check_id is not null")
    op.execute("delete from outbox where meeting_id is null")
    op.drop_constraint(op.f("ck_link_token_belongs"), "link_token", type_="check")
    op.drop_column("link_token", "check_id")
    op.alter_column("link_token", "meeting_id", existing_type=sa.UUID(), nullable=False)
    op.drop_index("ix_outbox_check_id", table_name="outbox")
    op.drop_constraint(op.f("ck_outbox_calendar"), "outbox", type_="check")
    op.create_check_constraint(op.f("ck_outbox_calendar"), "outbox", "method is null or invitation is not null")
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    op.drop_column("outbox", "check_id")
    op.drop_column("outbox", "unit_id")
    op.alter_column("outbox", "meeting_id", existing_type=sa.UUID(), nullable=False)
    op.drop_column("unit", "week_mail")
    op.drop_table("mailbox_check")
