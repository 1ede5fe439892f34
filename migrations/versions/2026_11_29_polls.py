"""a meeting's poll of times, and what concerns it in the outbox and among links

Revision: 2026_11_29_polls, after 2026_11_29_meeting_pattern
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2026_11_29_polls"
down_revision: str | None = "2026_11_29_meeting_pattern"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "poll",
        _meeting(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        _moment("asked_at"),
        _moment("closes_at"),
        sa.Column("reminded", sa.Boolean(), nullable=False),
        sa.Column("told_all", sa.Boolean(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=True),
        _moment("over_at", nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("consent_until", sa.Date(), nullable=True),
        _moment("not_before", nullable=True),
        sa.CheckConstraint("state in ('open', 'closed', 'picked', 'ended')", name=op.f("ck_poll_state")),
        sa.CheckConstraint(
            "ended_because in ('withdrawn', 'called', 'moved', 'cancelled', 'consent', 'started')",
            name=op.f("ck_poll_ended_because"),
        ),
        *_keys("poll"),
    )
    op.create_table(
        "poll_time",
        _meeting(),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        *_keys("poll_time", "ordinal"),
    )
    op.create_table(
        "poll_ask",
        _meeting(),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        _moment("asked_at"),
        sa.Column("tried", sa.ARRAY(sa.Text()), nullable=False),
        *_keys("poll_ask", "party"),
    )
    op.create_table(
        "poll_answer",
        _meeting(),
        sa.Column("party", sa.Integer(), nullable=False),
        sa.Column("time", sa.Integer(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        _moment("at"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.CheckConstraint("choice in ('yes', 'if_need_be', 'no')", name=op.f("ck_poll_answer_choice")),
        sa.CheckConstraint(
            "channel in ('mail', 'page', 'phone', 'in_person', 'other_system', 'sdk', 'letter')",
            name=op.f("ck_poll_answer_channel"),
        ),
        *_keys("poll_answer", "party", "time"),
    )


def downgrade() -> None:
    op.execute("delete from link_token where purpose = 'poll'")
    for table in ("poll_answer", "poll_ask", "poll_time", "poll"):
        op.drop_table(table)


def _meeting() -> sa.Column[object]:
    return sa.Column("meeting_id", sa.UUID(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _keys(table: str, *more: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f(f"fk_{table}_meeting_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", *more, name=op.f(f"pk_{table}")),
    )
