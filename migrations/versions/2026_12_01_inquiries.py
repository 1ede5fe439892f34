"""what a question asks the seats of its group, each seat's answer, and the mail that asks

Revision: 2026_12_01_inquiries, after 2026_12_01_outbox_failing
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_12_01_inquiries"
down_revision: str | None = "2026_12_01_outbox_failing"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_BELONGS = "num_nonnulls(coalesce(meeting_id, deviation_id), unit_id, user_id)"
_BEFORE = (
    "'seal', 'renewal', 'seats_asked', 'seats_lifted', 'sitting_called', 'sitting_moved',"
    " 'sitting_cancelled', 'sitting_stood_down', 'sitting_reminder', 'sitting_prepare'"
)
_AFTER = "'subscription_asked', 'group_news'"
_FUNCTIONS = (
    "'social_services_head', 'ifo_manager', 'disability_manager', 'elderly_care_manager', 'pupil_health', 'rector',"
    " 'primary_care', 'psychiatry', 'habilitation', 'hospital_care', 'politician', 'user_representative', 'other'"
)
_MOMENTS = ("inquiry_put_at", "inquiry_asked_at", "inquiry_reminded_at", "inquiry_ended_at")


def upgrade() -> None:
    op.add_column("agenda_item", sa.Column("inquiry_by", sa.Date(), nullable=True))
    op.add_column("agenda_item", sa.Column("inquiry_questions", sa.ARRAY(sa.Text()), nullable=True))
    op.add_column("agenda_item", sa.Column("inquiry_about", sa.Text(), nullable=True))
    for name in _MOMENTS:
        op.add_column("agenda_item", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    asked = sa.text("inquiry_by is not null")
    op.create_index(op.f("ix_agenda_item_inquiry_by"), "agenda_item", ["inquiry_by"], postgresql_where=asked)
    op.create_table(
        "seat_reply",
        sa.Column("item_id", sa.UUID(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("answers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"function in ({_FUNCTIONS})", name=op.f("ck_seat_reply_function")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_seat_reply_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", "seat", name=op.f("pk_seat_reply")),
    )
    _alone(f"{_BEFORE}, 'sitting_inquiry', {_AFTER}")


def downgrade() -> None:
    op.execute("delete from outbox where kind = 'sitting_inquiry'")
    _alone(f"{_BEFORE}, {_AFTER}")
    op.drop_table("seat_reply")
    op.drop_index(op.f("ix_agenda_item_inquiry_by"), "agenda_item")
    for name in (*_MOMENTS, "inquiry_about", "inquiry_questions", "inquiry_by"):
        op.drop_column("agenda_item", name)


def _alone(kinds: str) -> None:
    op.drop_constraint(op.f("ck_outbox_belongs"), "outbox", type_="check")
    said = f"{_BELONGS} between (kind not in ({kinds}))::integer and (kind <> 'seal')::integer"
    op.create_check_constraint(op.f("ck_outbox_belongs"), "outbox", said)
