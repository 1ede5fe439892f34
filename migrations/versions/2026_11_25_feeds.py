"""subscribed calendars, and how what they show is found: a person's own meetings by her address, protected cases

Revision: 2026_11_25_feeds, after 2026_11_25_mailbox_checks
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_25_feeds"
down_revision: str | None = "2026_11_25_mailbox_checks"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("user_role_id", sa.UUID(), nullable=True),
        sa.Column("api_key_id", sa.UUID(), nullable=True),
        sa.Column("unit_id", sa.UUID(), nullable=True),
        sa.Column("organisation_id", sa.UUID(), nullable=True),
        sa.Column("principal_id", sa.UUID(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('unit', 'person', 'area')", name=op.f("ck_feed_kind")),
        sa.CheckConstraint("language in ('sv', 'en')", name=op.f("ck_feed_language")),
        sa.CheckConstraint("num_nonnulls(user_id, api_key_id) = 1", name=op.f("ck_feed_owner")),
        sa.CheckConstraint("num_nonnulls(unit_id, organisation_id, principal_id) <= 1", name=op.f("ck_feed_scope")),
        sa.CheckConstraint(
            "case kind when 'unit' then unit_id is not null"
            " when 'person' then user_id is not null and num_nonnulls(unit_id, organisation_id, principal_id) = 0"
            " else true end",
            name=op.f("ck_feed_whose"),
        ),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"], name=op.f("fk_feed_api_key_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_feed_organisation_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_feed_principal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_feed_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_feed_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_role_id"], ["user_role.id"], name=op.f("fk_feed_user_role_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    for column in ("api_key_id", "unit_id", "user_id"):
        op.create_index(op.f(f"ix_feed_{column}"), "feed", [column], unique=False)
    op.create_table(
        "feed_secret",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("feed_id", sa.UUID(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_secret_feed_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_feed_secret")),
    )
    op.create_index("ix_feed_secret_feed_id", "feed_secret", ["feed_id"], unique=False)
    op.create_index(
        "uq_feed_secret_current",
        "feed_secret",
        ["feed_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )
    op.create_index("ix_case__protected", "case_", ["id"], postgresql_where=sa.text("protected"))
    op.create_index("ix_meeting_convener_email", "meeting", [sa.text("lower(convener_email)"), "starts_at"])
    op.create_index("ix_meeting_chair_email", "meeting", [sa.text("lower(chair_email)"), "starts_at"])
    op.create_index(
        "ix_attendee_email",
        "attendee",
        [sa.text("lower(email)"), "meeting_id"],
        postgresql_where=sa.text("email is not null"),
    )


def downgrade() -> None:
    op.drop_index("ix_attendee_email", table_name="attendee")
    op.drop_index("ix_meeting_chair_email", table_name="meeting")
    op.drop_index("ix_meeting_convener_email", table_name="meeting")
    op.drop_index("ix_case__protected", table_name="case_")
    op.drop_table("feed_secret")
    op.drop_table("feed")
