"""a meeting in the making is kept for her who makes it, and what is ticked on a meeting's list

Revision: 2026_11_29_sketches, after 2026_11_29_leave
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026_11_29_sketches"
down_revision: str | None = "2026_11_29_leave"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TIME = sa.DateTime(timezone=True)
_ITEMS = (
    "item in ('person_informed', 'person_wishes', 'guardians', 'child_heard', 'support_person', 'care_contact',"
    " 'medicines', 'placement', 'interpreter', 'room', 'accessible', 'home_agreed', 'link_tested', 'phone_tested',"
    " 'papers')"
)


def upgrade() -> None:
    op.create_table(
        "sketch",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("recorded_at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_sketch_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketch")),
    )
    op.create_index(op.f("ix_sketch_user_id"), "sketch", ["user_id"])
    op.create_index(op.f("ix_sketch_changed_at"), "sketch", ["changed_at"])
    op.create_table(
        "checklist_tick",
        sa.Column("meeting_id", sa.UUID(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", _TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint(_ITEMS, name=op.f("ck_checklist_tick_item")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_checklist_tick_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "item", name=op.f("pk_checklist_tick")),
    )


def downgrade() -> None:
    op.drop_table("checklist_tick")
    op.drop_table("sketch")
