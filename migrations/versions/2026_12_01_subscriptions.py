"""who follows open groups by mail

Revision: 2026_12_01_subscriptions, after 2026_12_01_directory_changed
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_subscriptions"
down_revision: str | None = "2026_12_01_directory_changed"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BELONGS = "num_nonnulls(coalesce(meeting_id, deviation_id), unit_id, user_id)"
_BEFORE = (
    "'seal', 'renewal', 'seats_asked', 'seats_lifted', 'sitting_called', 'sitting_moved',"
    " 'sitting_cancelled', 'sitting_stood_down', 'sitting_reminder', 'sitting_prepare'"
)
_LINK = "num_nonnulls(coalesce(meeting_id, deviation_id), check_id, user_id)"
_LINKS = "'appoint', 'sitting'"


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("group_id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("language in ('sv', 'en')", name=op.f("ck_subscription_language")),
        sa.CheckConstraint("(confirmed_at is null) = (told_until is null)", name=op.f("ck_subscription_confirmed")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["standing_group.id"], name=op.f("fk_subscription_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "email", name=op.f("pk_subscription")),
    )
    op.create_index(op.f("ix_subscription_email"), "subscription", ["email"])
    _alone(f"{_BEFORE}, 'subscription_asked', 'group_news'")
    _links(f"{_LINKS}, 'subscription'")


def downgrade() -> None:
    op.execute("delete from link_token where purpose = 'subscription'")
    op.execute("delete from outbox where kind in ('subscription_asked', 'group_news')")
    _links(_LINKS)
    _alone(_BEFORE)
    op.drop_table("subscription")


def _alone(kinds: str) -> None:
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    said = f"{_BELONGS} between (kind not in ({kinds}))::integer and (kind <> 'seal')::integer"
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", said)


def _links(purposes: str) -> None:
    op.drop_constraint(op.f("ck_link_token_belongs"), "link_token", type_="check")
    said = f"{_LINK} = (purpose not in ({purposes}))::integer"
    op.create_check_constraint(op.f("ck_link_token_belongs"), "link_token", said)
